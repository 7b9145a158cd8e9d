"""Questions to a five-table hospital database: the built-in TREQS family."""

from task_store.dataset import Card, Dataset
from task_store.datasets.treqs.templates import ANSWERABLE, UNANSWERABLE
from task_store.questions import QuestionFamily
from task_store.worlds.mimicsql.schema import CURRENT_TIME

FAMILY = QuestionFamily(
    name="treqs",
    card=Card(
        title="Questions to a hospital database (TREQS)",
        summary=(
            "Clinicians' and administrators' questions to the five tables of MIMICSQL, filled with "
            "invented patients: "
            "counts, look-ups, means, shares, ranks and times, and questions that the tables cannot "
            "answer. Golds are "
            "executed SQL. Synthetic, not clinically reviewed; it says nothing about real hospitals."
        ),
        paper=(
            "Wang P, Shi T, Reddy CK (2020), Text-to-SQL Generation for Question Answering on Electronic "
            "Medical Records, "
            "WWW '20 (arXiv:1908.01839); after its use in MedAgentGym, Xu et al. 2025 (arXiv:2506.04405)."
        ),
        licence="Apache-2.0",
        chance_rate=0.02,
    ),
    world="mimicsql",
    now=CURRENT_TIME,
    templates=ANSWERABLE,
    unanswerable=UNANSWERABLE,
)

DATASET: Dataset = FAMILY
