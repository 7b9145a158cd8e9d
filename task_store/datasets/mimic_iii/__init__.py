"""Questions to a hospital's records: the built-in mimic_iii family, after EHRSQL."""

from task_store.dataset import Card, Dataset
from task_store.datasets.mimic_iii.templates import TEMPLATES, UNANSWERABLE
from task_store.questions import QuestionFamily

DATASET: Dataset = QuestionFamily(
    name="mimic_iii",
    card=Card(
        title="Questions to hospital records in MIMIC-III's schema (built-in, after EHRSQL)",
        summary=(
            "A clinician's question is answered by code over the 17 tables of a synthetic hospital; one in "
            "eight cannot be answered from them: abstaining is right. Golds are the rows of executed SQL, "
            "checked against independent pandas solutions. Patients are drawn, not real, and nothing is "
            "clinically reviewed."
        ),
        paper=(
            "Lee G, Hwang H, Bae S, et al. EHRSQL: A Practical Text-to-SQL Benchmark for Electronic Health "
            "Records. NeurIPS 2022 Datasets and Benchmarks, arXiv:2301.07695"
        ),
        licence="Apache-2.0",
        chance_rate=0.02,
    ),
    world="mimic_iii",
    now="2105-12-31 23:59:00",
    templates=TEMPLATES,
    unanswerable=UNANSWERABLE,
)
