"""The first thing an agent reads: the question, the form of the answer, the rules."""

from medgym.episode.protocol import Rules
from task_store.types import Task


def first_prompt(task: Task, rules: Rules) -> str:
    """The prompt of a fresh episode. Holds only the first part's question."""
    part = task.parts[0]
    lines = [part.prompt, "", f"Answer form: {part.answer_format.hint}", _chances(rules), _budget(rules)]
    if len(task.parts) > 1:
        lines.insert(
            2, f"This is part 1 of {len(task.parts)}; each next part is shown when the one before is done."
        )
    return "\n".join(lines)


def _chances(rules: Rules) -> str:
    if rules.attempts == 1:
        return "You may submit once; the verdict is not shown."
    chances = "until it is correct" if rules.attempts is None else f"up to {rules.attempts} times"
    return f"You may submit {chances}; each verdict is shown."


def _budget(rules: Rules) -> str:
    return (
        f"You have {rules.turns} turns (a cell run, a kernel restart or a submission is one),"
        f" {rules.cell_s:g} s a cell and {rules.episode_s:g} s in all."
        " Work in Python; variables stay between cells. Only what you submit is graded, never what you print."
    )
