"""Questions about laboratory results."""

from task_store.datasets.eicu.asking import (
    MINE,
    MY_STAYS,
    VISIT,
    VISIT_STAYS,
    Asking,
    P,
    about,
    about_value,
    only_if,
)

_lab = Asking("train", "labs")
_lab_test = Asking("test", "labs")

_L = 'x = table("lab")\n'
_TWICE = f"SELECT 1 FROM lab WHERE labname = :name AND {MINE} GROUP BY NULL HAVING COUNT(*) > 1"

TEMPLATES = (
    _lab(
        "last_lab",
        (
            "What is the last result of the lab test '{name}' of patient {pid}?",
            "Patient {pid}: most recent value of '{name}'?",
            "Give the latest '{name}' lab result on record for patient {pid}.",
        ),
        about("lab", pid="uniquepid", name="labname"),
        sql=f"SELECT labresult FROM lab WHERE labname = :name AND {MINE} ORDER BY labresulttime DESC LIMIT 1",
        reference=MY_STAYS
        + _L
        + """
x = x[(x.labname == name) & x.patientunitstayid.isin(stays.patientunitstayid)]
answer = x.loc[pd.to_datetime(x.labresulttime).idxmax(), "labresult"]
""",
        columns=("result",),
    ),
    _lab(
        "highest_lab_of_visit",
        (
            "What was the highest '{name}' result in hospital stay {visit}?",
            "Give the maximum of the lab test '{name}' over hospital stay {visit}.",
            "How high did '{name}' rise during hospital stay {visit}?",
        ),
        about("lab", visit="patienthealthsystemstayid", name="labname"),
        sql=f"SELECT MAX(labresult) FROM lab WHERE labname = :name AND {VISIT}",
        reference=VISIT_STAYS
        + _L
        + 'answer = x[x.labname == name].merge(stays, on="patientunitstayid").labresult.max()',
        columns=("result",),
    ),
    _lab(
        "mean_lab_of_patient",
        (
            "What is the mean (not rounded) of all '{name}' results of patient {pid}?",
            "Average every '{name}' lab result of patient {pid}, without rounding.",
            "Patient {pid}: unrounded average of the lab test '{name}' over all stays?",
        ),
        only_if(about("lab", pid="uniquepid", name="labname"), _TWICE),
        sql=f"SELECT AVG(labresult) FROM lab WHERE labname = :name AND {MINE}",
        reference=MY_STAYS
        + _L
        + """
values = x[x.patientunitstayid.isin(stays.patientunitstayid) & (x.labname == name)].labresult
answer = values.sum() / len(values)
""",
        columns=("result",),
    ),
    _lab(
        "change_since_previous_lab",
        (
            "By how much did the last '{name}' result of patient {pid} differ from the one before it "
            "(last minus previous)?",
            "Patient {pid}: change of '{name}' from the second to last measurement to the last one?",
            "Subtract the previous '{name}' result of patient {pid} from the most recent one.",
        ),
        only_if(about("lab", pid="uniquepid", name="labname"), _TWICE),
        sql=f"""
            SELECT (SELECT labresult FROM lab WHERE labname = :name AND {MINE}
                    ORDER BY labresulttime DESC LIMIT 1)
                 - (SELECT labresult FROM lab WHERE labname = :name AND {MINE}
                    ORDER BY labresulttime DESC LIMIT 1 OFFSET 1)""",
        reference=MY_STAYS
        + _L
        + """
x = x[(x.labname == name) & x.patientunitstayid.isin(stays.patientunitstayid)].sort_values("labresulttime")
answer = x.labresult.diff().iloc[-1]
""",
        columns=("difference",),
    ),
    _lab(
        "change_between_visits",
        (
            "Compare the last '{name}' result of the latest hospital stay of patient {pid} in which it "
            "was measured with the last one of the hospital stay before that in which it was measured: "
            "later minus earlier?",
            "Patient {pid}: of the two most recent hospital stays with a '{name}' result, take the last "
            "result in each; how much does the newer exceed the older?",
            "Take the final '{name}' result of each hospital stay of patient {pid} that has one. What is "
            "the most recent of them minus the one before?",
        ),
        only_if(
            about("lab", pid="uniquepid", name="labname"),
            "SELECT 1 FROM lab JOIN patient USING (patientunitstayid) WHERE uniquepid = :pid AND labname "
            "= :name GROUP BY NULL HAVING COUNT(DISTINCT patienthealthsystemstayid) > 1",
        ),
        sql="""
            WITH final AS (
                SELECT labresult, labresulttime, ROW_NUMBER() OVER
                  (PARTITION BY patienthealthsystemstayid ORDER BY labresulttime DESC) AS place
                FROM lab JOIN patient USING (patientunitstayid) WHERE uniquepid = :pid AND labname = :name)
            SELECT (SELECT labresult FROM final WHERE place = 1 ORDER BY labresulttime DESC LIMIT 1)
                 - (SELECT labresult FROM final WHERE place = 1 ORDER BY labresulttime DESC LIMIT 1 OFFSET 1)""",
        reference=MY_STAYS
        + _L
        + """
x = x[x.labname == name].merge(stays, on="patientunitstayid").sort_values("labresulttime")
finals = x.groupby("hospitaladmittime").labresult.last()
answer = finals.iloc[-1] - finals.iloc[-2]
""",
        columns=("difference",),
    ),
    _lab(
        "stays_above",
        (
            "In how many unit stays with unit admission {when} was any '{name}' result above {limit}?",
            "Count the unit stays that began {when} and had at least one '{name}' result greater than "
            "{limit}.",
            "How many unit stays, begun {when}, show '{name}' exceeding {limit} at least once?",
        ),
        about("lab", around="labresulttime", name="labname", limit=about_value("labresult", 0.9, 1.1, 1)),
        sql="""
            SELECT COUNT(DISTINCT patientunitstayid) FROM lab JOIN patient USING (patientunitstayid)
            WHERE labname = :name AND labresult > :limit AND unitadmittime >= :start AND unitadmittime < :end""",
        reference=P
        + _L
        + """
began = p[(p.unitadmittime >= start) & (p.unitadmittime < end)].patientunitstayid
peaks = x[x.labname == name].groupby("patientunitstayid").labresult.max()
answer = int((peaks[peaks.index.isin(began)] > limit).sum())
""",
        columns=("number of unit stays",),
    ),
    _lab(
        "first_time_above",
        (
            "When was a '{name}' result of patient {pid} above {limit} for the first time?",
            "At what time did '{name}' of patient {pid} first exceed {limit}?",
            "Give the time of the earliest '{name}' result greater than {limit} of patient {pid}.",
        ),
        about("lab", pid="uniquepid", name="labname", limit=about_value("labresult", 0.85, 0.98, 2)),
        sql=f"SELECT MIN(labresulttime) FROM lab WHERE labname = :name AND labresult > :limit AND {MINE}",
        reference=MY_STAYS
        + _L
        + """
x = x[(x.labname == name) & (x.labresult > limit)].merge(stays, on="patientunitstayid")
answer = x.sort_values("labresulttime").labresulttime.head(1)
""",
        columns=("time",),
    ),
    _lab(
        "daily_highest_lab",
        (
            "For each calendar day of unit stay {stay} with a '{name}' result, what was the highest one? "
            "Give day (YYYY-MM-DD) and value, in order of days.",
            "Unit stay {stay}: maximum '{name}' by calendar day, as day (YYYY-MM-DD) and value, earliest "
            "day first.",
            "List, day by day (YYYY-MM-DD, ascending), the largest '{name}' result of unit stay {stay}.",
        ),
        only_if(
            about("lab", stay="patientunitstayid", name="labname"),
            "SELECT 1 FROM lab WHERE patientunitstayid = :stay AND labname = :name "
            "GROUP BY NULL HAVING COUNT(DISTINCT DATE(labresulttime)) > 1",
        ),
        sql="""
            SELECT DATE(labresulttime) AS day, MAX(labresult) FROM lab
            WHERE patientunitstayid = :stay AND labname = :name GROUP BY day ORDER BY day""",
        reference=_L
        + """
x = x[(x.patientunitstayid == stay) & (x.labname == name)]
answer = x.groupby(x.labresulttime.str[:10]).labresult.max().reset_index()
""",
        columns=("day", "highest result"),
        ordered=True,
    ),
    _lab(
        "patients_tested",
        (
            "How many patients had more than {times} results of the lab test '{name}' within a single "
            "unit stay, counting results {when}?",
            "Counting only results {when}: how many patients have a unit stay with more than {times} "
            "'{name}' results?",
            "What number of distinct patients had '{name}' measured more than {times} times in one unit "
            "stay, if only results {when} count?",
        ),
        about("lab", around="labresulttime", name="labname", times=lambda rng, row: rng.randint(1, 4)),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM patient JOIN
            (SELECT patientunitstayid FROM lab WHERE labname = :name AND labresulttime >= :start
             AND labresulttime < :end GROUP BY patientunitstayid HAVING COUNT(*) > :times) USING (patientunitstayid)""",
        reference=P
        + _L
        + """
x = x[(x.labname == name) & (x.labresulttime >= start) & (x.labresulttime < end)]
counts = x.patientunitstayid.value_counts()
answer = p[p.patientunitstayid.isin(counts[counts > times].index)].uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _lab_test(
        "second_lab",
        (
            "Unit stay {stay}, lab test '{name}': what did the second measurement show?",
            "When '{name}' was measured for the second time in unit stay {stay}, what came out?",
        ),
        only_if(
            about("lab", stay="patientunitstayid", name="labname"),
            "SELECT 1 FROM lab WHERE patientunitstayid = :stay AND labname = :name GROUP BY NULL HAVING "
            "COUNT(*) > 1",
        ),
        sql="""
            SELECT labresult FROM lab WHERE patientunitstayid = :stay AND labname = :name
            ORDER BY labresulttime LIMIT 1 OFFSET 1""",
        reference=_L
        + """
x = x[(x.patientunitstayid == stay) & (x.labname == name)].sort_values("labresulttime")
answer = x.labresult.iloc[1]
""",
        columns=("result",),
    ),
    _lab_test(
        "lab_range",
        (
            "How far apart lie the largest and the smallest '{name}' value of hospital stay {visit}?",
            "Hospital stay {visit}: spread of '{name}', that is its maximum less its minimum?",
        ),
        only_if(
            about("lab", visit="patienthealthsystemstayid", name="labname"),
            f"SELECT 1 FROM lab WHERE labname = :name AND {VISIT} GROUP BY NULL HAVING COUNT(*) > 1",
        ),
        sql=f"SELECT MAX(labresult) - MIN(labresult) FROM lab WHERE labname = :name AND {VISIT}",
        reference=VISIT_STAYS
        + _L
        + """
values = x[(x.labname == name) & x.patientunitstayid.isin(stays.patientunitstayid)].labresult
answer = values.max() - values.min()
""",
        columns=("difference",),
    ),
    _lab_test(
        "mean_lab_first_hours",
        (
            "Restrict '{name}' of unit stay {stay} to the first {hours} hours from unit admission, that "
            "limit included. What is its unrounded average?",
            "What do the '{name}' values of unit stay {stay} average, unrounded, up to and including "
            "{hours} hours past unit admission?",
        ),
        about(
            "lab",
            stay="patientunitstayid",
            name="labname",
            hours=lambda rng, row: rng.choice((12, 18, 24, 36, 48)),
        ),
        sql="""
            SELECT AVG(labresult) FROM lab JOIN patient USING (patientunitstayid)
            WHERE patientunitstayid = :stay AND labname = :name
              AND labresulttime <= datetime(unitadmittime, '+' || :hours || ' hours')""",
        reference=P
        + _L
        + """
x = x[(x.patientunitstayid == stay) & (x.labname == name)].merge(p, on="patientunitstayid")
since = pd.to_datetime(x.labresulttime) - pd.to_datetime(x.unitadmittime)
answer = x[since <= pd.Timedelta(hours=hours)].labresult.mean()
""",
        columns=("result",),
    ),
    _lab_test(
        "bun_creatinine_ratio",
        (
            "Take the latest moment at which patient {pid} has a bun and a creatinine result of exactly "
            "the same time. What is bun divided by creatinine then, unrounded?",
            "Unrounded quotient bun / creatinine for patient {pid}, at the most recent time that carries "
            "both lab results?",
        ),
        only_if(
            about("lab", "labname = 'bun'", pid="uniquepid"),
            "SELECT 1 FROM lab a JOIN lab b USING (patientunitstayid, labresulttime) JOIN patient USING "
            "(patientunitstayid) WHERE uniquepid = :pid AND a.labname = 'bun' AND b.labname = 'creatinine'",
        ),
        sql="""
            SELECT a.labresult * 1.0 / b.labresult FROM lab a
              JOIN lab b USING (patientunitstayid, labresulttime)
            WHERE a.labname = 'bun' AND b.labname = 'creatinine'
              AND a.patientunitstayid IN (SELECT patientunitstayid FROM patient WHERE uniquepid = :pid)
            ORDER BY labresulttime DESC LIMIT 1""",
        reference=MY_STAYS
        + _L
        + """
x = x[x.patientunitstayid.isin(stays.patientunitstayid) & x.labname.isin(["bun", "creatinine"])]
wide = x.pivot(index="labresulttime", columns="labname", values="labresult").dropna().sort_index()
answer = wide["bun"].iloc[-1] / wide["creatinine"].iloc[-1]
""",
        columns=("ratio",),
    ),
)
