"""Scores that clincalc has too."""

import random

from task_store.datasets.medcalcbench.calculators import (
    apache_ii,
    centor,
    cha2ds2_vasc,
    charlson,
    child_pugh,
    curb65,
    fever_pain,
    glasgow_blatchford,
    has_bled,
    perc,
    rcri,
    sofa,
    wells_dvt,
    wells_pe,
)
from tests.task_store.datasets._twins import UREA, Pair, Twin, flags, sex


def _apache(rng: random.Random) -> Pair:
    low_oxygen = rng.random() < 0.5
    fio2 = round(rng.uniform(0.21, 0.49) if low_oxygen else rng.uniform(0.5, 1), 2)
    oxygenation = rng.randint(40, 120) if low_oxygen else rng.randint(60, 600)
    shared = {
        "temperature_c": round(rng.uniform(29, 42), 1),
        "arterial_ph": round(rng.uniform(7.0, 7.8), 2),
        "sodium_mmol_l": rng.randint(105, 190),
        "potassium_mmol_l": round(rng.uniform(2.0, 8.0), 1),
        # From 0.6: in acute renal failure clincalc doubles the points of a low creatinine too.
        "creatinine_mg_dl": round(rng.uniform(0.6, 5.0), 1),
        "hematocrit_percent": round(rng.uniform(15, 65), 1),
    }
    mean, pulse, breaths = rng.randint(40, 170), rng.randint(30, 190), rng.randint(4, 55)
    cells, coma, age = round(rng.uniform(0.5, 45), 1), rng.randint(3, 15), rng.randint(18, 95)
    failure = rng.random() < 0.3
    chronic = rng.choice(["none", "elective_postoperative", "nonoperative_or_emergency_postoperative"])
    ours = apache_ii.apache_ii_points(
        **shared,
        age_years=age,
        mean_pressure_mmhg=mean,
        pulse_per_min=pulse,
        respiratory_rate_per_min=breaths,
        fio2_fraction=fio2,
        oxygenation_mmhg=oxygenation,
        leukocytes_1e9_l=cells,
        glasgow_coma=coma,
        acute_renal_failure=failure,
        severe_chronic_disease=chronic != "none",
        elective_surgery=chronic == "elective_postoperative",
    )
    return ours, {
        **shared,
        "age": age,
        "mean_arterial_pressure_mm_hg": mean,
        "heart_rate": pulse,
        "respiratory_rate": breaths,
        "fio2": fio2,
        "pao2_mm_hg" if low_oxygen else "aa_gradient_mm_hg": oxygenation,
        "wbc_10_9_l": cells,
        "glasgow_coma_scale": coma,
        "acute_renal_failure": failure,
        "chronic_health_status": chronic,
    }


def _centor(rng: random.Random) -> Pair:
    age, temperature = rng.randint(3, 90), round(rng.uniform(36, 40), 1)
    found = flags(rng, "cough", "tender_nodes", "tonsils_involved")
    return centor.centor_mcisaac_points(age_years=age, temperature_c=temperature, **found), {
        "age": age,
        "fever": temperature > 38,
        "absence_of_cough": not found["cough"],
        "tender_anterior_cervical_nodes": found["tender_nodes"],
        "tonsillar_exudate": found["tonsils_involved"],
    }


def _stroke_risk(rng: random.Random) -> Pair:
    age, female = rng.randint(18, 99), rng.random() < 0.5
    found = flags(rng, "heart_failure", "hypertension", "diabetes", "stroke", "vascular_disease")
    return cha2ds2_vasc.cha2ds2_vasc_points(age_years=age, female=female, **found), {
        "age": age,
        "sex": sex(female),
        "congestive_heart_failure": found["heart_failure"],
        "hypertension": found["hypertension"],
        "diabetes": found["diabetes"],
        "stroke_tia_thromboembolism": found["stroke"],
        "vascular_disease": found["vascular_disease"],
    }


_CHARLSON = {
    "myocardial_infarction": "myocardial_infarction",
    "heart_failure": "congestive_heart_failure",
    "peripheral_vascular_disease": "peripheral_vascular_disease",
    "stroke_or_tia": "cerebrovascular_disease",
    "dementia": "dementia",
    "copd": "copd",
    "connective_tissue_disease": "connective_tissue_disease",
    "peptic_ulcer": "peptic_ulcer_disease",
    "hemiplegia": "hemiplegia_paraplegia",
    "kidney_disease": "renal_disease_moderate_severe",
    "leukemia": "leukaemia",
    "lymphoma": "lymphoma",
    "aids": "aids",
}


