"""Reliability of a run over questions of which some have no answer: RS(c) of the EHRSQL shared task.

A right answer, and abstaining where there is none, count 1; abstaining where there is an answer
counts 0; a wrong answer, and any answer where there is none, counts -c. The score is the mean in
percent, for penalties 0, 5, 10 and N, the number of questions: at N one wrong answer outweighs all
right ones (Lee, Kweon, Bae, Choi 2024, "Overview of the EHRSQL 2024 Shared Task on Reliable
Text-to-SQL Modeling on Electronic Health Records", arXiv 2405.06673, after TrustSQL, arXiv
2403.15879). A part to which nothing was submitted counts 0: nobody was misled.
"""

from collections.abc import Iterable

from medgym.episode.types import Submitted
from medgym.trajectory.model import Trajectory
from task_store.types import Model

UNANSWERABLE = "abstain"
"""Name of the grader of parts without an answer."""
PENALTIES = (0, 5, 10)
"""Beside N."""


class Reliability(Model):
    """How far the answers of a run can be relied on."""

    scores: dict[str, float]
    """Penalty ("0", "5", "10", "N") -> score in percent; at best 100, below 0 where errors outweigh."""
    parts: int
    """Graded parts: N."""
    unanswerable: int
    """Those of them that have no answer, as far as something was submitted."""
    abstain_share: float
    """Share of parts on which the agent abstained."""


def reliability(trajectories: Iterable[Trajectory]) -> Reliability | None:
    """None when no part without an answer was graded."""
    rewards: list[int | None] = []
    unanswerable = abstained = 0
    for trajectory in trajectories:
        forms = {e.part: e.submission.form for e in trajectory.events if isinstance(e, Submitted)}
        for part in trajectory.grade.parts if trajectory.grade else ():
            if part.outcome == "ungradable":
                continue
            unanswerable += part.grader == UNANSWERABLE
            abstained += forms.get(part.part) == "abstain"
            misled = part.outcome == "incorrect" and forms.get(part.part) not in (None, "abstain")
            rewards.append(1 if part.outcome == "correct" else None if misled else 0)
    if not unanswerable:
        return None
    penalties = {**{str(penalty): penalty for penalty in PENALTIES}, "N": len(rewards)}
    scores = {name: _score(rewards, penalty) for name, penalty in penalties.items()}
    return Reliability(
        scores=scores,
        parts=len(rewards),
        unanswerable=unanswerable,
        abstain_share=abstained / len(rewards),
    )


def _score(rewards: list[int | None], penalty: int) -> float:
    """The mean in percent; None stands for an answer that misleads."""
    return 100 * sum(-penalty if reward is None else reward for reward in rewards) / len(rewards)
