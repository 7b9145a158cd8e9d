"""Who the patients are."""

from functools import partial

from task_store.datasets.mimic_iii.draws import PATIENT, STAY, between, both, of, one_of, tied, window
from task_store.questions.template import Template

_T = partial(Template, category="patient_information")

TEMPLATES = (
    _T(
        key="gender_and_birth",
        pool="train",
        phrasings=(
            "What are the gender and the date of birth of patient {subject_id}?",
            "Tell me gender and date of birth of patient {subject_id}.",
            "When was patient {subject_id} born, and which gender is recorded? Give the gender first.",
        ),
        draw=PATIENT,
        sql="SELECT gender, dob FROM patients WHERE subject_id = :subject_id",
        reference="""
people = table("patients")
answer = people.loc[people.subject_id == subject_id, ["gender", "dob"]]
""",
        columns=("gender", "dob"),
    ),
    _T(
        key="age_and_insurance_of_stay",
        pool="train",
        phrasings=(
            "How old was the patient of hospital stay {hadm_id}, and by what insurance and marital status was "
            "the patient registered?",
            "Give age, insurance and marital status as recorded for hospital stay {hadm_id}.",
            "What age, insurance and marital status does the record of admission {hadm_id} state?",
        ),
        draw=STAY,
        sql="SELECT age, insurance, marital_status FROM admissions WHERE hadm_id = :hadm_id",
        reference="""
stays = table("admissions")
answer = stays[stays.hadm_id == hadm_id][["age", "insurance", "marital_status"]]
""",
        columns=("age", "insurance", "marital_status"),
    ),
    _T(
        key="count_by_gender_and_age",
        pool="train",
        phrasings=(
            "How many different patients of gender '{gender}' were admitted {when} at an age of {age} or more?",
            "Count the patients of gender '{gender}' who had an admission {when} when they were at least {age} "
            "years old.",
            "{when}, how many patients with gender '{gender}' and an age of {age} or above came to the hospital?",
        ),
        draw=both(one_of("gender", ("f", "m")), between("age", 25, 80), window),
        sql=(
            "SELECT COUNT(DISTINCT a.subject_id) FROM admissions a JOIN patients p ON p.subject_id = a.subject_id "
            "WHERE p.gender = :gender AND a.age >= :age AND a.admittime >= :start AND a.admittime < :end"
        ),
        reference="""
stays = table("admissions").merge(table("patients")[["subject_id", "gender"]], on="subject_id")
chosen = stays[(stays.gender == gender) & (stays.age >= age) & (stays.admittime >= start) & (stays.admittime < end)]
answer = chosen.subject_id.nunique()
""",
        columns=("patients",),
    ),
    _T(
        key="days_lived",
        pool="test",
        phrasings=(
            "Patient {subject_id} has died. How many days did the patient live, from birth to death? Fractions "
            "of a day count.",
            "What is the life span in days (with fractions) of the deceased patient {subject_id}?",
        ),
        draw=of("patients", "subject_id", where="dod IS NOT NULL"),
        sql="SELECT julianday(dod) - julianday(dob) FROM patients WHERE subject_id = :subject_id",
        reference="""
one = table("patients").set_index("subject_id").loc[subject_id]
answer = (pd.Timestamp(one.dod) - pd.Timestamp(one.dob)).total_seconds() / 86400
""",
        columns=("days",),
    ),
    _T(
        key="youngest_of_location",
        pool="test",
        phrasings=(
            "Among admissions from '{admission_location}' {when}, which is the youngest patient? Give subject_id "
            "and age.",
            "Find the patient with the lowest age at an admission that took place {when} with the admission "
            "location '{admission_location}'; state subject_id and age.",
        ),
        draw=both(of("admissions", "admission_location"), window),
        sql=(
            "SELECT subject_id, age FROM admissions WHERE admission_location = :admission_location "
            "AND admittime >= :start AND admittime < :end ORDER BY age LIMIT 1"
        ),
        ties=tied(
            "SELECT age AS v FROM admissions WHERE admission_location = :admission_location "
            "AND admittime >= :start AND admittime < :end ORDER BY v LIMIT 2"
        ),
        reference="""
stays = table("admissions")
stays = stays[(stays.admission_location == admission_location) & stays.admittime.ge(start) & stays.admittime.lt(end)]
answer = stays.nsmallest(1, "age")[["subject_id", "age"]]
""",
        columns=("subject_id", "age"),
    ),
    _T(
        key="share_of_insurance",
        pool="test",
        phrasings=(
            "Of all patients with an admission {when}, what percentage was insured by '{insurance}' at the first "
            "of these admissions?",
            "Take each patient's first admission {when}. In what per cent of them is the insurance '{insurance}'?",
        ),
        draw=both(of("admissions", "insurance"), window),
        sql=(
            "WITH ranked AS (SELECT insurance, ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY admittime) AS k "
            "FROM admissions WHERE admittime >= :start AND admittime < :end) "
            "SELECT 100.0 * SUM(insurance = :insurance) / COUNT(*) FROM ranked WHERE k = 1"
        ),
        reference="""
stays = table("admissions")
stays = stays[(stays.admittime >= start) & (stays.admittime < end)].sort_values("admittime")
first = stays.drop_duplicates("subject_id")
answer = 100 * (first.insurance == insurance).mean()
""",
        columns=("per_cent",),
    ),
)
