"""From trajectories to files: select, make records, write them and their card.

Streams: one group of episodes is in memory at a time. The folder appears whole or not at all.
"""

import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.export.card import Card, Checked, markdown
from medgym.trajectory.export.example import Example
from medgym.trajectory.export.files import FileFormat, write_shards
from medgym.trajectory.export.formats import Format
from medgym.trajectory.export.leaks import SHARE, WORDS
from medgym.trajectory.export.records import Exported
from medgym.trajectory.export.select import Dropped, Selection, unfit
from medgym.trajectory.export.spool import Spool
from medgym.trajectory.export.tools import Tools
from medgym.trajectory.model import Trajectory
from task_store.whole_file import write_text

GROUP = 64
"""Episodes of one task that are held at a time; more make several groups."""

SHARD = 20_000

Source = tuple[Trajectory, Set[str]]
"""A trajectory, and the ids of its run's episodes that were replayed to the same grade."""


_COUNTED = ("outcomes", "families", "agents", "protocols", "licences", "data_use", "versions")


@dataclass
class _Tally:
    """What is counted on the way; of bounded size."""

    read: int = 0
    exported: int = 0
    records: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    by: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, example: Example, medgym_version: str) -> None:
        self.exported += 1
        origin = example.origin
        facts = {
            "outcomes": "correct" if example.correct else "incorrect",
            "families": origin.task_id.family,
            "agents": example.agent + (f" ({example.model})" if example.model else ""),
            "protocols": origin.protocol,
            "licences": origin.licence,
            "data_use": origin.data_use,
            "versions": medgym_version,
        }
        for name, value in facts.items():
            self.by[name][value] += 1


@dataclass(frozen=True)
class Job:
    """One export, resolved."""

    format: Format
    selection: Selection
    tools: Tools
    out: Path
    form: FileFormat = "jsonl"
    shard: int = SHARD
    """Records of one file at most."""
    stores: Mapping[str, str] = field(default_factory=dict)
    """Family -> key of its store, for the card."""
    made_by: str = "unknown"
    """Version of medgym."""
    commit: str | None = None
    """Of the source checkout that it runs from, if it does."""

    def run(self, trajectories: Iterable[Source]) -> Card:
        """Read every trajectory once, write the records and the card.

        Raises:
            TrajectoryError: there is an export in the folder already, or Parquet cannot be written.
        """
        if self.out.exists() and any(self.out.iterdir()):
            raise TrajectoryError(f"{self.out} is not empty; name a new folder for the export.")
        self.out.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{self.out.name}-", dir=self.out.parent))
        try:
            card = self._write(trajectories, draft)
            draft.chmod(0o755)
            draft.replace(self.out)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return card

    def _write(self, trajectories: Iterable[Source], folder: Path) -> Card:
        tally = _Tally()
        with Spool() as spool, (folder / "dropped.jsonl").open("w", encoding="utf-8") as report:
            examples = self._examples(trajectories, spool, report, tally)
            groups = self._grouped(examples, spool) if self.format.grouped else ([e] for e in examples)
            records = self._records(groups, spool, tally)
            files = write_shards(records, self.format.record, folder, form=self.form, shard=self.shard)
        card = self._card(tally, files)
        write_text(folder / "card.json", card.model_dump_json(indent=1) + "\n")
        write_text(folder / "README.md", markdown(card))
        return card

    def _examples(
        self, trajectories: Iterable[Source], spool: Spool, report: TextIO, tally: _Tally
    ) -> Iterator[Example]:
        for trajectory, reproduced in trajectories:
            tally.read += 1
            judged = self._judge(trajectory, reproduced, spool)
            if isinstance(judged, Dropped):
                tally.dropped[judged.reason] += 1
                report.write(json.dumps(asdict(judged)) + "\n")
            else:
                tally.count(judged, trajectory.started.environment.medgym)
                yield judged

    def _judge(self, trajectory: Trajectory, reproduced: Set[str], spool: Spool) -> Example | Dropped:
        started = trajectory.started
        if not spool.is_new(f"episode {started.episode_id}"):
            return Dropped(started.task.id, started.episode_id, "duplicate")
        judged = self.selection.judge(trajectory, reproduced=reproduced)
        if isinstance(judged, Example) and self.format.successes_only and (why := unfit(judged)):
            return Dropped(started.task.id, started.episode_id, why)
        return judged

    def _grouped(self, examples: Iterable[Example], spool: Spool) -> Iterator[Sequence[Example]]:
        for example in examples:
            spool.add(example)
        yield from spool.groups(limit=GROUP)

    def _records(
        self, groups: Iterable[Sequence[Example]], spool: Spool, tally: _Tally
    ) -> Iterator[Exported]:
        for group in groups:
            for record in self.format.make(group, self.tools):
                if not self.format.unique or spool.is_new(f"record {record.model_dump_json()}"):
                    tally.records += 1
                    yield record

    def _card(self, tally: _Tally, files: Sequence[Path]) -> Card:
        guard = self.selection.guard
        return Card(
            format=self.format.name,
            files=tuple(path.name for path in files),
            records=tally.records,
            trajectories=tally.read,
            exported=tally.exported,
            dropped=dict(sorted(tally.dropped.items())),
            **{name: dict(sorted(tally.by[name].items())) for name in _COUNTED},
            policy=self.selection.policy,
            leak_guard=Checked(
                test_prompts=guard.prompts, words=WORDS, share=dict(SHARE), stores=dict(self.stores)
            ),
            made_by=self.made_by,
            commit=self.commit,
        )
