"""The table of docs/security.md; `python -m tests.kernel_manager.attacks.page` writes it."""

from pathlib import Path
from typing import Final

from tests.kernel_manager.attacks import catalog, kit

PAGE: Final = Path(__file__).parents[3] / "docs" / "security.md"
BEGIN: Final = "<!-- the table: made by tests/kernel_manager/attacks/page.py -->\n"
END: Final = "<!-- end of the table -->\n"


def table() -> str:
    """All attacks by class, as Markdown."""
    lines = []
    for title, module in catalog.CLASSES.items():
        lines += [
            f"\n### {title}\n",
            "| attack | what it does | full | confined | hardened |",
            "|---|---|---|---|---|",
        ]
        for each in catalog.attacks(module):
            marks = ["stopped" if level in each.stopped else "**open**" for level in kit.ISOLATED]
            name = f"{each.name} \N{DAGGER}" if each.control else each.name
            lines.append(f"| {name} | {each.does} | {' | '.join(marks)} |")
    return "\n".join(lines).lstrip("\n") + "\n\n"


def replaced(text: str) -> str:
    """The page with a fresh table."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n" + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
