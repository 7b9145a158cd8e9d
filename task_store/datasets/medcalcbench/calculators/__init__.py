"""The calculators, one module each: the formula, and how a note for it is drawn.

To add one, write a module with a `CALCULATOR` and append it here. The order decides
which calculator task i gets.
"""

from task_store.datasets.medcalcbench.calculator import Calculator
from task_store.datasets.medcalcbench.calculators import (
    body_mass_index,
    centor,
    cha2ds2_vasc,
    cockcroft_gault,
    corrected_calcium,
    curb65,
    estimated_due_date,
    gestational_age,
    mean_arterial_pressure,
    qtc_bazett,
)

CALCULATORS: tuple[Calculator, ...] = (
    cockcroft_gault.CALCULATOR,
    curb65.CALCULATOR,
    estimated_due_date.CALCULATOR,
    qtc_bazett.CALCULATOR,
    cha2ds2_vasc.CALCULATOR,
    gestational_age.CALCULATOR,
    corrected_calcium.CALCULATOR,
    centor.CALCULATOR,
    body_mass_index.CALCULATOR,
    mean_arterial_pressure.CALCULATOR,
)
"""In the order of use; append, never reorder."""
