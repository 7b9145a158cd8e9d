"""The scores: which finding of a record is which keyword of our calculator.

Entity names are spelled as the records spell them ("Faliure").
"""

from task_store.datasets.medcalcbench.importing.entities import Entities
from task_store.datasets.medcalcbench.importing.readers import (
    Check,
    concentration,
    daily,
    flag,
    fraction_of_percent,
    level,
    measure,
    number,
    optional,
    whole_age,
)
from task_store.datasets.medcalcbench.importing.units import MICROGRAMS, MILLIGRAMS, MMHG, PER_MINUTE

_DIABETES = {"none or diet-controlled": 0, "none": 0, "uncomplicated": 1, "end-organ damage": 2}


def _mean_pressure(e: Entities) -> float:
    """Mean arterial pressure by the cuff rule; hypotension without a number is anything below 70."""
    if e.has("Systolic Blood Pressure") and e.has("Diastolic Blood Pressure"):
        return (e.systolic + 2 * e.diastolic) / 3
    return 60 if e.flag("Hypotension") else 80


SCORES: dict[int, Check] = {
    4: Check(
        "cha2ds2_vasc",
        "cha2ds2_vasc_points",
        {
            "age_years": whole_age,
            "heart_failure": flag("Congestive Heart Faliure"),
            "hypertension": flag("Hypertension history"),
            "diabetes": flag("Diabetes history"),
            "stroke": flag("Stroke", "Thromboembolism history", "Transient Ischemic Attacks History"),
            "vascular_disease": flag("Vascular disease history"),
        },
    ),
    8: Check(
        "wells_pe",
        "wells_pe_points",
        {
            "dvt_signs": flag("Clinical signs and symptoms of Deep Vein Thrombosis"),
            "pe_most_likely": flag("Pulmonary Embolism is #1 diagnosis OR equally likely"),
            "immobilized": flag("Immobilization for at least 3 days"),
            "surgery": flag("Surgery in the previous 4 weeks"),
            "previous_pe": flag("Previously Documented Pulmonary Embolism"),
            "previous_dvt": flag("Previously documented Deep Vein Thrombosis"),
            "malignancy": flag("Malignancy with treatment within 6 months or palliative"),
        },
    ),
    18: Check(
        "heart",
        "heart_points",
        {
            "age_years": whole_age,
            "suspicion": level(
                "Suspicion History",
                {"slightly suspicious": 0, "moderately suspicious": 1, "highly suspicious": 2},
                0,
            ),
            "ecg": level(
                "Electrocardiogram Test",
                {"normal": 0, "non-specific repolarization disturbance": 1, "significant st deviation": 2},
                0,
            ),
            "troponin_per_limit": level(
                "Initial troponin",
                {
                    "less than or equal to normal limit": 1,
                    "between the normal limit or up to three times the normal limit": 2,
                    "greater than three times normal limit": 4,
                },
                0,
            ),
            "hypertension": flag("Hypertension history"),
            "cholesterol": flag("hypercholesterolemia"),
            "diabetes": flag("Diabetes mellitus criteria for CCI rule", "Diabetes history"),
            "obesity": flag("obesity"),
            "smoking": flag("smoking"),
            "family_history": flag("parent or sibling with Cardiovascular disease before age 65"),
            "atherosclerosis": flag("atherosclerotic disease"),
            "atherosclerosis_alone_gives_2": lambda e: True,
        },
    ),
    20: Check(
        "centor",
        "centor_mcisaac_points",
        {
            "age_years": whole_age,
            "cough": lambda e: not e.flag("Cough Absent"),
            "tender_nodes": flag("Tender/swollen anterior cervical lymph nodes"),
            "tonsils_involved": flag("Exudate or swelling on tonsils"),
        },
    ),
    33: Check(
        "fever_pain",
        "fever_pain_points",
        {
            "fever_past_24_hours": flag("Fever in past 24 hours"),
            "purulent_tonsils": flag("Purulent tonsils"),
            "onset_within_3_days": flag("Symptom onset ≤3 days"),
            "severe_tonsil_inflammation": flag("Severe tonsil inflammation"),
            "no_cough_or_coryza": flag("Absence of cough or coryza"),
        },
    ),
    45: Check("curb65", "curb65_points", {"age_years": whole_age}),
    15: Check(
        "child_pugh",
        "child_pugh_points",
        {
            "ascites": level("Ascites", {"absent": 0, "none": 0, "slight": 1, "moderate": 2}, 0),
            "encephalopathy": level(
                "Encephalopathy", {"no encephalopathy": 0, "none": 0, "grade 1-2": 1, "grade 3-4": 2}, 0
            ),
        },
    ),
    16: Check(
        "wells_dvt",
        "wells_dvt_points",
        {
            "active_cancer": flag("Active cancer"),
            "bedridden": flag("Bedridden recently >3 days or major surgery within 12 weeks"),
            "major_surgery": flag("Major surgery within 12 weeks"),
            "calf_swelling": flag("Calf swelling >3 centimeters compared to the other leg"),
            "collateral_veins": flag("Collateral (nonvaricose) superficial veins present"),
            "entire_leg_swollen": flag("Entire Leg Swollen"),
            "tenderness": flag("Localized tenderness along the deep venous system"),
            "pitting_edema": flag("Pitting edema, confined to symptomatic leg"),
            "paralysis": flag("Paralysis, paresis, or recent plaster immobilization of the lower extremity"),
            "previous_dvt": flag("Previously documented Deep Vein Thrombosis"),
            "alternative": flag("Alternative diagnosis to Deep Vein Thrombosis as likely or more likely"),
        },
    ),
    17: Check(
        "rcri",
        "rcri_points",
        {
            "high_risk_surgery": flag("Elevated-risk surgery"),
            "ischemic_heart_disease": flag("History of ischemic heart disease"),
            "heart_failure": flag("Congestive Heart Failure criteria for the Cardiac Risk Index rule"),
            "cerebrovascular": flag("History of cerebrovascular disease", "Cerebrovascular disease history"),
            "insulin": flag("Pre-operative treatment with insulin"),
            "creatinine_mg_dl": optional(
                "Pre-operative creatinine", concentration("Pre-operative creatinine", "mg/dL")
            ),
        },
    ),
    21: Check(
        "glasgow_coma",
        "glasgow_coma_points",
        {
            "eye": lambda e: e.text("Best eye response"),
            "verbal": lambda e: e.text("Best verbal response"),
            "motor": lambda e: e.text("Best motor response"),
        },
    ),
    25: Check(
        "has_bled",
        "has_bled_points",
        {
            "age_years": whole_age,
            "drinks_per_week": optional(
                "Number of Alcoholic Drinks Per Week", number("Number of Alcoholic Drinks Per Week"), 0.0
            ),
            "hypertension": flag("Hypertension history"),
            "renal_disease": flag("Renal disease criteria for the HAS-BLED rule"),
            "liver_disease": flag("Liver disease criteria for the HAS-BLED rule"),
            "stroke": flag("Stroke"),
            "bleeding": flag("Prior major bleeding or predisposition to bleeding"),
            "labile_inr": flag("Labile international normalized ratio"),
            "medication": flag("Medication usage predisposing to bleeding"),
        },
    ),
    27: Check(
        "glasgow_blatchford",
        "glasgow_blatchford_points",
        {
            "melena": flag("Melena present"),
            "syncope": flag("Recent syncope"),
            "hepatic_disease": flag("Hepatic disease history"),
            "cardiac_failure": flag("Cardiac failure present"),
        },
    ),
    32: Check(
        "charlson",
        "charlson_points",
        {
            "myocardial_infarction": flag("Myocardial infarction"),
            "heart_failure": flag("Congestive Heart Faliure"),
            "peripheral_vascular_disease": flag("Peripheral vascular disease"),
            "stroke_or_tia": flag("Cerebrovascular Accident", "Transient Ischemic Attacks History"),
            "dementia": flag("Dementia"),
            "copd": flag("Chronic Obstructive Pulmonary Disease"),
            "connective_tissue_disease": flag("Connective tissue disease"),
            "peptic_ulcer": flag("Peptic ulcer disease"),
            "liver_disease": level(
                "Liver disease severity", {"none": 0, "mild": 1, "moderate to severe": 2}, 0
            ),
            "diabetes": level("Diabetes mellitus criteria for CCI rule", _DIABETES, 0),
            "hemiplegia": flag("Hemiplegia"),
            "kidney_disease": flag("Moderate to severe Chronic Kidney Disease"),
            "solid_tumor": level("Solid tumor", {"none": 0, "localized": 1, "metastatic": 2}, 0),
            "leukemia": flag("Leukemia"),
            "lymphoma": flag("Lymphoma"),
            "aids": flag("AIDS"),
        },
    ),
    43: Check(
        "sofa",
        "sofa_points",
        {
            "pao2_mmhg": measure("Partial pressure of oxygen (PaO₂) for Apache II", MMHG),
            "fio2_fraction": fraction_of_percent("FiO₂"),
            "respiratory_support": flag("On mechanical ventilation", "Continous positive airway pressure"),
            "platelets_1e9_l": lambda e: e.count_per_ul("Platelet count") / 1000,
            "mean_pressure_mmhg": _mean_pressure,
            "dopamine_ug_kg_min": optional("DOPamine", number("DOPamine"), 0.0),
            "dobutamine_ug_kg_min": optional("DOBUTamine", number("DOBUTamine"), 0.0),
            "epinephrine_ug_kg_min": optional("EPINEPHrine", number("EPINEPHrine"), 0.0),
            "norepinephrine_ug_kg_min": optional("norEPINEPHrine", number("norEPINEPHrine"), 0.0),
            "glasgow_coma": optional("Glasgow Coma Score", lambda e: int(e.number("Glasgow Coma Score")), 15),
            "creatinine_mg_dl": optional("creatinine", concentration("creatinine", "mg/dL"), 0.9),
            "urine_ml_per_day": optional("Urine Output", number("Urine Output"), 1500.0),
        },
    ),
    48: Check(
        "perc",
        "perc_criteria_met",
        {
            "age_years": whole_age,
            "spo2_percent": number("O₂ saturation percentage"),
            "leg_swelling": flag("Unilateral Leg Swelling"),
            "surgery_or_trauma": flag("Recent surgery or trauma"),
            "previous_pe": flag("Previously Documented Pulmonary Embolism"),
            "previous_dvt": flag("Previously documented Deep Vein Thrombosis"),
            "hormones": flag("Hormone use"),
        },
    ),
    51: Check(
        "sirs",
        "sirs_criteria_met",
        {
            "respiratory_rate_per_min": optional("respiratory rate", measure("respiratory rate", PER_MINUTE)),
            "paco2_mmhg": optional("PaCO₂", measure("PaCO₂", MMHG)),
        },
    ),
    49: Check(
        "morphine_milligram_equivalents",
        "morphine_milligram_equivalents_per_day",
        {
            "codeine_mg_day": daily("Codeine", MILLIGRAMS),
            "fentanyl_buccal_ug_day": daily("FentaNYL buccal", MICROGRAMS),
            "fentanyl_patch_ug_h": daily("FentANYL patch", MICROGRAMS),
            "hydrocodone_mg_day": daily("HYDROcodone", MILLIGRAMS),
            "hydromorphone_mg_day": daily("HYDROmorphone", MILLIGRAMS),
            "methadone_mg_day": daily("Methadone", MILLIGRAMS),
            "morphine_mg_day": daily("Morphine", MILLIGRAMS),
            "oxycodone_mg_day": daily("OxyCODONE", MILLIGRAMS),
            "oxymorphone_mg_day": daily("OxyMORphone", MILLIGRAMS),
            "tapentadol_mg_day": daily("Tapentadol", MILLIGRAMS),
            "tramadol_mg_day": daily("TraMADol", MILLIGRAMS),
        },
    ),
}
