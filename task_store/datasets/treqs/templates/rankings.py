"""The first few of a group by frequency or size; draws that hang on a tie are not asked."""

from task_store.datasets.treqs.draws import both, number, some, then
from task_store.questions.template import Template


def _ties(counted: str, limit: str = ":n") -> str:
    """A query that gives rows where two of the first `limit` + 1 have equal `size`."""
    return f"""
WITH counted AS ({counted}), first AS (SELECT size FROM counted ORDER BY size DESC LIMIT {limit} + 1)
SELECT 1 FROM first GROUP BY size HAVING COUNT(*) > 1
"""


_TOGETHER = """
    SELECT o.short_title AS item, COUNT(DISTINCT o.hadm_id) AS size
    FROM diagnoses o JOIN demographic d ON d.hadm_id = o.hadm_id
    WHERE d.gender = :gender AND o.short_title != :title
    AND o.hadm_id IN (SELECT hadm_id FROM diagnoses WHERE short_title = :title)
    GROUP BY o.short_title
"""
_DRUGS_OF_DIAGNOSIS = """
    SELECT p.drug AS item, COUNT(*) AS size FROM prescriptions p
    WHERE p.hadm_id IN (SELECT hadm_id FROM diagnoses WHERE icd9_code = :code) GROUP BY p.drug
"""
_STAYS_OF_DIAGNOSIS = """
    SELECT hadm_id AS item, days_stay AS size FROM demographic
    WHERE hadm_id IN (SELECT hadm_id FROM diagnoses WHERE short_title = :title)
"""
_YEARS_OF_ORIGIN = """
    SELECT admityear AS item, COUNT(*) AS size FROM demographic
    WHERE admission_location = :origin AND insurance = :insurance GROUP BY admityear
"""
_PEOPLE_WITH_DRUG = """
    SELECT d.name AS item, MAX(d.age) AS size FROM demographic d JOIN prescriptions p ON p.hadm_id = d.hadm_id
    WHERE p.drug = :drug AND d.gender = :gender GROUP BY d.name
"""
_PROCEDURES_OF_TYPE = """
    SELECT p.short_title AS item, COUNT(*) AS size FROM procedures p JOIN demographic d ON d.hadm_id = p.hadm_id
    WHERE d.admission_type = :kind AND d.age BETWEEN :low AND :high GROUP BY p.short_title
"""
_FLAGGED_LABELS = """
    SELECT l.label AS item, COUNT(*) AS size FROM lab l JOIN diagnoses x ON x.hadm_id = l.hadm_id
    WHERE l.flag = 'abnormal' AND l.fluid = 'Blood' AND x.icd9_code = :code GROUP BY l.label
"""
_ORDERS_OF_PEOPLE = """
    SELECT d.name AS item, COUNT(*) AS size FROM demographic d JOIN prescriptions p ON p.hadm_id = d.hadm_id
    WHERE d.diagnosis = :complaint AND d.admityear = :year GROUP BY d.name
"""

