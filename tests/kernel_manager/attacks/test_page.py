"""docs/security.md and the suite say the same."""

from tests._requirements import requirement
from tests.kernel_manager.attacks import catalog, page


@requirement("isolation:security-page")
def test_the_table_of_the_page_is_the_suite() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.replaced(text) == text, "run python -m tests.kernel_manager.attacks.page"
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    for module in catalog.CLASSES.values():
        for each in catalog.attacks(module):
            assert sum(each.does in row for row in rows) == 1


@requirement("isolation:security-page")
def test_there_are_enough_attacks_of_each_class() -> None:
    counts = {title: len(catalog.attacks(module)) for title, module in catalog.CLASSES.items()}
    assert len(counts) == 6
    assert min(counts.values()) >= 10
    assert sum(counts.values()) >= 40
    names = [each.name for module in catalog.CLASSES.values() for each in catalog.attacks(module)]
    assert len(names) == len(set(names))
