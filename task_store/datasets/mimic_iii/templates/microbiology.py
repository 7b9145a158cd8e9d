"""What grew."""

from functools import partial

from task_store.datasets.mimic_iii.draws import both, of, window
from task_store.questions.template import Template

_T = partial(Template, category="microbiology")
_CULTURE = of("microbiologyevents", "spec_type_desc")
_GROWTH = of("microbiologyevents", "org_name", where="org_name IS NOT NULL")

TEMPLATES = (
    _T(
        key="cultures_of_patient",
        pool="train",
        phrasings=(
            "From which specimens did cultures of patient {subject_id} grow an organism, and which? List specimen "
            "and organism, each pair once.",
            "List the different pairs of specimen and organism found in patient {subject_id}.",
            "What grew in the cultures of patient {subject_id} (specimen, organism; no pair twice)?",
        ),
        draw=of("microbiologyevents", "subject_id", where="org_name IS NOT NULL"),
        sql=(
            "SELECT DISTINCT spec_type_desc, org_name FROM microbiologyevents "
            "WHERE subject_id = :subject_id AND org_name IS NOT NULL"
        ),
        reference="""
cultures = table("microbiologyevents")
cultures = cultures[(cultures.subject_id == subject_id) & cultures.org_name.notna()]
answer = cultures[["spec_type_desc", "org_name"]].drop_duplicates()
""",
        columns=("spec_type_desc", "org_name"),
    ),
    _T(
        key="last_culture",
        pool="train",
        phrasings=(
            "When was the last '{spec_type_desc}' culture of patient {subject_id} taken?",
            "Give the time of the most recent '{spec_type_desc}' specimen of patient {subject_id}.",
            "At what time did patient {subject_id} last have a '{spec_type_desc}' sent to microbiology?",
        ),
        draw=of("microbiologyevents", "subject_id", "spec_type_desc"),
        sql=(
            "SELECT MAX(charttime) FROM microbiologyevents "
            "WHERE subject_id = :subject_id AND spec_type_desc = :spec_type_desc"
        ),
        reference="""
cultures = table("microbiologyevents")
answer = cultures.query("subject_id == @subject_id and spec_type_desc == @spec_type_desc").charttime.max()
""",
        columns=("charttime",),
    ),
    _T(
        key="patients_with_organism",
        pool="train",
        phrasings=(
            "Which patients had a culture that grew {org_name} {when}? Give each subject_id once.",
            "List the subject_id of all patients in whom {org_name} was found {when}.",
            "{when}, in which patients (subject_id) did {org_name} grow?",
        ),
        draw=both(_GROWTH, window),
        sql=(
            "SELECT DISTINCT subject_id FROM microbiologyevents "
            "WHERE org_name = :org_name AND charttime >= :start AND charttime < :end"
        ),
        reference="""
cultures = table("microbiologyevents")
cultures = cultures[(cultures.org_name == org_name) & (cultures.charttime >= start) & (cultures.charttime < end)]
answer = sorted(set(cultures.subject_id))
""",
        columns=("subject_id",),
    ),
    _T(
        key="share_positive",
        pool="test",
        phrasings=(
            "What percentage of the '{spec_type_desc}' cultures taken {when} grew an organism?",
            "Of all '{spec_type_desc}' specimens {when}, in what per cent did anything grow?",
        ),
        draw=both(_CULTURE, window),
        sql=(
            "SELECT 100.0 * COUNT(org_name) / COUNT(*) FROM microbiologyevents "
            "WHERE spec_type_desc = :spec_type_desc AND charttime >= :start AND charttime < :end"
        ),
        reference="""
cultures = table("microbiologyevents")
cultures = cultures[(cultures.spec_type_desc == spec_type_desc) & cultures.charttime.between(start, end, "left")]
answer = 100 * cultures.org_name.notna().mean()
""",
        columns=("per_cent",),
    ),
    _T(
        key="hours_to_first_growth",
        pool="test",
        phrasings=(
            "How many hours after the admission of stay {hadm_id} was the first culture taken that grew an organism?",
            "In hospital stay {hadm_id}, what time in hours lies between admission and the first positive culture?",
        ),
        draw=of("microbiologyevents", "hadm_id", where="org_name IS NOT NULL"),
        sql=(
            "SELECT 24 * (MIN(julianday(m.charttime)) - julianday(a.admittime)) FROM microbiologyevents m "
            "JOIN admissions a ON a.hadm_id = m.hadm_id WHERE m.hadm_id = :hadm_id AND m.org_name IS NOT NULL"
        ),
        reference="""
begun = pd.Timestamp(table("admissions").set_index("hadm_id").admittime[hadm_id])
cultures = table("microbiologyevents").dropna(subset=["org_name"])
first = pd.to_datetime(cultures.charttime[cultures.hadm_id == hadm_id]).min()
answer = (first - begun) / pd.Timedelta(hours=1)
""",
        columns=("hours",),
    ),
    _T(
        key="organisms_of_specimen",
        pool="test",
        phrasings=(
            "Rank the organisms that grew in '{spec_type_desc}' cultures of {gender_words} {when}: organism and "
            "number of patients, for all organisms.",
            "For each organism found {when} in '{spec_type_desc}' specimens of {gender_words}, how many patients "
            "had it (organism, number of patients)?",
        ),
        draw=both(
            _CULTURE,
            window,
            lambda rng, _: rng.choice(
                ({"gender": "f", "gender_words": "women"}, {"gender": "m", "gender_words": "men"})
            ),
        ),
        sql=(
            "SELECT m.org_name, COUNT(DISTINCT m.subject_id) FROM microbiologyevents m "
            "JOIN patients p ON p.subject_id = m.subject_id WHERE m.spec_type_desc = :spec_type_desc "
            "AND p.gender = :gender AND m.org_name IS NOT NULL AND m.charttime >= :start AND m.charttime < :end "
            "GROUP BY m.org_name"
        ),
        reference="""
people = table("patients").set_index("subject_id").gender
cultures = table("microbiologyevents").dropna(subset=["org_name"])
cultures = cultures[cultures.subject_id.map(people).eq(gender) & cultures.spec_type_desc.eq(spec_type_desc)]
cultures = cultures[cultures.charttime.ge(start) & cultures.charttime.lt(end)]
answer = cultures.groupby("org_name").subject_id.nunique().reset_index()
""",
        columns=("org_name", "patients"),
    ),
)
