"""Questions that this database cannot answer, worded like those that it can.

Draws come from the world all the same: patients, drugs and diagnoses exist, only the answer does not.
"""

from task_store.datasets.eicu.asking import about
from task_store.questions import Unanswerable

_PATIENT = about("patient", pid="uniquepid")
_VISIT = about("patient", visit="patienthealthsystemstayid")
_DRUG = about("medication", name="drugname", pid="uniquepid")
_DIAGNOSIS = about("diagnosis", around="diagnosistime", name="diagnosisname", pid="uniquepid")
_STAY = about("patient", stay="patientunitstayid")

UNANSWERABLE = (
    Unanswerable(
        "marital_status",
        "train",
        "missing_column",
        (
            "What was the marital status of patient {pid} at their last hospital admission?",
            "Is patient {pid} recorded as married, single or widowed in the latest hospital stay?",
            "Give the marital status on record for patient {pid}.",
        ),
        _PATIENT,
        ("marital status",),
        lacks=("marital",),
        difficulty="easy",
    ),
    Unanswerable(
        "insured_patients",
        "train",
        "missing_column",
        (
            "How many patients diagnosed with '{name}' {when} were insured by Medicare?",
            "Count the patients with Medicare insurance who got the diagnosis '{name}' {when}.",
            "What is the number of distinct Medicare patients with a diagnosis of '{name}' made {when}?",
        ),
        _DIAGNOSIS,
        ("number of patients",),
        lacks=("insur", "payer"),
        difficulty="hard",
    ),
    Unanswerable(
        "attending_physician",
        "train",
        "missing_column",
        (
            "Which attending physician was responsible for hospital stay {visit}?",
            "Name the physician in charge of hospital stay {visit}.",
            "Who was the attending doctor of hospital stay {visit}?",
        ),
        _VISIT,
        ("physician",),
        lacks=("physician", "provider", "doctor", "caregiver"),
        difficulty="easy",
    ),
    Unanswerable(
        "chest_film_report",
        "train",
        "missing_table",
        (
            "What did the report of the first chest x-ray of unit stay {stay} say?",
            "Give the radiologist's findings on the first chest x-ray of unit stay {stay}.",
            "Unit stay {stay}: text of the earliest chest x-ray report?",
        ),
        _STAY,
        ("report",),
        lacks=("report", "note", "radiol", "imag"),
    ),
    Unanswerable(
        "next_appointment",
        "train",
        "future",
        (
            "When is the next outpatient appointment of patient {pid}?",
            "At what time will patient {pid} next be seen in the outpatient clinic?",
            "Give the time of the next follow-up visit of patient {pid}.",
        ),
        _PATIENT,
        ("time",),
        difficulty="easy",
    ),
    Unanswerable(
        "diagnoses_to_come",
        "train",
        "future",
        (
            "How many different patients will be diagnosed with '{name}' in {year}?",
            "Count the patients who will get the diagnosis '{name}' in {year}.",
            "What number of distinct patients is going to have '{name}' diagnosed in {year}?",
        ),
        about("diagnosis", name="diagnosisname", year=lambda rng, row: rng.randint(2106, 2112)),
        ("number of patients",),
        difficulty="hard",
    ),
    Unanswerable(
        "largest_safe_dose",
        "train",
        "outside",
        (
            "What is the largest recommended daily dose of '{name}' for patient {pid}?",
            "Up to which daily dose may patient {pid} be given '{name}' according to its label?",
            "Give the maximum daily dose of '{name}' that guidelines allow for patient {pid}.",
        ),
        _DRUG,
        ("dosage",),
    ),
    Unanswerable(
        "prescriber",
        "train",
        "missing_column",
        (
            "Who prescribed '{name}' to patient {pid} the first time?",
            "Name the prescriber of the first '{name}' order of patient {pid}.",
            "Which clinician first ordered '{name}' for patient {pid}?",
        ),
        _DRUG,
        ("prescriber",),
        lacks=("prescriber", "provider", "orderedby"),
    ),
    Unanswerable(
        "that_test",
        "train",
        "ambiguous",
        (
            "What was the result of that test of patient {pid} the other day?",
            "Patient {pid}: how did the usual measurement come out recently?",
            "Give the normal one of the values of patient {pid} from a while ago.",
        ),
        _PATIENT,
        ("result",),
        difficulty="hard",
    ),
    Unanswerable(
        "smoking_years",
        "train",
        "missing_table",
        (
            "How many pack-years had patient {pid} smoked by their first hospital admission?",
            "Give the smoking history of patient {pid} in pack-years.",
            "Patient {pid}: number of pack-years of tobacco on record?",
        ),
        _PATIENT,
        ("pack-years",),
        lacks=("smok", "tobacco", "history"),
        difficulty="easy",
    ),
    Unanswerable(
        "language_spoken",
        "test",
        "missing_column",
        (
            "In what language do staff have to talk with patient {pid}?",
            "Preferred language of patient {pid}, please.",
        ),
        _PATIENT,
        ("language",),
        lacks=("language",),
        difficulty="easy",
    ),
    Unanswerable(
        "family_history",
        "test",
        "missing_table",
        (
            "Does '{name}' run in the family of patient {pid}? Name the relatives who had it.",
            "Relatives of patient {pid} known to have had '{name}': who are they?",
        ),
        _DIAGNOSIS,
        ("relative",),
        lacks=("family", "history", "relative"),
    ),
    Unanswerable(
        "tidal_volume",
        "test",
        "missing_table",
        (
            "To what tidal volume was the ventilator set at the start of unit stay {stay}?",
            "Opening ventilator setting of unit stay {stay}: tidal volume in mL?",
        ),
        _STAY,
        ("mL",),
        lacks=("tidal", "ventil"),
    ),
    Unanswerable(
        "next_year_returns",
        "test",
        "future",
        (
            "On which date will patient {pid} come back to hospital in 2106?",
            "Date of the return of patient {pid} to hospital during 2106?",
        ),
        _PATIENT,
        ("date",),
    ),
    Unanswerable(
        "maker_of_drug",
        "test",
        "outside",
        (
            "Which company made the '{name}' that patient {pid} received first?",
            "Manufacturer of the '{name}' first handed to patient {pid}?",
        ),
        _DRUG,
        ("manufacturer",),
        difficulty="easy",
    ),
    Unanswerable(
        "discharge_address",
        "test",
        "missing_column",
        (
            "After hospital stay {visit}, where was the patient sent: home, rehabilitation or a nursing "
            "facility?",
            "Destination of the patient once hospital stay {visit} was over (home, nursing facility, ...)?",
        ),
        _VISIT,
        ("destination",),
        lacks=("dischargelocation", "destination", "disposition"),
        difficulty="easy",
    ),
    Unanswerable(
        "worse_than_before",
        "test",
        "ambiguous",
        (
            "Was it higher than before in patient {pid}, and by how much?",
            "By how much has it gone down in patient {pid} since last time?",
        ),
        _PATIENT,
        ("difference",),
        difficulty="hard",
    ),
)
