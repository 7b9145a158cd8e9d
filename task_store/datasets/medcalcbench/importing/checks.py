"""Which of our calculators checks a released record, and how entities become its arguments.

A calculator's keyword names say quantity and unit (`creatinine_mg_dl`), so most of them
are read the same way everywhere (`PARAMETERS`); a row of `CHECKS` says only what is
special. A calculator without a row, or with a keyword that nothing here reads, leaves its
records unchecked.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from task_store.datasets.medcalcbench.importing import units
from task_store.datasets.medcalcbench.importing.entities import Entities
from task_store.datasets.medcalcbench.importing.readers import (
    Check,
    Reader,
    concentration,
    flag,
    measure,
    number,
    steroid_dose_mg,
    steroid_given,
    steroid_target,
)
from task_store.datasets.medcalcbench.importing.risk_scores import RISK_SCORES
from task_store.datasets.medcalcbench.importing.scores import SCORES

PARAMETERS: dict[str, Reader] = {
    "age_years": lambda e: e.age_years,
    "albumin_g_dl": concentration("Albumin", "g/dL"),
    "alt_u_l": number("Alanine aminotransferase"),
    "ast_u_l": number("Aspartate aminotransferase"),
    "bicarbonate_meq_l": concentration("Bicarbonate", "mEq/L"),
    "bicarbonate_mmol_l": concentration("Bicarbonate", "mmol/L"),
    "bilirubin_mg_dl": concentration("Bilirubin", "mg/dL"),
    "bun_mg_dl": concentration("Blood Urea Nitrogen (BUN)", "mg/dL"),
    "calcium_mg_dl": concentration("Calcium", "mg/dL"),
    "chloride_meq_l": concentration("Chloride", "mEq/L"),
    "chloride_mmol_l": concentration("Chloride", "mmol/L"),
    "confusion": flag("Confusion"),
    "creatinine_mg_dl": concentration("creatinine", "mg/dL"),
    "cycle_days": lambda e: int(e.number("cycle length")),
    "diastolic_mmhg": lambda e: e.diastolic,
    "female": lambda e: e.female,
    "glucose_mg_dl": concentration("Glucose", "mg/dL"),
    "hdl_mg_dl": concentration("high-density lipoprotein cholesterol", "mg/dL"),
    "heart_rate_bpm": lambda e: e.heart_rate,
    "heart_rate_per_min": lambda e: e.heart_rate,
    "height_cm": lambda e: e.height_cm,
    "height_inches": lambda e: e.height_cm / 2.54,
    "hemoglobin_g_dl": concentration("Hemoglobin", "g/dL"),
    "hemoptysis": flag("Hemoptysis"),
    "inr": number("international normalized ratio"),
    "insulin_uiu_ml": concentration("Insulin", "uIU/mL"),
    "last_period": lambda e: e.date("Last menstrual date"),
    "platelets_billion_l": lambda e: e.count_per_ul("Platelet count") / 1000,
    "platelets_per_ul": lambda e: e.count_per_ul("Platelet count"),
    "potassium_mmol_l": concentration("Potassium", "mmol/L"),
    "qt_ms": measure("QT interval", units.MILLISECONDS),
    "respiratory_rate_per_min": measure("respiratory rate", units.PER_MINUTE),
    "rr_s": lambda e: 60 / e.heart_rate,
    "sodium_meq_l": concentration("Sodium", "mEq/L"),
    "sodium_mmol_l": concentration("Sodium", "mmol/L"),
    "systolic_mmhg": lambda e: e.systolic,
    "target_bmi_kg_m2": number("Body Mass Index (BMI)"),
    "temperature_c": lambda e: e.celsius(),
    "total_cholesterol_mg_dl": concentration("Total cholesterol", "mg/dL"),
    "triglycerides_mg_dl": concentration("Triglycerides", "mg/dL"),
    "urine_creatinine_mg_dl": concentration("Urine creatinine", "mg/dL"),
    "urine_sodium_meq_l": concentration("Urine sodium", "mEq/L"),
    "urine_sodium_mmol_l": concentration("Urine sodium", "mmol/L"),
    "visit": lambda e: e.date("Current Date"),
    "wbc_per_ul": lambda e: e.count_per_ul("White blood cell count"),
    "weight_kg": lambda e: e.weight_kg,
}


EQUATIONS: dict[int, Check] = {
    2: Check("cockcroft_gault", "creatinine_clearance_ml_min"),
    3: Check("ckd_epi_2021", "ckd_epi_2021_ml_min_173m2"),
    5: Check("mean_arterial_pressure", "mean_arterial_pressure_mmhg"),
    6: Check("body_mass_index", "body_mass_index_kg_m2"),
    7: Check("corrected_calcium", "corrected_calcium_mg_dl"),
    9: Check("mdrd_gfr", "mdrd_gfr_ml_min_173m2", {"black": lambda e: e.text("Race", "other") == "black"}),
    10: Check("ideal_body_weight", "ideal_body_weight_kg"),
    11: Check("qtc_bazett", "qtc_bazett_ms"),
    13: Check("estimated_due_date", "estimated_due_date"),
    19: Check("fib4", "fib4_index"),
    22: Check("maintenance_fluids", "maintenance_fluids_ml_h"),
    23: Check(
        "meld_na",
        "meld_na_points",
        {
            "dialysis": flag(
                "Dialysis at least twice in the past week",
                "Continuous veno-venous hemodialysis for ≥24 hours in the past week",
            ),
            "as_released": lambda _: False,
        },
    ),
    24: Check(
        "steroid_conversion",
        "steroid_equivalent_mg",
        {"dose_mg": steroid_dose_mg, "given": steroid_given, "target": steroid_target},
    ),
    26: Check("sodium_correction_hyperglycemia", "corrected_sodium_mmol_l"),
    30: Check("serum_osmolality", "serum_osmolality_mosm_kg"),
    31: Check("homa_ir", "homa_ir"),
    38: Check("free_water_deficit", "free_water_deficit_l"),
    39: Check("anion_gap", "anion_gap_mmol_l"),
    40: Check("fractional_excretion_sodium", "fractional_excretion_sodium_percent"),
    44: Check("ldl_friedewald", "ldl_cholesterol_mg_dl"),
    46: Check(
        "framingham_hard_chd",
        "framingham_hard_chd_percent",
        {"treated": flag("Blood pressure being treated with medicines"), "smoker": flag("Smoker")},
    ),
    56: Check("qtc_fridericia", "qtc_fridericia_ms"),
    57: Check("qtc_framingham", "qtc_framingham_ms"),
    58: Check("qtc_hodges", "qtc_hodges_ms"),
    59: Check("qtc_rautaharju", "qtc_rautaharju_ms"),
    60: Check("body_surface_area", "body_surface_area_m2"),
    61: Check("target_weight", "target_weight_kg"),
    62: Check("adjusted_body_weight", "adjusted_body_weight_kg"),
    63: Check("delta_gap", "delta_gap_mmol_l"),
    64: Check("delta_ratio", "delta_ratio"),
    65: Check("albumin_corrected_anion_gap", "albumin_corrected_anion_gap_meq_l"),
    66: Check("albumin_corrected_delta_gap", "albumin_corrected_delta_gap_meq_l"),
    67: Check("albumin_corrected_delta_ratio", "albumin_corrected_delta_ratio"),
    68: Check("estimated_conception_date", "estimated_conception_date"),
    69: Check("gestational_age", "gestational_age_weeks_days"),
}

CHECKS: dict[int, Check] = EQUATIONS | SCORES | RISK_SCORES


@dataclass(frozen=True)
class Bound:
    """A row tied to its calculator."""

    compute: Callable[..., object]
    readers: Mapping[str, Reader]
    source: str

    def __call__(self, entities: Entities) -> object:
        return self.compute(**{name: read(entities) for name, read in self.readers.items()})


@cache
def bound(calculator_id: int) -> Bound | None:
    """The check of a released calculator; None when we have none."""
    row = CHECKS.get(calculator_id)
    if row is None:
        return None
    name = f"task_store.datasets.medcalcbench.calculators.{row.module}"
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    compute = getattr(module, row.function)
    names = inspect.signature(compute).parameters
    readers = {name: row.special.get(name) or PARAMETERS.get(name) for name in names}
    known = {name: reader for name, reader in readers.items() if reader is not None}
    source = f"{module.CALCULATOR.title}, version {module.CALCULATOR.version}: {module.CALCULATOR.source}"
    return Bound(compute, known, source) if len(known) == len(readers) else None
