"""The calculators against arithmetic done by hand, and against properties of their formulas."""

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_store.datasets.medcalcbench.calculators.body_mass_index import body_mass_index_kg_m2
from task_store.datasets.medcalcbench.calculators.centor import centor_mcisaac_points
from task_store.datasets.medcalcbench.calculators.cha2ds2_vasc import cha2ds2_vasc_points
from task_store.datasets.medcalcbench.calculators.cockcroft_gault import creatinine_clearance_ml_min
from task_store.datasets.medcalcbench.calculators.corrected_calcium import corrected_calcium_mg_dl
from task_store.datasets.medcalcbench.calculators.curb65 import curb65_points
from task_store.datasets.medcalcbench.calculators.estimated_due_date import estimated_due_date
from task_store.datasets.medcalcbench.calculators.gestational_age import gestational_age_weeks_days
from task_store.datasets.medcalcbench.calculators.mean_arterial_pressure import mean_arterial_pressure_mmhg
from task_store.datasets.medcalcbench.calculators.qtc_bazett import qtc_bazett_ms
from task_store.datasets.medcalcbench.quantities import (
    ALBUMIN,
    BREATHS,
    CALCIUM,
    CREATININE,
    CYCLE,
    DIASTOLIC,
    HEIGHT,
    PULSE_PRESSURE,
    QT,
    RR,
    SYSTOLIC,
    TEMPERATURE,
    UREA_NITROGEN,
    WEIGHT,
    Form,
    Quantity,
)
from task_store.errors import BuildError
from tests._requirements import requirement

Day = datetime.date


def curb(**changed: float) -> int:
    """CURB-65 of somebody without any of the five criteria, but for `changed`."""
    values: dict[str, float] = {
        "bun_mg_dl": 12,
        "respiratory_rate_per_min": 18,
        "systolic_mmhg": 120,
        "diastolic_mmhg": 75,
        "age_years": 40,
    }
    values |= changed
    return curb65_points(
        confusion=bool(values.get("confusion", False)),
        bun_mg_dl=values["bun_mg_dl"],
        respiratory_rate_per_min=values["respiratory_rate_per_min"],
        systolic_mmhg=int(values["systolic_mmhg"]),
        diastolic_mmhg=int(values["diastolic_mmhg"]),
        age_years=int(values["age_years"]),
    )


