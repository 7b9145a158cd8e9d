"""The card that lies beside the data: what is in it, what was left out and why, what may be done with it."""

from collections.abc import Mapping

from medgym.trajectory.export.select import Policy
from task_store.types import Model


class Checked(Model):
    """What the leak guard compared with."""

    test_prompts: int
    words: int
    """Words of an n-gram."""
    share: dict[str, float]
    """Test split -> share of a prompt's n-grams from which on a trajectory is dropped."""
    stores: dict[str, str]
    """Family -> key of its store: generator hash, seed, number of tasks."""


class Card(Model):
    """Counts, filters, licences and origin of one export."""

    format: str
    files: tuple[str, ...]
    records: int
    trajectories: int
    """Read; what was not dropped is in."""
    exported: int
    dropped: dict[str, int]
    """Reason -> trajectories."""
    outcomes: dict[str, int]
    """Of the exported."""
    families: dict[str, int]
    agents: dict[str, int]
    """Agent and model -> exported trajectories."""
    protocols: dict[str, int]
    licences: dict[str, int]
    """Of the tasks' text; what agents wrote has whatever licence their models' terms give it."""
    data_use: dict[str, int]
    versions: dict[str, int]
    """medgym that ran the episode -> exported trajectories."""
    policy: Policy
    leak_guard: Checked
    made_by: str
    """Version of medgym that made the export."""
    commit: str | None
    """Of a source checkout; None: installed from a package."""


_BANNER = (
    "> **Credentialed data.** Some of these records hold data under a data use agreement. Whoever made"
    " this export confirmed that the agreement allows it; it does not allow you to pass it on.\n"
)


def markdown(card: Card) -> str:
    """The card for people; its head is what Hugging Face's `datasets` reads."""
    head = ["---", "configs:", "- config_name: default", "  data_files:", "  - split: train"]
    head += [f"    path: train-*.{card.files[0].rsplit('.', 1)[1]}", "tags:", "- medgym", "---", ""]
    body = [f"# medgym export: {card.format}", ""]
    if "credentialed" in card.data_use:
        body += [_BANNER]
    body += [
        f"{card.records} records of {card.exported} trajectories; {card.trajectories} were read.",
        "The tasks are synthetic or imported as their family's page says; nothing here was clinically"
        " reviewed, and nothing is for clinical use.",
        "",
        *_table("Left out", "reason", card.dropped),
        *_table("Outcomes", "outcome", card.outcomes),
        *_table("Families", "family", card.families),
        *_table("Agents", "agent", card.agents),
        *_table("Protocols", "protocol", card.protocols),
        *_table("Licences of the tasks' text", "licence", card.licences),
        *_table("Data use", "data use", card.data_use),
        *_table("medgym that ran the episodes", "version", card.versions),
        "## Leak guard",
        "",
        f"Compared with {card.leak_guard.test_prompts} test prompts by word {card.leak_guard.words}-grams; a"
        " trajectory goes from this share of a prompt on: "
        + ", ".join(f"{share:.0%} ({split})" for split, share in card.leak_guard.share.items())
        + ".",
        "Stores: "
        + (", ".join(f"{family} `{key}`" for family, key in card.leak_guard.stores.items()) or "none")
        + ".",
        "",
        "## Filters",
        "",
        *(f"- {name}: {'yes' if value else 'no'}" for name, value in card.policy.model_dump().items()),
        "",
        f"Made by medgym {card.made_by}" + (f", commit {card.commit}." if card.commit else "."),
    ]
    return "\n".join([*head, *body]) + "\n"


def _table(title: str, what: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    rows = [f"| {name} | {count} |" for name, count in counts.items()]
    return [f"## {title}", "", f"| {what} | trajectories |", "|---|---|", *rows, ""]
