"""The electrolyte panel that the anion gap family of calculators draws its notes from.

Sodium, chloride, bicarbonate and, where asked for, albumin are drawn around a wanted
anion gap; the note also prints some of them from an earlier sample.
"""

import random
from dataclasses import dataclass

from task_store.datasets.medcalcbench.people import superseded
from task_store.datasets.medcalcbench.quantities import ALBUMIN, Reading
from task_store.datasets.medcalcbench.quantities_g2 import BICARBONATE, CHLORIDE, SODIUM

_CHLORIDE_MEQ_L = (72, 124)
"""Beyond these no draw is made."""


@dataclass(frozen=True)
class Panel:
    """Readings by their Python name in the formula's unit."""

    readings: dict[str, Reading]
    earlier: dict[str, Reading]
    """The superseded ones that the note prints."""

    @property
    def values(self) -> dict[str, float]:
        return {name: reading.value for name, reading in self.readings.items()}

    @property
    def trap_values(self) -> dict[str, float]:
        """What a reader has who takes the earlier sample wherever the note gives it."""
        return self.values | {name: reading.value for name, reading in self.earlier.items()}

    @property
    def conversions(self) -> int:
        return sum(reading.converted for reading in self.readings.values())

    def slots(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for reading in self.readings.values():
            found |= reading.slots()
        for reading in self.earlier.values():
            found |= reading.slots("old_")
        return found

    def code(self) -> list[str]:
        return [line for reading in self.readings.values() for line in reading.code()]


def read_panel(
    note: str,
    rng: random.Random,
    *,
    anion_gap_meq_l: float,
    bicarbonate_meq_l: float,
    albumin_g_dl: float | None = None,
) -> Panel | None:
    """Print a panel with about this uncorrected anion gap; None: it would need an odd chloride.

    Args:
        note: the template, which says what is printed and in which unit.
        rng: the task's generator.
        anion_gap_meq_l: sodium - chloride - bicarbonate before rounding, in mEq/L.
        bicarbonate_meq_l: before rounding, in mEq/L.
        albumin_g_dl: before rounding, in g/dL; None: the calculator needs no albumin.
    """
    sodium_meq_l = rng.uniform(126, 149)
    chloride_meq_l = sodium_meq_l - bicarbonate_meq_l - anion_gap_meq_l
    low, high = _CHLORIDE_MEQ_L
    if not low <= chloride_meq_l <= high:
        return None
    drawn = {SODIUM: sodium_meq_l, CHLORIDE: chloride_meq_l, BICARBONATE: bicarbonate_meq_l}
    if albumin_g_dl is not None:
        drawn[ALBUMIN] = albumin_g_dl
    readings = {quantity.forms[0].name: quantity.read(note, value) for quantity, value in drawn.items()}
    return Panel(readings, _earlier(note, rng, readings))


def _earlier(note: str, rng: random.Random, readings: dict[str, Reading]) -> dict[str, Reading]:
    """The earlier values that the note prints; chloride and bicarbonate move the gap the same way."""
    bicarbonate = readings["bicarbonate_meq_l"].value
    old_bicarbonate = superseded(rng, bicarbonate, 5, 23)  # at 24 a delta ratio would not exist
    step = rng.uniform(6, 13) * (1 if old_bicarbonate > bicarbonate else -1)
    old = {BICARBONATE: old_bicarbonate, CHLORIDE: readings["chloride_meq_l"].value + step}
    if "albumin_g_dl" in readings:
        old[ALBUMIN] = superseded(rng, readings["albumin_g_dl"].value, 1.2, 4.9)
    found = {quantity.forms[0].name: quantity.read_old(note, value) for quantity, value in old.items()}
    return {name: reading for name, reading in found.items() if reading is not None}
