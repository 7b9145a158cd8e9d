"""All templates of the family, by what they ask about."""

from task_store.datasets.mimic_iii.templates import (
    costs,
    diagnoses,
    fluids,
    laboratory,
    medication,
    microbiology,
    outcomes,
    patients,
    procedures,
    stays,
    units,
    vitals,
)
from task_store.datasets.mimic_iii.templates.unanswerable import UNANSWERABLE

TEMPLATES = (
    *patients.TEMPLATES,
    *stays.TEMPLATES,
    *diagnoses.TEMPLATES,
    *procedures.TEMPLATES,
    *medication.TEMPLATES,
    *laboratory.TEMPLATES,
    *vitals.TEMPLATES,
    *fluids.TEMPLATES,
    *microbiology.TEMPLATES,
    *costs.TEMPLATES,
    *units.TEMPLATES,
    *outcomes.TEMPLATES,
)

__all__ = ["TEMPLATES", "UNANSWERABLE"]
