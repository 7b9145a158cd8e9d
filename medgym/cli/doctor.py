"""`medgym doctor`: what works on this machine."""

import platform
from importlib.util import find_spec

import click

from kernel_manager import isolation
from medgym.cli.options import emit, json_option, table

_EXTRAS = {
    "dev": ("pytest", "mypy", "ruff"),
    "local-llm": ("xllamacpp",),
    "science": ("lifelines", "sklearn", "statsmodels"),
}


@click.command("doctor")
@json_option
def command(as_json: bool) -> None:
    """Show isolation layers, Python, and which optional extras are installed."""
    layers = isolation.layers()
    extras = {extra: all(find_spec(name) for name in names) for extra, names in _EXTRAS.items()}
    result = {
        "isolation": isolation.available(),
        "layers": [layer.model_dump() for layer in layers],
        "python": platform.python_version(),
        "extras": extras,
    }

    def human() -> None:
        click.echo(f"Python {result['python']}; isolation of kernels: {result['isolation']}")
        table(
            ["layer", "active", "reason"], [(x.name, "yes" if x.active else "no", x.reason) for x in layers]
        )
        table(["extra", "installed"], [(k, "yes" if v else "no") for k, v in extras.items()])

    emit(result, as_json=as_json, human=human)
