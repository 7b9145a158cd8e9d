"""Replay: run a trajectory again in a fresh kernel and say, by value, whether it came out the same.

Pure: `normal` and `figures` (what is equal), `compare` (two trajectories), `reading` (causes read
in code), `results`. Acting: `repeat` (events through an episode), `experiments` (which frozen
source makes the difference go away), `replayer` (one notebook, a run), `branch`.
"""
