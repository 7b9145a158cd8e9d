"""One scenario, asked both ways: the sentences that a size and a power question have in common."""

from task_store.datasets.npowerai.model import Pool, Template


def both(
    key: str, pool: Pool, scenario: str, *, size: str, power: str, effect: str, layout: str = ""
) -> tuple[Template, Template]:
    """A template for the size and one for the power: the scenario, then one of the two questions."""
    gap = "" if scenario.endswith("\n") else " "
    return (
        Template(key, pool, "size", scenario + gap + size, effect=effect, layout=layout),
        Template(key, pool, "power", scenario + gap + power, effect=effect, layout=layout),
    )
