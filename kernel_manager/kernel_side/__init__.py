"""Source text that runs inside kernels, never in the server.

`encoder.py` and `setup.py` are sent as text and executed in a fresh namespace, so they
import nothing of ours and only what the standard library and ipykernel bring.
"""

from pathlib import Path


def source(name: str) -> str:
    """The text of one kernel-side file, `name` without `.py`."""
    return (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")


def cell(name: str, call: str) -> str:
    """A one-line cell that runs the file `name`, then `call`, and leaves no name behind.

    Builtins are fetched by name so that a user's variable called `exec` is not in the way.
    """
    text = f"{source(name)}\n{call}\n"
    return f'__import__("builtins").exec({text!r}, {{"__name__": "medgym_{name}"}})'