def _charlson(rng: random.Random) -> Pair:
    # Where the two read "decade over 50" alike: clincalc adds the point a year later, and without a cap.
    age = rng.choice([age for age in range(18, 90) if age % 10])
    found = flags(rng, *_CHARLSON)
    liver, diabetes, tumor = (rng.randint(0, 2) for _ in range(3))
    ours = charlson.charlson_points(
        age_years=age, liver_disease=liver, diabetes=diabetes, solid_tumor=tumor, **found
    )
    return ours, {
        "age": age,
        "include_age_adjustment": True,
        **{theirs: found[name] for name, theirs in _CHARLSON.items()},
        "mild_liver_disease": liver == 1,
        "liver_disease_moderate_severe": liver == 2,
        "diabetes_uncomplicated": diabetes == 1,
        "diabetes_complicated": diabetes == 2,
        "solid_tumour_non_metastatic": tumor == 1,
        "metastatic_solid_tumour": tumor == 2,
    }


def _cirrhosis(rng: random.Random) -> Pair:
    bilirubin, albumin = round(rng.uniform(0.4, 8), 1), round(rng.uniform(1.8, 4.8), 1)
    clotting, ascites, mind = round(rng.uniform(0.9, 3.5), 1), rng.randint(0, 2), rng.randint(0, 2)
    ours = child_pugh.child_pugh_points(
        bilirubin_mg_dl=bilirubin, albumin_g_dl=albumin, inr=clotting, ascites=ascites, encephalopathy=mind
    )
    return ours, {
        "bilirubin": bilirubin,
        "bilirubin_unit": "mg/dL",
        "albumin": albumin,
        "albumin_unit": "g/dL",
        "inr": clotting,
        "ascites": ("none", "mild", "moderate-severe")[ascites],
        "encephalopathy": ("none", "grade1-to2", "grade3-to4")[mind],
    }


def _pneumonia(rng: random.Random) -> Pair:
    urea = rng.choice([value for value in range(2, 40) if value != 7])
    age, breaths, confused = rng.randint(18, 99), rng.randint(10, 45), rng.random() < 0.5
    systolic, diastolic = rng.randint(70, 180), rng.randint(40, 100)
    ours = curb65.curb65_points(
        confusion=confused,
        bun_mg_dl=urea * UREA,
        respiratory_rate_per_min=breaths,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        age_years=age,
    )
    return ours, {
        "confusion": confused,
        "urea_mmol_l": urea,
        "respiratory_rate": breaths,
        "systolic_bp": systolic,
        "diastolic_bp": diastolic,
        "age": age,
    }


_THROAT = {
    "fever_past_24_hours": "fever",
    "purulent_tonsils": "purulence",
    "onset_within_3_days": "attend_rapidly",
    "severe_tonsil_inflammation": "inflamed_tonsils",
    "no_cough_or_coryza": "absence_of_cough",
}


def _throat(rng: random.Random) -> Pair:
    found = flags(rng, *_THROAT)
    return fever_pain.fever_pain_points(**found), {theirs: found[name] for name, theirs in _THROAT.items()}


def _bleeding(rng: random.Random) -> Pair:
    # Whole mmol/L and g/dL: the published bands are given in both, and differ between whole numbers.
    urea, hemoglobin, female = rng.choice((4, 7, 9, 12, 30)), rng.randint(7, 16), rng.random() < 0.5
    systolic, pulse = rng.randint(70, 160), rng.randint(55, 150)
    found = flags(rng, "melena", "syncope", "hepatic_disease", "cardiac_failure")
    ours = glasgow_blatchford.glasgow_blatchford_points(
        bun_mg_dl=urea * UREA,
        hemoglobin_g_dl=hemoglobin,
        female=female,
        systolic_mmhg=systolic,
        heart_rate_per_min=pulse,
        **found,
    )
    return ours, {
        "age_16_or_over": True,
        "acute_upper_gi_bleeding_at_first_assessment": True,
        "emergency_department_overt_ugib": True,
        "sex": sex(female),
        "urea_mmol_l": urea,
        "haemoglobin_g_l": hemoglobin * 10,
        "systolic_bp_mm_hg": systolic,
        "heart_rate_bpm": pulse,
        "melaena": found["melena"],
        **{name: found[name] for name in ("syncope", "hepatic_disease", "cardiac_failure")},
    }


_ANTICOAGULATED = {
    "hypertension": "hypertension_uncontrolled",
    "renal_disease": "abnormal_renal_function",
    "liver_disease": "abnormal_liver_function",
    "stroke": "stroke",
    "bleeding": "bleeding_history",
    "labile_inr": "labile_inr",
    "medication": "drugs_antiplatelet_nsaid",
}


def _anticoagulated(rng: random.Random) -> Pair:
    age, drinks, found = rng.randint(18, 99), rng.randint(0, 20), flags(rng, *_ANTICOAGULATED)
    return has_bled.has_bled_points(age_years=age, drinks_per_week=drinks, **found), {
        **{theirs: found[name] for name, theirs in _ANTICOAGULATED.items()},
        "elderly_over_65": age > 65,
        "alcohol_excess": drinks >= 8,
    }


