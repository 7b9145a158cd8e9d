"""Pearson's chi-square tests: noncentrality = N w^2 (Cohen 1988, chapter 7).

Goodness of fit over k categories has k - 1 degrees of freedom, independence in an
r x c table (r - 1)(c - 1). The distribution under the alternative is the usual
asymptotic one; the questions say so.
"""

import random
from itertools import pairwise
from math import sqrt
from typing import Literal

from task_store.datasets.npowerai.contexts import CATEGORICAL
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Template, show
from task_store.datasets.npowerai.power import chi2_noncentrality, chi2_power
from task_store.datasets.npowerai.wording.chi_square import TEMPLATES

FIRST_N = 2
MIN_TOTAL = 25
MAX_W = 0.9
_ALPHAS = (0.05, 0.05, 0.01, 0.02, 0.1)
_SMALLEST_SHARE = 8


class ChiSquare(Params):
    """Either `w`, or the shares under both hypotheses in percent."""

    kind: Literal["shares", "fit", "table"]
    labels: tuple[str, ...]
    rows: int = 0
    """Levels of the other variable; 0 unless a table is tested."""
    w: float | None = None
    null: tuple[float, ...] = ()
    true: tuple[float, ...] = ()


def w_of(params: ChiSquare) -> float:
    """Cohen's w, given or worked out."""
    if params.w is not None:
        return params.w
    return sqrt(sum((q - p) ** 2 / p for p, q in zip(params.null, params.true, strict=True)) / 100)


def df_of(params: ChiSquare) -> int:
    k = len(params.labels)
    return (params.rows - 1) * (k - 1) if params.kind == "table" else k - 1


def power(params: ChiSquare, n: int) -> float:
    return chi2_power(noncentrality=n * w_of(params) ** 2, df=df_of(params), alpha=params.alpha)


def _same(_params: ChiSquare, n: int) -> int:
    return n


def slots(params: ChiSquare, n: int | None, _pool: Pool) -> dict[str, str]:
    k = str(len(params.labels))
    words = {"alpha": show(params.alpha), "rows": str(params.rows), "columns": k, "categories": k}
    if params.w is not None:
        words["w"] = show(params.w)
    else:
        words |= {"null": _list(params.labels, params.null), "true": _list(params.labels, params.true)}
    return words if n is None else words | {"n": str(n)}


def _list(labels: tuple[str, ...], shares: tuple[float, ...]) -> str:
    return ", ".join(f"{label} {show(share)} %" for label, share in zip(labels, shares, strict=True))


_REFERENCE = """\
def power_at(n):
    return float(ncx2.sf(chi2.ppf(1 - alpha, df), df, n * w**2))

"""
_SEARCH = "n = 2\nwhile power_at(n) < target_power:\n    n += 1\nanswer = n\n"


def reference(params: ChiSquare, n: int | None, target_power: float | None) -> str:
    lines = ["import numpy as np", "from scipy.stats import chi2, ncx2", "", f"alpha = {show(params.alpha)}"]
    k = len(params.labels)
    if params.kind == "table":
        lines += [f"rows = {params.rows}", f"columns = {k}", "df = (rows - 1) * (columns - 1)"]
    elif params.kind == "fit":
        lines += [f"categories = {k}", "df = categories - 1"]
    if params.w is not None:
        lines.append(f"w = {show(params.w)}")
    else:
        for name, shares in (("null", params.null), ("true", params.true)):
            lines.append(f"{name} = np.array([{', '.join(map(show, shares))}]) / 100")
        lines += ["df = len(null) - 1", "w = np.sqrt(np.sum((true - null) ** 2 / null))"]
    lines.append(f"n = {n}" if target_power is None else f"target_power = {show(target_power)}")
    return (
        "\n".join(lines)
        + "\n\n"
        + _REFERENCE
        + ("answer = power_at(n)\n" if target_power is None else _SEARCH)
    )


def _draw(rng: random.Random, template: Template, context: Context, goal: Goal) -> ChiSquare | None:
    alpha = rng.choice(_ALPHAS)
    rows = rng.choice((2, 3, 4)) if template.effect == "table" else 0
    common = {"alpha": alpha, "kind": template.effect, "labels": context.labels, "rows": rows}
    df = df_of(ChiSquare.model_validate(common))
    if goal.n < MIN_TOTAL or goal.power <= alpha:
        return None
    w = sqrt(chi2_noncentrality(df=df, alpha=alpha, power=goal.power) / goal.n)
    if not 0.03 <= w <= MAX_W:
        return None
    if template.effect != "shares":
        return ChiSquare.model_validate(common | {"w": round(w, 2)})
    shares = _shares(rng, len(context.labels), w)
    return ChiSquare.model_validate(common | {"null": shares[0], "true": shares[1]}) if shares else None


def _shares(rng: random.Random, k: int, w: float) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Two distributions in percent, one decimal at most, about `w` apart."""
    cuts = sorted(rng.sample(range(1, 100 - k * _SMALLEST_SHARE), k - 1))
    bounds = [0, *cuts, 100 - k * _SMALLEST_SHARE]
    null = tuple(_SMALLEST_SHARE + high - low for low, high in pairwise(bounds))
    drift = [rng.gauss(0, 1) * sqrt(p) for p in null]
    drift = [step - p * sum(drift) / 100 for step, p in zip(drift, null, strict=True)]
    unit = sqrt(sum(step**2 / p for step, p in zip(drift, null, strict=True)) / 100)
    moved = [round(p + step * w / unit, 1) for step, p in zip(drift, null, strict=True)]
    moved[-1] = round(100 - sum(moved[:-1]), 1)
    same = all(p == q for p, q in zip(null, moved, strict=True))
    return None if same or min(moved) < 1 else (tuple(float(p) for p in null), tuple(moved))


def _burdens(params: ChiSquare) -> int:
    return (params.kind == "shares") + (params.kind == "table")


DESIGN = Design(
    name="chi_square",
    basis="power from the noncentral chi-square distribution, noncentrality N w^2 (Cohen 1988)",
    first_n=FIRST_N,
    contexts=CATEGORICAL,
    templates=TEMPLATES,
    draw=_draw,
    n_of=_same,
    count_of=_same,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
