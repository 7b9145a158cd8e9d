"""Shell commands as cells: one place that says how, for every way in."""


def terminal_cell(command: str) -> str:
    """The cell that runs a shell command: a notebook replays it like any other."""
    return f"%%bash --no-raise-error\ntrap 'echo \"[exit $?]\"' EXIT\n{command}"
