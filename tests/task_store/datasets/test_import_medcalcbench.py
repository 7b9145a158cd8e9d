"""Released MedCalc-Bench records: answers, entities, units, and our calculators against their golds."""

import datetime
import inspect
from typing import Any

import pytest

from graders.grade import judge_value
from task_store.datasets.medcalcbench.adapter import IMPORTER
from task_store.datasets.medcalcbench.importing import units
from task_store.datasets.medcalcbench.importing.checks import CHECKS, bound
from task_store.datasets.medcalcbench.importing.entities import MAX_TEXT, Entities, EntityError
from task_store.grading import DateSpec, DurationSpec, NumericSpec
from task_store.importing import Agrees, Differs, RecordError, Unchecked
from tests._requirements import requirement
from tests.task_store.datasets._released import medcalc_row, other_row


@requirement("import:medcalc-answers")
def test_numbers_dates_and_durations_are_read_from_text() -> None:
    number = IMPORTER.convert(medcalc_row()).grading
    assert number == NumericSpec(gold=80, lower=76, upper=84)
    day = IMPORTER.convert(other_row(13, "{}", "03/09/2021")).grading
    assert day == DateSpec(gold=datetime.date(2021, 3, 9))
    weeks = IMPORTER.convert(other_row(69, "{}", "('34 weeks', '0 days')")).grading
    assert weeks == DurationSpec(weeks=34, days=0)
    points = IMPORTER.convert(other_row(4, "{}", "4")).grading
    assert points == NumericSpec.exact(4)
    assert judge_value(points, 4.4).outcome == "incorrect"


@requirement("import:medcalc-answers")
def test_negative_golds_have_their_limits_put_in_order() -> None:
    made = IMPORTER.convert(other_row(63, "{}", "-4.0", ("-3.8", "-4.2")))
    assert made.repaired
    assert isinstance(made.grading, NumericSpec)
    assert (made.grading.lower, made.grading.upper) == (-4.2, -3.8)
    assert judge_value(made.grading, -4.1).outcome == "correct"
    assert judge_value(made.grading, 4.0).outcome == "incorrect"
    assert not IMPORTER.convert(medcalc_row()).repaired


@requirement("import:medcalc-answers")
@pytest.mark.parametrize("gold", ["13/45/2020", "('34 weeks', '9 days')", "", "nan", "x" * 200])
def test_unreadable_answers_are_rejected(gold: str) -> None:
    with pytest.raises(RecordError):
        IMPORTER.convert(other_row(5, "{}", gold))


@requirement("import:medcalc-entities")
@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getpid()",
        "{'a': open('x')}",
        "{'a': 1",
        "[1, 2]",
        "(" * 5000,
        "{'a': '" + "x" * MAX_TEXT + "'}",
        "{" + ",".join(f"'{i}': 1" for i in range(500)) + "}",
        None,
    ],
)
def test_entities_are_literals_of_moderate_size_and_are_never_run(text: str | None) -> None:
    with pytest.raises(EntityError):
        Entities.parse(text)
    assert isinstance(IMPORTER.convert(medcalc_row(Relevant_Entities=text)).check, Unchecked)


@requirement("import:medcalc-units")
@pytest.mark.parametrize(
    ("value", "unit", "wanted", "substance", "expected"),
    [
        (88.4, "µmol/L", "mg/dL", "creatinine", 1.0),
        (1.0, "mg/dL", "mg/dL", "creatinine", 1.0),
        (5.55, "mmol/L", "mg/dL", "glucose", 100.0),
        (2.5, "mmol/L", "mg/dL", "calcium", 10.02),
        (5.0, "mEq/L", "mg/dL", "calcium", 10.02),
        (40, "g/L", "g/dL", "albumin", 4.0),
        (140, "mmol/L", "mEq/L", "sodium", 140.0),
        (17.1, "μmol/L", "mg/dL", "bilirubin", 1.0),
        (10, "mmol/L", "mg/dL", "urea_nitrogen", 28.0),
        (12, "mIU/L", "µIU/mL", "insulin", 12.0),
        (1, "mmol/L", "mg/dL", "cholesterol", 38.67),
    ],
)
def test_concentrations(value: float, unit: str, wanted: str, substance: str, expected: float) -> None:
    assert units.concentration(value, unit, wanted, substance) == pytest.approx(expected, rel=2e-3)


