"""Shares of one group in another, in percent."""

from task_store.datasets.treqs.draws import both, differ, number, some, then
from task_store.questions.template import Template

_PERCENT = ("percent",)

PROPORTIONS: tuple[Template, ...] = (
    Template(
        key="percent_died_of_diagnosis",
        pool="train",
        category="proportion",
        phrasings=(
            'What percentage of the admissions with diagnosis "{title}" (short title) of patients aged '
            "{age} or more "
            "ended in death (discharge location DEAD/EXPIRED)?",
            'Of admissions at age {age} or above in which "{title}" (short title) was diagnosed, how many '
            "percent have "
            "the discharge location DEAD/EXPIRED?",
            "Give the in-hospital mortality in percent (discharge location DEAD/EXPIRED) of admissions "
            'with "{title}" '
            "(short title) at ages from {age} years.",
        ),
        draw=both(
            then(
                some("demographic", "discharge_location = 'DEAD/EXPIRED'", hadm_id="hadm_id"),
                "SELECT short_title AS title FROM diagnoses WHERE hadm_id = :hadm_id ORDER BY icd9_code",
                forget="hadm_id",
            ),
            number("age", 18, 60),
        ),
        sql="""
SELECT 100.0 * SUM(discharge_location = 'DEAD/EXPIRED') / COUNT(*) FROM demographic
WHERE age >= :age AND hadm_id IN (SELECT hadm_id FROM diagnoses WHERE short_title = :title)
""",
        reference="""
d, x = table("demographic"), table("diagnoses")
d = d[(d["age"] >= age) & d["hadm_id"].isin(x.loc[x["short_title"] == title, "hadm_id"])]
answer = 100 * (d["discharge_location"] == "DEAD/EXPIRED").mean()
""",
        columns=_PERCENT,
        kinds=("number",),
    ),
    Template(
        key="percent_of_gender_with_drug",
        pool="train",
        category="proportion",
        phrasings=(
            "What percentage of the patients who were prescribed {drug} by route {route} are {word}?",
            "Of all patients with a prescription of {drug} via {route}, how many percent are {word}?",
            "Give the share in percent of {word} patients among those who ever got {drug} with route "
            "{route}.",
        ),
        draw=then(
            some("prescriptions", subject_id="subject_id", drug="drug", route="route"),
            "SELECT gender FROM demographic WHERE subject_id = :subject_id ORDER BY hadm_id LIMIT 1",
            forget="subject_id",
        ),
        sql="""
SELECT 100.0 * COUNT(DISTINCT CASE WHEN d.gender = :gender THEN d.subject_id END) / COUNT(DISTINCT d.subject_id)
FROM demographic d JOIN prescriptions p ON p.subject_id = d.subject_id
WHERE p.drug = :drug AND p.route = :route
""",
        reference="""
d, p = table("demographic"), table("prescriptions")
people = d.drop_duplicates("subject_id").set_index("subject_id")["gender"]
given = p[(p["drug"] == drug) & (p["route"] == route)]["subject_id"].unique()
answer = 100 * (people.loc[given] == gender).sum() / len(given)
""",
        columns=_PERCENT,
        kinds=("number",),
    ),
    Template(
        key="percent_flagged",
        pool="train",
        category="proportion",
        phrasings=(
            "What percentage of {label} measurements in {fluid} carried a flag in admissions for "
            '"{complaint}" '
            "(admission diagnosis)?",
            'In admissions with admission diagnosis "{complaint}", how many percent of the {label} results '
            "({fluid}) "
            "were flagged?",
            "Give the percentage of flagged results among the {label} tests in {fluid} of admissions for "
            '"{complaint}" '
            "(diagnosis at admission).",
        ),
        draw=then(
            some("lab", "flag IS NOT NULL", hadm_id="hadm_id", label="label", fluid="fluid"),
            "SELECT diagnosis AS complaint FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql="""
SELECT 100.0 * COUNT(l.flag) / COUNT(*) FROM lab l JOIN demographic d ON d.hadm_id = l.hadm_id
WHERE l.label = :label AND l.fluid = :fluid AND d.diagnosis = :complaint
""",
        reference="""
lab, d = table("lab"), table("demographic")
why = dict(zip(d["hadm_id"], d["diagnosis"]))
lab = lab[(lab["label"] == label) & (lab["fluid"] == fluid) & (lab["hadm_id"].map(why) == complaint)]
answer = 100 * lab["flag"].notna().mean()
""",
        columns=_PERCENT,
        kinds=("number",),
    ),
    Template(
        key="percent_type_of_insured",
        pool="test",
        category="proportion",
        phrasings=(
            "Out of every hundred {insurance} stays of people aged {age} or less, how many were of type "
            "{kind}?",
            "Find the percentage of {kind} among the stays paid by {insurance} with an age of at most {age}.",
        ),
        draw=both(
            some("demographic", "age >= 18", insurance="insurance", kind="admission_type"),
            number("age", 40, 95),
        ),
        sql="""
SELECT 100.0 * AVG(admission_type = :kind) FROM demographic WHERE insurance = :insurance AND age <= :age
""",
        reference="""
d = table("demographic")
shares = d[(d["insurance"] == insurance) & (d["age"] <= age)]["admission_type"].value_counts(normalize=True)
answer = 100 * shares.get(kind, 0)
""",
        columns=_PERCENT,
        kinds=("number",),
    ),
    Template(
        key="percent_with_second_diagnosis",
        pool="test",
        category="proportion",
        phrasings=(
            "Out of everyone who was ever diagnosed with ICD-9 code {code}, what percentage also has code "
            "{other} somewhere "
            "in the record?",
            "Find how many percent of the people with diagnosis code {code} have diagnosis code {other} "
            "too, whatever the stay.",
        ),
        draw=differ(
            then(
                some("diagnoses", subject_id="subject_id", code="icd9_code"),
                "SELECT icd9_code AS other FROM diagnoses WHERE subject_id = :subject_id ORDER BY hadm_id, "
                "icd9_code",
                forget="subject_id",
            ),
            "code",
            "other",
        ),
        sql="""
WITH people AS (SELECT DISTINCT subject_id FROM diagnoses WHERE icd9_code = :code)
SELECT 100.0 * AVG(EXISTS (SELECT 1 FROM diagnoses x WHERE x.subject_id = p.subject_id AND x.icd9_code = :other))
FROM people p
""",
        reference="""
d = table("diagnoses")
first = set(d.loc[d["icd9_code"] == code, "subject_id"])
second = set(d.loc[d["icd9_code"] == other, "subject_id"])
answer = 100 * len(first & second) / len(first)
""",
        columns=_PERCENT,
        kinds=("number",),
    ),
)
