"""Questions about diagnoses and treatments."""

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

_dx = Asking("train", "diagnoses")
_tx = Asking("train", "treatments")
_dx_test = Asking("test", "diagnoses")
_tx_test = Asking("test", "treatments")

_D = 'd = table("diagnosis")\n'
_T = 't = table("treatment")\n'

TEMPLATES = (
    _dx(
        "diagnoses_of_unit_stay",
        (
            "Which different diagnoses were recorded in unit stay {stay}?",
            "List the distinct diagnosis names of unit stay {stay}.",
            "What was the patient of unit stay {stay} diagnosed with? Name each diagnosis once.",
        ),
        about("diagnosis", stay="patientunitstayid"),
        sql="SELECT DISTINCT diagnosisname FROM diagnosis WHERE patientunitstayid = :stay",
        reference=_D + "answer = sorted(set(d[d.patientunitstayid == stay].diagnosisname))",
        columns=("diagnosis",),
    ),
    _dx(
        "first_time_of_diagnosis",
        (
            "When was '{name}' first diagnosed in patient {pid}?",
            "At what time did patient {pid} first get the diagnosis '{name}'?",
            "Give the earliest time at which '{name}' was recorded as a diagnosis of patient {pid}.",
        ),
        about("diagnosis", pid="uniquepid", name="diagnosisname"),
        sql=f"SELECT MIN(diagnosistime) FROM diagnosis WHERE diagnosisname = :name AND {MINE}",
        reference=MY_STAYS
        + _D
        + """
both = d.merge(stays, on="patientunitstayid")
answer = pd.to_datetime(both[both.diagnosisname == name].diagnosistime).min()
""",
        columns=("time",),
    ),
    _dx(
        "patients_with_diagnosis",
        (
            "How many different patients were diagnosed with '{name}' {when}?",
            "Count the patients who got the diagnosis '{name}' {when}.",
            "What is the number of distinct patients with a diagnosis of '{name}' made {when}?",
        ),
        about("diagnosis", around="diagnosistime", name="diagnosisname"),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM diagnosis JOIN patient USING (patientunitstayid)
            WHERE diagnosisname = :name AND diagnosistime >= :start AND diagnosistime < :end""",
        reference=P
        + _D
        + """
made = pd.to_datetime(d.diagnosistime)
d = d[(d.diagnosisname == name) & (made >= pd.Timestamp(start)) & (made < pd.Timestamp(end))]
answer = p[p.patientunitstayid.isin(d.patientunitstayid)].uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _dx(
        "days_since_diagnosis",
        (
            "How many days (not rounded) have passed between the last diagnosis of '{name}' in patient "
            "{pid} and the current time?",
            "Patient {pid}: days, not rounded, from the most recent diagnosis of '{name}' to now?",
            "How long ago, in days (not rounded), was '{name}' last diagnosed in patient {pid}?",
        ),
        about("diagnosis", pid="uniquepid", name="diagnosisname"),
        sql=f"""
            SELECT julianday('2105-12-31 23:59:00') - julianday(MAX(diagnosistime)) FROM diagnosis
            WHERE diagnosisname = :name AND {MINE}""",
        reference=MY_STAYS
        + _D
        + """
d = d[(d.diagnosisname == name) & d.patientunitstayid.isin(stays.patientunitstayid)]
answer = (NOW - pd.to_datetime(d.diagnosistime).max()) / pd.Timedelta(days=1)
""",
        columns=("days",),
    ),
    _dx(
        "diagnoses_of_last_visit",
        (
            "Which different diagnoses did patient {pid} get in their last hospital stay (by admission "
            "time)?",
            "List the distinct diagnoses of the most recent hospital stay of patient {pid}.",
            "What was patient {pid} diagnosed with during the latest hospital stay? Name each diagnosis "
            "once.",
        ),
        about("diagnosis", pid="uniquepid"),
        sql="""
            SELECT DISTINCT diagnosisname FROM diagnosis WHERE patientunitstayid IN
            (SELECT patientunitstayid FROM patient WHERE patienthealthsystemstayid =
             (SELECT patienthealthsystemstayid FROM patient WHERE uniquepid = :pid
              ORDER BY hospitaladmittime DESC LIMIT 1))""",
        reference=MY_STAYS
        + _D
        + """
last = stays[stays.hospitaladmittime == stays.hospitaladmittime.max()]
answer = d.merge(last, on="patientunitstayid").diagnosisname.drop_duplicates()
""",
        columns=("diagnosis",),
    ),
    _dx(
        "patients_with_two_diagnoses",
        (
            "How many patients had both '{name}' and '{other}' diagnosed within one hospital stay that "
            "began {when}?",
            "Count the patients with a hospital stay, begun {when}, in which '{name}' as well as "
            "'{other}' was diagnosed.",
            "In how many distinct patients do the diagnoses '{name}' and '{other}' occur together in a "
            "hospital stay with admission {when}?",
        ),
        with_other(
            about("diagnosis", around="diagnosistime", name="diagnosisname", stay="patientunitstayid"),
            "SELECT DISTINCT diagnosisname AS other FROM diagnosis WHERE patientunitstayid = :stay "
            "AND diagnosisname <> :name ORDER BY 1",
        ),
        sql="""
            SELECT COUNT(DISTINCT a.uniquepid) FROM patient a JOIN diagnosis x USING (patientunitstayid)
            JOIN patient b ON b.patienthealthsystemstayid = a.patienthealthsystemstayid
            JOIN diagnosis y ON y.patientunitstayid = b.patientunitstayid
            WHERE x.diagnosisname = :name AND y.diagnosisname = :other
              AND a.hospitaladmittime >= :start AND a.hospitaladmittime < :end""",
        reference=P
        + _D
        + """
both = d.merge(p[(p.hospitaladmittime >= start) & (p.hospitaladmittime < end)], on="patientunitstayid")
first = set(both[both.diagnosisname == name].patienthealthsystemstayid)
second = set(both[both.diagnosisname == other].patienthealthsystemstayid)
answer = both[both.patienthealthsystemstayid.isin(first & second)].uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _dx(
        "stays_before_diagnosis",
        (
            "How many hours (not rounded) after the unit admission of unit stay {stay} was '{name}' first "
            "diagnosed in that stay?",
            "Unit stay {stay}: hours from unit admission to the first diagnosis of '{name}', not rounded.",
            "What time, in unrounded hours, went by in unit stay {stay} before '{name}' was diagnosed for "
            "the first time?",
        ),
        about("diagnosis", stay="patientunitstayid", name="diagnosisname"),
        sql="""
            SELECT (julianday(MIN(diagnosistime)) - julianday(unitadmittime)) * 24
            FROM diagnosis JOIN patient USING (patientunitstayid)
            WHERE patientunitstayid = :stay AND diagnosisname = :name""",
        reference=P
        + _D
        + """
d = d[(d.patientunitstayid == stay) & (d.diagnosisname == name)]
began = pd.to_datetime(p[p.patientunitstayid == stay].unitadmittime).iloc[0]
answer = (pd.to_datetime(d.diagnosistime).min() - began).total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _tx(
        "last_time_of_treatment",
        (
            "When did patient {pid} last receive the treatment '{name}'?",
            "Give the time of the most recent '{name}' treatment of patient {pid}.",
            "What is the latest time at which patient {pid} was treated with '{name}'?",
        ),
        about("treatment", pid="uniquepid", name="treatmentname"),
        sql=f"SELECT MAX(treatmenttime) FROM treatment WHERE treatmentname = :name AND {MINE}",
        reference=MY_STAYS
        + _T
        + """
t = t[t.patientunitstayid.isin(stays.patientunitstayid) & (t.treatmentname == name)]
answer = t.sort_values("treatmenttime").treatmenttime.iloc[-1]
""",
        columns=("time",),
    ),
    _tx(
        "treatments_of_visit",
        (
            "Which different treatments were given in hospital stay {visit}?",
            "List the distinct treatments of hospital stay {visit}.",
            "Name, once each, all treatments that the patient of hospital stay {visit} received during it.",
        ),
        about("treatment", visit="patienthealthsystemstayid"),
        sql=f"SELECT DISTINCT treatmentname FROM treatment WHERE {VISIT}",
        reference=VISIT_STAYS
        + _T
        + 'answer = t.merge(stays, on="patientunitstayid").treatmentname.drop_duplicates()',
        columns=("treatment",),
    ),
    _tx(
        "patients_treated",
        (
            "How many different {gender} patients received the treatment '{name}' {when}?",
            "Count the {gender} patients who were treated with '{name}' {when}.",
            "What is the number of distinct {gender} patients with a '{name}' treatment {when}?",
        ),
        about("treatment", around="treatmenttime", name="treatmentname", gender="gender"),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM treatment JOIN patient USING (patientunitstayid)
            WHERE treatmentname = :name AND gender = :gender AND treatmenttime >= :start AND treatmenttime < :end""",
        reference=P
        + _T
        + """
t = t[(t.treatmentname == name) & (t.treatmenttime >= start) & (t.treatmenttime < end)]
answer = len(set(p[(p.gender == gender) & p.patientunitstayid.isin(t.patientunitstayid)].uniquepid))
""",
        columns=("number of patients",),
    ),
    _tx(
        "treated_soon_after_diagnosis",
        (
            "How many patients received '{treatment}' at most {days} days after a diagnosis of '{name}' "
            "made {when}, in the same hospital stay and not before it?",
            "Count the patients with a '{name}' diagnosis {when} that was followed, in the same hospital "
            "stay and within {days} days, by the treatment '{treatment}' (the same moment counts).",
            "For diagnoses of '{name}' made {when}: in how many distinct patients came '{treatment}' in "
            "the same hospital stay, no earlier than the diagnosis and no more than {days} days later?",
        ),
        with_other(
            about(
                "diagnosis",
                around="diagnosistime",
                name="diagnosisname",
                stay="patientunitstayid",
                days=lambda rng, row: rng.randint(1, 6),
            ),
            "SELECT DISTINCT treatmentname AS treatment FROM treatment WHERE patientunitstayid = :stay "
            "ORDER BY 1",
        ),
        sql="""
            SELECT COUNT(DISTINCT a.uniquepid) FROM diagnosis JOIN patient a USING (patientunitstayid)
            JOIN patient b ON b.patienthealthsystemstayid = a.patienthealthsystemstayid
            JOIN treatment ON treatment.patientunitstayid = b.patientunitstayid
            WHERE diagnosisname = :name AND diagnosistime >= :start AND diagnosistime < :end
              AND treatmentname = :treatment AND treatmenttime >= diagnosistime
              AND treatmenttime <= datetime(diagnosistime, '+' || :days || ' days')""",
        reference=P
        + _D
        + _T
        + """
keys = p[["patientunitstayid", "patienthealthsystemstayid", "uniquepid"]]
d = d[(d.diagnosisname == name) & (d.diagnosistime >= start) & (d.diagnosistime < end)].merge(keys)
t = t[t.treatmentname == treatment].merge(keys)
pairs = d.merge(t, on="patienthealthsystemstayid")
gap = pd.to_datetime(pairs.treatmenttime) - pd.to_datetime(pairs.diagnosistime)
answer = pairs[(gap >= pd.Timedelta(0)) & (gap <= pd.Timedelta(days=days))].uniquepid_x.nunique()
""",
        columns=("number of patients",),
    ),
    _tx(
        "hours_to_treatment",
        (
            "How many minutes after unit admission was the treatment '{name}' first given in unit stay "
            "{stay}?",
            "Unit stay {stay}: minutes between unit admission and the first '{name}' treatment?",
            "In unit stay {stay}, how long after unit admission, in minutes, did '{name}' first take place?",
        ),
        about("treatment", stay="patientunitstayid", name="treatmentname"),
        sql="""
            SELECT ROUND((julianday(MIN(treatmenttime)) - julianday(unitadmittime)) * 1440)
            FROM treatment JOIN patient USING (patientunitstayid)
            WHERE patientunitstayid = :stay AND treatmentname = :name""",
        reference=P
        + _T
        + """
both = t[(t.patientunitstayid == stay) & (t.treatmentname == name)].merge(p, on="patientunitstayid")
answer = round((pd.to_datetime(both.treatmenttime) - pd.to_datetime(both.unitadmittime)).min().total_seconds() / 60)
""",
        columns=("minutes",),
    ),
    _dx_test(
        "patients_with_code",
        (
            "For how many distinct patients was ICD-9 code {code} entered {when}?",
            "ICD-9 code {code} was entered {when} for what number of patients (each counted once)?",
        ),
        about("diagnosis", around="diagnosistime", code="icd9code"),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM diagnosis JOIN patient USING (patientunitstayid)
            WHERE icd9code = :code AND diagnosistime >= :start AND diagnosistime < :end""",
        reference=P
        + _D
        + """
d = d[(d.icd9code == code) & (d.diagnosistime >= start) & (d.diagnosistime < end)]
answer = d.merge(p, on="patientunitstayid").uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _dx_test(
        "opening_diagnosis",
        (
            "Hospital stay {visit}: what was diagnosed before anything else, and when?",
            "Of everything diagnosed in hospital stay {visit}, what came first, and at which time?",
        ),
        about("diagnosis", visit="patienthealthsystemstayid"),
        sql=f"""
            SELECT diagnosisname, diagnosistime FROM diagnosis WHERE {VISIT} ORDER BY diagnosistime LIMIT 1""",
        ties=f"""
            SELECT 1 FROM diagnosis WHERE {VISIT} AND diagnosistime =
            (SELECT MIN(diagnosistime) FROM diagnosis WHERE {VISIT}) GROUP BY NULL HAVING COUNT(*) > 1""",
        reference=VISIT_STAYS
        + _D
        + """
d = d.merge(stays, on="patientunitstayid")
answer = d[d.diagnosistime == d.diagnosistime.min()][["diagnosisname", "diagnosistime"]]
""",
        columns=("diagnosis", "time"),
    ),
    _dx_test(
        "new_diagnoses",
        (
            "Comparing the latest hospital stay of patient {pid} (by admission) with all earlier ones: "
            "what was diagnosed in it that had never been diagnosed in them?",
            "Name what is new among the diagnoses of patient {pid}: made in the latest hospital stay, by "
            "admission, yet in none of the earlier stays.",
        ),
        only_if(
            about("diagnosis", pid="uniquepid"),
            "SELECT 1 FROM patient WHERE uniquepid = :pid GROUP BY NULL HAVING COUNT(DISTINCT "
            "patienthealthsystemstayid) > 1",
        ),
        sql="""
            SELECT diagnosisname FROM diagnosis JOIN patient USING (patientunitstayid)
            WHERE uniquepid = :pid AND hospitaladmittime =
              (SELECT MAX(hospitaladmittime) FROM patient WHERE uniquepid = :pid)
            EXCEPT
            SELECT diagnosisname FROM diagnosis JOIN patient USING (patientunitstayid)
            WHERE uniquepid = :pid AND hospitaladmittime <
              (SELECT MAX(hospitaladmittime) FROM patient WHERE uniquepid = :pid)""",
        reference=MY_STAYS
        + _D
        + """
d = d.merge(stays, on="patientunitstayid")
latest = d.hospitaladmittime == stays.hospitaladmittime.max()
answer = sorted(set(d[latest].diagnosisname) - set(d[~latest].diagnosisname))
""",
        columns=("diagnosis",),
    ),
    _tx_test(
        "stays_with_two_treatments",
        (
            "Unit stays admitted {when}: how many of them saw '{name}' and also '{other}'?",
            "Among unit stays whose unit admission fell {when}, how many include '{name}' together with "
            "'{other}'?",
        ),
        with_other(
            about("treatment", around="treatmenttime", name="treatmentname", stay="patientunitstayid"),
            "SELECT DISTINCT treatmentname AS other FROM treatment WHERE patientunitstayid = :stay "
            "AND treatmentname <> :name ORDER BY 1",
        ),
        sql="""
            SELECT COUNT(*) FROM patient WHERE unitadmittime >= :start AND unitadmittime < :end
            AND patientunitstayid IN (SELECT patientunitstayid FROM treatment WHERE treatmentname = :name)
            AND patientunitstayid IN (SELECT patientunitstayid FROM treatment WHERE treatmentname = :other)""",
        reference=P
        + _T
        + """
p = p[(p.unitadmittime >= start) & (p.unitadmittime < end)]
kinds = t[t.treatmentname.isin([name, other])].groupby("patientunitstayid").treatmentname.nunique()
answer = int((p.patientunitstayid.map(kinds) == 2).sum())
""",
        columns=("number of unit stays",),
    ),
    _tx_test(
        "early_treatments",
        (
            "Unit stay {stay}: what was the patient treated with in the first {hours} hours after unit "
            "admission (that limit included)? Each treatment once.",
            "Collect, without repeats, what unit stay {stay} saw by way of treatment up to and including "
            "{hours} hours from unit admission.",
        ),
        about("treatment", stay="patientunitstayid", hours=lambda rng, row: rng.randint(4, 36)),
        sql="""
            SELECT DISTINCT treatmentname FROM treatment JOIN patient USING (patientunitstayid)
            WHERE patientunitstayid = :stay AND treatmenttime <= datetime(unitadmittime, '+' || :hours || ' hours')""",
        reference=P
        + _T
        + """
t = t[t.patientunitstayid == stay]
limit = pd.Timestamp(p[p.patientunitstayid == stay].unitadmittime.iloc[0]) + pd.Timedelta(hours=hours)
answer = sorted(set(t[pd.to_datetime(t.treatmenttime) <= limit].treatmentname))
""",
        columns=("treatment",),
    ),
)