@requirement("import:medcalc-units")
def test_other_units() -> None:
    assert units.celsius(98.6, "degrees fahreinheit") == pytest.approx(37)
    assert units.celsius(37, "degrees celsius") == 37
    assert units.count_per_microlitre(244000, "µL") == 244000
    assert units.count_per_microlitre(244e9, "L") == pytest.approx(244000)
    assert units.count_per_microlitre(244, "10^3/µL") == pytest.approx(244000)
    feet = Entities.parse("{'height': [5, 'ft', 10, 'in'], 'weight': [150, 'lbs'], 'age': [18, 'months']}")
    assert feet.height_cm == pytest.approx(177.8)
    assert feet.weight_kg == pytest.approx(68.04, rel=1e-3)
    assert feet.age_years == 1.5
    with pytest.raises(units.UnitError):
        units.concentration(1, "furlongs", "mg/dL", "creatinine")


AGREEING: list[tuple[int, str, str, tuple[str, str] | None]] = [
    (2, "{'sex': 'Female', 'age': [60, 'years'], 'weight': [60.0, 'kg'], 'creatinine': [88.4, 'µmol/L']}",
        "56.7", ("53.8", "59.5")),
    (4, "{'sex': 'Female', 'age': [76, 'years'], 'Stroke': True, 'Hypertension history': False}", "5", None),
    (6, "{'height': [200.0, 'cm'], 'weight': [80.0, 'kg']}", "20", ("19", "21")),
    (7, "{'Calcium': [8.0, 'mg/dL'], 'Albumin': [20.0, 'g/L']}", "9.6", ("9.1", "10.1")),
    (11, "{'Heart Rate or Pulse': [60, 'beats per minute'], 'QT interval': [400, 'msec']}",
        "400", ("380", "420")),
    (13, "{'cycle length': 30, 'Last menstrual date': '01/10/2021'}", "10/19/2021", None),
    (20, "{'age': [10, 'years'], 'Temperature': [102.0, 'degrees fahreinheit'], 'Cough Absent': True}",
        "3", None),
    (45, "{'age': [70, 'years'], 'Confusion': True, 'respiratory rate': [35, 'breaths per minute'], "
        "'Systolic Blood Pressure': [120, 'mm hg'], 'Diastolic Blood Pressure': [80, 'mm hg'], "
        "'Blood Urea Nitrogen (BUN)': [10, 'mg/dL']}", "3", None),
    (69, "{'Current Date': '01/15/2021', 'Last menstrual date': '01/01/2021'}",
        "('2 weeks', '0 days')", None),
    (24, "{'input steroid': ['PredniSONE PO', 10, 'mg'], 'target steroid': 'Hydrocortisone IV'}",
        "40", ("38", "42")),
    (49, "{'Morphine Dose': [10, 'mg'], 'Morphine Dose Per Day': [3, 'per day']}", "30", ("28.5", "31.5")),
    (36, "{'age': [50, 'years'], 'Varicose veins': True, 'Mobility': 'On bed rest', 'Surgery Type': 'minor'}",
        "4", None),
    (29, "{'age': [60, 'years'], 'sex': 'Male', 'Neoplastic disease': True, 'Liver disease severity': False, "
        "'Temperature': [98.6, 'degrees fahreinheit']}", "90", None),
]  # fmt: skip


