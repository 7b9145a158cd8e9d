"""Questions to intensive-care records: the built-in eicu family, after EHRSQL."""

from task_store.dataset import Card, Dataset
from task_store.datasets.eicu.templates import TEMPLATES, UNANSWERABLE
from task_store.questions import QuestionFamily
from task_store.worlds.eicu.clock import CURRENT_TIME

DATASET: Dataset = QuestionFamily(
    name="eicu",
    card=Card(
        title="Questions to intensive-care records in eICU's schema (built-in, after EHRSQL)",
        summary=(
            "A clinician's question is answered by code over ten tables of synthetic intensive-care "
            "stays; one in eight cannot be answered from them, and abstaining is right. Golds are the "
            "rows of executed SQL, checked against independent pandas solutions. Patients are drawn, not "
            "real; nothing is clinically reviewed."
        ),
        paper=(
            "Lee G, Hwang H, Bae S, et al. EHRSQL: A Practical Text-to-SQL Benchmark for Electronic "
            "Health Records. NeurIPS 2022 Datasets and Benchmarks, arXiv:2301.07695 (its eICU half; "
            "questions are our own)"
        ),
        licence="Apache-2.0",
        chance_rate=0.02,
    ),
    world="eicu",
    now=CURRENT_TIME,
    templates=TEMPLATES,
    unanswerable=UNANSWERABLE,
)
