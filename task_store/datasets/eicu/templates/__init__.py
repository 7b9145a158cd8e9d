"""The questions, one module a subject."""

from task_store.datasets.eicu.templates import (
    bedside,
    costs,
    cultures,
    diagnoses,
    labs,
    medications,
    outcomes,
    ranks,
    stays,
)
from task_store.datasets.eicu.templates.unanswerable import UNANSWERABLE
from task_store.questions import Template

TEMPLATES: tuple[Template, ...] = (
    *stays.TEMPLATES,
    *diagnoses.TEMPLATES,
    *labs.TEMPLATES,
    *medications.TEMPLATES,
    *bedside.TEMPLATES,
    *cultures.TEMPLATES,
    *costs.TEMPLATES,
    *outcomes.TEMPLATES,
    *ranks.TEMPLATES,
)

__all__ = ["TEMPLATES", "UNANSWERABLE"]
