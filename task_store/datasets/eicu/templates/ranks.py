"""Questions for the first few of a ranking. Draws whose last place is shared are dropped."""

from task_store.datasets.eicu.asking import Asking, P, about, one_of
from task_store.questions import Draw, Template

_rank = Asking("train", "rankings")
_rank_test = Asking("test", "rankings")

_FEW = one_of(3, 4, 5, 6)
_TOP = """
counts = {counts}.sort_values(ascending=False)
answer = [[thing] for thing in counts.index[:n]]
"""


def _ranked(
    ask: Asking,
    key: str,
    phrasings: tuple[str, ...],
    draw: Draw,
    *,
    counts: str,
    reference: str,
    pandas_counts: str,
    columns: tuple[str, ...],
) -> Template:
    """A question for the `n` things with the highest number, in any order.

    Args:
        counts: SQL that gives `thing` and `number`.
        pandas_counts: the same as a pandas expression: a series of numbers by thing.
    """
    return ask(
        key,
        phrasings,
        draw,
        sql=f"WITH counts AS ({counts}) SELECT thing FROM counts ORDER BY number DESC LIMIT :n",
        ties=f"""
            WITH counts AS ({counts})
            SELECT 1 WHERE (SELECT number FROM counts ORDER BY number DESC LIMIT 1 OFFSET :n - 1)
                        IS (SELECT number FROM counts ORDER BY number DESC LIMIT 1 OFFSET :n)""",
        reference=reference + _TOP.format(counts=pandas_counts),
        columns=columns,
    )


