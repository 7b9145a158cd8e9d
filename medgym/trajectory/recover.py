"""What a dead server left: its journals become notebooks, marked incomplete.

A journal that ends with its episode's end makes a complete notebook. An episode that still
runs is caught as it stands; its own notebook replaces that one when it ends.
"""

from dataclasses import dataclass, field
from pathlib import Path

from medgym.trajectory.errors import EmptyJournalError, TrajectoryError
from medgym.trajectory.journal import read_journal
from medgym.trajectory.rundir import RunFolder


@dataclass
class Recovered:
    """What became of the journals that had no notebook."""

    notebooks: list[Path] = field(default_factory=list)
    """Written now."""
    incomplete: int = 0
    """Of these, the ones whose episode has no end."""
    empty: list[Path] = field(default_factory=list)
    """Journals that hold no whole event: nothing had been answered."""
    unreadable: dict[Path, str] = field(default_factory=dict)
    """Journals that are damaged before their last line, and how."""


def recover(folder: RunFolder) -> Recovered:
    """Write a notebook for each journal that has none."""
    done = Recovered()
    for path in folder.unfinished_journals():
        try:
            trajectory = read_journal(path)
        except EmptyJournalError:
            done.empty.append(path)
            continue
        except TrajectoryError as error:
            done.unreadable[path] = str(error)
            continue
        done.notebooks.append(folder.write_notebook(path.stem, trajectory))
        done.incomplete += not trajectory.complete
    return done
