"""What patients were found to have."""

from functools import partial

from task_store.datasets.mimic_iii.draws import (
    DIAGNOSIS,
    PATIENT,
    RETURNED,
    STAY,
    between,
    both,
    of,
    titled,
    window,
)
from task_store.questions.template import Template

_T = partial(Template, category="diagnoses")

TEMPLATES = (
    _T(
        key="diagnoses_of_stay",
        pool="train",
        phrasings=(
            "Which diagnoses were made in hospital stay {hadm_id}? Give their long titles.",
            "List the long titles of all diagnoses of stay {hadm_id}.",
            "With what was the patient of admission {hadm_id} diagnosed? Long titles, please.",
        ),
        draw=STAY,
        sql=(
            "SELECT DISTINCT d.long_title FROM diagnoses_icd e JOIN d_icd_diagnoses d ON d.icd9_code = e.icd9_code "
            "WHERE e.hadm_id = :hadm_id"
        ),
        reference="""
made = table("diagnoses_icd")
titles = table("d_icd_diagnoses").set_index("icd9_code").long_title
answer = made.icd9_code[made.hadm_id == hadm_id].map(titles).drop_duplicates()
""",
        columns=("long_title",),
    ),
    _T(
        key="code_of_title",
        pool="train",
        phrasings=(
            "Which ICD-9 code stands for the diagnosis '{long_title}'?",
            "Look up the ICD-9 code of the diagnosis '{long_title}'.",
            "What is the diagnosis '{long_title}' coded as in ICD-9?",
        ),
        draw=of("d_icd_diagnoses", "long_title"),
        sql="SELECT icd9_code FROM d_icd_diagnoses WHERE long_title = :long_title",
        reference="""
codes = table("d_icd_diagnoses")
answer = codes.icd9_code[codes.long_title == long_title]
""",
        columns=("icd9_code",),
    ),
    _T(
        key="first_time_of_diagnosis",
        pool="train",
        phrasings=(
            "When was patient {subject_id} first diagnosed with {diagnosis}?",
            "Give the time of the first diagnosis of {diagnosis} in patient {subject_id}.",
            "At what time did patient {subject_id} get the diagnosis {diagnosis} for the first time?",
        ),
        draw=titled("diagnoses_icd", "subject_id", slot="diagnosis"),
        sql=(
            "SELECT MIN(charttime) FROM diagnoses_icd WHERE subject_id = :subject_id AND icd9_code IN "
            "(SELECT icd9_code FROM d_icd_diagnoses WHERE short_title = :diagnosis)"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses")[["icd9_code", "short_title"]], on="icd9_code")
answer = made[(made.subject_id == subject_id) & (made.short_title == diagnosis)].charttime.min()
""",
        columns=("charttime",),
    ),
    _T(
        key="patients_with_diagnosis",
        pool="train",
        phrasings=(
            "How many patients were diagnosed with {diagnosis} {when}?",
            "Count the patients who received the diagnosis {diagnosis} {when}.",
            "What is the number of patients in whom {diagnosis} was diagnosed {when}?",
        ),
        draw=both(DIAGNOSIS, window),
        sql=(
            "SELECT COUNT(DISTINCT e.subject_id) FROM diagnoses_icd e "
            "JOIN d_icd_diagnoses d ON d.icd9_code = e.icd9_code "
            "WHERE d.short_title = :diagnosis AND e.charttime >= :start AND e.charttime < :end"
        ),
        reference="""
names = table("d_icd_diagnoses")
codes = set(names.icd9_code[names.short_title == diagnosis])
made = table("diagnoses_icd")
answer = made[made.icd9_code.isin(codes) & made.charttime.between(start, end, inclusive="left")].subject_id.nunique()
""",
        columns=("patients",),
    ),
    _T(
        key="most_frequent_diagnoses",
        pool="train",
        phrasings=(
            "Which diagnoses were the {n} most frequent {when}, by number of patients? Give short titles; include "
            "all that tie for the last place.",
            "List the short titles of the top {n} diagnoses {when}, ranked by how many patients had them, ties at "
            "the end included.",
            "By number of patients, what were the {n} commonest diagnoses {when} (short titles, with ties at the "
            "cut-off)?",
        ),
        draw=both(between("n", 2, 6), window),
        sql=(
            "WITH counts AS (SELECT icd9_code, COUNT(DISTINCT subject_id) AS patients FROM diagnoses_icd "
            "WHERE charttime >= :start AND charttime < :end GROUP BY icd9_code), "
            "ranked AS (SELECT icd9_code, RANK() OVER (ORDER BY patients DESC) AS k FROM counts) "
            "SELECT d.short_title FROM ranked r JOIN d_icd_diagnoses d ON d.icd9_code = r.icd9_code WHERE r.k <= :n"
        ),
        reference="""
made = table("diagnoses_icd")
made = made[(made.charttime >= start) & (made.charttime < end)]
counts = made.groupby("icd9_code").subject_id.nunique()
best = counts[counts >= counts.nlargest(n).min()].index
names = table("d_icd_diagnoses")
answer = names.short_title[names.icd9_code.isin(best)]
""",
        columns=("short_title",),
    ),
    _T(
        key="diagnoses_new_in_last_stay",
        pool="test",
        phrasings=(
            "Which diagnoses of the latest stay of patient {subject_id} had not been made in any earlier stay? "
            "Give short titles.",
            "Compare the most recent admission of patient {subject_id} with all before it: which diagnoses are "
            "new (short titles)?",
        ),
        draw=RETURNED,
        sql=(
            "WITH last AS (SELECT hadm_id FROM admissions WHERE subject_id = :subject_id "
            "ORDER BY admittime DESC LIMIT 1) "
            "SELECT DISTINCT d.short_title FROM diagnoses_icd e JOIN d_icd_diagnoses d ON d.icd9_code = e.icd9_code "
            "WHERE e.hadm_id = (SELECT hadm_id FROM last) AND e.icd9_code NOT IN (SELECT icd9_code FROM diagnoses_icd "
            "WHERE subject_id = :subject_id AND hadm_id <> (SELECT hadm_id FROM last))"
        ),
        reference="""
stays = table("admissions")
stays = stays[stays.subject_id == subject_id].sort_values("admittime").hadm_id.tolist()
made = table("diagnoses_icd")
by_stay = {stay: set(made.icd9_code[made.hadm_id == stay]) for stay in stays}
new = by_stay[stays[-1]].difference(*(by_stay[stay] for stay in stays[:-1]))
titles = table("d_icd_diagnoses").set_index("icd9_code").short_title
answer = [titles[code] for code in sorted(new)]
""",
        columns=("short_title",),
    ),
    _T(
        key="companions_of_diagnosis",
        pool="test",
        phrasings=(
            "Look at the stays in which {diagnosis} was diagnosed. Which other diagnosis occurs in most of them, "
            "and in how many? Include all that tie (short title, number of stays).",
            "What other diagnosis accompanies {diagnosis} in the greatest number of stays? Give short title and "
            "number of stays, with all that tie.",
        ),
        draw=DIAGNOSIS,
        sql=(
            "WITH own AS (SELECT icd9_code FROM d_icd_diagnoses WHERE short_title = :diagnosis), "
            "counts AS (SELECT icd9_code, COUNT(DISTINCT hadm_id) AS stays FROM diagnoses_icd WHERE hadm_id IN "
            "(SELECT hadm_id FROM diagnoses_icd WHERE icd9_code IN own) AND icd9_code NOT IN own GROUP BY icd9_code) "
            "SELECT d.short_title, c.stays FROM counts c JOIN d_icd_diagnoses d ON d.icd9_code = c.icd9_code "
            "WHERE c.stays = (SELECT MAX(stays) FROM counts)"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses"), on="icd9_code")
with_it = made.hadm_id[made.short_title == diagnosis].unique()
others = made[made.hadm_id.isin(with_it) & (made.short_title != diagnosis)]
counts = others.groupby("short_title").hadm_id.nunique()
answer = counts[counts == counts.max()].reset_index()
""",
        columns=("short_title", "stays"),
    ),
    _T(
        key="span_of_diagnoses",
        pool="test",
        phrasings=(
            "How many hours passed between the first and the last diagnosis ever recorded for patient {subject_id}?",
            "State the time in hours from the earliest to the latest diagnosis of patient {subject_id}.",
        ),
        draw=PATIENT,
        sql=(
            "SELECT 24 * (MAX(julianday(charttime)) - MIN(julianday(charttime))) FROM diagnoses_icd "
            "WHERE subject_id = :subject_id"
        ),
        reference="""
made = table("diagnoses_icd")
times = pd.to_datetime(made.charttime[made.subject_id == subject_id])
answer = (times.max() - times.min()).total_seconds() / 3600
""",
        columns=("hours",),
    ),
)
