"""QTc, FIB-4, MELD-Na, steroids, opioids, Framingham risk, conception: by hand and by property."""

import bisect
import datetime
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_store.datasets.medcalcbench.calculator import Calculator
from task_store.datasets.medcalcbench.calculators import (
    estimated_conception_date as conception,
)
from task_store.datasets.medcalcbench.calculators import (
    fib4,
    framingham_hard_chd,
    meld_na,
    morphine_milligram_equivalents,
    qtc_framingham,
    qtc_fridericia,
    qtc_hodges,
    qtc_rautaharju,
    steroid_conversion,
)
from task_store.datasets.medcalcbench.calculators.fib4 import fib4_index
from task_store.datasets.medcalcbench.calculators.framingham_hard_chd import framingham_hard_chd_percent
from task_store.datasets.medcalcbench.calculators.meld_na import meld_na_points
from task_store.datasets.medcalcbench.calculators.morphine_milligram_equivalents import (
    morphine_milligram_equivalents_per_day,
)
from task_store.datasets.medcalcbench.calculators.qtc_framingham import qtc_framingham_ms
from task_store.datasets.medcalcbench.calculators.qtc_fridericia import qtc_fridericia_ms
from task_store.datasets.medcalcbench.calculators.qtc_hodges import qtc_hodges_ms
from task_store.datasets.medcalcbench.calculators.qtc_rautaharju import qtc_rautaharju_ms
from task_store.datasets.medcalcbench.calculators.steroid_conversion import (
    EQUIVALENT_MG,
    steroid_equivalent_mg,
)
from task_store.datasets.medcalcbench.quantities import Quantity
from task_store.datasets.medcalcbench.quantities_g3 import (
    ALT,
    AST,
    BILIRUBIN,
    HDL,
    HEART_RATE,
    PLATELETS,
    TOTAL_CHOLESTEROL,
)
from task_store.grading import NumericSpec
from tests._requirements import requirement

EQUATIONS: tuple[Calculator, ...] = tuple(
    module.CALCULATOR
    for module in (
        fib4,
        framingham_hard_chd,
        meld_na,
        morphine_milligram_equivalents,
        qtc_framingham,
        qtc_fridericia,
        qtc_hodges,
        qtc_rautaharju,
        steroid_conversion,
    )
)
STEROIDS = st.sampled_from(sorted(EQUIVALENT_MG))
RATES = st.floats(40, 150)
QTS = st.floats(250, 600)


def meld(
    creatinine: float = 1, bilirubin: float = 1, inr: float = 1, sodium: float = 137, **flags: bool
) -> int:
    return meld_na_points(
        creatinine_mg_dl=creatinine, bilirubin_mg_dl=bilirubin, inr=inr, sodium_meq_l=sodium, **flags
    )


def risk(
    age: float = 50,
    total: float = 200,
    hdl: float = 50,
    systolic: float = 120,
    *,
    female: bool = False,
    **flags: bool,
) -> float:
    return framingham_hard_chd_percent(
        age_years=age,
        female=female,
        total_cholesterol_mg_dl=total,
        hdl_mg_dl=hdl,
        systolic_mmhg=systolic,
        **flags,
    )


@requirement("medcalcbench:formulas")
def test_corrected_qt_by_hand() -> None:
    # 0.512 = 0.8^3, so 400 / 0.8 = 500; 1.331 = 1.1^3, so 440 / 1.1 = 400
    assert qtc_fridericia_ms(qt_ms=400, rr_s=0.512) == pytest.approx(500)
    assert qtc_fridericia_ms(qt_ms=440, rr_s=1.331) == pytest.approx(400)
    # 380 + 154 * 0.5 = 457; 400 - 154 * 0.25 = 361.5
    assert qtc_framingham_ms(qt_ms=380, rr_s=0.5) == pytest.approx(457)
    assert qtc_framingham_ms(qt_ms=400, rr_s=1.25) == pytest.approx(361.5)
    # 360 + 1.75 * 40 = 430; 400 - 1.75 * 10 = 382.5
    assert qtc_hodges_ms(qt_ms=360, heart_rate_bpm=100) == pytest.approx(430)
    assert qtc_hodges_ms(qt_ms=400, heart_rate_bpm=50) == pytest.approx(382.5)
    # 360 * 210 / 180 = 420; 450 * 160 / 180 = 400
    assert qtc_rautaharju_ms(qt_ms=360, heart_rate_bpm=90) == pytest.approx(420)
    assert qtc_rautaharju_ms(qt_ms=450, heart_rate_bpm=40) == pytest.approx(400)


