"""The calculators, one module each: the formula, and how a note for it is drawn.

Every module of this package exposes one `CALCULATOR`; to add one is to add its module.
Tasks take them in turn by slug, so a new calculator changes which one task i gets.
"""

import pkgutil
from importlib import import_module

from task_store.datasets.medcalcbench.calculator import Calculator


def _all() -> tuple[Calculator, ...]:
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return tuple(sorted((module.CALCULATOR for module in modules), key=lambda calculator: calculator.slug))


CALCULATORS: tuple[Calculator, ...] = _all()
"""All calculators, by slug."""
