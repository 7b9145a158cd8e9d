"""Equations that clincalc has too."""

import random

from task_store.datasets.medcalcbench.calculators import (
    albumin_corrected_anion_gap,
    anion_gap,
    body_mass_index,
    body_surface_area,
    ckd_epi_2021,
    cockcroft_gault,
    corrected_calcium,
    fib4,
    fractional_excretion_sodium,
    homa_ir,
    ldl_friedewald,
    sodium_correction_hyperglycemia,
)
from tests.task_store.datasets._twins import Pair, Twin, sex


def _gap(rng: random.Random) -> Pair:
    sodium, chloride, bicarbonate = rng.randint(120, 160), rng.randint(85, 115), rng.randint(6, 34)
    ours = anion_gap.anion_gap_mmol_l(
        sodium_mmol_l=sodium, chloride_mmol_l=chloride, bicarbonate_mmol_l=bicarbonate
    )
    return ours, {"sodium_mmol_l": sodium, "chloride_mmol_l": chloride, "bicarbonate_mmol_l": bicarbonate}


def _corrected_gap(rng: random.Random) -> Pair:
    _, theirs = _gap(rng)
    albumin = rng.randint(12, 50)
    ours = albumin_corrected_anion_gap.albumin_corrected_anion_gap_meq_l(
        sodium_meq_l=theirs["sodium_mmol_l"],
        chloride_meq_l=theirs["chloride_mmol_l"],
        bicarbonate_meq_l=theirs["bicarbonate_mmol_l"],
        albumin_g_dl=albumin / 10,
    )
    return ours, {**theirs, "albumin_g_l": albumin}


def _bmi(rng: random.Random) -> Pair:
    body = {"weight_kg": rng.randint(35, 160), "height_cm": rng.randint(145, 205)}
    return body_mass_index.body_mass_index_kg_m2(**body), body


def _surface(rng: random.Random) -> Pair:
    body = {"weight_kg": rng.randint(35, 160), "height_cm": rng.randint(145, 205)}
    return body_surface_area.body_surface_area_m2(**body), body


def _filtration(rng: random.Random) -> Pair:
    age, creatinine, female = rng.randint(18, 95), round(rng.uniform(0.3, 8), 2), rng.random() < 0.5
    ours = ckd_epi_2021.ckd_epi_2021_ml_min_173m2(age_years=age, creatinine_mg_dl=creatinine, female=female)
    return ours, {"age": age, "sex": sex(female), "creatinine": creatinine, "creatinine_unit": "mg/dL"}


def _clearance(rng: random.Random) -> Pair:
    _, theirs = _filtration(rng)
    weight = rng.randint(40, 140)
    ours = cockcroft_gault.creatinine_clearance_ml_min(
        age_years=theirs["age"],
        weight_kg=weight,
        creatinine_mg_dl=theirs["creatinine"],
        female=theirs["sex"] == "female",
    )
    return ours, {**theirs, "weight_kg": weight}


def _calcium(rng: random.Random) -> Pair:
    calcium, albumin = round(rng.uniform(6, 14), 1), round(rng.uniform(1.5, 5), 1)
    ours = corrected_calcium.corrected_calcium_mg_dl(calcium_mg_dl=calcium, albumin_g_dl=albumin)
    return ours, {"calcium": calcium, "calcium_unit": "mg/dL", "albumin": albumin, "albumin_unit": "g/dL"}


def _sodium(rng: random.Random) -> Pair:
    sodium, glucose = rng.randint(110, 150), rng.randint(101, 1500)
    ours = sodium_correction_hyperglycemia.corrected_sodium_mmol_l(
        sodium_mmol_l=sodium, glucose_mg_dl=glucose
    )
    return ours, {"sodium": sodium, "glucose": glucose, "glucose_unit": "mg/dL", "method": "hillier"}


def _fibrosis(rng: random.Random) -> Pair:
    age, ast, alt, platelets = (
        rng.randint(35, 85),
        rng.randint(10, 300),
        rng.randint(10, 300),
        rng.randint(40, 400),
    )
    ours = fib4.fib4_index(age_years=age, ast_u_l=ast, alt_u_l=alt, platelets_billion_l=platelets)
    return ours, {"age": age, "ast": ast, "alt": alt, "platelets": platelets}


def _sodium_excretion(rng: random.Random) -> Pair:
    sodium, creatinine = rng.randint(120, 150), round(rng.uniform(0.6, 6), 1)
    urine_sodium, urine_creatinine = rng.randint(5, 120), rng.randint(15, 250)
    ours = fractional_excretion_sodium.fractional_excretion_sodium_percent(
        sodium_mmol_l=sodium,
        creatinine_mg_dl=creatinine,
        urine_sodium_mmol_l=urine_sodium,
        urine_creatinine_mg_dl=urine_creatinine,
    )
    return ours, {
        "plasma_sodium": sodium,
        "plasma_creatinine": creatinine,
        "urine_sodium": urine_sodium,
        "urine_creatinine": urine_creatinine,
    }


def _insulin(rng: random.Random) -> Pair:
    insulin, glucose = rng.randint(2, 60), rng.randint(60, 250)
    ours = homa_ir.homa_ir(insulin_uiu_ml=insulin, glucose_mg_dl=glucose)
    return ours, {"fasting_insulin_miu_l": insulin, "fasting_glucose": glucose, "glucose_unit": "mg/dL"}


def _lipids(rng: random.Random) -> Pair:
    total, hdl, fat = rng.randint(150, 350), rng.randint(25, 90), rng.randint(40, 300)
    ours = ldl_friedewald.ldl_cholesterol_mg_dl(
        total_cholesterol_mg_dl=total, hdl_mg_dl=hdl, triglycerides_mg_dl=fat
    )
    return ours, {"total_cholesterol": total, "hdl_cholesterol": hdl, "triglycerides": fat, "unit": "mg/dL"}


EQUATIONS = (
    Twin("anion_gap", _gap, digits=1),
    Twin(
        "anion_gap",
        _corrected_gap,
        digits=1,
        read=lambda found: found["working"]["albumin_corrected_anion_gap_mmol_l"],
    ),
    Twin("bmi", _bmi, digits=1),
    Twin("body_surface_area", _surface, digits=2),
    Twin("egfr", _filtration, digits=0),
    Twin("cockcroft_gault", _clearance, digits=0),
    Twin("corrected_calcium", _calcium, digits=2),
    Twin("corrected_sodium", _sodium, digits=1),
    Twin("fib4", _fibrosis, digits=2),
    Twin("fena", _sodium_excretion, digits=2, read=lambda found: float(found["result"])),
    Twin("homa_ir", _insulin, digits=2),
    Twin("ldl_cholesterol", _lipids, digits=1, read=lambda found: found["result"]["ldl_friedewald"]),
)