@requirement("medcalcbench:formulas")
def test_creatinine_clearance_by_hand() -> None:
    # (140 - 68) * 72 / (72 * 1.2) = 72 / 1.2 = 60
    man = creatinine_clearance_ml_min(age_years=68, weight_kg=72, creatinine_mg_dl=1.2, female=False)
    assert man == pytest.approx(60)
    # the same with the women's factor: 60 * 0.85 = 51
    woman = creatinine_clearance_ml_min(age_years=68, weight_kg=72, creatinine_mg_dl=1.2, female=True)
    assert woman == pytest.approx(51)
    # (140 - 40) * 90 / (72 * 2.5) = 9000 / 180 = 50
    other = creatinine_clearance_ml_min(age_years=40, weight_kg=90, creatinine_mg_dl=2.5, female=False)
    assert other == pytest.approx(50)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({}, 0),
        ({"confusion": True}, 1),
        ({"bun_mg_dl": 19}, 0),  # "above 19", so 19 itself scores nothing
        ({"bun_mg_dl": 20}, 1),
        ({"bun_mg_dl": 7.5 * 2.8}, 1),  # urea 7.5 mmol/L = 21 mg/dL
        ({"respiratory_rate_per_min": 29}, 0),
        ({"respiratory_rate_per_min": 30}, 1),
        ({"systolic_mmhg": 90}, 0),
        ({"systolic_mmhg": 89}, 1),
        ({"diastolic_mmhg": 60}, 1),
        ({"diastolic_mmhg": 61}, 0),
        ({"systolic_mmhg": 80, "diastolic_mmhg": 50}, 1),  # one point for pressure, not two
        ({"age_years": 64}, 0),
        ({"age_years": 65}, 1),
        (
            {
                "confusion": True,
                "bun_mg_dl": 40,
                "respiratory_rate_per_min": 36,
                "systolic_mmhg": 84,
                "age_years": 80,
            },
            5,
        ),
    ],
)
def test_curb65_by_hand(changed: dict[str, float], points: int) -> None:
    assert curb(**changed) == points


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("last_period", "cycle_days", "due"),
    [
        # 280 days after 1 January 2023: day 281 of the year; 30 September is day 273, so 8 October.
        (Day(2023, 1, 1), 28, Day(2023, 10, 8)),
        # Leap year: day 281 of 2024; 30 September is day 274, so 7 October.
        (Day(2024, 1, 1), 28, Day(2024, 10, 7)),
        # 29 February 2024 is day 60, 60 + 280 = 340; 30 November is day 335, so 5 December.
        (Day(2024, 2, 29), 28, Day(2024, 12, 5)),
        # A cycle of 31 days moves 8 October three days later, one of 25 three days earlier.
        (Day(2023, 1, 1), 31, Day(2023, 10, 11)),
        (Day(2023, 1, 1), 25, Day(2023, 10, 5)),
        # 1 June 2023 is day 152, 152 + 280 = 432 = 365 + 67; 29 February 2024 is day 60, so 7 March.
        (Day(2023, 6, 1), 28, Day(2024, 3, 7)),
        # 1 June 2022: 432 = 365 + 67; in 2023 28 February is day 59, so 8 March.
        (Day(2022, 6, 1), 28, Day(2023, 3, 8)),
    ],
)
def test_due_date_by_hand(last_period: Day, cycle_days: int, due: Day) -> None:
    assert estimated_due_date(last_period=last_period, cycle_days=cycle_days) == due


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("last_period", "visit", "age"),
    [
        (Day(2024, 3, 10), Day(2024, 3, 10), (0, 0)),
        (Day(2024, 3, 10), Day(2024, 3, 16), (0, 6)),
        (Day(2024, 3, 10), Day(2024, 3, 17), (1, 0)),
        # 20 February to 5 March 2024: 9 days left in February (leap) + 5 = 14 days.
        (Day(2024, 2, 20), Day(2024, 3, 5), (2, 0)),
        # 2023: 8 + 5 = 13 days.
        (Day(2023, 2, 20), Day(2023, 3, 5), (1, 6)),
        # 1 November 2023 to 1 April 2024: 30 + 31 + 31 + 29 + 31 = 152 = 21 * 7 + 5.
        (Day(2023, 11, 1), Day(2024, 4, 1), (21, 5)),
    ],
)
def test_gestational_age_by_hand(last_period: Day, visit: Day, age: tuple[int, int]) -> None:
    assert gestational_age_weeks_days(last_period=last_period, visit=visit) == age


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("age_years", "temperature_c", "cough", "nodes", "tonsils", "points"),
    [
        (14, 38.5, False, True, True, 5),  # 1 + 1 + 1 + 1, and 1 for age 3 to 14
        (15, 38.5, False, True, True, 4),
        (44, 36.9, True, False, False, 0),
        (45, 36.9, True, False, False, -1),
        (30, 38.0, True, False, False, 0),  # 38.0 is not above 38.0
        (30, 38.1, True, False, False, 1),
        (30, 36.9, False, False, False, 1),  # the absence of cough scores
    ],
)
def test_centor_by_hand(
    age_years: int, temperature_c: float, cough: bool, nodes: bool, tonsils: bool, points: int
) -> None:
    assert (
        centor_mcisaac_points(
            age_years=age_years,
            temperature_c=temperature_c,
            cough=cough,
            tender_nodes=nodes,
            tonsils_involved=tonsils,
        )
        == points
    )


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("age_years", "female", "has", "points"),
    [
        (64, False, "", 0),
        (65, False, "", 1),
        (74, False, "", 1),
        (75, False, "", 2),
        (50, True, "", 1),
        (50, False, "stroke", 2),
        (70, False, "hypertension diabetes", 3),  # 1 for age + 1 + 1
        (
            80,
            True,
            "heart_failure hypertension diabetes stroke vascular_disease",
            9,
        ),  # 2 + 1 + 1 + 1 + 1 + 2 + 1
    ],
)
def test_cha2ds2_vasc_by_hand(age_years: int, female: bool, has: str, points: int) -> None:
    names = ("heart_failure", "hypertension", "diabetes", "stroke", "vascular_disease")
    present = {name: name in has.split() for name in names}
    assert cha2ds2_vasc_points(age_years=age_years, female=female, **present) == points