@requirement("medcalcbench:properties")
@given(qt=QTS)
def test_every_corrected_qt_is_the_measured_one_at_sixty_beats(qt: float) -> None:
    assert qtc_fridericia_ms(qt_ms=qt, rr_s=1) == pytest.approx(qt)
    assert qtc_framingham_ms(qt_ms=qt, rr_s=1) == pytest.approx(qt)
    assert qtc_hodges_ms(qt_ms=qt, heart_rate_bpm=60) == pytest.approx(qt)
    assert qtc_rautaharju_ms(qt_ms=qt, heart_rate_bpm=60) == pytest.approx(qt)


@requirement("medcalcbench:properties")
@given(qt=QTS, rate=RATES)
def test_every_corrected_qt_rises_with_rate_and_with_qt(qt: float, rate: float) -> None:
    def all_four(qt_ms: float, bpm: float) -> list[float]:
        return [
            qtc_fridericia_ms(qt_ms=qt_ms, rr_s=60 / bpm),
            qtc_framingham_ms(qt_ms=qt_ms, rr_s=60 / bpm),
            qtc_hodges_ms(qt_ms=qt_ms, heart_rate_bpm=bpm),
            qtc_rautaharju_ms(qt_ms=qt_ms, heart_rate_bpm=bpm),
        ]

    here = all_four(qt, rate)
    assert all(a < b for a, b in zip(here, all_four(qt, rate + 1), strict=True))
    assert all(a < b for a, b in zip(here, all_four(qt + 1, rate), strict=True))


@requirement("medcalcbench:formulas")
def test_fib4_by_hand() -> None:
    # 60 * 80 / (150 * sqrt(64)) = 4800 / 1200 = 4
    assert fib4_index(age_years=60, ast_u_l=80, alt_u_l=64, platelets_billion_l=150) == pytest.approx(4)
    # 45 * 30 / (250 * sqrt(36)) = 1350 / 1500 = 0.9
    assert fib4_index(age_years=45, ast_u_l=30, alt_u_l=36, platelets_billion_l=250) == pytest.approx(0.9)


@requirement("medcalcbench:properties")
@given(ast=st.floats(10, 500), alt=st.floats(10, 500), platelets=st.floats(20, 500))
def test_fib4_is_proportional(ast: float, alt: float, platelets: float) -> None:
    def index(age: float = 50, times_alt: float = 1, times_platelets: float = 1) -> float:
        return fib4_index(
            age_years=age,
            ast_u_l=ast,
            alt_u_l=alt * times_alt,
            platelets_billion_l=platelets * times_platelets,
        )

    assert index(age=100) == pytest.approx(2 * index())
    assert index(times_platelets=2) == pytest.approx(index() / 2)
    assert index(times_alt=4) == pytest.approx(index() / 2)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("values", "points"),
    [
        ({}, 6),  # 0.643 -> 6.43
        ({"creatinine": 0.4, "bilirubin": 0.3, "inr": 0.8}, 6),  # all below 1 count as 1
        ({"sodium": 125}, 6),  # up to 11, sodium does not matter
        ({"creatinine": 2}, 13),  # 0.957 * 0.69315 + 0.643 = 1.3063
        ({"creatinine": 2, "sodium": 130}, 19),  # 13 + 1.32 * 7 - 0.033 * 13 * 7 = 13 + 9.24 - 3.003 = 19.24
        ({"creatinine": 2, "sodium": 150}, 13),  # sodium counts as 137
        ({"creatinine": 4}, 20),  # 0.957 * 1.38629 + 0.643 = 1.9697
        ({"creatinine": 9}, 20),  # creatinine counts as 4
        ({"creatinine": 4, "sodium": 125}, 28),  # 20 + 15.84 - 7.92 = 27.92
        ({"creatinine": 4, "sodium": 110}, 28),  # sodium counts as 125
        ({"creatinine": 1.3, "dialysis": True}, 20),  # dialysis: creatinine counts as 4
        ({"creatinine": 0.8, "dialysis": True}, 20),
        # 1.3267 + 0.378 * 3.6889 + 1.12 * 1.3863 + 0.643 = 4.917 -> 49, at most 40
        ({"creatinine": 4, "bilirubin": 40, "inr": 4}, 40),
    ],
)
def test_meld_na_by_hand(values: dict[str, float], points: int) -> None:
    labs = [
        values.get(name, usual)
        for name, usual in (("creatinine", 1), ("bilirubin", 1), ("inr", 1), ("sodium", 137))
    ]
    assert meld(*labs, dialysis=bool(values.get("dialysis", False))) == points


