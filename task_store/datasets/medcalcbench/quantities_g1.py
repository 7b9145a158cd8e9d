"""Electrolytes, glucose, urine values: what kidney and acid-base calculators read beside `quantities.py`.

Monovalent ions have as many mEq as mmol, so `mmol/L` is the base of both words. Forms by
mass divide by the molar mass: sodium 22.99, chloride 35.45, bicarbonate 61.02 g/mol.
"""

import random

from task_store.datasets.medcalcbench.quantities import CREATININE, WEIGHT, Form, Quantity, Reading
from task_store.errors import BuildError

SODIUM = Quantity(
    (
        Form("sodium_mmol_l"),
        Form("sodium_mg_dl", 1, divide=2.299),
        Form("sodium_g_l", 3, multiply=1000, divide=22.99),
    )
)
CHLORIDE = Quantity(
    (
        Form("chloride_mmol_l"),
        Form("chloride_mg_dl", 1, divide=3.545),
        Form("chloride_g_l", 3, multiply=1000, divide=35.45),
    )
)
BICARBONATE = Quantity((Form("bicarbonate_mmol_l"), Form("bicarbonate_mg_dl", 1, divide=6.102)))
# 18 mg/dL per mmol/L, as in the osmolality formula itself; tables with 18.016 differ by 0.1 %.
GLUCOSE = Quantity(
    (
        Form("glucose_mg_dl"),
        Form("glucose_mmol_l", 1, multiply=18),
        Form("glucose_g_l", 2, multiply=100),
    )
)
SERUM_CREATININE = Quantity(
    (
        *CREATININE.forms,
        Form("creatinine_mg_l", 1, divide=10),
        Form("creatinine_mmol_l", 3, multiply=1000, divide=88.4),
    )
)
URINE_SODIUM = Quantity((Form("urine_sodium_mmol_l"), Form("urine_sodium_mg_dl", 1, divide=2.299)))
URINE_CREATININE = Quantity(
    (
        Form("urine_creatinine_mg_dl"),
        Form("urine_creatinine_mmol_l", 1, multiply=1000, divide=88.4),
        Form("urine_creatinine_g_l", 2, multiply=100),
    )
)
BODY_WEIGHT = Quantity(
    (
        *WEIGHT.forms,
        Form("weight_g", divide=1000),
        Form("weight_pounds", rest="weight_rest_oz", rest_per_whole=16, multiply=0.028349523125),
    )
)


def read_old(quantity: Quantity, note: str, value: float) -> Reading:
    """A superseded value that the note must have a slot for.

    Raises:
        BuildError: the template has no `old_` slot for this quantity.
    """
    reading = quantity.read_old(note, value)
    if reading is None:
        raise BuildError(f"the note has no superseded {quantity.forms[0].name}")
    return reading


def electrolytes_with_gap(rng: random.Random, gap_mmol_l: float) -> tuple[float, float, float]:
    """Sodium, chloride and bicarbonate (mmol/L) whose Na - (Cl + HCO3) is `gap_mmol_l`.

    A high gap goes with a low bicarbonate; otherwise the three are drawn evenly.
    """
    while True:
        sodium = rng.uniform(126, 154)
        bicarbonate = rng.uniform(7, 18) if gap_mmol_l > 18 else rng.uniform(10, 32)
        chloride = sodium - bicarbonate - gap_mmol_l
        if 84 <= chloride <= 124:
            return sodium, chloride, bicarbonate
