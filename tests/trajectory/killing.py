"""Kill a writer of episodes again and again: `python -m tests.trajectory.killing OUT ROUNDS SEED`.

A process of its own, so that it can fork: each round's writer is its child, records events
through the real journal, writes notebooks as the gym does, and tells one byte after each
`record` that returned. It is held up at an event, let past one or more, and killed (SIGKILL) a
random time later. Prints how many events were acknowledged in each round.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from kernel_manager.types import DisplayOutput, Execution
from medgym.episode.types import Event, Ran, Started
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from tests.trajectory.samples import sample_events

EPISODES = 40
"""More than a writer gets through before it is killed."""
LARGE = 2
"""Events of an episode before the large one."""


def episode_events(number: int) -> list[Event]:
    """The sample episode with a large figure in it, so that kills fall within a write too."""
    started, *rest = sample_events()
    assert isinstance(started, Started)
    figure = DisplayOutput(data={"image/png": "A" * 8_000_000})
    large = Ran(
        at_s=0.7, step=9, execution=Execution(code="plot()", status="ok", outputs=(figure,), duration_s=0.1)
    )
    return [started.model_copy(update={"episode_id": f"episode-{number}"}), rest[0], large, *rest[1:]]


def write(folder: RunFolder, allowed: int, told: int) -> None:
    for number in range(EPISODES):
        name = f"toy-test-chain-{number:03d}"
        journal = folder.journal(name)
        events = episode_events(number)
        for event in events:
            os.read(allowed, 1)
            journal.record(event)
            os.write(told, b".")
        journal.close()
        folder.write_notebook(name, Trajectory.of(events))


def one_round(out: Path, held_up_at: int, further: int, delay_s: float) -> int:
    """Kill a writer some time after it was let `further` past an event; returns how many it acknowledged."""
    reading, telling = os.pipe()
    waiting, allowing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.close(allowing)
        write(RunFolder(out), waiting, telling)
        os._exit(0)
    os.close(telling)
    os.close(waiting)
    os.write(allowing, b"." * held_up_at)
    seen = 0
    while seen < held_up_at:
        seen += len(os.read(reading, 1))
    os.write(allowing, b"." * further)
    until = time.perf_counter() + delay_s  # a sleep would end with the scheduler's tick, not within a write
    while time.perf_counter() < until:
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while said := os.read(reading, 4096):
        seen += len(said)
    os.close(reading)
    os.close(allowing)
    return seen


def main(out: Path, rounds: int, seed: int) -> None:
    moments = random.Random(seed)
    length = len(episode_events(0))
    # Let one event past each of these, the kills are spread however fast the machine is: one that runs free
    # is nearly always found in its slow places, the large event and the notebook.
    places = moments.sample(range(3 * length + 1), rounds // 2)
    counts = []
    for number in range(rounds):
        if number % 2:
            held_up_at, further, delay_s = places[number // 2], 1, moments.uniform(0, 0.002)
        else:  # from the large event of some episode
            held_up_at, further = moments.randint(0, 2) * length + LARGE, 1_000
            delay_s = moments.uniform(0, 0.1)
        counts.append(one_round(out / f"round-{number:02d}", held_up_at, further, delay_s))
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
