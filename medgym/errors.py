"""Errors of the gym itself.

GymError
├── UnknownEpisodeError        no such episode in this gym
├── NoOutputError             that cell has no output beyond what was shown
├── GymBusyError               every kernel is taken
├── BranchError                no branch can begin there
└── ReferenceNotAllowedError   this gym does not hand out reference solutions
"""


class GymError(Exception):
    """Base of all errors that the gym raises on purpose."""


class UnknownEpisodeError(GymError):
    def __init__(self, episode_id: str) -> None:
        super().__init__(
            f"No episode {episode_id[:60]!r} here; start one with start_episode and use its episode_id."
        )


class NoOutputError(GymError):
    def __init__(self, step: int) -> None:
        super().__init__(
            f"There is no full output of cell {step}: all of it was shown, it is not over, or it never ran."
        )


class GymBusyError(GymError):
    def __init__(self, kernels: int, waiting: int, waited_s: float) -> None:
        others = f" and {waiting} more requests wait" if waiting else ""
        waited = f"; none became free in {waited_s:.1f} s" if waited_s else ""
        super().__init__(
            f"All {kernels} kernels are in use{others}{waited}."
            " Close an episode that is done (close_episode), or try again later."
        )


class BranchError(GymError):
    """The trajectory has no such place to branch off, or does not come out the same up to there."""


class ReferenceNotAllowedError(GymError):
    def __init__(self) -> None:
        super().__init__("This gym hands out no reference solutions.")
