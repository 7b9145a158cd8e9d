"""How many patients or admissions: conditions on one table, joined, or left out."""

from task_store.datasets.treqs.draws import both, differ, number, some, then
from task_store.questions.template import Template

_PATIENTS = ("number_of_patients",)
_ADMISSIONS = ("number_of_admissions",)

COUNTS: tuple[Template, ...] = (
    Template(
        key="count_diagnosis",
        pool="train",
        category="count",
        phrasings=(
            'How many patients were given the ICD-9 diagnosis with the short title "{title}"?',
            'Give the number of different patients who have "{title}" (short title) among their ICD-9 '
            "diagnoses.",
            'What is the count of patients with an ICD-9 diagnosis whose short title is "{title}"?',
        ),
        draw=some("diagnoses", title="short_title"),
        sql="SELECT COUNT(DISTINCT subject_id) FROM diagnoses WHERE short_title = :title",
        reference="""
d = table("diagnoses")
answer = d.loc[d["short_title"] == title, "subject_id"].nunique()
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_gender_insurance_age",
        pool="train",
        category="count",
        phrasings=(
            "How many {word} patients with {insurance} insurance were older than {age} when they were "
            "admitted?",
            "Count the different {word} patients who were insured by {insurance} at an admission at an age "
            "above {age}.",
            "What is the number of {word} patients admitted with {insurance} insurance when aged more than "
            "{age} years?",
        ),
        draw=both(some("demographic", gender="gender", insurance="insurance"), number("age", 20, 88)),
        sql="""
SELECT COUNT(DISTINCT subject_id) FROM demographic
WHERE gender = :gender AND insurance = :insurance AND age > :age
""",
        reference="""
d = table("demographic")
rows = d[(d["gender"] == gender) & (d["insurance"] == insurance) & (d["age"] > age)]
answer = len(set(rows["subject_id"]))
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_type_status_year",
        pool="train",
        category="count",
        phrasings=(
            "How many hospital admissions of type {kind} of patients with marital status {status} began in "
            "or after {year}?",
            "Count the {kind} admissions since the start of {year} of patients whose marital status is "
            "{status}.",
            "Since {year} (that year included), how many admissions were of type {kind} and of patients with "
            "marital status {status}?",
        ),
        draw=both(
            some("demographic", "marital_status IS NOT NULL", kind="admission_type", status="marital_status"),
            number("year", 2096, 2105),
        ),
        sql="""
SELECT COUNT(*) FROM demographic
WHERE admission_type = :kind AND marital_status = :status AND admityear >= :year
""",
        reference="""
d = table("demographic")
d = d[(d["admission_type"] == kind) & (d["marital_status"] == status)]
answer = int((pd.to_datetime(d["admittime"]).dt.year >= year).sum())
""",
        columns=_ADMISSIONS,
    ),
    Template(
        key="count_diagnosis_procedure",
        pool="train",
        category="count",
        phrasings=(
            'In how many admissions was "{title}" (short title) diagnosed and the procedure "{procedure}" '
            "performed?",
            'How many hospital admissions have both the diagnosis "{title}" and the procedure "{procedure}" '
            "(both short titles)?",
            'Count the admissions with procedure "{procedure}" in which the diagnosis "{title}" was made '
            "as well "
            "(short titles).",
        ),
        draw=then(
            some("procedures", hadm_id="hadm_id", procedure="short_title"),
            "SELECT short_title AS title FROM diagnoses WHERE hadm_id = :hadm_id ORDER BY icd9_code",
            forget="hadm_id",
        ),
        sql="""
SELECT COUNT(DISTINCT d.hadm_id) FROM diagnoses d JOIN procedures p ON p.hadm_id = d.hadm_id
WHERE d.short_title = :title AND p.short_title = :procedure
""",
        reference="""
d, p = table("diagnoses"), table("procedures")
ill = set(d.loc[d["short_title"] == title, "hadm_id"])
treated = set(p.loc[p["short_title"] == procedure, "hadm_id"])
answer = len(ill & treated)
""",
        columns=_ADMISSIONS,
    ),
    Template(
        key="count_drug_route_age",
        pool="train",
        category="count",
        phrasings=(
            "How many patients younger than {age} at admission were prescribed {drug} by route {route}?",
            "Count the patients who, in an admission before the age of {age}, had {drug} ordered with the "
            "route {route}.",
            "What number of patients were under {age} years old in an admission in which {drug} was given "
            "via {route}?",
        ),
        draw=both(some("prescriptions", drug="drug", route="route"), number("age", 30, 95)),
        sql="""
SELECT COUNT(DISTINCT p.subject_id) FROM prescriptions p JOIN demographic d ON d.hadm_id = p.hadm_id
WHERE p.drug = :drug AND p.route = :route AND d.age < :age
""",
        reference="""
p = table("prescriptions")
p = p[(p["drug"] == drug) & (p["route"] == route)]
both = p.merge(table("demographic")[["hadm_id", "age"]], on="hadm_id")
answer = both.loc[both["age"] < age, "subject_id"].nunique()
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_abnormal_lab_origin",
        pool="train",
        category="count",
        phrasings=(
            'How many patients whose admission location was "{origin}" had a {label} result in {fluid} '
            "flagged as abnormal during that stay?",
            "Count the patients with a laboratory value of {label} ({fluid}) that carries the flag "
            "'abnormal' in an "
            'admission from "{origin}".',
            'Of patients admitted from "{origin}", how many had at least one {label} test in {fluid} with '
            "the flag "
            "'abnormal' in that admission?",
        ),
        draw=then(
            some("lab", "flag = 'abnormal'", hadm_id="hadm_id", label="label", fluid="fluid"),
            "SELECT admission_location AS origin FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql="""
SELECT COUNT(DISTINCT l.subject_id) FROM lab l JOIN demographic d ON d.hadm_id = l.hadm_id
WHERE l.label = :label AND l.fluid = :fluid AND l.flag = 'abnormal' AND d.admission_location = :origin
""",
        reference="""
lab, d = table("lab"), table("demographic")
stays = d.loc[d["admission_location"] == origin, "hadm_id"]
hits = lab[(lab["label"] == label) & (lab["fluid"] == fluid) & (lab["flag"] == "abnormal")]
answer = hits.loc[hits["hadm_id"].isin(stays), "subject_id"].nunique()
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_dead_ethnicity_code",
        pool="train",
        category="count",
        phrasings=(
            "How many patients of ethnicity {ethnicity} who have died by now were ever diagnosed with "
            "ICD-9 code {code}?",
            "Count the deceased patients with ethnicity {ethnicity} and a diagnosis coded {code} (ICD-9).",
            "Among patients of ethnicity {ethnicity}, how many have the ICD-9 diagnosis code {code} and "
            "are dead?",
        ),
        draw=then(
            some("diagnoses", subject_id="subject_id", code="icd9_code"),
            "SELECT ethnicity FROM demographic WHERE subject_id = :subject_id ORDER BY hadm_id LIMIT 1",
            forget="subject_id",
        ),
        sql="""
SELECT COUNT(DISTINCT d.subject_id) FROM demographic d JOIN diagnoses x ON x.subject_id = d.subject_id
WHERE d.ethnicity = :ethnicity AND d.expire_flag = 1 AND x.icd9_code = :code
""",
        reference="""
d, x = table("demographic"), table("diagnoses")
dead = d[d["dod"].notna() & (d["ethnicity"] == ethnicity)]
answer = len(set(dead["subject_id"]) & set(x.loc[x["icd9_code"] == code, "subject_id"]))
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_diagnosis_without_drug",
        pool="train",
        category="count",
        phrasings=(
            'In how many admissions with the diagnosis "{title}" (short title) was no {drug} prescribed?',
            'Count the admissions in which "{title}" (short title) was diagnosed but {drug} was never '
            "ordered.",
            'How many hospital admissions have the diagnosis "{title}" (short title) and no prescription '
            "of {drug}?",
        ),
        draw=both(some("diagnoses", title="short_title"), some("prescriptions", drug="drug")),
        sql="""
SELECT COUNT(DISTINCT d.hadm_id) FROM diagnoses d WHERE d.short_title = :title
AND NOT EXISTS (SELECT 1 FROM prescriptions p WHERE p.hadm_id = d.hadm_id AND p.drug = :drug)
""",
        reference="""
d, p = table("diagnoses"), table("prescriptions")
given = set(p.loc[p["drug"] == drug, "hadm_id"])
answer = len(set(d.loc[d["short_title"] == title, "hadm_id"]) - given)
""",
        columns=_ADMISSIONS,
    ),
    Template(
        key="count_long_stay_drug",
        pool="train",
        category="count",
        phrasings=(
            "How many admissions that lasted more than {days} days had {drug} prescribed?",
            "Count the hospital stays longer than {days} days in which {drug} was ordered.",
            "{drug} was prescribed in how many admissions of more than {days} days?",
        ),
        draw=both(some("prescriptions", drug="drug"), number("days", 1, 20)),
        sql="""
SELECT COUNT(*) FROM demographic WHERE days_stay > :days
AND hadm_id IN (SELECT hadm_id FROM prescriptions WHERE drug = :drug)
""",
        reference="""
d, p = table("demographic"), table("prescriptions")
long = d.loc[d["days_stay"] > days, ["hadm_id"]]
answer = len(long.merge(p.loc[p["drug"] == drug, ["hadm_id"]].drop_duplicates(), on="hadm_id"))
""",
        columns=_ADMISSIONS,
    ),
    Template(
        key="count_born_before_procedure",
        pool="test",
        category="count",
        phrasings=(
            "How many people born before {year} underwent the procedure with ICD-9 code {code}?",
            "Tell me how many patients with a year of birth earlier than {year} had procedure code {code} "
            "(ICD-9).",
        ),
        draw=both(some("procedures", code="icd9_code"), number("year", 2015, 2085)),
        sql="""
SELECT COUNT(DISTINCT d.subject_id) FROM demographic d JOIN procedures p ON p.hadm_id = d.hadm_id
WHERE d.dob_year < :year AND p.icd9_code = :code
""",
        reference="""
d, p = table("demographic"), table("procedures")
old = d.loc[d["dob"].str[:4].astype(int) < year, "subject_id"].unique()
answer = p.loc[(p["icd9_code"] == code) & p["subject_id"].isin(old), "subject_id"].nunique()
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_complaint_destination",
        pool="test",
        category="count",
        phrasings=(
            'How many stays that began with the admission diagnosis "{complaint}" took at least {days} '
            "days and ended "
            "with the discharge location {place}?",
            'Find the number of admissions with "{complaint}" as diagnosis at admission, a discharge to '
            "{place} and a "
            "length of {days} days or more.",
        ),
        draw=both(
            some("demographic", complaint="diagnosis", place="discharge_location"), number("days", 0, 9)
        ),
        sql="""
SELECT COUNT(*) FROM demographic
WHERE diagnosis = :complaint AND discharge_location = :place AND days_stay >= :days
""",
        reference="""
d = table("demographic")
d = d[d["diagnosis"].eq(complaint) & d["discharge_location"].eq(place)]
length = pd.to_datetime(d["dischtime"]) - pd.to_datetime(d["admittime"])
answer = int((length >= pd.Timedelta(days=days)).sum())
""",
        columns=_ADMISSIONS,
    ),
    Template(
        key="count_fluid_category_type",
        pool="test",
        category="count",
        phrasings=(
            "How many people had {fluid} sent for a {category} test called {label} in an admission of type "
            "{kind}?",
            "Work out how many patients had {label} measured in {fluid} (category {category}) while "
            "admitted as {kind}.",
        ),
        draw=then(
            some("lab", hadm_id="hadm_id", label="label", fluid="fluid", category="category"),
            "SELECT admission_type AS kind FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql="""
SELECT COUNT(DISTINCT d.subject_id) FROM demographic d JOIN lab l ON l.hadm_id = d.hadm_id
WHERE l.fluid = :fluid AND l.category = :category AND l.label = :label AND d.admission_type = :kind
""",
        reference="""
lab, d = table("lab"), table("demographic")
kinds = d.set_index("hadm_id")["admission_type"]
lab = lab[(lab[["fluid", "category", "label"]] == [fluid, category, label]).all(axis=1)]
answer = lab.loc[lab["hadm_id"].map(kinds) == kind, "subject_id"].nunique()
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_drug_without_other",
        pool="test",
        category="count",
        phrasings=(
            "How many people ever got the drug with formulary code {code} but never, in any admission, "
            "{other}?",
            "Find the number of patients with a prescription coded {code} in the formulary and none of "
            "{other} at any time.",
        ),
        draw=both(some("prescriptions", code="formulary_drug_cd"), some("prescriptions", other="drug")),
        sql="""
SELECT COUNT(*) FROM (
    SELECT subject_id FROM prescriptions WHERE formulary_drug_cd = :code
    EXCEPT SELECT subject_id FROM prescriptions WHERE drug = :other)
""",
        reference="""
p = table("prescriptions")
per_patient = p.assign(a=p["formulary_drug_cd"].eq(code), b=p["drug"].eq(other)).groupby("subject_id")[["a", "b"]].any()
answer = int((per_patient["a"] & ~per_patient["b"]).sum())
""",
        columns=_PATIENTS,
    ),
    Template(
        key="count_two_diagnoses",
        pool="test",
        category="count",
        phrasings=(
            "How many people have had both ICD-9 diagnosis {code} and ICD-9 diagnosis {other}, in one "
            "admission or in several?",
            "Over all of their admissions taken together, how many patients carry the diagnosis codes "
            "{code} and {other}?",
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
SELECT COUNT(*) FROM (
    SELECT subject_id FROM diagnoses WHERE icd9_code = :code
    INTERSECT SELECT subject_id FROM diagnoses WHERE icd9_code = :other)
""",
        reference="""
d = table("diagnoses")
codes = d.groupby("subject_id")["icd9_code"].agg(set)
answer = int(codes.map(lambda found: {code, other} <= found).sum())
""",
        columns=_PATIENTS,
    ),
)
