"""What `medgym replay` left in a run folder: which episodes came out the same again."""

import json
from pathlib import Path

from medgym.trajectory.errors import TrajectoryError

REPORT = "replay.json"
REPRODUCED = "reproduced"


def reproduced(run: Path) -> frozenset[str]:
    """Ids of the run's episodes that gave the same outputs and the same grade again.

    Raises:
        TrajectoryError: the run was not replayed, or its report is not one of ours.
    """
    try:
        report = json.loads((run / REPORT).read_text(encoding="utf-8"))
        episodes = report["episodes"].items()
        return frozenset(episode for episode, told in episodes if told["result"] == REPRODUCED)
    except FileNotFoundError:
        raise TrajectoryError(
            f"{run} was not replayed, so nothing says which of its successes come out the same again: "
            f"run `medgym replay {run}` first, or export with --unreplayed."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrajectoryError(f"{run / REPORT} is not a report of `medgym replay`.") from None
