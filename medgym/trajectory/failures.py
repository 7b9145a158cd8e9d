"""Why an episode was not correct, in one word that can be counted."""

from typing import Literal, get_args

from medgym.episode.given_up import GiveUp, given_up
from medgym.episode.types import Finished, Said, Submitted
from medgym.trajectory.model import Trajectory

FailureKind = (
    Literal["wrong_answer", "no_submission", "out_of_turns", "out_of_time", "infra", "unfinished"] | GiveUp
)

FAILURE_KINDS: tuple[str, ...] = tuple(
    name for part in get_args(FailureKind) for name in (get_args(part) or (part,))
)


def failure_kind(trajectory: Trajectory) -> FailureKind | None:
    """None when the episode was correct."""
    last = trajectory.events[-1]
    if not isinstance(last, Finished):
        return "unfinished"
    if last.grade.outcome == "correct":
        return None
    if last.grade.outcome == "ungradable":
        return "infra"
    if last.reason == "turns":
        return "out_of_turns"
    if last.reason == "clock":
        return "out_of_time"
    if why := given_up([said.message for said in trajectory.of_type(Said)]):
        return why
    return "wrong_answer" if trajectory.of_type(Submitted) else "no_submission"
