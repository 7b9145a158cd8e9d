"""The longest scores: which finding of a record is which keyword of our calculator."""

from collections.abc import Mapping

from task_store.datasets.medcalcbench.importing.entities import Entities
from task_store.datasets.medcalcbench.importing.readers import (
    Check,
    Reader,
    concentration,
    flag,
    fraction_of_percent,
    measure,
    number,
    optional,
    whole_age,
)
from task_store.datasets.medcalcbench.importing.units import MMHG, PER_MINUTE

_PAO2 = measure("Partial pressure of oxygen (PaO₂) for Apache II", MMHG)
_FIO2 = fraction_of_percent("FiO₂")
_CAPRINI_FACTORS: Mapping[str, str] = {
    "Major Surgery in the last month": "major_surgery_last_month",
    "Congestive Heart Failure in the last month": "heart_failure_last_month",
    "Sepsis in the last month": "sepsis_last_month",
    "Pneumonia in the last month": "pneumonia_last_month",
    "Current swollen legs": "swollen_legs",
    "Varicose veins": "varicose_veins",
    "History of inflammatory bowel disease": "inflammatory_bowel_disease",
    "Acute Myocardial infarction": "acute_myocardial_infarction",
    "Chronic Obstructive Pulmonary Disease": "copd",
    "Immobilizing plaster cast in the last month": "plaster_cast_last_month",
    "Current central venous access": "central_venous_access",
    "Present or previous malignancy": "malignancy",
    "Previously documented Deep Vein Thrombosis": "previous_dvt",
    "Previously Documented Pulmonary Embolism": "previous_pulmonary_embolism",
    "Family history of thrombosis": "family_history_of_thrombosis",
    "Positive Factor V Leiden": "factor_v_leiden",
    "Positive prothrombin 20210A": "prothrombin_20210a",
    "Elevated serum homocysteine": "elevated_homocysteine",
    "Positive lupus anticoagulant": "lupus_anticoagulant",
    "Elevated anticardiolipin antibody": "anticardiolipin_antibody",
    "Heparin-induced thrombocytopenia": "heparin_induced_thrombocytopenia",
    "Other congenital or acquired thrombophilia": "other_thrombophilia",
    "Hip, pelvis, or leg fracture in the last month": "fracture_last_month",
    "Stroke in the last month": "stroke_last_month",
    "Multiple trauma in the last month": "multiple_trauma_last_month",
    "Acute spinal cord injury causing paralysis in the last month": "spinal_cord_injury_last_month",
}


def _caprini_factors(e: Entities) -> frozenset[str]:
    return frozenset(factor for name, factor in _CAPRINI_FACTORS.items() if e.flag(name))


def _text(name: str, default: str) -> Reader:
    """A choice; False and what is not named mean the default."""
    return lambda e: default if not e.has(name) or e.denied(name) else e.text(name)


def _liver(e: Entities) -> bool:
    """Any chronic liver disease, given as yes or no or by its severity."""
    name = "Liver disease severity"
    return e.text(name) != "none" if e.is_text(name) else e.flag(name)


def _oxygenation(e: Entities) -> float:
    """The alveolar-arterial gradient if FiO2 is 0.5 or more, else PaO2."""
    value = measure("A-a gradient", {**MMHG, "": 1.0})(e) if _FIO2(e) >= 0.5 else _PAO2(e)
    assert isinstance(value, float)
    return value


def _or_normal(name: str, read: Reader, normal: float) -> Reader:
    return optional(name, read, normal)


RISK_SCORES: dict[int, Check] = {
    28: Check(
        "apache_ii",
        "apache_ii_points",
        {
            "age_years": whole_age,
            "mean_pressure_mmhg": lambda e: (e.systolic + 2 * e.diastolic) / 3,
            "pulse_per_min": lambda e: e.heart_rate,
            "fio2_fraction": _FIO2,
            "oxygenation_mmhg": _oxygenation,
            "arterial_ph": number("pH"),
            "hematocrit_percent": number("Hematocrit"),
            "leukocytes_1e9_l": lambda e: e.count_per_ul("White blood cell count") / 1000,
            "glasgow_coma": lambda e: int(e.number("Glasgow Coma Score")),
            "acute_renal_failure": flag("Acute renal failure"),
            "severe_chronic_disease": flag("History of severe organ failure or immunocompromise"),
            "elective_surgery": lambda e: _text("Surgery Type", "nonoperative")(e) == "elective",
        },
    ),
    29: Check(
        "pneumonia_severity",
        "pneumonia_severity_points",
        {
            "age_years": whole_age,
            "nursing_home": flag("Nursing home resident"),
            "neoplastic_disease": flag("Neoplastic disease"),
            "liver_disease": _liver,
            "heart_failure": flag("Congestive Heart Faliure"),
            "cerebrovascular_disease": flag("Cerebrovascular disease history"),
            "renal_disease": flag("Renal disease"),
            "altered_mental_status": flag("Altered mental status"),
            "pleural_effusion": flag("Pleural effusion on x-ray"),
            "respiratory_rate_per_min": _or_normal(
                "respiratory rate", measure("respiratory rate", PER_MINUTE), 16.0
            ),
            "systolic_mmhg": _or_normal("Systolic Blood Pressure", lambda e: e.systolic, 120.0),
            "temperature_c": _or_normal("Temperature", lambda e: e.celsius(), 37.0),
            "pulse_per_min": _or_normal("Heart Rate or Pulse", lambda e: e.heart_rate, 80.0),
            "arterial_ph": _or_normal("pH", number("pH"), 7.4),
            "bun_mg_dl": _or_normal(
                "Blood Urea Nitrogen (BUN)", concentration("Blood Urea Nitrogen (BUN)", "mg/dL"), 12.0
            ),
            "sodium_mmol_l": _or_normal("Sodium", concentration("Sodium", "mmol/L"), 140.0),
            "glucose_mg_dl": _or_normal("Glucose", concentration("Glucose", "mg/dL"), 100.0),
            "hematocrit_percent": _or_normal("Hematocrit", number("Hematocrit"), 42.0),
            "pao2_mmhg": _or_normal("Partial pressure of oxygen (PaO₂) for Apache II", _PAO2, 90.0),
        },
    ),
    36: Check(
        "caprini",
        "caprini_points",
        {
            "bmi_kg_m2": optional("Body Mass Index (BMI)", number("Body Mass Index (BMI)"), 22.0),
            "surgery": _text("Surgery Type", "none"),
            "mobility": _text("Mobility", "normal"),
            "factors": _caprini_factors,
        },
    ),
}
