"""Means, extremes and totals, over a group or over one patient's record."""

from task_store.datasets.treqs.draws import both, number, some, then
from task_store.questions.template import Template

AGGREGATES: tuple[Template, ...] = (
    Template(
        key="mean_age_of_diagnosis",
        pool="train",
        category="aggregate",
        phrasings=(
            'What is the average age, over admissions, in which "{title}" (short title) was diagnosed in '
            "{word} patients?",
            'Over all admissions of {word} patients with the diagnosis "{title}" (short title), what is '
            "the mean age?",
            'Give the mean age at admission for admissions of {word} patients with diagnosis "{title}" '
            "(short title).",
        ),
        draw=then(
            some("diagnoses", hadm_id="hadm_id", title="short_title"),
            "SELECT gender FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql="""
SELECT AVG(age) FROM demographic
WHERE gender = :gender AND hadm_id IN (SELECT hadm_id FROM diagnoses WHERE short_title = :title)
""",
        reference="""
d, x = table("demographic"), table("diagnoses")
stays = x.loc[x["short_title"] == title, "hadm_id"].unique()
answer = d[d["hadm_id"].isin(stays) & (d["gender"] == gender)]["age"].mean()
""",
        columns=("mean_age_years",),
        kinds=("number",),
    ),
    Template(
        key="longest_stay_of_group",
        pool="train",
        category="aggregate",
        phrasings=(
            "What are the longest stay in days and the average stay in days of admissions with {insurance} "
            "insurance "
            'and admission diagnosis "{complaint}"?',
            'For admissions diagnosed at admission as "{complaint}" and insured by {insurance}, give the '
            "maximum and "
            "the mean of the days of stay.",
            'How long, at most and on average (days), did admissions for "{complaint}" with {insurance} '
            "insurance last?",
        ),
        draw=some("demographic", insurance="insurance", complaint="diagnosis"),
        sql="""
SELECT MAX(days_stay), AVG(days_stay) FROM demographic
WHERE insurance = :insurance AND diagnosis = :complaint
""",
        reference="""
d = table("demographic")
days = d[(d["insurance"] == insurance) & (d["diagnosis"] == complaint)]["days_stay"]
answer = [[int(days.max()), float(days.mean())]]
""",
        columns=("longest_days", "mean_days"),
        kinds=("integer", "number"),
    ),
    Template(
        key="age_span_of_procedure",
        pool="train",
        category="aggregate",
        phrasings=(
            'How old were the youngest and the oldest patient at the admissions in which "{procedure}" '
            "(short title) "
            "was performed?",
            "Give the minimum and the maximum age of patients over the admissions with the procedure "
            '"{procedure}" '
            "(short title).",
            "What is the lowest, and what the highest age among admissions with the procedure "
            '"{procedure}" (short title)?',
        ),
        draw=some("procedures", procedure="short_title"),
        sql="""
SELECT MIN(d.age), MAX(d.age) FROM demographic d JOIN procedures p ON p.hadm_id = d.hadm_id
WHERE p.short_title = :procedure
""",
        reference="""
d, p = table("demographic"), table("procedures")
ages = d.merge(p[p["short_title"] == procedure], on="hadm_id")["age"].sort_values().tolist()
answer = [[ages[0], ages[-1]]]
""",
        columns=("youngest_age", "oldest_age"),
    ),
    Template(
        key="mean_stay_of_drug",
        pool="train",
        category="aggregate",
        phrasings=(
            "What is the average length in days of the admissions in which {drug} was prescribed by route "
            "{route}?",
            "Over the admissions with a prescription of {drug} via {route}, what is the mean of the days "
            "of stay?",
            "On average, how many days did admissions with {route} {drug} last?",
        ),
        draw=some("prescriptions", drug="drug", route="route"),
        sql="""
SELECT AVG(days_stay) FROM demographic
WHERE hadm_id IN (SELECT hadm_id FROM prescriptions WHERE drug = :drug AND route = :route)
""",
        reference="""
d, p = table("demographic"), table("prescriptions")
stays = set(p[(p["drug"] == drug) & (p["route"] == route)]["hadm_id"])
days = [n for hadm, n in zip(d["hadm_id"], d["days_stay"]) if hadm in stays]
answer = sum(days) / len(days)
""",
        columns=("mean_days",),
        kinds=("number",),
    ),
    Template(
        key="totals_of_patient",
        pool="train",
        category="aggregate",
        phrasings=(
            "How many prescriptions and how many laboratory values does the record of {name} hold, over "
            "all admissions?",
            "Give the number of prescription rows and of laboratory rows of patient {name}.",
            "For {name}, count the rows in prescriptions and the rows in lab.",
        ),
        draw=some("demographic", name="name"),
        sql="""
SELECT (SELECT COUNT(*) FROM prescriptions WHERE subject_id = d.subject_id),
       (SELECT COUNT(*) FROM lab WHERE subject_id = d.subject_id)
FROM (SELECT DISTINCT subject_id FROM demographic WHERE name = :name) d
""",
        reference="""
d = table("demographic")
stays = d.loc[d["name"] == name, "hadm_id"]
answer = [[int(table(t)["hadm_id"].isin(stays).sum()) for t in ("prescriptions", "lab")]]
""",
        columns=("prescriptions", "laboratory_values"),
    ),
    Template(
        key="mean_number_of_diagnoses",
        pool="train",
        category="aggregate",
        phrasings=(
            'How many ICD-9 diagnoses does an admission for "{complaint}" (admission diagnosis) have on '
            "average?",
            "What is the mean number of ICD-9 diagnoses per admission, over admissions with admission "
            'diagnosis "{complaint}"?',
            'Averaged over admissions whose diagnosis at admission is "{complaint}", how many ICD-9 '
            "diagnoses are recorded?",
        ),
        draw=some("demographic", complaint="diagnosis"),
        sql="""
SELECT AVG(n) FROM (
    SELECT d.hadm_id, COUNT(x.icd9_code) AS n FROM demographic d LEFT JOIN diagnoses x ON x.hadm_id = d.hadm_id
    WHERE d.diagnosis = :complaint GROUP BY d.hadm_id)
""",
        reference="""
d, x = table("demographic"), table("diagnoses")
per_stay = x["hadm_id"].value_counts()
stays = d.loc[d["diagnosis"] == complaint, "hadm_id"]
answer = stays.map(per_stay).fillna(0).mean()
""",
        columns=("mean_number_of_diagnoses",),
        kinds=("number",),
    ),
    Template(
        key="mean_value_of_lab",
        pool="train",
        category="aggregate",
        phrasings=(
            "What is the mean {label} in {fluid} over all measurements in admissions with diagnosis "
            '"{title}" (short title)?',
            'Average the values (without unit) of {label} in {fluid} from admissions in which "{title}" '
            "(short title) "
            "was diagnosed.",
            'Over the admissions with the diagnosis "{title}" (short title), what is the average {label} '
            "measured in {fluid}?",
        ),
        draw=then(
            some("lab", hadm_id="hadm_id", label="label", fluid="fluid"),
            "SELECT short_title AS title FROM diagnoses WHERE hadm_id = :hadm_id ORDER BY icd9_code",
            forget="hadm_id",
        ),
        sql="""
SELECT AVG(CAST(value_unit AS REAL)) FROM lab
WHERE label = :label AND fluid = :fluid AND hadm_id IN (SELECT hadm_id FROM diagnoses WHERE short_title = :title)
""",
        reference="""
lab, x = table("lab"), table("diagnoses")
lab = lab[(lab["label"] == label) & (lab["fluid"] == fluid)]
lab = lab[lab["hadm_id"].isin(x.loc[x["short_title"] == title, "hadm_id"])]
answer = lab["value_unit"].str.extract(r"^(-?[0-9]+(?:[.][0-9]+)?)")[0].astype(float).mean()
""",
        columns=("mean_value",),
        kinds=("number",),
    ),
    Template(
        key="mean_stay_of_ages",
        pool="test",
        category="aggregate",
        phrasings=(
            "Between the ages of {low} and {high} (both included), how long on average, in days, did "
            "{kind} stays of "
            "{word} people last?",
            "Work out the mean number of days of {kind} stays for {word} people aged from {low} up to and "
            "including {high}.",
        ),
        draw=both(
            some("demographic", "age >= 18", gender="gender", kind="admission_type"),
            number("low", 18, 60),
            number("high", 61, 97),
        ),
        sql="""
SELECT AVG(days_stay) FROM demographic
WHERE gender = :gender AND admission_type = :kind AND age BETWEEN :low AND :high
""",
        reference="""
d = table("demographic")
chosen = d[d["age"].between(low, high) & d["gender"].eq(gender) & d["admission_type"].eq(kind)]
answer = chosen["days_stay"].mean()
""",
        columns=("mean_days",),
        kinds=("number",),
    ),
    Template(
        key="span_of_lab_in_stay",
        pool="test",
        category="aggregate",
        phrasings=(
            "Between which values did {label} in {fluid} move during stay {hadm_id}? Give the smallest and "
            "the largest, "
            "without unit.",
            "For stay {hadm_id}, find the least and the greatest number that {label} ({fluid}) reached.",
        ),
        draw=some("lab", hadm_id="hadm_id", label="label", fluid="fluid"),
        sql="""
SELECT MIN(CAST(value_unit AS REAL)), MAX(CAST(value_unit AS REAL)) FROM lab
WHERE hadm_id = :hadm_id AND label = :label AND fluid = :fluid
""",
        reference="""
lab = table("lab")
shown = lab[(lab["hadm_id"] == hadm_id) & (lab["label"] == label) & (lab["fluid"] == fluid)]["value_unit"]
values = sorted(float("".join(c for c in text.split("/")[0].rstrip("%#") if c in "-.0123456789")) for text in shown)
answer = [[values[0], values[-1]]]
""",
        columns=("smallest", "largest"),
        kinds=("number", "number"),
    ),
    Template(
        key="mean_prescriptions_of_group",
        pool="test",
        category="aggregate",
        phrasings=(
            "How many prescriptions were written per stay, on average, when the insurance was {insurance} "
            "and ICD-9 "
            "diagnosis {code} was made?",
            "Work out the average number of prescription rows for a stay with insurance {insurance} and "
            "diagnosis code {code}.",
        ),
        draw=then(
            some("diagnoses", hadm_id="hadm_id", code="icd9_code"),
            "SELECT insurance FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql="""
WITH stays AS (
    SELECT d.hadm_id FROM demographic d WHERE d.insurance = :insurance
    AND EXISTS (SELECT 1 FROM diagnoses x WHERE x.hadm_id = d.hadm_id AND x.icd9_code = :code))
SELECT 1.0 * (SELECT COUNT(*) FROM prescriptions WHERE hadm_id IN stays) / (SELECT COUNT(*) FROM stays)
""",
        reference="""
d, x, p = table("demographic"), table("diagnoses"), table("prescriptions")
stays = d.loc[d["insurance"] == insurance, ["hadm_id"]].merge(x.loc[x["icd9_code"] == code, ["hadm_id"]])
counts = p.groupby("hadm_id").size().reindex(stays["hadm_id"].unique(), fill_value=0)
answer = counts.mean()
""",
        columns=("mean_number_of_prescriptions",),
        kinds=("number",),
    ),
    Template(
        key="ages_of_the_dead",
        pool="test",
        category="aggregate",
        phrasings=(
            "Of the people with ICD-9 diagnosis {code} who are no longer alive: between what ages (years "
            "of birth and "
            "death subtracted) did they die, and how many were they?",
            "Among the dead who ever had diagnosis code {code}, find the lowest and the highest age at "
            "death (year of "
            "death minus year of birth) and their number.",
        ),
        draw=then(
            some("demographic", "dod IS NOT NULL", subject_id="subject_id"),
            "SELECT icd9_code AS code FROM diagnoses WHERE subject_id = :subject_id ORDER BY hadm_id, "
            "icd9_code",
            forget="subject_id",
        ),
        sql="""
SELECT MIN(dod_year - dob_year), MAX(dod_year - dob_year), COUNT(DISTINCT subject_id) FROM demographic
WHERE dod IS NOT NULL AND subject_id IN (SELECT subject_id FROM diagnoses WHERE icd9_code = :code)
""",
        reference="""
d, x = table("demographic"), table("diagnoses")
d = d.dropna(subset=["dod"]).drop_duplicates("subject_id")
d = d[d["subject_id"].isin(x.loc[x["icd9_code"] == code, "subject_id"])]
ages = pd.to_datetime(d["dod"]).dt.year - d["dob"].str.slice(0, 4).astype(int)
answer = [[int(ages.min()), int(ages.max()), len(d)]]
""",
        columns=("youngest_age_at_death", "oldest_age_at_death", "number_of_patients"),
    ),
)