def _embolism_ruled_out(rng: random.Random) -> Pair:
    age, pulse, oxygen = rng.randint(18, 90), rng.randint(55, 140), rng.randint(85, 100)
    found = flags(rng, "leg_swelling", "hemoptysis", "surgery_or_trauma", "previous_dvt", "hormones")
    return perc.perc_criteria_met(age_years=age, heart_rate_per_min=pulse, spo2_percent=oxygen, **found), {
        "low_pretest_probability_confirmed": True,
        "age_years": age,
        "heart_rate_bpm": pulse,
        "room_air_oxygen_saturation_percent": oxygen,
        "unilateral_leg_swelling": found["leg_swelling"],
        "haemoptysis": found["hemoptysis"],
        "recent_surgery_or_trauma_requiring_hospitalisation": found["surgery_or_trauma"],
        "prior_vte": found["previous_dvt"],
        "exogenous_oestrogen_use": found["hormones"],
    }


def _operation(rng: random.Random) -> Pair:
    creatinine = rng.choice((0.8, 1.4, 1.9, 2.2, 4.0))
    found = flags(
        rng, "high_risk_surgery", "ischemic_heart_disease", "heart_failure", "cerebrovascular", "insulin"
    )
    return rcri.rcri_points(creatinine_mg_dl=creatinine, **found), {
        "adult_noncardiac_surgery_candidate": True,
        "original_validation_population_matches": True,
        "high_risk_surgery": found["high_risk_surgery"],
        "ischemic_heart_disease": found["ischemic_heart_disease"],
        "congestive_heart_failure": found["heart_failure"],
        "cerebrovascular_disease": found["cerebrovascular"],
        "preoperative_insulin_treatment": found["insulin"],
        "creatinine_umol_l": creatinine * 88.4,
    }


def _organs(rng: random.Random) -> Pair:
    drug = rng.choice(("none", "dopamine 3", "dopamine 8", "dopamine 20", "norepinephrine 0.05"))
    level = {"none": "map-at-least70", "dopamine 3": "dopamine-low", "dopamine 20": "high-vasopressors"}
    name, _, dose = drug.partition(" ")
    oxygen, supported = rng.randint(40, 450), rng.random() < 0.5
    platelets, coma = rng.randint(5, 300), rng.randint(3, 15)
    bilirubin, creatinine = round(rng.uniform(0.3, 15), 1), round(rng.uniform(0.5, 7), 1)
    ours = sofa.sofa_points(
        pao2_mmhg=oxygen,
        fio2_fraction=1.0,
        respiratory_support=supported,
        platelets_1e9_l=platelets,
        bilirubin_mg_dl=bilirubin,
        glasgow_coma=coma,
        creatinine_mg_dl=creatinine,
        **({f"{name}_ug_kg_min": float(dose)} if dose else {}),
    )
    return ours, {
        "pao2_fio2": oxygen,
        "respiratory_support": supported,
        "platelets": platelets,
        "bilirubin": bilirubin,
        "bilirubin_unit": "mg/dL",
        "cardiovascular": level.get(drug, "moderate-vasopressors"),
        "gcs": coma,
        "creatinine": creatinine,
        "creatinine_unit": "mg/dL",
    }


_LEG = {
    "active_cancer": "active_cancer",
    "bedridden": "bedridden_or_major_surgery",
    "calf_swelling": "calf_swelling_over_3cm",
    "collateral_veins": "collateral_superficial_veins",
    "entire_leg_swollen": "entire_leg_swollen",
    "tenderness": "localised_tenderness",
    "pitting_edema": "pitting_oedema",
    "paralysis": "paralysis_paresis_immobilisation",
    "previous_dvt": "previously_documented_dvt",
    "alternative": "alternative_diagnosis_as_likely",
}


def _leg(rng: random.Random) -> Pair:
    found = flags(rng, *_LEG)
    return wells_dvt.wells_dvt_points(**found), {theirs: found[name] for name, theirs in _LEG.items()}


_LUNG = {
    "dvt_signs": "clinical_signs_of_dvt",
    "pe_most_likely": "pe_most_likely_diagnosis",
    "immobilized": "immobilisation_or_surgery",
    "previous_pe": "previous_dvt_or_pe",
    "hemoptysis": "haemoptysis",
    "malignancy": "malignancy",
}


def _lung(rng: random.Random) -> Pair:
    pulse, found = rng.randint(60, 140), flags(rng, *_LUNG)
    return wells_pe.wells_pe_points(heart_rate_per_min=pulse, **found), {
        "heart_rate_over_100": pulse > 100,
        **{theirs: found[name] for name, theirs in _LUNG.items()},
    }


SCORES = (
    Twin("apache2", _apache),
    Twin("centor", _centor),
    Twin("cha2ds2vasc", _stroke_risk),
    Twin("charlson", _charlson),
    Twin("child_pugh", _cirrhosis),
    Twin("curb65", _pneumonia),
    Twin("feverpain", _throat),
    Twin("glasgow_blatchford", _bleeding),
    Twin("hasbled", _anticoagulated),
    Twin("perc", _embolism_ruled_out, read=lambda found: found["working"]["positive_count"]),
    Twin("rcri", _operation),
    Twin("sofa", _organs),
    Twin("wells_dvt", _leg),
    Twin("wells_pe", _lung, digits=1),
)