@requirement("medcalcbench:formulas")
def test_meld_na_as_the_release_counts_it() -> None:
    # MELD(i) of 1.306 becomes 1, hence 10 points, where the policy has 13
    assert meld(creatinine=2, as_released=True) == 10
    # MELD(i) of 1.970 becomes 2; 20 + 15.84 - 7.92 = 27.92
    assert meld(creatinine=4, sodium=125, as_released=True) == 28
    # 1.3267 + 1.12 * 0.57661 + 0.643 = 2.6155 becomes 3, hence 30; the policy has 26
    assert meld(creatinine=4, inr=1.78, as_released=True) == 30
    assert meld(creatinine=4, inr=1.78) == 26
    # a creatinine below 1 is not raised by dialysis: 0.643 becomes 1
    assert meld(creatinine=0.8, dialysis=True, as_released=True) == 10


@requirement("medcalcbench:properties")
@given(
    creatinine=st.floats(0.5, 6),
    bilirubin=st.floats(0.5, 30),
    inr=st.floats(0.8, 4),
    sodium=st.integers(118, 145),
)
def test_meld_na_stays_in_range_and_is_monotone(
    creatinine: float, bilirubin: float, inr: float, sodium: int
) -> None:
    here = meld(creatinine, bilirubin, inr, sodium)
    assert 6 <= here <= 40
    assert meld(creatinine + 0.5, bilirubin, inr, sodium) >= here
    assert meld(creatinine, bilirubin * 1.5, inr, sodium) >= here
    assert meld(creatinine, bilirubin, inr + 0.3, sodium) >= here
    assert meld(creatinine, bilirubin, inr, sodium - 3) >= here
    assert meld(creatinine, bilirubin, inr, sodium, dialysis=True) >= here


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("dose_mg", "source", "target", "wanted_mg"),
    [
        (40, "prednisone", "dexamethasone", 6),  # 40 * 0.75 / 5
        (100, "hydrocortisone", "methylprednisolone", 20),  # 100 * 4 / 20
        (50, "cortisone", "prednisolone", 10),  # 50 * 5 / 25
        (3, "betamethasone", "hydrocortisone", 80),  # 3 * 20 / 0.75
        (8, "triamcinolone", "prednisone", 10),  # 8 * 5 / 4
    ],
)
def test_steroid_doses_by_hand(dose_mg: float, source: str, target: str, wanted_mg: float) -> None:
    assert steroid_equivalent_mg(dose_mg=dose_mg, given=source, target=target) == pytest.approx(wanted_mg)


@requirement("medcalcbench:properties")
@given(dose=st.floats(0.1, 1000), one=STEROIDS, other=STEROIDS)
def test_a_steroid_dose_converted_and_back_is_the_same(dose: float, one: str, other: str) -> None:
    there = steroid_equivalent_mg(dose_mg=dose, given=one, target=other)
    assert steroid_equivalent_mg(dose_mg=there, given=other, target=one) == pytest.approx(dose)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("doses", "mme"),
    [
        ({}, 0),
        ({"codeine_mg_day": 240}, 36),
        ({"fentanyl_buccal_ug_day": 800}, 104),
        ({"fentanyl_patch_ug_h": 25}, 60),
        ({"hydrocodone_mg_day": 20}, 20),
        ({"hydromorphone_mg_day": 16}, 80),
        ({"methadone_mg_day": 30}, 141),
        ({"morphine_mg_day": 90}, 90),
        ({"oxycodone_mg_day": 60}, 90),
        ({"oxymorphone_mg_day": 30}, 90),
        ({"tapentadol_mg_day": 200}, 80),
        ({"tramadol_mg_day": 200}, 40),
        ({"tramadol_mg_day": 200, "oxycodone_mg_day": 60, "fentanyl_patch_ug_h": 25}, 190),  # 40 + 90 + 60
    ],
)
def test_morphine_equivalents_by_hand(doses: dict[str, float], mme: float) -> None:
    assert morphine_milligram_equivalents_per_day(**doses) == pytest.approx(mme)


