"""Errors of medgym.trajectory.

TrajectoryError     the file is not a trajectory, or one of a version we cannot read
"""


class TrajectoryError(Exception):
    """The file is not a trajectory that this version of medgym can read."""