RANKINGS: tuple[Template, ...] = (
    Template(
        key="top_diagnoses_beside",
        pool="train",
        category="ranking",
        phrasings=(
            "What are the {n} commonest other ICD-9 diagnoses (short titles) in admissions of {word} patients with the "
            'diagnosis "{title}" (short title), with the number of admissions that have each? Commonest first.',
            'For admissions of {word} patients in which "{title}" (short title) was diagnosed, rank the {n} other ICD-9 '
            "diagnoses (short titles) that most of these admissions have, most frequent first, and give the numbers.",
            "Give the top {n} ICD-9 diagnoses (short title, number of admissions) beside "
            '"{title}" itself over the admissions of {word} patients with that diagnosis, in falling order.',
        ),
        draw=both(
            then(
                some("diagnoses", hadm_id="hadm_id", title="short_title"),
                "SELECT gender FROM demographic WHERE hadm_id = :hadm_id",
                forget="hadm_id",
            ),
            number("n", 1, 4),
        ),
        sql=f"{_TOGETHER} ORDER BY size DESC LIMIT :n",
        reference="""
d, x = table("demographic"), table("diagnoses")
stays = set(d.loc[d["gender"] == gender, "hadm_id"]) & set(x.loc[x["short_title"] == title, "hadm_id"])
others = x[x["hadm_id"].isin(stays) & (x["short_title"] != title)]
counts = others.groupby("short_title")["hadm_id"].nunique().sort_values(ascending=False)
answer = [[other, int(size)] for other, size in counts.head(n).items()]
""",
        columns=("short_title", "number_of_admissions"),
        ordered=True,
        ties=_ties(_TOGETHER),
    ),
    Template(
        key="top_drug_of_diagnosis",
        pool="train",
        category="ranking",
        phrasings=(
            "Which drug was prescribed most often in admissions with ICD-9 diagnosis {code}, and how often "
            "(prescription rows)?",
            "In admissions with diagnosis code {code}, what drug has the most prescriptions, and how many?",
            "Name the most prescribed drug in admissions with the ICD-9 diagnosis code {code}, with its "
            "number of prescriptions.",
        ),
        draw=some("diagnoses", code="icd9_code"),
        sql=f"{_DRUGS_OF_DIAGNOSIS} ORDER BY size DESC LIMIT 1",
        reference="""
x, p = table("diagnoses"), table("prescriptions")
counts = p[p["hadm_id"].isin(x.loc[x["icd9_code"] == code, "hadm_id"])]["drug"].value_counts()
answer = [[counts.idxmax(), int(counts.max())]]
""",
        columns=("drug", "number_of_prescriptions"),
        ties=_ties(_DRUGS_OF_DIAGNOSIS, "1"),
    ),
    Template(
        key="longest_stay_of_diagnosis",
        pool="train",
        category="ranking",
        phrasings=(
            'Which admission with the diagnosis "{title}" (short title) lasted the most days, and how many?',
            'Find the longest admission (hadm_id and days) in which "{title}" (short title) was diagnosed.',
            'Of all admissions with diagnosis "{title}" (short title), which hadm_id has the longest stay, '
            "and what is it "
            "in days?",
        ),
        draw=some("diagnoses", title="short_title"),
        sql=f"{_STAYS_OF_DIAGNOSIS} ORDER BY size DESC LIMIT 1",
        reference="""
d, x = table("demographic"), table("diagnoses")
stays = d.merge(x.loc[x["short_title"] == title, ["hadm_id"]].drop_duplicates(), on="hadm_id")
answer = stays.nlargest(1, "days_stay")[["hadm_id", "days_stay"]]
""",
        columns=("hadm_id", "days_stay"),
        ties=_ties(_STAYS_OF_DIAGNOSIS, "1"),
    ),
    Template(
        key="years_by_admissions",
        pool="train",
        category="ranking",
        phrasings=(
            'In which {n} years did most admissions of {insurance} patients come from "{origin}" '
            "(admission location)? "
            "Give years and numbers, the largest number first.",
            'Rank the {n} years of admission with the most admissions from "{origin}" under {insurance} '
            "insurance, with "
            "their numbers, largest first.",
            "Give the top {n} admission years, with counts in falling order, for {insurance} admissions "
            'from "{origin}".',
        ),
        draw=both(some("demographic", origin="admission_location", insurance="insurance"), number("n", 1, 3)),
        sql=f"{_YEARS_OF_ORIGIN} ORDER BY size DESC LIMIT :n",
        reference="""
d = table("demographic")
d = d[(d["admission_location"] == origin) & (d["insurance"] == insurance)]
counts = pd.to_datetime(d["admittime"]).dt.year.value_counts()
answer = [[int(year), int(size)] for year, size in counts.iloc[:n].items()]
""",
        columns=("year", "number_of_admissions"),
        ordered=True,
        ties=_ties(_YEARS_OF_ORIGIN),
    ),
    Template(
        key="oldest_with_drug",
        pool="train",
        category="ranking",
        phrasings=(
            "Who is the {word} patient that was oldest at an admission with a prescription of {drug}, and "
            "how old?",
            "Name the oldest {word} patient (by age at admission) who was prescribed {drug} in that "
            "admission, with the age.",
            "Among {word} patients, who received {drug} at the highest age at admission, and at what age?",
        ),
        draw=then(
            some("prescriptions", hadm_id="hadm_id", drug="drug"),
            "SELECT gender FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql=f"{_PEOPLE_WITH_DRUG} ORDER BY size DESC LIMIT 1",
        reference="""
d, p = table("demographic"), table("prescriptions")
d = d[(d["gender"] == gender) & d["hadm_id"].isin(p.loc[p["drug"] == drug, "hadm_id"])]
answer = d.sort_values("age").tail(1)[["name", "age"]]
""",
        columns=("name", "age"),
        ties=_ties(_PEOPLE_WITH_DRUG, "1"),
    ),
    Template(
        key="top_procedures_of_ages",
        pool="test",
        category="ranking",
        phrasings=(
            "For {kind} stays at ages {low} to {high} (both included), order the {n} procedures (short "
            "titles) done most often "
            "from most to least, each with how often it was done.",
            "Which {n} procedures, by short title, were performed most frequently in {kind} stays of "
            "people aged {low} "
            "through {high}? Add the frequencies and begin with the highest.",
        ),
        draw=both(
            some("demographic", "age >= 18", kind="admission_type"),
            number("n", 2, 4),
            number("low", 18, 60),
            number("high", 61, 97),
        ),
        sql=f"{_PROCEDURES_OF_TYPE} ORDER BY size DESC LIMIT :n",
        reference="""
d, p = table("demographic"), table("procedures")
d = d[d["age"].between(low, high) & d["admission_type"].eq(kind)]
counts = d[["hadm_id"]].merge(p, on="hadm_id").groupby("short_title").size().nlargest(n)
answer = list(zip(counts.index, counts.tolist()))
""",
        columns=("short_title", "times_performed"),
        ordered=True,
        ties=_ties(_PROCEDURES_OF_TYPE),
    ),
    Template(
        key="top_flagged_lab_of_diagnosis",
        pool="test",
        category="ranking",
        phrasings=(
            "Which blood test (label) was abnormal (flag 'abnormal') the most times in stays with ICD-9 "
            "diagnosis {code}, and "
            "how many times?",
            "In stays with diagnosis code {code}, find the label of the test in Blood that has the most "
            "results with flag "
            "'abnormal', and their number.",
        ),
        draw=some("diagnoses", code="icd9_code"),
        sql=f"{_FLAGGED_LABELS} ORDER BY size DESC LIMIT 1",
        reference="""
lab, x = table("lab"), table("diagnoses")
lab = lab[lab["flag"].eq("abnormal") & lab["fluid"].eq("Blood")]
lab = lab[lab["hadm_id"].isin(x[x["icd9_code"].eq(code)]["hadm_id"])]
counts = lab.groupby("label")["itemid"].count().sort_values()
answer = [[counts.index[-1], int(counts.iloc[-1])]]
""",
        columns=("label", "times_abnormal"),
        ties=_ties(_FLAGGED_LABELS, "1"),
    ),
    Template(
        key="most_orders_in_year",
        pool="test",
        category="ranking",
        phrasings=(
            'Who, of the people admitted in {year} with "{complaint}" as diagnosis at admission, had the '
            "most prescriptions in "
            "those stays, and how many?",
            "Find the person with the largest number of prescription rows in stays that began in {year} "
            'for "{complaint}" '
            "(diagnosis at admission), and that number.",
        ),
        draw=some("demographic", complaint="diagnosis", year="admityear"),
        sql=f"{_ORDERS_OF_PEOPLE} ORDER BY size DESC LIMIT 1",
        reference="""
d, p = table("demographic"), table("prescriptions")
d = d[(d["diagnosis"] == complaint) & (d["admittime"].str[:4] == str(year))]
names = p["hadm_id"].map(d.set_index("hadm_id")["name"]).dropna().value_counts()
answer = [[names.index[0], int(names.iloc[0])]]
""",
        columns=("name", "number_of_prescriptions"),
        ties=_ties(_ORDERS_OF_PEOPLE, "1"),
    ),
)
