"""Questions about drugs and allergies."""

from task_store.datasets.eicu.asking import (
    MINE,
    MY_STAYS,
    VISIT,
    VISIT_STAYS,
    Asking,
    P,
    about,
    only_if,
    with_other,
)

_drug = Asking("train", "medications")
_allergy = Asking("train", "allergies")
_drug_test = Asking("test", "medications")
_allergy_test = Asking("test", "allergies")

_M = 'm = table("medication")\n'
_A = 'a = table("allergy")\n'

TEMPLATES = (
    _drug(
        "first_order_of_drug",
        (
            "When, at which dosage and by which route was '{name}' first started for patient {pid}?",
            "Give start time, dosage and route of the first '{name}' order of patient {pid}.",
            "Patient {pid}: start time, dosage and route of the earliest order of '{name}'?",
        ),
        about("medication", pid="uniquepid", name="drugname"),
        sql=f"""
            SELECT drugstarttime, dosage, routeadmin FROM medication WHERE drugname = :name AND {MINE}
            ORDER BY drugstarttime LIMIT 1""",
        ties=f"""
            SELECT 1 FROM medication WHERE drugname = :name AND {MINE} AND drugstarttime =
            (SELECT MIN(drugstarttime) FROM medication WHERE drugname = :name AND {MINE}) GROUP BY NULL HAVING COUNT(*) > 1""",
        reference=MY_STAYS
        + _M
        + """
m = m[(m.drugname == name) & m.patientunitstayid.isin(stays.patientunitstayid)]
answer = m.sort_values("drugstarttime").head(1)[["drugstarttime", "dosage", "routeadmin"]]
""",
        columns=("start time", "dosage", "route"),
    ),
    _drug(
        "last_start_of_drug",
        (
            "When was '{name}' last started for patient {pid}?",
            "Give the latest start time of '{name}' for patient {pid}.",
            "At what time did patient {pid} most recently start on '{name}'?",
        ),
        about("medication", pid="uniquepid", name="drugname"),
        sql=f"SELECT MAX(drugstarttime) FROM medication WHERE drugname = :name AND {MINE}",
        reference=MY_STAYS
        + _M
        + """
m = m[m.drugname == name].merge(stays, on="patientunitstayid")
answer = pd.to_datetime(m.drugstarttime).max()
""",
        columns=("start time",),
    ),
    _drug(
        "patients_on_drug",
        (
            "How many different patients had '{name}' started {when}?",
            "Count the patients for whom '{name}' was started {when}.",
            "What is the number of distinct patients with an order of '{name}' starting {when}?",
        ),
        about("medication", around="drugstarttime", name="drugname"),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM medication JOIN patient USING (patientunitstayid)
            WHERE drugname = :name AND drugstarttime >= :start AND drugstarttime < :end""",
        reference=P
        + _M
        + """
begun = pd.to_datetime(m.drugstarttime)
m = m[(m.drugname == name) & (begun >= pd.Timestamp(start)) & (begun < pd.Timestamp(end))]
answer = p[p.patientunitstayid.isin(m.patientunitstayid)].uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _drug(
        "drugs_of_first_hours",
        (
            "Which different drugs were started within {hours} hours after the unit admission of unit "
            "stay {stay} (the limit included)?",
            "List the distinct drugs started in unit stay {stay} no later than {hours} hours after unit "
            "admission.",
            "Name each drug started during the first {hours} hours of unit stay {stay} (a start exactly "
            "at the limit counts).",
        ),
        about("medication", stay="patientunitstayid", hours=lambda rng, row: rng.randint(3, 24)),
        sql="""
            SELECT DISTINCT drugname FROM medication JOIN patient USING (patientunitstayid)
            WHERE patientunitstayid = :stay AND drugstarttime <= datetime(unitadmittime, '+' || :hours || ' hours')""",
        reference=P
        + _M
        + """
m = m[m.patientunitstayid == stay].merge(p, on="patientunitstayid")
since = pd.to_datetime(m.drugstarttime) - pd.to_datetime(m.unitadmittime)
answer = m[since <= pd.Timedelta(hours=hours)].drugname.unique().tolist()
""",
        columns=("drug",),
    ),
    _drug(
        "hours_on_drug",
        (
            "How many hours in all (not rounded) do the orders of '{name}' for patient {pid} span, adding "
            "up start to stop of every order with a stop time?",
            "Patient {pid}: summed hours from start to stop over all '{name}' orders that have a stop "
            "time, unrounded?",
            "Add up the durations in hours (not rounded) of the stopped '{name}' orders of patient {pid}.",
        ),
        about("medication", "drugstoptime IS NOT NULL", pid="uniquepid", name="drugname"),
        sql=f"""
            SELECT SUM(julianday(drugstoptime) - julianday(drugstarttime)) * 24 FROM medication
            WHERE drugname = :name AND drugstoptime IS NOT NULL AND {MINE}""",
        reference=MY_STAYS
        + _M
        + """
m = m[(m.drugname == name) & m.patientunitstayid.isin(stays.patientunitstayid)].dropna(subset=["drugstoptime"])
answer = (pd.to_datetime(m.drugstoptime) - pd.to_datetime(m.drugstarttime)).sum().total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _drug(
        "drug_after_drug",
        (
            "For how many patients was '{other}' started after '{name}', at most {hours} hours later and "
            "in the same unit stay, with '{name}' started {when}?",
            "Count the patients in whom a start of '{name}' {when} was followed within {hours} hours "
            "(included) by a later start of '{other}' in the same unit stay.",
            "Considering starts of '{name}' {when}: in how many distinct patients did '{other}' start "
            "strictly later, but no more than {hours} hours later, in the same unit stay?",
        ),
        with_other(
            about(
                "medication",
                around="drugstarttime",
                name="drugname",
                stay="patientunitstayid",
                hours=lambda rng, row: rng.choice((6, 12, 24, 36, 48)),
            ),
            "SELECT DISTINCT drugname AS other FROM medication WHERE patientunitstayid = :stay "
            "AND drugname <> :name ORDER BY 1",
        ),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM medication a JOIN medication b USING (patientunitstayid)
            JOIN patient USING (patientunitstayid)
            WHERE a.drugname = :name AND b.drugname = :other AND a.drugstarttime >= :start
              AND a.drugstarttime < :end
              AND b.drugstarttime > a.drugstarttime
              AND b.drugstarttime <= datetime(a.drugstarttime, '+' || :hours || ' hours')""",
        reference=P
        + _M
        + """
m["begun"] = pd.to_datetime(m.drugstarttime)
first = m[(m.drugname == name) & (m.drugstarttime >= start) & (m.drugstarttime < end)]
pairs = first.merge(m[m.drugname == other], on="patientunitstayid")
gap = pairs.begun_y - pairs.begun_x
pairs = pairs[(gap > pd.Timedelta(0)) & (gap <= pd.Timedelta(hours=hours))]
answer = pairs.merge(p, on="patientunitstayid").uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _drug(
        "repeated_drugs",
        (
            "Which drugs were ordered more than once in hospital stay {visit}? Give drug and number of "
            "orders.",
            "Hospital stay {visit}: drugs with at least two orders, each with its number of orders.",
            "List every drug that hospital stay {visit} has two or more orders of, and how many.",
        ),
        only_if(
            about("medication", visit="patienthealthsystemstayid"),
            f"SELECT 1 FROM medication WHERE {VISIT} GROUP BY drugname HAVING COUNT(*) > 1",
        ),
        sql=f"SELECT drugname, COUNT(*) FROM medication WHERE {VISIT} GROUP BY drugname HAVING COUNT(*) > 1",
        reference=VISIT_STAYS
        + _M
        + """
counts = m[m.patientunitstayid.isin(stays.patientunitstayid)].drugname.value_counts()
answer = [[drug, count] for drug, count in counts.items() if count >= 2]
""",
        columns=("drug", "number of orders"),
    ),
    _allergy(
        "allergies_of_patient",
        (
            "What is patient {pid} allergic to, and when was each allergy first noted?",
            "List the allergies of patient {pid} with the time of their first record.",
            "Patient {pid}: every allergy and the earliest time at which it was recorded?",
        ),
        about("allergy", pid="uniquepid"),
        sql=f"SELECT allergyname, MIN(allergytime) FROM allergy WHERE {MINE} GROUP BY allergyname",
        reference=MY_STAYS
        + _A
        + """
a = a.merge(stays, on="patientunitstayid").sort_values("allergytime")
answer = a.drop_duplicates("allergyname")[["allergyname", "allergytime"]]
""",
        columns=("allergy", "first recorded"),
    ),
    _allergy(
        "patients_with_allergy",
        (
            "How many different {gender} patients have a record of an allergy to '{name}' {when}?",
            "Count the {gender} patients whose allergy to '{name}' was recorded {when}.",
            "What is the number of distinct {gender} patients with the allergy '{name}' noted {when}?",
        ),
        about("allergy", around="allergytime", name="allergyname", gender="gender"),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM allergy JOIN patient USING (patientunitstayid)
            WHERE allergyname = :name AND gender = :gender AND allergytime >= :start AND allergytime < :end""",
        reference=P
        + _A
        + """
a = a[(a.allergyname == name) & (a.allergytime >= start) & (a.allergytime < end)]
answer = len(set(p[p.patientunitstayid.isin(a.patientunitstayid) & p.gender.eq(gender)].uniquepid))
""",
        columns=("number of patients",),
    ),
    _drug_test(
        "newest_drug",
        (
            "Of all drug orders of hospital stay {visit}, which one began last? Name drug and dosage.",
            "Hospital stay {visit}: drug and dosage of whichever order has the latest start.",
        ),
        about("medication", visit="patienthealthsystemstayid"),
        sql=f"SELECT drugname, dosage FROM medication WHERE {VISIT} ORDER BY drugstarttime DESC LIMIT 1",
        ties=f"""
            SELECT 1 FROM medication WHERE {VISIT} AND drugstarttime =
            (SELECT MAX(drugstarttime) FROM medication WHERE {VISIT}) GROUP BY NULL HAVING COUNT(*) > 1""",
        reference=VISIT_STAYS
        + _M
        + """
m = m[m.patientunitstayid.isin(stays.patientunitstayid)]
answer = m.loc[[pd.to_datetime(m.drugstarttime).idxmax()], ["drugname", "dosage"]]
""",
        columns=("drug", "dosage"),
    ),
    _drug_test(
        "orders_without_stop",
        (
            "Which drug orders of unit stay {stay} carry no stop time? Show drug and start time.",
            "Unit stay {stay}: drug and start time for orders that lack a stop time.",
        ),
        about("medication", "drugstoptime IS NULL", stay="patientunitstayid"),
        sql="""
            SELECT drugname, drugstarttime FROM medication
            WHERE patientunitstayid = :stay AND drugstoptime IS NULL""",
        reference=_M
        + 'answer = m[(m.patientunitstayid == stay) & m.drugstoptime.isna()][["drugname", "drugstarttime"]]',
        columns=("drug", "start time"),
    ),
    _drug_test(
        "drugs_after_lab_peak",
        (
            "After '{name}' peaked in unit stay {stay}, which drugs began in the following {hours} hours? "
            "Count from the moment of the peak, which is itself left out; the end is included. Each drug "
            "once.",
            "Name, without repeats, the drugs begun in unit stay {stay} later than its highest '{name}' "
            "value but at most {hours} hours afterwards.",
        ),
        about(
            "lab",
            stay="patientunitstayid",
            name="labname",
            hours=lambda rng, row: rng.choice((6, 12, 18, 24)),
        ),
        sql="""
            WITH peak AS (SELECT labresulttime AS moment FROM lab WHERE patientunitstayid = :stay
              AND labname = :name
                          ORDER BY labresult DESC LIMIT 1)
            SELECT DISTINCT drugname FROM medication JOIN peak WHERE patientunitstayid = :stay
              AND drugstarttime > moment AND drugstarttime <= datetime(moment, '+' || :hours || ' hours')""",
        ties="""
            SELECT 1 FROM lab WHERE patientunitstayid = :stay AND labname = :name AND labresult =
            (SELECT MAX(labresult) FROM lab WHERE patientunitstayid = :stay AND labname = :name)
            GROUP BY NULL HAVING COUNT(*) > 1""",
        reference=_M
        + """
x = table("lab")
x = x[(x.patientunitstayid == stay) & (x.labname == name)]
peak = pd.Timestamp(x.loc[x.labresult.idxmax(), "labresulttime"])
begun = pd.to_datetime(m.drugstarttime)
soon = (begun > peak) & (begun <= peak + pd.Timedelta(hours=hours)) & (m.patientunitstayid == stay)
answer = sorted(set(m[soon].drugname))
""",
        columns=("drug",),
    ),
    _drug_test(
        "doses_of_drug",
        (
            "Which pairs of dosage and route did '{name}' come in for patients aged {low} or over, "
            "looking at orders begun {when}, and how often did each pair occur?",
            "Tabulate '{name}' orders begun {when} for patients of {low} years or more by dosage and "
            "route, with counts.",
        ),
        about(
            "medication", around="drugstarttime", name="drugname", low=lambda rng, row: rng.randint(40, 75)
        ),
        sql="""
            SELECT dosage, routeadmin, COUNT(*) FROM medication JOIN patient USING (patientunitstayid)
            WHERE drugname = :name AND CAST(age AS INTEGER) >= :low AND drugstarttime >= :start
              AND drugstarttime < :end
            GROUP BY dosage, routeadmin""",
        reference=P
        + _M
        + """
m = m[(m.drugname == name) & (m.drugstarttime >= start)
    & (m.drugstarttime < end)].merge(p, on="patientunitstayid")
m = m[pd.to_numeric(m.age) >= low]
answer = m.groupby(["dosage", "routeadmin"]).size().reset_index()
""",
        columns=("dosage", "route", "number of orders"),
    ),
    _allergy_test(
        "allergic_but_treated",
        (
            "How many distinct patients with '{allergy}' among their allergies ever had '{name}' ordered?",
            "Patients with an allergy record '{allergy}' and, in whichever stay, an order of '{name}': "
            "how many are there?",
        ),
        with_other(
            about("allergy", allergy="allergyname", pid="uniquepid"),
            f"SELECT DISTINCT drugname AS name FROM medication WHERE {MINE} ORDER BY 1",
        ),
        sql="""
            SELECT COUNT(DISTINCT a.uniquepid) FROM allergy JOIN patient a USING (patientunitstayid)
            JOIN patient b ON b.uniquepid = a.uniquepid
            JOIN medication ON medication.patientunitstayid = b.patientunitstayid
            WHERE allergyname = :allergy AND medication.drugname = :name""",
        reference=P
        + _A
        + _M
        + """
owner = p.set_index("patientunitstayid").uniquepid
allergic = set(a[a.allergyname == allergy].patientunitstayid.map(owner))
treated = set(m[m.drugname == name].patientunitstayid.map(owner))
answer = len(allergic & treated)
""",
        columns=("number of patients",),
    ),
)