@requirement("medcalcbench:formulas")
def test_framingham_risk_by_hand() -> None:
    # ln 50 = 3.91202, ln 200 = 5.29832, ln 120 = 4.78749:
    # 203.4628 + 106.0409 - 3.5442 + 6.2514 - 95.4493 - 44.8899 - 172.3002 = -0.4284, exp = 0.6516,
    # 100 * (1 - 0.9402^0.6516) = 3.94
    assert risk() == pytest.approx(3.94, abs=0.01)
    # women: 124.2615 + 119.0298 - 4.6464 + 12.2220 - 104.9000 - 146.5933 = -0.6264, exp = 0.5345,
    # 100 * (1 - 0.98767^0.5345) = 0.661
    assert risk(female=True) == pytest.approx(0.661, abs=0.005)


@requirement("medcalcbench:properties")
@given(
    age=st.floats(35, 75),
    total=st.floats(140, 310),
    hdl=st.floats(30, 85),
    systolic=st.floats(100, 180),
    female=st.booleans(),
)
def test_framingham_risk_follows_its_factors(
    age: float, total: float, hdl: float, systolic: float, female: bool
) -> None:
    here = risk(age, total, hdl, systolic, female=female)
    assert 0 < here < 100
    assert risk(age, total, hdl + 5, systolic, female=female) < here
    assert risk(age, total, hdl, systolic + 5, female=female) > here
    assert risk(age, total, hdl, systolic, female=female, treated=True) > here
    # smoking: 12.096316 - 2.84367 ln(70) = 0.015 and 13.07543 - 2.996945 ln(78) = 0.018, both above 0
    assert risk(age, total, hdl, systolic, female=female, smoker=True) > here


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(("female", "cap"), [(False, 70), (True, 78)])
def test_the_age_of_a_smoker_is_capped(female: bool, cap: int) -> None:
    def log_ratio(age: int) -> float:
        """The smoking terms: ln of the ratio of ln(survival) with and without smoking."""
        survivals = [math.log(1 - risk(age, female=female, smoker=smoker) / 100) for smoker in (True, False)]
        return math.log(survivals[0] / survivals[1])

    assert log_ratio(cap + 1) == pytest.approx(log_ratio(cap))
    assert log_ratio(cap - 1) > log_ratio(cap) + 0.01


@requirement("medcalcbench:formulas")
def test_conception_by_hand() -> None:
    day = datetime.date
    assert conception.estimated_conception_date(last_period=day(2024, 2, 20)) == day(2024, 3, 5)  # leap year
    assert conception.estimated_conception_date(last_period=day(2023, 2, 20)) == day(2023, 3, 6)
    assert conception.estimated_conception_date(last_period=day(2022, 12, 25)) == day(2023, 1, 8)


@requirement("medcalcbench:units")
@pytest.mark.parametrize(
    ("quantity", "slot", "printed", "base"),
    [
        (HEART_RATE, "rr_s", 0.8, 75),  # 60 / 0.8
        (HEART_RATE, "rr_ms", 800, 75),
        (HEART_RATE, "rr_mm", 20, 75),  # 1500 mm a minute at 25 mm/s
        (HEART_RATE, "beats_in_10_s", 12, 72),
        (HEART_RATE, "beats_in_15_s", 20, 80),
        (BILIRUBIN, "bilirubin_umol_l", 171, 10),
        (AST, "ast_ukat_l", 1.5, 90),
        (ALT, "alt_ukat_l", 0.5, 30),
        (PLATELETS, "platelets_per_ul", 244000, 244),
        (TOTAL_CHOLESTEROL, "total_cholesterol_mmol_l", 5, 193.35),
        (HDL, "hdl_mmol_l", 2, 77.34),
    ],
)
def test_units_convert_to_the_unit_of_the_formula(
    quantity: Quantity, slot: str, printed: float, base: float
) -> None:
    form = next(form for form in quantity.forms if form.name == slot)
    assert form.to_base(printed) == pytest.approx(base)
    assert form.from_base(base) == pytest.approx(printed)


@requirement("medcalcbench:spread")
@pytest.mark.parametrize("calculator", EQUATIONS, ids=lambda calculator: calculator.slug)
def test_no_constant_passes_a_quarter_of_these_calculators(calculator: Calculator) -> None:
    rng = random.Random(5)
    drawn = [calculator.draw(phrasing, rng) for phrasing in calculator.phrasings for _ in range(60)]
    specs = [one.grading for one in drawn if isinstance(one.grading, NumericSpec)]
    assert len(specs) == len(drawn)
    lowers, uppers = sorted(s.lower for s in specs), sorted(s.upper for s in specs)
    best = max(bisect.bisect_right(lowers, x) - bisect.bisect_left(uppers, x) for x in lowers)
    assert best / len(specs) < 0.25
