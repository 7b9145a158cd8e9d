"""Fifty episodes that come out otherwise: none passes for reproduced, and the cause is named."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from medgym.gym import Gym, GymConfig
from medgym.replay.compare import Recorded
from medgym.replay.reading import Cause
from medgym.replay.replayer import replay, replay_gym
from medgym.replay.results import Replayed
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.replay.nondeterminism import EPISODES
from tests.toy import TRAIN

pytestmark = pytest.mark.anyio


@pytest.mark.slow  # by name: beside tests that hold a fork server, sets keep their order
@requirement("replay:nondeterminism")
async def test_fifty_seeded_episodes(toy_store: TaskStore, tmp_path: Path) -> None:
    assert Counter(cause for cause, _ in EPISODES) == dict.fromkeys(
        ("clock", "uuid", "random", "set_order", "thread"), 10
    )
    found: list[tuple[Cause, tuple[str, ...], Replayed]] = []
    with anyio.fail_after(900):
        records: list[Recorded] = []
        async with Gym.open(store=toy_store, out=tmp_path) as gym:
            for _, cells in EPISODES:
                async with gym.start(TRAIN) as episode:
                    for cell in cells:
                        await episode.execute(cell)
                    await episode.submit(answer=4)
                records.append(Recorded(gym.trajectory(episode)))
        async with replay_gym(toy_store, GymConfig()) as gym:  # another fork server, another hash seed
            for (cause, cells), recorded in zip(EPISODES, records, strict=True):
                found.append((cause, cells, await replay(gym, recorded)))
    figures = _figures(found)
    print(json.dumps(figures))  # with -s: what the result file holds
    assert [(cells, r) for _, cells, r in found if r.result != "same_grade_other_outputs"] == []
    assert figures["named"] >= 45, figures
    measured = figures["measured_by_cause"]
    assert min(measured[cause] for cause in ("random", "uuid", "set_order")) >= 8, figures


def _figures(found: Sequence[tuple[Cause, tuple[str, ...], Replayed]]) -> dict[str, Any]:
    named = [(cause, r.divergence) for cause, _, r in found if r.divergence and r.divergence.cause == cause]
    return {
        "episodes": len(found),
        "results": Counter(r.result for _, _, r in found),
        "named": len(named),
        "named_by_cause": Counter(cause for cause, _ in named),
        "measured_by_cause": Counter(cause for cause, d in named if d is not None and d.measured),
        "missed": [
            {"cells": cells, "cause": cause, "called": r.divergence and r.divergence.cause}
            for cause, cells, r in found
            if r.divergence is None or r.divergence.cause != cause
        ],
    }
