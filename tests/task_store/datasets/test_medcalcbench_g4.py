"""Scores of thrombosis, bleeding, heart and inflammation against points added up by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_store.datasets.medcalcbench.calculators.glasgow_blatchford import (
    glasgow_blatchford_points,
    hemoglobin_points,
    systolic_points,
    urea_points,
)
from task_store.datasets.medcalcbench.calculators.has_bled import has_bled_points
from task_store.datasets.medcalcbench.calculators.heart import heart_points
from task_store.datasets.medcalcbench.calculators.perc import perc_criteria_met
from task_store.datasets.medcalcbench.calculators.rcri import rcri_points
from task_store.datasets.medcalcbench.calculators.sirs import sirs_criteria_met
from task_store.datasets.medcalcbench.calculators.wells_dvt import wells_dvt_points
from task_store.datasets.medcalcbench.calculators.wells_pe import wells_pe_points
from task_store.datasets.medcalcbench.quantities_g4 import HEART_RATE, PACO2, TROPONIN, WHITE_CELLS
from tests._requirements import requirement


@requirement("medcalcbench:formulas")
def test_wells_pe_by_hand() -> None:
    assert wells_pe_points(heart_rate_per_min=100) == 0  # "above 100"
    assert wells_pe_points(heart_rate_per_min=101) == 1.5
    # either or both: once
    assert wells_pe_points(heart_rate_per_min=80, immobilized=True, surgery=True) == 1.5
    assert wells_pe_points(heart_rate_per_min=80, previous_pe=True, previous_dvt=True) == 1.5
    # 3 + 1 + 1
    assert wells_pe_points(heart_rate_per_min=80, dvt_signs=True, hemoptysis=True, malignancy=True) == 5
    # 3 + 3 + 1.5 + 1.5 + 1.5 + 1 + 1 = 12.5, the most there is
    everything = wells_pe_points(
        heart_rate_per_min=120,
        dvt_signs=True,
        pe_most_likely=True,
        surgery=True,
        previous_dvt=True,
        hemoptysis=True,
        malignancy=True,
    )
    assert everything == 12.5


@requirement("medcalcbench:formulas")
def test_wells_dvt_by_hand() -> None:
    assert wells_dvt_points() == 0
    assert wells_dvt_points(alternative=True) == -2
    assert wells_dvt_points(bedridden=True, major_surgery=True) == 1  # one point for both
    # 1 + 1 + 1 - 2
    assert wells_dvt_points(active_cancer=True, calf_swelling=True, tenderness=True, alternative=True) == 1
    most = wells_dvt_points(
        active_cancer=True,
        bedridden=True,
        calf_swelling=True,
        collateral_veins=True,
        entire_leg_swollen=True,
        tenderness=True,
        pitting_edema=True,
        paralysis=True,
        previous_dvt=True,
    )
    assert most == 9


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(("creatinine_mg_dl", "points"), [(None, 0), (2.0, 0), (2.01, 1)])
def test_rcri_creatinine(creatinine_mg_dl: float | None, points: int) -> None:
    assert rcri_points(creatinine_mg_dl=creatinine_mg_dl) == points
    # five findings and the creatinine
    all_findings = rcri_points(
        high_risk_surgery=True,
        ischemic_heart_disease=True,
        heart_failure=True,
        cerebrovascular=True,
        insulin=True,
        creatinine_mg_dl=creatinine_mg_dl,
    )
    assert all_findings == 5 + points


@requirement("medcalcbench:formulas")
def test_has_bled_by_hand() -> None:
    assert has_bled_points(age_years=65) == 0  # "above 65"
    assert has_bled_points(age_years=66) == 1
    assert has_bled_points(age_years=40, drinks_per_week=7) == 0
    assert has_bled_points(age_years=40, drinks_per_week=8) == 1
    # age, kidneys, stroke, drugs
    assert has_bled_points(age_years=81, renal_disease=True, stroke=True, medication=True) == 4
    most = has_bled_points(
        age_years=80,
        drinks_per_week=20,
        hypertension=True,
        renal_disease=True,
        liver_disease=True,
        stroke=True,
        bleeding=True,
        labile_inr=True,
        medication=True,
    )
    assert most == 9


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("bun_mg_dl", "points"),
    [(18.1, 0), (18.2, 2), (22.3, 2), (22.4, 3), (27.9, 3), (28, 4), (69.9, 4), (70, 6), (100, 6)],
)
def test_blatchford_urea(bun_mg_dl: float, points: int) -> None:
    assert urea_points(bun_mg_dl) == points


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("hemoglobin_g_dl", "man", "woman"),
    [(13.1, 0, 0), (13, 0, 0), (12.9, 1, 0), (12, 1, 0), (11.9, 3, 1), (10, 3, 1), (9.9, 6, 6)],
)
def test_blatchford_hemoglobin(hemoglobin_g_dl: float, man: int, woman: int) -> None:
    assert hemoglobin_points(hemoglobin_g_dl, female=False) == man
    assert hemoglobin_points(hemoglobin_g_dl, female=True) == woman


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("systolic_mmhg", "points"), [(110, 0), (109, 1), (100, 1), (99, 2), (90, 2), (89, 3)]
)
def test_blatchford_pressure(systolic_mmhg: int, points: int) -> None:
    assert systolic_points(systolic_mmhg) == points


@requirement("medcalcbench:formulas")
def test_blatchford_by_hand() -> None:
    # urea nitrogen 30: 4; haemoglobin 11 of a man: 3; pressure 95: 2; pulse 100: 1; melaena 1; syncope 2
    some = glasgow_blatchford_points(
        bun_mg_dl=30,
        hemoglobin_g_dl=11,
        female=False,
        systolic_mmhg=95,
        heart_rate_per_min=100,
        melena=True,
        syncope=True,
    )
    assert some == 4 + 3 + 2 + 1 + 1 + 2
    # 6 + 6 + 3 + 1 + 1 + 2 + 2 + 2 = 23, the most there is
    most = glasgow_blatchford_points(
        bun_mg_dl=80,
        hemoglobin_g_dl=7,
        female=True,
        systolic_mmhg=80,
        heart_rate_per_min=130,
        melena=True,
        syncope=True,
        hepatic_disease=True,
        cardiac_failure=True,
    )
    assert most == 23


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("age_years", "heart_rate_per_min", "spo2_percent", "met"),
    [(49, 99, 95, 0), (50, 99, 95, 1), (49, 100, 95, 1), (49, 99, 94, 1), (50, 100, 94, 3)],
)
def test_perc_thresholds(age_years: int, heart_rate_per_min: int, spo2_percent: int, met: int) -> None:
    def count(venous: bool) -> int:
        return perc_criteria_met(
            age_years=age_years,
            heart_rate_per_min=heart_rate_per_min,
            spo2_percent=spo2_percent,
            previous_pe=venous,
            previous_dvt=venous,
        )

    assert count(False) == met
    assert count(True) == met + 1  # an embolism and a thrombosis are one criterion


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("changed", "met"),
    [
        ({}, 0),
        ({"temperature_c": 38.0}, 0),
        ({"temperature_c": 38.1}, 1),
        ({"temperature_c": 36.0}, 0),
        ({"temperature_c": 35.9}, 1),
        ({"heart_rate_per_min": 90}, 0),
        ({"heart_rate_per_min": 91}, 1),
        ({"wbc_per_ul": 12_000}, 0),
        ({"wbc_per_ul": 12_100}, 1),
        ({"wbc_per_ul": 4_000}, 0),
        ({"wbc_per_ul": 3_900}, 1),
        ({"respiratory_rate_per_min": 20}, 0),
        ({"respiratory_rate_per_min": 21}, 1),
        ({"paco2_mmhg": 32}, 0),
        ({"paco2_mmhg": 31}, 1),
        ({"respiratory_rate_per_min": 30, "paco2_mmhg": 25}, 1),  # one criterion
        ({"temperature_c": 39, "heart_rate_per_min": 120, "wbc_per_ul": 15_000, "paco2_mmhg": 30}, 4),
    ],
)
def test_sirs_by_hand(changed: dict[str, float], met: int) -> None:
    normal: dict[str, float] = {"temperature_c": 37, "heart_rate_per_min": 75, "wbc_per_ul": 8_000}
    assert sirs_criteria_met(**(normal | changed)) == met


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("age_years", "troponin_per_limit", "points"),
    [(44, 1, 0), (45, 1, 1), (64, 1, 1), (65, 1, 2), (44, 1.1, 1), (44, 3, 1), (44, 3.1, 2), (70, 5, 4)],
)
def test_heart_thresholds(age_years: int, troponin_per_limit: float, points: int) -> None:
    assert heart_points(age_years=age_years, troponin_per_limit=troponin_per_limit) == points
    # highly suspicious and ST deviation: two each
    more = heart_points(age_years=age_years, troponin_per_limit=troponin_per_limit, suspicion=2, ecg=2)
    assert more == points + 4


@requirement("medcalcbench:formulas")
def test_heart_risk_factors() -> None:
    assert heart_points(age_years=30, smoking=True) == 1
    assert heart_points(age_years=30, smoking=True, obesity=True) == 1
    assert heart_points(age_years=30, smoking=True, obesity=True, diabetes=True) == 2
    assert heart_points(age_years=30, atherosclerosis=True) == 2
    # counted as one factor of one, as MedCalc-Bench's code does
    assert heart_points(age_years=30, atherosclerosis=True, atherosclerosis_alone_gives_2=False) == 1


@requirement("medcalcbench:properties")
@given(st.floats(1, 200), st.floats(1, 200), st.booleans())
def test_more_urea_or_less_blood_never_lowers_blatchford(one: float, other: float, female: bool) -> None:
    low, high = sorted((one, other))
    assert urea_points(low) <= urea_points(high)
    assert systolic_points(low) >= systolic_points(high)
    assert hemoglobin_points(low / 10, female=female) >= hemoglobin_points(high / 10, female=female)
    assert hemoglobin_points(low / 10, female=True) <= hemoglobin_points(low / 10, female=False)


@requirement("medcalcbench:units")
def test_values_of_these_scores_in_two_units() -> None:
    assert HEART_RATE.read("{beats_in_15_s}", 120).texts == ("30",)  # 120 / 60 * 15
    assert HEART_RATE.read("{beat_interval_ms}", 120).texts == ("500",)  # 60,000 ms / 120
    assert HEART_RATE.read("{beat_interval_ms}", 120).value == 120
    assert WHITE_CELLS.read("{wbc_10e9_l}", 12_000).texts == ("12.0",)
    assert TROPONIN.read("{troponin_ng_ml}", 42).texts == ("0.042",)
    # 4.0 * 7.50062 = 30.00248
    assert PACO2.read("{paco2_kpa}", 30).value == pytest.approx(30.00248)
