"""Questions about charges."""

from task_store.datasets.eicu.asking import MY_STAYS, Asking, P, about, only_if

_cost = Asking("train", "costs")
_cost_test = Asking("test", "costs")

_K = 'k = table("cost")\n'

TEMPLATES = (
    _cost(
        "total_of_visit",
        (
            "What is the total cost of hospital stay {visit}?",
            "Add up all charges of hospital stay {visit}.",
            "How much did hospital stay {visit} cost altogether?",
        ),
        about("patient", visit="patienthealthsystemstayid"),
        sql="SELECT SUM(cost) FROM cost WHERE patienthealthsystemstayid = :visit",
        reference=_K + "answer = k[k.patienthealthsystemstayid == visit].cost.sum()",
        columns=("cost",),
    ),
    _cost(
        "type_total_of_patient",
        (
            "How much was charged in all for events of type '{kind}' of patient {pid}?",
            "Total cost of all '{kind}' charges of patient {pid}?",
            "Sum the charges of patient {pid} whose event type is '{kind}'.",
        ),
        about("cost", pid="uniquepid", kind="eventtype"),
        sql="SELECT SUM(cost) FROM cost WHERE uniquepid = :pid AND eventtype = :kind",
        reference=_K + 'answer = k.groupby(["uniquepid", "eventtype"]).cost.sum()[pid, kind]',
        columns=("cost",),
    ),
    _cost(
        "price_of_treatment",
        (
            "What does one '{name}' treatment cost?",
            "Give the charge for a single treatment '{name}'.",
            "How much is charged each time for the treatment '{name}'?",
        ),
        about("treatment", name="treatmentname"),
        sql="""
            SELECT DISTINCT cost FROM cost WHERE eventtype = 'treatment' AND eventid IN
            (SELECT treatmentid FROM treatment WHERE treatmentname = :name)""",
        reference=_K
        + """
t = table("treatment")
both = k[k.eventtype == "treatment"].merge(t, left_on="eventid", right_on="treatmentid")
answer = both[both.treatmentname == name].cost.drop_duplicates()
""",
        columns=("cost",),
    ),
    _cost(
        "mean_cost_with_diagnosis",
        (
            "What is the mean total cost (not rounded) of the hospital stays in which '{name}' was "
            "diagnosed {when}?",
            "Average, over hospital stays with a diagnosis of '{name}' made {when}, the total charges of "
            "the stay; do not round.",
            "How much does a hospital stay cost in all on average (unrounded), among those in which "
            "'{name}' was diagnosed {when}?",
        ),
        about("diagnosis", around="diagnosistime", name="diagnosisname"),
        sql="""
            SELECT AVG(total) FROM
            (SELECT SUM(cost) AS total FROM cost WHERE patienthealthsystemstayid IN
              (SELECT patienthealthsystemstayid FROM patient JOIN diagnosis USING (patientunitstayid)
               WHERE diagnosisname = :name AND diagnosistime >= :start AND diagnosistime < :end)
             GROUP BY patienthealthsystemstayid)""",
        reference=P
        + _K
        + """
d = table("diagnosis")
d = d[(d.diagnosisname == name) & (d.diagnosistime >= start) & (d.diagnosistime < end)]
visits = p[p.patientunitstayid.isin(d.patientunitstayid)].patienthealthsystemstayid.unique()
totals = k[k.patienthealthsystemstayid.isin(visits)].groupby("patienthealthsystemstayid").cost.sum()
answer = totals.mean() if len(totals) else None
""",
        columns=("cost",),
    ),
    _cost(
        "dearest_day",
        (
            "On which calendar day (YYYY-MM-DD) were the total charges of hospital stay {visit} highest, "
            "and how high were they?",
            "Hospital stay {visit}: the day (YYYY-MM-DD) with the largest sum of charges, and that sum.",
            "Give the calendar day (YYYY-MM-DD) on which hospital stay {visit} was charged most in all, "
            "with the amount.",
        ),
        about("patient", visit="patienthealthsystemstayid"),
        sql="""
            SELECT DATE(chargetime) AS day, SUM(cost) AS total FROM cost
            WHERE patienthealthsystemstayid = :visit GROUP BY day ORDER BY total DESC LIMIT 1""",
        ties="""
            WITH days AS (SELECT ROUND(SUM(cost), 2) AS total FROM cost
              WHERE patienthealthsystemstayid = :visit
                          GROUP BY DATE(chargetime))
            SELECT 1 FROM days WHERE total = (SELECT MAX(total) FROM days) GROUP BY total HAVING COUNT(*) > 1""",
        reference=_K
        + """
k = k[k.patienthealthsystemstayid == visit]
totals = k.groupby(pd.to_datetime(k.chargetime).dt.strftime("%Y-%m-%d")).cost.sum().sort_values()
answer = [[totals.index[-1], totals.iloc[-1]]]
""",
        columns=("day", "cost"),
    ),
    _cost(
        "visit_cost_difference",
        (
            "By how much did the last hospital stay of patient {pid} cost more, in all, than the one "
            "before it (negative if less)? Order by admission.",
            "Patient {pid}: total cost of the latest hospital stay minus that of the stay before it, by "
            "admission time.",
            "Compare the total charges of the two most recently begun hospital stays of patient {pid}: "
            "later minus earlier?",
        ),
        only_if(
            about("patient", pid="uniquepid"),
            "SELECT 1 FROM patient WHERE uniquepid = :pid GROUP BY uniquepid "
            "HAVING COUNT(DISTINCT patienthealthsystemstayid) > 1",
        ),
        sql="""
            WITH visits AS (
                SELECT DISTINCT patienthealthsystemstayid AS visit, hospitaladmittime AS began
                FROM patient WHERE uniquepid = :pid ORDER BY began DESC)
            SELECT (SELECT SUM(cost) FROM cost WHERE patienthealthsystemstayid = (SELECT visit
              FROM visits LIMIT 1))
                 - (SELECT SUM(cost) FROM cost
                    WHERE patienthealthsystemstayid = (SELECT visit FROM visits LIMIT 1 OFFSET 1))""",
        reference=MY_STAYS
        + _K
        + """
totals = k[k.uniquepid == pid].groupby("patienthealthsystemstayid").cost.sum()
order = stays.sort_values("hospitaladmittime").patienthealthsystemstayid.drop_duplicates()
answer = totals[order.iloc[-1]] - totals[order.iloc[-2]]
""",
        columns=("cost",),
    ),
    _cost_test(
        "visit_by_type",
        (
            "Split the charges of hospital stay {visit} by event type: what does each type come to?",
            "What do the charges of each event type sum to in hospital stay {visit}?",
        ),
        about("patient", visit="patienthealthsystemstayid"),
        sql="SELECT eventtype, SUM(cost) FROM cost WHERE patienthealthsystemstayid = :visit GROUP BY eventtype",
        reference=_K
        + 'answer = k[k.patienthealthsystemstayid == visit].groupby("eventtype").cost.sum().reset_index()',
        columns=("event type", "cost"),
    ),
    _cost_test(
        "spent_on_drug",
        (
            "Looking at orders begun {when}, how much was charged for the drug '{name}' over all patients?",
            "What do the charges for '{name}' orders begun {when} sum to, all patients taken together?",
        ),
        about("medication", around="drugstarttime", name="drugname"),
        sql="""
            SELECT SUM(cost) FROM cost JOIN medication ON eventtype = 'medication' AND eventid = medicationid
            WHERE drugname = :name AND drugstarttime >= :start AND drugstarttime < :end""",
        reference=_K
        + """
m = table("medication")
m = m[(m.drugname == name) & (m.drugstarttime >= start) & (m.drugstarttime < end)]
charged = k[(k.eventtype == "medication") & k.eventid.isin(m.medicationid)].cost
answer = charged.sum() if len(charged) else None
""",
        columns=("cost",),
    ),
    _cost_test(
        "cost_per_day",
        (
            "Hospital stay {visit} has ended. Divide its charges by its duration in days (fractions of a "
            "day count): what is the unrounded result?",
            "What did hospital stay {visit} cost per day? Charges over exact duration in days, unrounded.",
        ),
        about("patient", "hospitaldischargetime IS NOT NULL", visit="patienthealthsystemstayid"),
        sql="""
            SELECT (SELECT SUM(cost) FROM cost WHERE patienthealthsystemstayid = :visit)
                 / (julianday(MAX(hospitaldischargetime)) - julianday(MAX(hospitaladmittime)))
            FROM patient WHERE patienthealthsystemstayid = :visit""",
        reference=P
        + _K
        + """
row = p[p.patienthealthsystemstayid == visit].iloc[0]
took = pd.Timestamp(row.hospitaldischargetime) - pd.Timestamp(row.hospitaladmittime)
answer = k[k.patienthealthsystemstayid == visit].cost.sum() / (took / pd.Timedelta(days=1))
""",
        columns=("cost per day",),
    ),
)
