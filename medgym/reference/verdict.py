"""From an episode to the verdict that it would have got there."""

from functools import partial

from medgym.reference import numbers
from medgym.reference.containment import contains
from medgym.reference.printed import printed
from medgym.trajectory.model import Trajectory
from task_store.cells import Row
from task_store.grading import AbstainSpec, DateSpec, DurationSpec, GradingSpec, NumericSpec, ResultSetSpec
from task_store.importing import SUFFIX
from task_store.types import Model

NOT_RECONSTRUCTED = "The validator of this family is not reconstructed."
NO_SUCH_TASKS = "The release holds no questions without an answer."
SEVERAL_PARTS = "A task there has one part."
DATABASES = ("mimic_iii", "eicu", "treqs")


class There(Model):
    """What MedAgentGym's validator would have said."""

    passed: bool | None
    """None: the episode cannot be compared."""
    by: str | None = None
    """What passed first: "cell 3", or "submission"; None: nothing did."""
    why_not: str | None = None
    """Why it cannot be compared."""


def judge_there(
    trajectory: Trajectory, specs: tuple[GradingSpec, ...], released_gold: float | None = None
) -> There:
    """The verdict on an episode: each text that it printed is graded, and the first that passes ends it.

    Args:
        trajectory: the episode.
        specs: how its task's parts are graded here.
        released_gold: the number in the released record, where the gold here is another.
    """
    if len(specs) != 1:
        return There(passed=None, why_not=SEVERAL_PARTS)
    family = trajectory.started.task.id.family.removesuffix(SUFFIX)
    rule = _rule(family, specs[0], released_gold)
    if isinstance(rule, str):
        return There(passed=None, why_not=rule)
    for output in printed(trajectory):
        if rule(output.text):
            return There(passed=True, by="submission" if output.step is None else f"cell {output.step}")
    return There(passed=False)


def _rule(family: str, spec: GradingSpec, released_gold: float | None) -> "partial[bool] | str":
    """The rule with its gold, or why there is none."""
    match family, spec:
        case "medcalcbench", NumericSpec(gold=gold):
            return partial(numbers.medcalcbench, repr(gold if released_gold is None else released_gold))
        case "medcalcbench", DateSpec(gold=day):
            return partial(numbers.medcalcbench, f"{day:%m/%d/%Y}")
        case "medcalcbench", DurationSpec(weeks=weeks, days=days):
            return partial(numbers.medcalcbench, str((f"{weeks} weeks", f"{days} days")))
        case "npowerai", NumericSpec(gold=gold, integer=integer):
            rule = numbers.npowerai_size if integer else numbers.npowerai_power
            return partial(rule, gold if released_gold is None else released_gold)
        case name, ResultSetSpec(rows=rows) if name in DATABASES:
            return partial(contains, _first_row(rows))
        case name, AbstainSpec() if name in DATABASES:
            return NO_SUCH_TASKS
        case _:
            return NOT_RECONSTRUCTED


def _first_row(rows: tuple[Row, ...]) -> str:
    """The text that is looked for: of several rows only the first one counts; nothing is "None"."""
    return ", ".join(str(cell) for cell in rows[0]) if rows else "None"