TEMPLATES = (
    _ranked(
        _rank,
        "commonest_diagnoses",
        (
            "Which {n} diagnoses were made in the largest numbers of {gender} patients {when}?",
            "Name the {n} diagnoses that the most {gender} patients got {when}.",
            "What are the {n} most frequent diagnoses {when} by number of distinct {gender} patients?",
        ),
        about("diagnosis", around="diagnosistime", n=_FEW, gender="gender"),
        counts="""
            SELECT diagnosisname AS thing, COUNT(DISTINCT uniquepid) AS number
            FROM diagnosis JOIN patient USING (patientunitstayid)
            WHERE gender = :gender AND diagnosistime >= :start AND diagnosistime < :end GROUP BY diagnosisname""",
        reference=P
        + """
d = table("diagnosis")
d = d[(d.diagnosistime >= start) & (d.diagnosistime < end)].merge(p[p.gender == gender], on="patientunitstayid")
""",
        pandas_counts='d.groupby("diagnosisname").uniquepid.nunique()',
        columns=("diagnosis",),
    ),
    _ranked(
        _rank,
        "drugs_with_diagnosis",
        (
            "Which {n} drugs were ordered most often in unit stays with the diagnosis '{name}', counting "
            "orders begun {when}?",
            "Name the {n} drugs with the most orders begun {when} in unit stays in which '{name}' was "
            "diagnosed.",
            "In unit stays with a '{name}' diagnosis, what are the {n} most ordered drugs (orders begun "
            "{when})?",
        ),
        about("diagnosis", around="diagnosistime", n=_FEW, name="diagnosisname"),
        counts="""
            SELECT drugname AS thing, COUNT(*) AS number FROM medication
            WHERE drugstarttime >= :start AND drugstarttime < :end
              AND patientunitstayid IN (SELECT patientunitstayid FROM diagnosis WHERE diagnosisname = :name)
            GROUP BY drugname""",
        reference="""
d, m = table("diagnosis"), table("medication")
m = m[m.patientunitstayid.isin(set(d[d.diagnosisname == name].patientunitstayid))]
m = m[(m.drugstarttime >= start) & (m.drugstarttime < end)]
""",
        pandas_counts="m.drugname.value_counts()",
        columns=("drug",),
    ),
    _ranked(
        _rank,
        "busiest_wards",
        (
            "Which {n} wards (ids) saw the most unit admissions of patients aged {low} or more {when}?",
            "Give the ids of the {n} wards with the largest numbers of unit stays begun {when} by "
            "patients of at least {low} years.",
            "By number of unit stays begun {when} (patients aged {low} and over), which are the {n} "
            "leading wards? Give their ids.",
        ),
        about("patient", around="unitadmittime", n=_FEW, low=lambda rng, row: rng.randint(18, 70)),
        counts="""
            SELECT wardid AS thing, COUNT(*) AS number FROM patient
            WHERE CAST(age AS INTEGER) >= :low AND unitadmittime >= :start AND unitadmittime < :end GROUP BY wardid""",
        reference=P
        + "p = p[(p.age.astype(int) >= low) & (p.unitadmittime >= start) & (p.unitadmittime < end)]\n",
        pandas_counts='p.groupby("wardid").size()',
        columns=("ward id",),
    ),
    _ranked(
        _rank,
        "commonest_treatments",
        (
            "Which {n} treatments were given in the most unit stays {when} to patients aged {low} to "
            "{high} (ages included)?",
            "Name the {n} treatments found in the largest numbers of unit stays of patients between {low} "
            "and {high} years (included), counting treatments {when}.",
            "For patients of {low} to {high} years, what are the {n} treatments that occur in the most "
            "unit stays {when}?",
        ),
        about(
            "treatment",
            around="treatmenttime",
            n=_FEW,
            low=lambda rng, row: max(int(str(row["age"])) - rng.randint(3, 15), 16),
            high=lambda rng, row: int(str(row["age"])) + rng.randint(3, 15),
        ),
        counts="""
            SELECT treatmentname AS thing, COUNT(DISTINCT patientunitstayid) AS number
            FROM treatment JOIN patient USING (patientunitstayid)
            WHERE CAST(age AS INTEGER) BETWEEN :low AND :high
              AND treatmenttime >= :start AND treatmenttime < :end GROUP BY treatmentname""",
        reference=P
        + """
t = table("treatment").merge(p[pd.to_numeric(p.age).between(low, high)], on="patientunitstayid")
t = t[(t.treatmenttime >= start) & (t.treatmenttime < end)].drop_duplicates(["patientunitstayid", "treatmentname"])
""",
        pandas_counts='t.groupby("treatmentname").size()',
        columns=("treatment",),
    ),
    _ranked(
        _rank,
        "dearest_visits",
        (
            "Which {n} hospital stays (ids) of hospital {hospital}, begun {when}, have the highest total "
            "cost?",
            "Give the ids of the {n} most expensive hospital stays that began {when} in hospital {hospital}.",
            "By total charges, what are the {n} dearest hospital stays (ids) of hospital {hospital} with "
            "admission {when}?",
        ),
        about("patient", around="hospitaladmittime", n=_FEW, hospital="hospitalid"),
        counts="""
            SELECT patienthealthsystemstayid AS thing, SUM(cost) AS number FROM cost
            WHERE patienthealthsystemstayid IN
              (SELECT patienthealthsystemstayid FROM patient WHERE hospitalid = :hospital
               AND hospitaladmittime >= :start AND hospitaladmittime < :end)
            GROUP BY patienthealthsystemstayid""",
        reference=P
        + """
k = table("cost")
p = p[(p.hospitalid == hospital) & (p.hospitaladmittime >= start) & (p.hospitaladmittime < end)]
k = k[k.patienthealthsystemstayid.isin(p.patienthealthsystemstayid)]
""",
        pandas_counts='k.groupby("patienthealthsystemstayid").cost.sum()',
        columns=("hospital stay id",),
    ),
    _ranked(
        _rank_test,
        "commonest_organisms",
        (
            "Apart from 'no growth', which {n} entries for organism occur in the most cultures taken {when}?",
            "Rank organisms ('no growth' left out) by cultures taken {when}: who makes up the first {n}?",
        ),
        about("microlab", around="culturetakentime", n=_FEW),
        counts="""
            SELECT organism AS thing, COUNT(*) AS number FROM microlab
            WHERE organism <> 'no growth' AND culturetakentime >= :start AND culturetakentime < :end
            GROUP BY organism""",
        reference="""
c = table("microlab")
c = c[(c.organism != "no growth") & (c.culturetakentime >= start) & (c.culturetakentime < end)]
""",
        pandas_counts="c.organism.value_counts()",
        columns=("organism",),
    ),
    _ranked(
        _rank_test,
        "highest_lab_patients",
        (
            "Rank patients by their largest '{name}' value {when}: who (patient ids) makes up the first {n}?",
            "Whose '{name}' went highest {when}? Name the first {n} patients by id.",
        ),
        about("lab", around="labresulttime", n=_FEW, name="labname"),
        counts="""
            SELECT uniquepid AS thing, MAX(labresult) AS number FROM lab
              JOIN patient USING (patientunitstayid)
            WHERE labname = :name AND labresulttime >= :start AND labresulttime < :end GROUP BY uniquepid""",
        reference=P
        + """
x = table("lab")
x = x[(x.labname == name) & (x.labresulttime >= start)
    & (x.labresulttime < end)].merge(p, on="patientunitstayid")
""",
        pandas_counts='x.groupby("uniquepid").labresult.max()',
        columns=("patient id",),
    ),
    _ranked(
        _rank_test,
        "treatments_after_diagnosis",
        (
            "Once '{name}' had been diagnosed {when}, which {n} treatments came in the most unit stays, "
            "at the time of that diagnosis or after it in the same unit stay?",
            "Following '{name}' diagnosed {when}, in the same unit stay and not before it: rank "
            "treatments by unit stays and name the first {n}.",
        ),
        about("diagnosis", around="diagnosistime", n=_FEW, name="diagnosisname"),
        counts="""
            SELECT treatmentname AS thing, COUNT(DISTINCT patientunitstayid) AS number
            FROM diagnosis JOIN treatment USING (patientunitstayid)
            WHERE diagnosisname = :name AND diagnosistime >= :start AND diagnosistime < :end
              AND treatmenttime >= diagnosistime GROUP BY treatmentname""",
        reference="""
d = table("diagnosis")
d = d[(d.diagnosisname == name) & (d.diagnosistime >= start) & (d.diagnosistime < end)]
first = d.groupby("patientunitstayid").diagnosistime.min()
t = table("treatment")
t = t[t.treatmenttime >= t.patientunitstayid.map(first).fillna("9999")]
""",
        pandas_counts='t.groupby("treatmentname").patientunitstayid.nunique()',
        columns=("treatment",),
    ),
    _ranked(
        _rank_test,
        "longest_unit_stays",
        (
            "Rank the unit stays of ward {ward} that are over by length: which {n} (ids) come first?",
            "Ward {ward}: ids of the first {n} unit stays when those that are over are sorted by "
            "duration, longest on top?",
        ),
        about("patient", "unitdischargetime IS NOT NULL", n=_FEW, ward="wardid"),
        counts="""
            SELECT patientunitstayid AS thing,
                   ROUND((julianday(unitdischargetime) - julianday(unitadmittime)) * 1440) AS number
            FROM patient WHERE wardid = :ward AND unitdischargetime IS NOT NULL""",
        reference=P
        + """
p = p[(p.wardid == ward) & p.unitdischargetime.notna()].set_index("patientunitstayid")
""",
        pandas_counts="(pd.to_datetime(p.unitdischargetime) - pd.to_datetime(p.unitadmittime))",
        columns=("unit stay id",),
    ),
)
