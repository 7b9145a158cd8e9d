"""What this database cannot answer, asked as if it could.

`lacks` names what a table or column would have to be called; a test holds that the schema has none
of it. Questions about the future, about nobody in particular, or about the world outside of the
hospital need no such word: no column could answer them.
"""

from task_store.datasets.mimic_iii.draws import (
    DIAGNOSIS,
    DRUG,
    IN_HOSPITAL,
    PATIENT,
    PROCEDURE,
    STAY,
    both,
    measured,
    of,
    titled,
    window,
)
from task_store.questions.template import Unanswerable

UNANSWERABLE = (
    Unanswerable(
        key="allergies",
        pool="train",
        reason="missing_table",
        phrasings=(
            "What is patient {subject_id} allergic to?",
            "List the drug allergies of patient {subject_id}.",
            "Does patient {subject_id} have an allergy to {drug}?",
        ),
        draw=both(PATIENT, DRUG),
        columns=("allergy",),
        lacks=("allerg",),
    ),
    Unanswerable(
        key="ordering_physician",
        pool="train",
        reason="missing_column",
        phrasings=(
            "Which physician ordered {drug} in hospital stay {hadm_id}?",
            "Name the doctor who prescribed {drug} during stay {hadm_id}.",
            "Who signed the order of {drug} in admission {hadm_id}?",
        ),
        draw=of("prescriptions", "hadm_id", "drug"),
        columns=("physician",),
        lacks=("physician", "doctor", "provider", "caregiver", "cgid", "order"),
    ),
    Unanswerable(
        key="contact",
        pool="train",
        reason="missing_column",
        phrasings=(
            "What is the telephone number of patient {subject_id}?",
            "Give the home address of patient {subject_id}.",
            "Whom shall we call in an emergency of patient {subject_id}?",
        ),
        draw=PATIENT,
        columns=("contact",),
        lacks=("phone", "address", "contact", "zip"),
    ),
    Unanswerable(
        key="radiology_report",
        pool="train",
        reason="missing_table",
        phrasings=(
            "What did the radiologist write about the chest x-ray of hospital stay {hadm_id}?",
            "Give the findings of the last CT report of stay {hadm_id}.",
            "Was a fracture described in the imaging reports of admission {hadm_id}?",
        ),
        draw=STAY,
        columns=("finding",),
        lacks=("note", "report", "text", "image", "radiolog"),
    ),
    Unanswerable(
        key="future_value",
        pool="train",
        reason="future",
        phrasings=(
            "What will the next '{item}' of patient {subject_id} be?",
            "Which value of '{item}' will be measured in patient {subject_id} tomorrow?",
            "Tell me the '{item}' of patient {subject_id} one week from now.",
        ),
        draw=measured("labevents", "subject_id"),
        columns=("valuenum",),
    ),
    Unanswerable(
        key="nobody_named",
        pool="train",
        reason="ambiguous",
        phrasings=(
            "What was the last '{item}' of the patient?",
            "And how has the '{item}' changed since she came in?",
            "Give me his most recent '{item}'.",
        ),
        draw=measured("labevents"),
        columns=("valuenum",),
    ),
    Unanswerable(
        key="side_effects",
        pool="train",
        reason="outside",
        phrasings=(
            "What are the known side effects of {drug}?",
            "Which drugs must not be combined with {drug}?",
            "What is the largest safe daily dose of {drug} according to its label?",
        ),
        draw=DRUG,
        columns=("effect",),
    ),
    Unanswerable(
        key="other_hospitals",
        pool="train",
        reason="outside",
        phrasings=(
            "How many patients were diagnosed with {diagnosis} in other hospitals of the region {when}?",
            "What was the national rate of {diagnosis} {when}?",
            "How does our number of patients with {diagnosis} {when} compare with that of the hospital next door?",
        ),
        draw=both(DIAGNOSIS, window),
        columns=("patients",),
    ),
    Unanswerable(
        key="appointments",
        pool="test",
        reason="missing_table",
        phrasings=(
            "When is the next clinic appointment of patient {subject_id}?",
            "List the outpatient visits that patient {subject_id} is booked for.",
        ),
        draw=PATIENT,
        columns=("time",),
        lacks=("appointment", "visit", "clinic", "schedule", "outpatient"),
    ),
    Unanswerable(
        key="family_history",
        pool="test",
        reason="missing_table",
        phrasings=(
            "Which relatives of patient {subject_id} also had {diagnosis}?",
            "Is there a family history of {diagnosis} for patient {subject_id}?",
        ),
        draw=titled("diagnoses_icd", "subject_id", slot="diagnosis"),
        columns=("relative",),
        lacks=("family", "relative", "history", "mother"),
    ),
    Unanswerable(
        key="religion_and_work",
        pool="test",
        reason="missing_column",
        phrasings=(
            "What is the religion of patient {subject_id}?",
            "What does patient {subject_id} do for a living?",
        ),
        draw=PATIENT,
        columns=("value",),
        lacks=("religion", "occupation", "job", "employ"),
    ),
    Unanswerable(
        key="surgeon_and_anaesthesia",
        pool="test",
        reason="missing_column",
        phrasings=(
            "Which surgeon performed {procedure} on patient {subject_id}?",
            "Under what kind of anaesthesia was {procedure} done on patient {subject_id}?",
        ),
        draw=titled("procedures_icd", "subject_id", slot="procedure"),
        columns=("value",),
        lacks=("surgeon", "operator", "anesth", "anaesth"),
    ),
    Unanswerable(
        key="expected_discharge",
        pool="test",
        reason="future",
        phrasings=(
            "On what date will patient {subject_id}, who is in hospital now, go home?",
            "What will the final cost of the present hospital stay of patient {subject_id} be at discharge?",
        ),
        draw=IN_HOSPITAL,
        columns=("value",),
    ),
    Unanswerable(
        key="which_one",
        pool="test",
        reason="ambiguous",
        phrasings=(
            "When did she have {procedure}?",
            "How many days after that other operation was {procedure} performed on him?",
        ),
        draw=PROCEDURE,
        columns=("value",),
    ),
    Unanswerable(
        key="best_treatment",
        pool="test",
        reason="outside",
        phrasings=(
            "What does the current guideline recommend as first treatment of {diagnosis}?",
            "Which approved drug against {diagnosis} has the fewest side effects in published trials?",
        ),
        draw=DIAGNOSIS,
        columns=("treatment",),
    ),
)
