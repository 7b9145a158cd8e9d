"""Eight scores of many findings, against points added by hand and their published thresholds."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_store.datasets.medcalcbench.calculator import Calculator
from task_store.datasets.medcalcbench.calculators import (
    apache_ii,
    caprini,
    charlson,
    child_pugh,
    fever_pain,
    glasgow_coma,
    pneumonia_severity,
    sofa,
)
from task_store.datasets.medcalcbench.calculators.apache_ii import apache_ii_points
from task_store.datasets.medcalcbench.calculators.caprini import FACTOR_POINTS, caprini_points
from task_store.datasets.medcalcbench.calculators.charlson import charlson_points
from task_store.datasets.medcalcbench.calculators.child_pugh import child_pugh_points
from task_store.datasets.medcalcbench.calculators.fever_pain import fever_pain_points
from task_store.datasets.medcalcbench.calculators.glasgow_coma import (
    EYE_POINTS,
    MOTOR_POINTS,
    VERBAL_POINTS,
    glasgow_coma_points,
)
from task_store.datasets.medcalcbench.calculators.pneumonia_severity import pneumonia_severity_points
from task_store.datasets.medcalcbench.calculators.sofa import sofa_points
from task_store.datasets.medcalcbench.quantities import Form, Quantity
from task_store.datasets.medcalcbench.quantities_g5 import (
    ARTERIAL_OXYGEN,
    BILIRUBIN,
    GLUCOSE,
    HEMATOCRIT,
    INSPIRED_OXYGEN,
    LEUKOCYTES,
    ONSET,
    PLATELETS,
    URINE,
)
from task_store.grading import NumericSpec
from tests._requirements import requirement


def pugh(**changed: float) -> int:
    """Child-Pugh score of compensated cirrhosis (5 points) but for `changed`."""
    values = {"bilirubin_mg_dl": 1.0, "albumin_g_dl": 4.0, "inr": 1.1} | changed
    return child_pugh_points(
        bilirubin_mg_dl=values["bilirubin_mg_dl"],
        albumin_g_dl=values["albumin_g_dl"],
        inr=values["inr"],
        ascites=int(values.get("ascites", 0)),
        encephalopathy=int(values.get("encephalopathy", 0)),
    )


def organs(**changed: float) -> int:
    """SOFA of somebody in whom every organ works, but for `changed`."""
    values: dict[str, float] = {"pao2_mmhg": 90, "fio2_fraction": 0.21, "platelets_1e9_l": 250}
    values |= {"bilirubin_mg_dl": 0.6, "mean_pressure_mmhg": 80, "glasgow_coma": 15} | changed
    return sofa_points(
        pao2_mmhg=values["pao2_mmhg"],
        fio2_fraction=values["fio2_fraction"],
        respiratory_support=bool(values.get("respiratory_support", False)),
        platelets_1e9_l=values["platelets_1e9_l"],
        bilirubin_mg_dl=values["bilirubin_mg_dl"],
        mean_pressure_mmhg=values["mean_pressure_mmhg"],
        dopamine_ug_kg_min=values.get("dopamine", 0),
        dobutamine_ug_kg_min=values.get("dobutamine", 0),
        epinephrine_ug_kg_min=values.get("epinephrine", 0),
        norepinephrine_ug_kg_min=values.get("norepinephrine", 0),
        glasgow_coma=int(values["glasgow_coma"]),
        creatinine_mg_dl=values.get("creatinine_mg_dl", 0.9),
        urine_ml_per_day=values.get("urine_ml_per_day", 1500),
    )


def apache(**changed: float) -> int:
    """APACHE II of somebody of 30 with normal values (0 points), but for `changed`."""
    values: dict[str, float] = {"age_years": 30, "temperature_c": 37, "mean_pressure_mmhg": 85}
    values |= {"pulse_per_min": 80, "respiratory_rate_per_min": 16, "fio2_fraction": 0.21}
    values |= {"oxygenation_mmhg": 90, "arterial_ph": 7.4, "sodium_mmol_l": 140, "potassium_mmol_l": 4}
    values |= {"creatinine_mg_dl": 0.9, "hematocrit_percent": 40, "leukocytes_1e9_l": 8, "glasgow_coma": 15}
    values |= changed
    return apache_ii_points(
        age_years=int(values["age_years"]),
        temperature_c=values["temperature_c"],
        mean_pressure_mmhg=values["mean_pressure_mmhg"],
        pulse_per_min=values["pulse_per_min"],
        respiratory_rate_per_min=values["respiratory_rate_per_min"],
        fio2_fraction=values["fio2_fraction"],
        oxygenation_mmhg=values["oxygenation_mmhg"],
        arterial_ph=values["arterial_ph"],
        sodium_mmol_l=values["sodium_mmol_l"],
        potassium_mmol_l=values["potassium_mmol_l"],
        creatinine_mg_dl=values["creatinine_mg_dl"],
        hematocrit_percent=values["hematocrit_percent"],
        leukocytes_1e9_l=values["leukocytes_1e9_l"],
        glasgow_coma=int(values["glasgow_coma"]),
        acute_renal_failure=bool(values.get("acute_renal_failure", False)),
        severe_chronic_disease=bool(values.get("severe_chronic_disease", False)),
        elective_surgery=bool(values.get("elective_surgery", False)),
    )


def psi(**changed: float) -> int:
    """PSI of a man of 50 without any criterion (50 points), but for `changed`."""
    values: dict[str, float] = {"respiratory_rate_per_min": 16, "systolic_mmhg": 120, "temperature_c": 37}
    values |= {"pulse_per_min": 80, "arterial_ph": 7.4, "bun_mg_dl": 12, "sodium_mmol_l": 140}
    values |= {"glucose_mg_dl": 100, "hematocrit_percent": 42, "pao2_mmhg": 90} | changed
    return pneumonia_severity_points(
        age_years=50,
        female=bool(values.get("female", False)),
        nursing_home=bool(values.get("nursing_home", False)),
        neoplastic_disease=bool(values.get("neoplastic_disease", False)),
        liver_disease=bool(values.get("liver_disease", False)),
        heart_failure=bool(values.get("heart_failure", False)),
        cerebrovascular_disease=bool(values.get("cerebrovascular_disease", False)),
        renal_disease=bool(values.get("renal_disease", False)),
        altered_mental_status=bool(values.get("altered_mental_status", False)),
        pleural_effusion=bool(values.get("pleural_effusion", False)),
        respiratory_rate_per_min=values["respiratory_rate_per_min"],
        systolic_mmhg=values["systolic_mmhg"],
        temperature_c=values["temperature_c"],
        pulse_per_min=values["pulse_per_min"],
        arterial_ph=values["arterial_ph"],
        bun_mg_dl=values["bun_mg_dl"],
        sodium_mmol_l=values["sodium_mmol_l"],
        glucose_mg_dl=values["glucose_mg_dl"],
        hematocrit_percent=values["hematocrit_percent"],
        pao2_mmhg=values["pao2_mmhg"],
    )


THRESHOLDS: list[tuple[Callable[..., int], str, list[tuple[float, int]]]] = [
    # (score, argument, [(value, points above the score of somebody healthy)])
    (pugh, "bilirubin_mg_dl", [(1.99, 0), (2, 1), (3, 1), (3.01, 2)]),
    (pugh, "albumin_g_dl", [(3.51, 0), (3.5, 1), (2.8, 1), (2.79, 2)]),
    (pugh, "inr", [(1.69, 0), (1.7, 1), (2.3, 1), (2.31, 2)]),
    (pugh, "ascites", [(1, 1), (2, 2)]),
    (pugh, "encephalopathy", [(1, 1), (2, 2)]),
    (organs, "platelets_1e9_l", [(150, 0), (149, 1), (100, 1), (99, 2), (50, 2), (49, 3), (20, 3), (19, 4)]),
    (
        organs,
        "bilirubin_mg_dl",
        [(1.19, 0), (1.2, 1), (1.99, 1), (2, 2), (5.9, 2), (6, 3), (11.9, 3), (12, 4)],
    ),
    (organs, "creatinine_mg_dl", [(1.1, 0), (1.2, 1), (2, 2), (3.4, 2), (3.5, 3), (4.9, 3), (5, 4)]),
    (organs, "urine_ml_per_day", [(500, 0), (499, 3), (200, 3), (199, 4)]),
    (organs, "glasgow_coma", [(14, 1), (13, 1), (12, 2), (10, 2), (9, 3), (6, 3), (5, 4), (3, 4)]),
    (organs, "mean_pressure_mmhg", [(70, 0), (69.9, 1), (30, 1)]),
    (organs, "dobutamine", [(0.5, 2), (20, 2)]),
    (organs, "dopamine", [(5, 2), (5.1, 3), (15, 3), (15.1, 4)]),
    (organs, "norepinephrine", [(0.1, 3), (0.11, 4)]),
    (organs, "epinephrine", [(0.1, 3), (0.11, 4)]),
    (psi, "respiratory_rate_per_min", [(29, 0), (30, 20)]),
    (psi, "systolic_mmhg", [(90, 0), (89, 20)]),
    (psi, "temperature_c", [(35, 0), (34.9, 15), (39.9, 0), (40, 15)]),
    (psi, "pulse_per_min", [(124, 0), (125, 10)]),
    (psi, "arterial_ph", [(7.35, 0), (7.34, 30)]),
    (psi, "bun_mg_dl", [(29.9, 0), (30, 20)]),
    (psi, "sodium_mmol_l", [(130, 0), (129, 20)]),
    (psi, "glucose_mg_dl", [(249, 0), (250, 10)]),
    (psi, "hematocrit_percent", [(30, 0), (29, 10)]),
    (psi, "pao2_mmhg", [(60, 0), (59, 10)]),
    (apache, "age_years", [(44, 0), (45, 2), (54, 2), (55, 3), (64, 3), (65, 5), (74, 5), (75, 6)]),
    (apache, "temperature_c", [(41, 4), (40.9, 3), (39, 3), (38.9, 1), (38.5, 1), (38.4, 0), (36, 0)]),
    (apache, "temperature_c", [(35.9, 1), (34, 1), (33.9, 2), (32, 2), (31.9, 3), (30, 3), (29.9, 4)]),
    (apache, "mean_pressure_mmhg", [(160, 4), (159, 3), (130, 3), (129, 2), (110, 2), (109, 0), (70, 0)]),
    (apache, "mean_pressure_mmhg", [(109.3, 2), (69, 2), (50, 2), (49, 4)]),
    (apache, "pulse_per_min", [(180, 4), (179, 3), (140, 3), (139, 2), (110, 2), (109, 0), (70, 0)]),
    (apache, "pulse_per_min", [(69, 2), (55, 2), (54, 3), (40, 3), (39, 4)]),
    (apache, "respiratory_rate_per_min", [(50, 4), (49, 3), (35, 3), (34, 1), (25, 1), (24, 0), (12, 0)]),
    (apache, "respiratory_rate_per_min", [(11, 1), (10, 1), (9, 2), (6, 2), (5, 4)]),
    (apache, "oxygenation_mmhg", [(71, 0), (70, 1), (61, 1), (60, 3), (55, 3), (54, 4)]),
    (apache, "arterial_ph", [(7.7, 4), (7.69, 3), (7.6, 3), (7.59, 1), (7.5, 1), (7.49, 0), (7.33, 0)]),
    (apache, "arterial_ph", [(7.32, 2), (7.25, 2), (7.24, 3), (7.15, 3), (7.14, 4)]),
    (
        apache,
        "sodium_mmol_l",
        [(180, 4), (179, 3), (160, 3), (159, 2), (155, 2), (154, 1), (150, 1), (149, 0)],
    ),
    (apache, "sodium_mmol_l", [(130, 0), (129, 2), (120, 2), (119, 3), (111, 3), (110, 4)]),
    (apache, "potassium_mmol_l", [(7, 4), (6.9, 3), (6, 3), (5.9, 1), (5.5, 1), (5.4, 0), (3.5, 0)]),
    (apache, "potassium_mmol_l", [(3.4, 1), (3, 1), (2.9, 2), (2.5, 2), (2.4, 4)]),
    (
        apache,
        "creatinine_mg_dl",
        [(3.5, 4), (3.4, 3), (2, 3), (1.9, 2), (1.5, 2), (1.4, 0), (0.6, 0), (0.5, 2)],
    ),
    (apache, "hematocrit_percent", [(60, 4), (59, 2), (50, 2), (49, 1), (46, 1), (45, 0), (30, 0), (29, 2)]),
    (apache, "hematocrit_percent", [(20, 2), (19, 4)]),
    (
        apache,
        "leukocytes_1e9_l",
        [(40, 4), (39, 2), (20, 2), (19, 1), (15, 1), (14, 0), (3, 0), (2, 2), (0.9, 4)],
    ),
    (apache, "glasgow_coma", [(14, 1), (3, 12)]),
]


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("score", "name", "points"),
    THRESHOLDS,
    ids=[f"{s.__name__}-{n}-{k}" for k, (s, n, _) in enumerate(THRESHOLDS)],
)
def test_thresholds_on_both_sides(
    score: Callable[..., int], name: str, points: list[tuple[float, int]]
) -> None:
    assert [(value, score(**{name: value}) - score()) for value, _ in points] == points


@requirement("medcalcbench:formulas")
def test_healthy_people_and_the_gravest_cases_have_the_ends_of_the_scales() -> None:
    assert (pugh(), organs(), psi(), apache()) == (5, 0, 50, 0)
    assert pugh(bilirubin_mg_dl=9, albumin_g_dl=2, inr=3, ascites=2, encephalopathy=2) == 15
    gravest: dict[str, float] = {
        "pao2_mmhg": 60,
        "fio2_fraction": 1,
        "respiratory_support": 1,
        "platelets_1e9_l": 9,
    }
    gravest |= {"bilirubin_mg_dl": 20, "norepinephrine": 0.5, "glasgow_coma": 3, "creatinine_mg_dl": 7}
    assert organs(**gravest) == 24  # 6 organs * 4
    gravest = {"age_years": 80, "temperature_c": 42, "mean_pressure_mmhg": 40, "pulse_per_min": 190}
    gravest |= {"respiratory_rate_per_min": 4, "oxygenation_mmhg": 40, "arterial_ph": 7, "sodium_mmol_l": 105}
    gravest |= {"potassium_mmol_l": 8, "creatinine_mg_dl": 6, "acute_renal_failure": 1, "glasgow_coma": 3}
    gravest |= {"hematocrit_percent": 15, "leukocytes_1e9_l": 50, "severe_chronic_disease": 1}
    assert apache(**gravest) == 71  # 10 * 4 + 8 (creatinine) + 12 (coma) + 6 (age) + 5 (chronic health)


@requirement("medcalcbench:formulas")
def test_sofa_by_hand() -> None:
    # 60 / 0.5 = 120 with support 3, platelets 80: 2, bilirubin 1.5: 1, pressure 65: 1, coma 13: 1, kidney 2
    case: dict[str, float] = {
        "pao2_mmhg": 60,
        "fio2_fraction": 0.5,
        "platelets_1e9_l": 80,
        "bilirubin_mg_dl": 1.5,
    }
    case |= {"mean_pressure_mmhg": 65, "glasgow_coma": 13, "creatinine_mg_dl": 2.5}
    assert organs(**case, respiratory_support=1) == 10
    assert organs(**case) == 9  # without support the lungs score 2 at most
    assert organs(dopamine=3, norepinephrine=0.2) == 4  # the gravest drug counts, not the sum
    assert organs(creatinine_mg_dl=2.5, urine_ml_per_day=150) == 4  # the worse of the two, not the sum
    edges = [organs(pao2_mmhg=p, fio2_fraction=0.5, respiratory_support=1) for p in (200, 199, 149, 99, 49)]
    assert edges == [0, 1, 2, 3, 4]  # ratios 400, 398, 298, 198, 98


@requirement("medcalcbench:formulas")
def test_psi_by_hand() -> None:
    assert psi(female=1, nursing_home=1) == 50  # 50 - 10 + 10
    # neoplastic 30, liver 20, heart 10, stroke 10, renal 10, mental status 20, effusion 10 = 110
    names = "neoplastic_disease liver_disease heart_failure cerebrovascular_disease renal_disease"
    findings = dict.fromkeys([*names.split(), "altered_mental_status", "pleural_effusion"], 1.0)
    assert psi(**findings) == 160


@requirement("medcalcbench:formulas")
def test_apache_ii_combinations_by_hand() -> None:
    assert apache(fio2_fraction=0.5, oxygenation_mmhg=199) == 0
    gradients = [apache(fio2_fraction=0.5, oxygenation_mmhg=g) for g in (200, 349, 350, 499, 500)]
    assert gradients == [2, 2, 3, 3, 4]
    assert apache(fio2_fraction=0.49, oxygenation_mmhg=200) == 0  # there it is a PaO2
    kidneys = [apache(creatinine_mg_dl=c, acute_renal_failure=1) for c in (0.5, 1.4, 1.5, 2, 3.5)]
    assert kidneys == [2, 0, 4, 6, 8]  # only the points from 1.5 mg/dL are doubled
    assert apache(severe_chronic_disease=1) == 5
    assert apache(severe_chronic_disease=1, elective_surgery=1) == 2
    assert apache(elective_surgery=1) == 0


@requirement("medcalcbench:formulas")
def test_charlson_by_hand() -> None:
    ages = [charlson_points(age_years=age) for age in (49, 50, 59, 60, 69, 70, 79, 80, 99)]
    assert ages == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    # 67 years 2, infarction 1, diabetes with organ damage 2, metastases 6
    assert charlson_points(age_years=67, myocardial_infarction=True, diabetes=2, solid_tumor=2) == 11
    # 40 years 0, mild liver 1, diabetes on drugs 1, localized tumor 2, hemiplegia 2, AIDS 6
    case = charlson_points(
        age_years=40, liver_disease=1, diabetes=1, solid_tumor=1, hemiplegia=True, aids=True
    )
    assert case == 12
    everything = charlson_points(
        age_years=85,  # 4
        myocardial_infarction=True,  # eight of 1
        heart_failure=True,
        peripheral_vascular_disease=True,
        stroke_or_tia=True,
        dementia=True,
        copd=True,
        connective_tissue_disease=True,
        peptic_ulcer=True,
        liver_disease=2,  # 3
        diabetes=2,  # 2
        hemiplegia=True,  # four of 2
        kidney_disease=True,
        leukemia=True,
        lymphoma=True,
        solid_tumor=2,  # 6
        aids=True,  # 6
    )
    assert everything == 4 + 8 + 3 + 2 + 8 + 6 + 6


@requirement("medcalcbench:formulas")
def test_caprini_by_hand() -> None:
    ages = [caprini_points(age_years=age) for age in (40, 41, 60, 61, 74, 75)]
    assert ages == [0, 1, 1, 2, 2, 3]
    assert [caprini_points(age_years=30, bmi_kg_m2=bmi) for bmi in (25, 25.1)] == [0, 1]
    # 63 years 2, arthroplasty 5, BMI 31: 1, previous thrombosis 3, confined to bed 2
    replaced = caprini_points(
        age_years=63,
        bmi_kg_m2=31,
        surgery="elective major lower extremity arthroplasty",
        mobility="confined to bed >72 hours",
        factors=frozenset({"previous_dvt"}),
    )
    assert replaced == 13
    assert caprini_points(age_years=30, surgery="minor", mobility="on bed rest") == 2
    weights = Counter(FACTOR_POINTS.values())
    assert weights == {1: 12, 2: 3, 3: 10, 5: 4}  # lines of the published table that are yes or no
    with pytest.raises(KeyError):
        caprini_points(age_years=30, factors=frozenset({"snoring"}))


@requirement("medcalcbench:formulas")
def test_glasgow_coma_by_hand() -> None:
    worst = glasgow_coma_points(eye="no eye opening", verbal="no verbal response", motor="no motor response")
    assert worst == 3
    best = glasgow_coma_points(eye="eyes open spontaneously", verbal="oriented", motor="obeys commands")
    assert best == 15
    moans = glasgow_coma_points(
        eye="eye opening to pain", verbal="incomprehensible sounds", motor="withdrawal from pain"
    )
    assert moans == 8  # 2 + 2 + 4
    tube = glasgow_coma_points(eye="not testable", verbal="not testable", motor="localizes pain")
    assert tube == 13  # 4 + 4 + 5
    with pytest.raises(KeyError):
        glasgow_coma_points(eye="oriented", verbal="oriented", motor="obeys commands")


@requirement("medcalcbench:formulas")
def test_fever_pain_by_hand() -> None:
    signs = ["fever_past_24_hours", "purulent_tonsils", "severe_tonsil_inflammation"]
    absent = dict.fromkeys([*signs, "onset_within_3_days", "no_cough_or_coryza"], False)
    assert fever_pain_points(**absent) == 0
    assert [fever_pain_points(**absent | {name: True}) for name in absent] == [1] * 5
    assert fever_pain_points(**dict.fromkeys(absent, True)) == 5


@requirement("medcalcbench:properties")
@given(
    eye=st.sampled_from(sorted(EYE_POINTS)),
    verbal=st.sampled_from(sorted(VERBAL_POINTS)),
    motor=st.sampled_from(sorted(MOTOR_POINTS)),
)
def test_the_coma_score_is_the_sum_of_its_parts(eye: str, verbal: str, motor: str) -> None:
    score = glasgow_coma_points(eye=eye, verbal=verbal, motor=motor)
    assert score == EYE_POINTS[eye] + VERBAL_POINTS[verbal] + MOTOR_POINTS[motor]
    assert 3 <= score <= 15


@requirement("medcalcbench:properties")
@given(low=st.floats(0.1, 25), step=st.floats(0, 10), platelets=st.floats(1, 400))
def test_worse_values_never_lower_child_pugh_or_sofa(low: float, step: float, platelets: float) -> None:
    assert pugh(bilirubin_mg_dl=low + step) >= pugh(bilirubin_mg_dl=low)
    assert pugh(albumin_g_dl=low) >= pugh(albumin_g_dl=low + step)
    assert organs(bilirubin_mg_dl=low + step) >= organs(bilirubin_mg_dl=low)
    assert organs(creatinine_mg_dl=low + step) >= organs(creatinine_mg_dl=low)
    assert organs(platelets_1e9_l=platelets) >= organs(platelets_1e9_l=platelets + step)


@requirement("medcalcbench:properties")
@given(chosen=st.sets(st.sampled_from(sorted(FACTOR_POINTS))), age_years=st.integers(18, 99))
def test_caprini_factors_add_up(chosen: set[str], age_years: int) -> None:
    score = caprini_points(age_years=age_years, factors=frozenset(chosen))
    assert score == caprini_points(age_years=age_years) + sum(FACTOR_POINTS[name] for name in chosen)


@requirement("medcalcbench:properties")
@given(age_years=st.integers(18, 99))
def test_psi_grows_by_one_point_a_year(age_years: int) -> None:
    man = pneumonia_severity_points(age_years=age_years, female=False)
    assert pneumonia_severity_points(age_years=age_years + 1, female=False) == man + 1
    assert pneumonia_severity_points(age_years=age_years, female=True) == man - 10


QUANTITIES = (
    ARTERIAL_OXYGEN,
    BILIRUBIN,
    GLUCOSE,
    HEMATOCRIT,
    INSPIRED_OXYGEN,
    LEUKOCYTES,
    ONSET,
    PLATELETS,
    URINE,
)
FORMS = [(quantity, form) for quantity in QUANTITIES for form in quantity.forms]


@requirement("medcalcbench:units")
@pytest.mark.parametrize(("quantity", "form"), FORMS, ids=[form.name for _, form in FORMS])
def test_conversions_in_code_are_those_of_the_gold(quantity: Quantity, form: Form) -> None:
    reading = quantity.read(f"{{{form.name}}}", form.to_base(24.0))
    namespace: dict[str, float] = {}
    exec("\n".join(reading.code()), {}, namespace)
    assert namespace[reading.base] == pytest.approx(reading.value)
    assert reading.value == pytest.approx(form.to_base(24.0), rel=1e-9)


@requirement("medcalcbench:units")
@pytest.mark.parametrize(
    ("quantity", "template", "value", "text"),
    [
        (BILIRUBIN, "{bilirubin_umol_l} µmol/L", 2.0, "34"),  # 2 * 17.1 = 34.2
        (PLATELETS, "{platelets_per_ul}/µL", 150.0, "150000"),
        (LEUKOCYTES, "{leukocytes_per_ul}/µL", 7.5, "7500"),
        (ARTERIAL_OXYGEN, "{pao2_kpa} kPa", 60.0, "8.0"),  # 60 / 7.50062 = 7.999
        (INSPIRED_OXYGEN, "{fio2_percent} %", 0.4, "40"),
        (HEMATOCRIT, "{hematocrit_l_l} L/L", 30.0, "0.30"),
        (GLUCOSE, "{glucose_mmol_l} mmol/L", 250.0, "13.9"),  # 250 / 18.016 = 13.88
        (URINE, "{urine_ml_per_h} mL/h", 480.0, "20"),
        (ONSET, "{onset_hours} hours", 2.5, "60"),
    ],
)
def test_units_by_hand(quantity: Quantity, template: str, value: float, text: str) -> None:
    assert quantity.read(template, value).texts == (text,)


def golds(calculator: Calculator, count: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for index in range(count):
        phrasing = calculator.phrasings[index % len(calculator.phrasings)]
        grading = calculator.draw(phrasing, random.Random(index)).grading
        assert isinstance(grading, NumericSpec)
        found[int(grading.gold)] += 1
    return found


@requirement("medcalcbench:spread")
@pytest.mark.parametrize(
    ("calculator", "low", "high"),
    [
        (fever_pain.CALCULATOR, 0, 5),
        (child_pugh.CALCULATOR, 5, 15),
        (glasgow_coma.CALCULATOR, 3, 15),
        (sofa.CALCULATOR, 0, 24),
        (charlson.CALCULATOR, 0, 20),
        (caprini.CALCULATOR, 0, 18),
    ],
    ids=lambda value: value.slug if isinstance(value, Calculator) else str(value),
)
def test_drawn_scores_cover_their_range_evenly(calculator: Calculator, low: int, high: int) -> None:
    drawn = golds(calculator, 60 * (high - low + 1))
    assert set(drawn) == set(range(low, high + 1))
    assert all(30 < count < 95 for count in drawn.values()), drawn


@requirement("medcalcbench:spread")
@pytest.mark.parametrize(
    ("calculator", "low", "high"),
    [(pneumonia_severity.CALCULATOR, 60, 280), (apache_ii.CALCULATOR, 8, 38)],
    ids=["pneumonia_severity", "apache_ii"],
)
def test_the_long_scales_are_drawn_widely(calculator: Calculator, low: int, high: int) -> None:
    drawn = golds(calculator, 600)
    assert max(drawn.values()) <= 0.06 * 600
    assert sum(count for points, count in drawn.items() if points < low) > 30
    assert sum(count for points, count in drawn.items() if points > high) > 30