@requirement("medcalcbench:formulas")
def test_remaining_equations_by_hand() -> None:
    # 81 / 1.8^2 = 81 / 3.24 = 25
    assert body_mass_index_kg_m2(weight_kg=81, height_cm=180) == pytest.approx(25)
    # 8.0 + 0.8 * (4.0 - 2.5) = 8.0 + 1.2 = 9.2; at albumin 4.0 nothing changes; above it, it falls
    assert corrected_calcium_mg_dl(calcium_mg_dl=8.0, albumin_g_dl=2.5) == pytest.approx(9.2)
    assert corrected_calcium_mg_dl(calcium_mg_dl=9.9, albumin_g_dl=4.0) == pytest.approx(9.9)
    assert corrected_calcium_mg_dl(calcium_mg_dl=10.0, albumin_g_dl=5.0) == pytest.approx(9.2)
    # (120 + 2 * 75) / 3 = 270 / 3 = 90
    assert mean_arterial_pressure_mmhg(systolic_mmhg=120, diastolic_mmhg=75) == pytest.approx(90)
    # at 60/min RR is 1 s and nothing changes; RR 0.64 s: 360 / 0.8 = 450
    assert qtc_bazett_ms(qt_ms=400, rr_s=1) == pytest.approx(400)
    assert qtc_bazett_ms(qt_ms=360, rr_s=0.64) == pytest.approx(450)


@requirement("medcalcbench:properties")
@given(
    age=st.integers(18, 95),
    weight=st.floats(35, 180),
    creatinine=st.floats(0.4, 12),
    female=st.booleans(),
)
def test_clearance_falls_with_age_and_creatinine_and_rises_with_weight(
    age: int, weight: float, creatinine: float, female: bool
) -> None:
    def clearance(age: int, weight: float, creatinine: float) -> float:
        return creatinine_clearance_ml_min(
            age_years=age, weight_kg=weight, creatinine_mg_dl=creatinine, female=female
        )

    base = clearance(age, weight, creatinine)
    assert clearance(age + 1, weight, creatinine) < base
    assert clearance(age, weight, creatinine * 2) == pytest.approx(base / 2)
    assert clearance(age, weight * 3, creatinine) == pytest.approx(base * 3)


@requirement("medcalcbench:properties")
@given(
    last_period=st.dates(Day(1990, 1, 1), Day(2090, 1, 1)),
    cycle_days=st.integers(20, 45),
)
def test_due_date_moves_day_by_day_and_is_forty_weeks_at_cycle_28(last_period: Day, cycle_days: int) -> None:
    due = estimated_due_date(last_period=last_period, cycle_days=cycle_days)
    one_day = datetime.timedelta(days=1)
    assert estimated_due_date(last_period=last_period + one_day, cycle_days=cycle_days) == due + one_day
    assert estimated_due_date(last_period=last_period, cycle_days=cycle_days + 1) == due + one_day
    at_28 = estimated_due_date(last_period=last_period, cycle_days=28)
    assert gestational_age_weeks_days(last_period=last_period, visit=at_28) == (40, 0)


