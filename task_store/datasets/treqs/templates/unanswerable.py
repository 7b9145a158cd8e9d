"""Questions that look like the others and that these tables cannot answer."""

from task_store.datasets.treqs.draws import some
from task_store.questions.template import Unanswerable

UNANSWERABLE: tuple[Unanswerable, ...] = (
    Unanswerable(
        key="none_drug_date",
        pool="train",
        reason="missing_column",
        phrasings=(
            "On what date was {drug} first prescribed in admission {hadm_id}?",
            "When did the prescription of {drug} start in hospital admission {hadm_id}?",
            "Give the start date of {drug} in admission {hadm_id}.",
        ),
        draw=some("prescriptions", hadm_id="hadm_id", drug="drug"),
        columns=("startdate",),
        lacks=("date", "start"),
    ),
    Unanswerable(
        key="none_vital_sign",
        pool="train",
        reason="missing_table",
        phrasings=(
            "What was the highest heart rate of {name} during the admission of {admittime}?",
            "Give the maximum heart rate charted for {name} in the stay that began at {admittime}.",
            "During the admission starting {admittime}, how high did {name}'s heart rate go?",
        ),
        draw=some("demographic", name="name", admittime="admittime"),
        columns=("heart_rate",),
        lacks=("heart", "vital", "pulse"),
    ),
    Unanswerable(
        key="none_doctor",
        pool="train",
        reason="missing_column",
        phrasings=(
            'Which physician performed "{procedure}" in admission {hadm_id}?',
            'Give the name of the doctor who did the procedure "{procedure}" in admission {hadm_id}.',
            'Who carried out "{procedure}" during hospital admission {hadm_id}?',
        ),
        draw=some("procedures", hadm_id="hadm_id", procedure="short_title"),
        columns=("physician",),
        lacks=("doctor", "physician", "provider", "surgeon"),
    ),
    Unanswerable(
        key="none_future",
        pool="train",
        reason="future",
        phrasings=(
            "When will {name} be admitted to hospital next?",
            "Give the date of the next planned admission of {name}.",
            "On what day will patient {name} come back to the hospital?",
        ),
        draw=some("demographic", "dod IS NULL", name="name"),
        columns=("admittime",),
    ),
    Unanswerable(
        key="none_cost",
        pool="test",
        reason="missing_table",
        phrasings=(
            "How much was {insurance} charged for stay {hadm_id}?",
            "Find the total cost of stay {hadm_id}, which {insurance} paid.",
        ),
        draw=some("demographic", hadm_id="hadm_id", insurance="insurance"),
        columns=("cost",),
        lacks=("cost", "price", "amount"),
    ),
    Unanswerable(
        key="none_weight",
        pool="test",
        reason="missing_column",
        phrasings=(
            "What did {name} weigh when admitted at {admittime}?",
            "Find {name}'s body weight on admission at {admittime}.",
        ),
        draw=some("demographic", name="name", admittime="admittime"),
        columns=("weight_kg",),
        lacks=("weight",),
    ),
    Unanswerable(
        key="none_procedure_time",
        pool="test",
        reason="missing_column",
        phrasings=(
            "At what time of day did the procedure with ICD-9 code {code} begin in stay {hadm_id}?",
            "How long after the start of stay {hadm_id} was procedure code {code} performed, in hours?",
        ),
        draw=some("procedures", hadm_id="hadm_id", code="icd9_code"),
        columns=("time",),
        lacks=("proceduretime", "start", "duration"),
    ),
    Unanswerable(
        key="none_organism",
        pool="test",
        reason="missing_table",
        phrasings=(
            "Which organism grew in the blood culture of stay {hadm_id}?",
            "Name the bacteria that the microbiology laboratory found during stay {hadm_id}.",
        ),
        draw=some("demographic", hadm_id="hadm_id"),
        columns=("organism",),
        lacks=("organism", "micro", "culture"),
    ),
)
