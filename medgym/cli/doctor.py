"""`medgym doctor`: what works on this machine."""

import platform
from importlib.util import find_spec
from typing import get_args

import click

from kernel_manager import isolation
from kernel_manager.types import Isolation
from medgym.cli.options import emit, json_option, table

_EXTRAS = {
    "dev": ("pytest", "mypy", "ruff"),
    "local-llm": ("xllamacpp",),
    "review": ("nbdime",),
    "science": ("lifelines", "sklearn", "statsmodels"),
}


@click.command("doctor")
@json_option
def command(as_json: bool) -> None:
    """Show isolation layers, Python, and which optional extras are installed."""
    layers = isolation.layers()
    levels: dict[Isolation, dict[str, str]] = {
        level: isolation.missing(level) for level in get_args(Isolation)
    }
    extras = {extra: all(find_spec(name) for name in names) for extra, names in _EXTRAS.items()}
    result = {
        "isolation": isolation.available(),
        "levels": {level: {"available": not why, "missing": why} for level, why in levels.items()},
        "layers": [layer.model_dump() for layer in layers],
        "python": platform.python_version(),
        "extras": extras,
    }

    def human() -> None:
        click.echo(f"Python {result['python']}; isolation of kernels: {result['isolation']}")
        rows = [(level, "no" if why else "yes", ", ".join(why)) for level, why in levels.items()]
        table(["level", "available", "missing"], rows)
        table(
            ["layer", "active", "reason", "without it"],
            [(x.name, "yes" if x.active else "no", x.reason, x.leaves_open or "") for x in layers],
        )
        if result["isolation"] == "none":
            click.echo(
                "Nothing keeps kernels from this machine; name --isolation none if you trust the code."
            )
        table(["extra", "installed"], [(k, "yes" if v else "no") for k, v in extras.items()])

    emit(result, as_json=as_json, human=human)