@requirement("medcalcbench:properties")
@given(systolic=st.integers(70, 220), pulse_pressure=st.integers(10, 60))
def test_mean_pressure_lies_a_third_above_diastolic(systolic: int, pulse_pressure: int) -> None:
    diastolic = systolic - pulse_pressure
    mean = mean_arterial_pressure_mmhg(systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    assert mean == pytest.approx(diastolic + pulse_pressure / 3)
    assert diastolic < mean < systolic


@requirement("medcalcbench:properties")
@given(heart_rate_bpm=st.integers(40, 140), qt_ms=st.integers(240, 640))
def test_bazett_is_the_same_from_rate_and_from_interval(heart_rate_bpm: int, qt_ms: int) -> None:
    by_interval = qtc_bazett_ms(qt_ms=qt_ms, rr_s=60 / heart_rate_bpm)
    assert by_interval == pytest.approx(qt_ms * math.sqrt(heart_rate_bpm / 60))


ALL_QUANTITIES = (
    ALBUMIN,
    BREATHS,
    CALCIUM,
    CREATININE,
    CYCLE,
    DIASTOLIC,
    HEIGHT,
    PULSE_PRESSURE,
    QT,
    RR,
    SYSTOLIC,
    TEMPERATURE,
    UREA_NITROGEN,
    WEIGHT,
)
FORMS = [(quantity, form) for quantity in ALL_QUANTITIES for form in quantity.forms]


@requirement("medcalcbench:units")
@pytest.mark.parametrize(("quantity", "form"), FORMS, ids=[form.name for _, form in FORMS])
def test_reference_lines_convert_what_is_printed_as_the_gold_does(quantity: Quantity, form: Form) -> None:
    template = f"{{{form.name}}}" + (f" {{{form.rest}}}" if form.rest else "")
    value = form.to_base(24.0 if form.rest is None else 24.0 * form.rest_per_whole + 3)
    reading = quantity.read(template, value)
    namespace: dict[str, float] = {}
    exec("\n".join(reading.code()), {}, namespace)
    assert namespace[reading.base] == pytest.approx(reading.value)
    assert reading.value == pytest.approx(value, rel=1e-9)


@requirement("medcalcbench:units")
@pytest.mark.parametrize(
    ("quantity", "template", "value", "texts"),
    [
        (WEIGHT, "{weight_lb} lb", 70.0, ("154",)),  # 70 / 0.45359237 = 154.3
        (WEIGHT, "{weight_stone} st {weight_rest_lb} lb", 70.0, ("11", "0")),  # 154 lb = 11 * 14
        (HEIGHT, "{height_ft} ft {height_rest_in} in", 170.0, ("5", "7")),  # 170 / 2.54 = 66.9 = 5 * 12 + 7
        (CREATININE, "{creatinine_umol_l} µmol/L", 1.5, ("133",)),  # 1.5 * 88.4 = 132.6
        (CALCIUM, "{calcium_mmol_l} mmol/L", 10.0, ("2.50",)),  # 10 * 0.2495 = 2.495
        (ALBUMIN, "{albumin_g_l} g/L", 3.1, ("31",)),
        (UREA_NITROGEN, "{urea_mmol_l} mmol/L", 28.0, ("10.0",)),  # 28 / 2.8
        (TEMPERATURE, "{temperature_f} °F", 39.0, ("102.2",)),  # 39 * 9 / 5 + 32
        (SYSTOLIC, "{systolic_kpa} kPa", 120.0, ("16.0",)),  # 120 / 7.50062 = 15.999
        (RR, "{heart_rate_bpm}", 0.8, ("75",)),  # 60 / 0.8
        (RR, "{beats_in_10_s}", 0.8, ("12",)),  # 10 / 0.8 = 12.5, printed as a whole number (half to even)
        (QT, "{qt_mm} mm", 420.0, ("10.5",)),  # 420 / 40
        (CYCLE, "{cycle_weeks} weeks {cycle_rest_days} days", 31.0, ("4", "3")),
        (BREATHS, "{breaths_in_15_s}", 36.0, ("9",)),
    ],
)
def test_units_by_hand(quantity: Quantity, template: str, value: float, texts: tuple[str, ...]) -> None:
    assert quantity.read(template, value).texts == texts


@requirement("medcalcbench:units")
@pytest.mark.parametrize("template", ["no slot at all", "{weight_lb} lb, that is {weight_kg} kg"])
def test_a_note_must_print_a_needed_value_in_one_unit(template: str) -> None:
    with pytest.raises(BuildError, match="exactly one unit"):
        WEIGHT.read(template, 70)