@requirement("import:medcalc-check")
@pytest.mark.parametrize(("calculator", "entities", "gold", "limits"), AGREEING)
def test_a_right_gold_agrees_and_a_wrong_one_is_a_suspect(
    calculator: int, entities: str, gold: str, limits: tuple[str, str] | None
) -> None:
    assert isinstance(IMPORTER.convert(other_row(calculator, entities, gold, limits)).check, Agrees)
    wrong = {13: "10/20/2021", 69: "('2 weeks', '1 days')"}.get(calculator) or str(float(gold) + 10)
    found = IMPORTER.convert(other_row(calculator, entities, wrong)).check
    assert isinstance(found, Differs)
    assert not found.repaired
    assert found.theirs != found.ours
    assert "version" in found.why


CUFF = "{{'Systolic Blood Pressure': [{}], 'Diastolic Blood Pressure': [80.0, 'mm hg']}}"


@requirement("import:medcalc-check")
def test_what_cannot_be_checked_is_imported_unchecked() -> None:
    cases: list[dict[str, Any]] = [
        medcalc_row(Calculator_ID=999),
        medcalc_row(Relevant_Entities="{'Systolic Blood Pressure': [120.0, 'mm hg']}"),
        medcalc_row(Relevant_Entities=CUFF.format("120.0, 'cubits'")),
        medcalc_row(Relevant_Entities=CUFF.format("True, 'mm hg'")),
        other_row(6, "{'height': [0.0, 'cm'], 'weight': [80.0, 'kg']}", "20"),
        other_row(
            69, "{'Current Date': 'soon', 'Last menstrual date': '01/01/2021'}", "('2 weeks', '0 days')"
        ),
    ]
    for row in cases:
        assert isinstance(IMPORTER.convert(row).check, Unchecked), row


REASONS = [
    (13, "{'cycle length': 26, 'Last menstrual date': '01/10/2021'}", "10/19/2021",
        "added instead of subtracted"),
    (13, "{'cycle length': 26, 'Last menstrual date': '01/10/2021'}", "10/22/2021", None),
    (44, "{'Total cholesterol': [4.6, 'mmol/L'], 'high-density lipoprotein cholesterol': [1.4, 'mmol/L'], "
        "'Triglycerides': [1.2, 'mmol/L']}", "137.434", "three decimals"),
    (44, "{'Total cholesterol': [200, 'mg/dL'], 'high-density lipoprotein cholesterol': [50, 'mg/dL'], "
        "'Triglycerides': [100, 'mg/dL']}", "99", None),
    (23, "{'creatinine': [3.0, 'mg/dL'], 'Bilirubin': [1.0, 'mg/dL'], 'international normalized ratio': 1.2, "
        "'Sodium': [140, 'mEq/L']}", "20", "whole number"),
    (32, "{'age': [40, 'years'], 'Dementia': True, "
        "'Diabetes mellitus criteria for CCI rule': 'None or Diet-controlled'}", "2", "Diet-controlled"),
    (43, "{'Partial pressure of oxygen (PaO₂) for Apache II': [80, 'mm Hg'], 'FiO₂': [50.0, '%'], "
        "'On mechanical ventilation': True, 'Platelet count': [200000, 'µL'], 'Bilirubin': [1.0, 'mg/dL'], "
        "'creatinine': [1.0, 'mg/dL']}", "4", "as if it were a fraction"),
]  # fmt: skip


@requirement("import:medcalc-reasons")
@pytest.mark.parametrize(("calculator", "entities", "gold", "words"), REASONS)
def test_a_known_cause_is_named_where_it_explains_the_difference(
    calculator: int, entities: str, gold: str, words: str | None
) -> None:
    found = IMPORTER.convert(other_row(calculator, entities, gold)).check
    assert isinstance(found, Differs)
    assert found.explained == (words is not None)
    if words is None:
        assert found.why.startswith("Ours from")
    else:
        assert words in found.why


@requirement("import:medcalc-check")
@pytest.mark.parametrize("calculator", sorted(CHECKS))
def test_every_row_reads_all_keywords_of_a_calculator_that_exists(calculator: int) -> None:
    row = bound(calculator)
    assert row is not None
    assert set(row.readers) == set(inspect.signature(row.compute).parameters)
    special = set(CHECKS[calculator].special)
    assert special <= set(row.readers), "a reader for a keyword that the calculator does not have"
