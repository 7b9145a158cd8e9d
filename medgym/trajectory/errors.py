"""Errors of medgym.trajectory.

TrajectoryError            the file is not a trajectory, or one of a version we cannot read
└── EmptyJournalError      the journal holds no whole event: its episode had not begun
"""


class TrajectoryError(Exception):
    """The file is not a trajectory that this version of medgym can read."""


class EmptyJournalError(TrajectoryError):
    """The journal holds no whole event: its writer died before anything was answered."""
