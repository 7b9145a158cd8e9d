"""How the notes of the rate-corrected QT formulas are drawn: every one needs a QT interval and a rate."""

import math
import random
from collections.abc import Callable

from task_store.datasets.medcalcbench.calculator import Drawn, Phrasing, equation
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import QT, Quantity


def draw_qtc(
    phrasing: Phrasing, rng: random.Random, rate: Quantity, qtc_ms: Callable[[float, float], float], code: str
) -> Drawn:
    """Draw a note whose corrected QT is spread evenly (on the log scale) from 330 to 670 ms.

    Args:
        phrasing: the note to fill.
        rng: the task's generator.
        rate: `RR` (base: seconds) or `HEART_RATE` (base: beats per minute), whichever the formula needs.
        qtc_ms: the formula, of (QT in ms, rate in the base unit); it must be linear in QT.
        code: the formula in Python, over `qt_ms` and the rate's base name.
    """
    note = phrasing.note
    person = Person.draw(rng, rng.randint(20, 88))
    target_ms = math.exp(rng.uniform(math.log(330), math.log(670)))
    bpm = rng.uniform(48, 124)
    beat = rate.read(note, bpm if rate.forms[0].name == "heart_rate_bpm" else 60 / bpm)
    offset_ms = qtc_ms(0, beat.value)
    slope = qtc_ms(1, beat.value) - offset_ms
    qt = QT.read(note, (target_ms - offset_ms) / slope)
    old_qt = QT.read_old(note, superseded(rng, qt.value, 240, 640))
    slots = incidentals(rng) | person.slots() | qt.slots() | beat.slots()
    slots |= old_qt.slots("old_") if old_qt else {}
    imports = ["import math"] if "math." in code else []
    return Drawn(
        slots=slots,
        grading=equation(qtc_ms(qt.value, beat.value)),
        reference="\n".join([*imports, *qt.code(), *beat.code(), f"answer = {code}"]),
        trap=qtc_ms((old_qt or qt).value, beat.value),
        conversions=qt.converted + beat.converted,
    )
