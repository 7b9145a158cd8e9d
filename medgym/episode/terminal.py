"""Shell commands as cells: one place that says how, for every way in."""

_MAGIC = "%%bash --no-raise-error\ntrap "


def terminal_cell(command: str) -> str:
    """The cell that runs a shell command: a notebook replays it like any other."""
    return f"{_MAGIC}'echo \"[exit $?]\"' EXIT\n{command}"


def is_terminal_cell(code: str) -> bool:
    """Whether a cell is a shell command's."""
    return code.startswith(_MAGIC)
