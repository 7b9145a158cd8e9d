"""Questions about fluids and vital signs."""

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

_fluid = Asking("train", "fluids")
_vital = Asking("train", "vital signs")
_fluid_test = Asking("test", "fluids")
_vital_test = Asking("test", "vital signs")

_IO = 'io = table("intakeoutput")\n'
_V = 'v = table("vitalperiodic")\n'

TEMPLATES = (
    _fluid(
        "total_intake",
        (
            "What was the total intake (all entries of the kind 'intake (ml)') of unit stay {stay}, in mL?",
            "Add up all intake of unit stay {stay}, in mL.",
            "How many mL in all did the patient of unit stay {stay} take in?",
        ),
        about("intakeoutput", "cellpath LIKE '%|intake (ml)|%'", stay="patientunitstayid"),
        sql="""
            SELECT SUM(cellvaluenumeric) FROM intakeoutput
            WHERE patientunitstayid = :stay AND cellpath LIKE '%|intake (ml)|%'""",
        reference=_IO
        + """
io = io[(io.patientunitstayid == stay) & io.cellpath.str.contains("|intake (ml)|", regex=False)]
answer = io.cellvaluenumeric.sum()
""",
        columns=("mL",),
    ),
    _fluid(
        "balance_of_visit",
        (
            "What is the fluid balance, intake minus output, of hospital stay {visit} in mL?",
            "Hospital stay {visit}: total intake less total output, in mL?",
            "By how many mL does intake exceed output over hospital stay {visit}? Negative if output was "
            "larger.",
        ),
        about("intakeoutput", visit="patienthealthsystemstayid"),
        sql=f"""
            SELECT SUM(CASE WHEN cellpath LIKE '%|intake (ml)|%' THEN cellvaluenumeric
                       WHEN cellpath LIKE '%|output (ml)|%' THEN -cellvaluenumeric END)
            FROM intakeoutput WHERE {VISIT}""",
        reference=VISIT_STAYS
        + _IO
        + """
io = io.merge(stays, on="patientunitstayid")
kind = io.cellpath.str.split("|").str[1]
totals = io.groupby(kind).cellvaluenumeric.sum()
answer = totals.get("intake (ml)", 0) - totals.get("output (ml)", 0)
""",
        columns=("mL",),
    ),
    _fluid(
        "last_amount",
        (
            "How many mL of '{label}' were recorded the last time for patient {pid}, and when?",
            "Give amount in mL and time of the most recent '{label}' entry of patient {pid}.",
            "Patient {pid}: latest intake or output entry '{label}', as amount (mL) and time.",
        ),
        about("intakeoutput", pid="uniquepid", label="celllabel"),
        sql=f"""
            SELECT cellvaluenumeric, intakeoutputtime FROM intakeoutput
            WHERE celllabel = :label AND {MINE} ORDER BY intakeoutputtime DESC LIMIT 1""",
        ties=f"""
            SELECT 1 FROM intakeoutput WHERE celllabel = :label AND {MINE} AND intakeoutputtime =
            (SELECT MAX(intakeoutputtime) FROM intakeoutput WHERE celllabel = :label AND {MINE})
            GROUP BY celllabel HAVING COUNT(*) > 1""",
        reference=MY_STAYS
        + _IO
        + """
io = io[(io.celllabel == label) & io.patientunitstayid.isin(stays.patientunitstayid)]
answer = io.loc[[pd.to_datetime(io.intakeoutputtime).idxmax()], ["cellvaluenumeric", "intakeoutputtime"]]
""",
        columns=("mL", "time"),
    ),
    _fluid(
        "mean_amount",
        (
            "What is the mean amount in mL (not rounded) of the '{label}' entries of unit stay {stay}?",
            "Average the '{label}' amounts of unit stay {stay}; mL, not rounded.",
            "Unit stay {stay}: unrounded mean of the recorded '{label}' volumes in mL?",
        ),
        only_if(
            about("intakeoutput", stay="patientunitstayid", label="celllabel"),
            "SELECT 1 FROM intakeoutput WHERE patientunitstayid = :stay AND celllabel = :label "
            "GROUP BY celllabel HAVING COUNT(*) > 1",
        ),
        sql="SELECT AVG(cellvaluenumeric) FROM intakeoutput WHERE patientunitstayid = :stay AND celllabel = :label",
        reference=_IO
        + "answer = io[io.patientunitstayid.eq(stay) & io.celllabel.eq(label)].cellvaluenumeric.mean()",
        columns=("mL",),
    ),
    _fluid(
        "largest_output_day",
        (
            "On which calendar day of unit stay {stay} was the total output largest, and how large was "
            "it? Give day (YYYY-MM-DD) and mL.",
            "Unit stay {stay}: the day (YYYY-MM-DD) with the most output in all, and its total in mL.",
            "Find the calendar day (YYYY-MM-DD) of unit stay {stay} whose summed output is greatest; give "
            "day and mL.",
        ),
        about("intakeoutput", "cellpath LIKE '%|output (ml)|%'", stay="patientunitstayid"),
        sql="""
            SELECT DATE(intakeoutputtime) AS day, SUM(cellvaluenumeric) AS total FROM intakeoutput
            WHERE patientunitstayid = :stay AND cellpath LIKE '%|output (ml)|%'
            GROUP BY day ORDER BY total DESC LIMIT 1""",
        ties="""
            WITH days AS (SELECT SUM(cellvaluenumeric) AS total FROM intakeoutput
                          WHERE patientunitstayid = :stay AND cellpath LIKE '%|output (ml)|%'
                          GROUP BY DATE(intakeoutputtime))
            SELECT 1 FROM days WHERE total = (SELECT MAX(total) FROM days) GROUP BY total HAVING COUNT(*) > 1""",
        reference=_IO
        + """
io = io[(io.patientunitstayid == stay) & io.cellpath.str.contains("output (ml)", regex=False)]
totals = io.groupby(io.intakeoutputtime.str[:10]).cellvaluenumeric.sum()
answer = [[totals.idxmax(), totals.max()]]
""",
        columns=("day", "mL"),
    ),
    _vital(
        "last_heart_rate",
        (
            "What was the last heart rate measured in patient {pid}, and when?",
            "Give value and time of the most recent heart rate of patient {pid}.",
            "Patient {pid}: latest recorded heart rate with its time?",
        ),
        about("vitalperiodic", "heartrate IS NOT NULL", pid="uniquepid"),
        sql=f"""
            SELECT heartrate, observationtime FROM vitalperiodic
            WHERE heartrate IS NOT NULL AND {MINE} ORDER BY observationtime DESC LIMIT 1""",
        reference=MY_STAYS
        + _V
        + """
v = v[v.patientunitstayid.isin(stays.patientunitstayid)].dropna(subset=["heartrate"])
answer = v.sort_values("observationtime").tail(1)[["heartrate", "observationtime"]]
""",
        columns=("heart rate", "time"),
    ),
    _vital(
        "mean_respiration",
        (
            "What was the mean respiration rate (not rounded) in unit stay {stay}?",
            "Average the respiration rates recorded in unit stay {stay}, without rounding.",
            "Unit stay {stay}: unrounded mean of respiration?",
        ),
        about("vitalperiodic", "respiration IS NOT NULL", stay="patientunitstayid"),
        sql="SELECT AVG(respiration) FROM vitalperiodic WHERE patientunitstayid = :stay",
        reference=_V
        + """
values = v[v.patientunitstayid == stay].respiration.dropna()
answer = values.sum() / len(values)
""",
        columns=("respiration rate",),
    ),
    _vital(
        "stays_with_fast_heart",
        (
            "In how many unit stays with unit admission {when} did the heart rate exceed {limit} at least "
            "once?",
            "Count the unit stays that began {when} and have a heart rate above {limit} on record.",
            "How many unit stays, begun {when}, contain a heart rate greater than {limit}?",
        ),
        about("vitalperiodic", around="unitadmittime", limit=about_value("heartrate", 0.95, 1.25)),
        sql="""
            SELECT COUNT(DISTINCT patientunitstayid) FROM vitalperiodic JOIN patient USING (patientunitstayid)
            WHERE heartrate > :limit AND unitadmittime >= :start AND unitadmittime < :end""",
        reference=P
        + _V
        + """
peaks = v.groupby("patientunitstayid").heartrate.max()
p = p[(p.unitadmittime >= start) & (p.unitadmittime < end)]
answer = int((p.patientunitstayid.map(peaks) > limit).sum())
""",
        columns=("number of unit stays",),
    ),
    _vital(
        "first_fever",
        (
            "When was a body temperature of {limit} or more first measured in patient {pid}?",
            "Give the time of the first temperature of at least {limit} of patient {pid}.",
            "At what time did the temperature of patient {pid} first reach {limit}?",
        ),
        about(
            "vitalperiodic",
            "temperature > 36.5",
            pid="uniquepid",
            limit=lambda rng, row: round(float(str(row["temperature"])) - rng.choice((0, 0.1, 0.2, 0.3)), 1),
        ),
        sql=f"SELECT MIN(observationtime) FROM vitalperiodic WHERE temperature >= :limit AND {MINE}",
        reference=MY_STAYS
        + _V
        + """
v = v.merge(stays, on="patientunitstayid")
answer = v[v.temperature >= limit].observationtime.sort_values().iloc[0]
""",
        columns=("time",),
    ),
    _vital(
        "heart_rate_trend",
        (
            "By how much does the mean heart rate of the last {hours} hours of observation of unit stay "
            "{stay} differ from that of its first {hours} hours (later minus earlier, not rounded)? Count "
            "back from the last and on from the first row of vital signs; limits included.",
            "Unit stay {stay}: mean heart rate within {hours} hours before its last vital-sign "
            "observation, minus mean heart rate within {hours} hours after its first one (limits "
            "included), unrounded.",
            "Take all vital-sign rows of unit stay {stay}. Mean heart rate no more than {hours} hours "
            "before the last row, less the mean no more than {hours} hours after the first row; do not "
            "round.",
        ),
        only_if(
            about("vitalperiodic", stay="patientunitstayid", hours=lambda rng, row: rng.randint(6, 24)),
            "SELECT 1 FROM vitalperiodic WHERE patientunitstayid = :stay GROUP BY patientunitstayid "
            "HAVING julianday(MAX(observationtime)) - julianday(MIN(observationtime)) > 0.5",
        ),
        sql="""
            WITH mine AS (SELECT heartrate, observationtime FROM vitalperiodic
              WHERE patientunitstayid = :stay)
            SELECT (SELECT AVG(heartrate) FROM mine WHERE observationtime >=
                    datetime((SELECT MAX(observationtime) FROM mine), '-' || :hours || ' hours'))
                 - (SELECT AVG(heartrate) FROM mine WHERE observationtime <=
                    datetime((SELECT MIN(observationtime) FROM mine), '+' || :hours || ' hours'))""",
        reference=_V
        + """
v = v[v.patientunitstayid == stay]
seen = pd.to_datetime(v.observationtime)
late = v.heartrate[seen >= seen.max() - pd.Timedelta(hours=hours)]
early = v.heartrate[seen <= seen.min() + pd.Timedelta(hours=hours)]
answer = late.mean() - early.mean()
""",
        columns=("difference",),
    ),
    _vital(
        "lowest_mean_pressure",
        (
            "What was the lowest mean arterial pressure (systemicmean) of unit stay {stay}, and when was "
            "it measured?",
            "Give the smallest systemicmean of unit stay {stay} and its time.",
            "Unit stay {stay}: minimum of systemicmean, and the moment of that observation?",
        ),
        about("vitalperiodic", "systemicmean IS NOT NULL", stay="patientunitstayid"),
        sql="""
            SELECT systemicmean, observationtime FROM vitalperiodic
            WHERE patientunitstayid = :stay AND systemicmean IS NOT NULL ORDER BY systemicmean LIMIT 1""",
        ties="""
            SELECT 1 FROM vitalperiodic WHERE patientunitstayid = :stay AND systemicmean =
            (SELECT MIN(systemicmean) FROM vitalperiodic WHERE patientunitstayid = :stay)
            GROUP BY systemicmean HAVING COUNT(*) > 1""",
        reference=_V
        + """
v = v[v.patientunitstayid == stay].dropna(subset=["systemicmean"])
answer = v.nsmallest(1, "systemicmean")[["systemicmean", "observationtime"]]
""",
        columns=("mean pressure", "time"),
    ),
    _fluid_test(
        "label_first_hours",
        (
            "Up to {hours} hours past unit admission (that moment included), what did '{label}' of unit "
            "stay {stay} sum to, in mL?",
            "Sum '{label}' of unit stay {stay} from unit admission to {hours} hours later, both ends "
            "included; answer in mL.",
        ),
        about(
            "intakeoutput",
            stay="patientunitstayid",
            label="celllabel",
            hours=lambda rng, row: rng.choice((12, 18, 24, 36, 48)),
        ),
        sql="""
            SELECT SUM(cellvaluenumeric) FROM intakeoutput JOIN patient USING (patientunitstayid)
            WHERE patientunitstayid = :stay AND celllabel = :label
              AND intakeoutputtime <= datetime(unitadmittime, '+' || :hours || ' hours')""",
        reference=P
        + _IO
        + """
io = io[(io.patientunitstayid == stay) & (io.celllabel == label)].merge(p, on="patientunitstayid")
since = pd.to_datetime(io.intakeoutputtime) - pd.to_datetime(io.unitadmittime)
early = io[since <= pd.Timedelta(hours=hours)].cellvaluenumeric
answer = early.sum() if len(early) else None
""",
        columns=("mL",),
    ),
    _fluid_test(
        "output_by_label",
        (
            "Break the output of hospital stay {visit} down by label: total mL for each?",
            "Which labels make up the output of hospital stay {visit}, and how many mL does each total?",
        ),
        about("intakeoutput", "cellpath LIKE '%|output (ml)|%'", visit="patienthealthsystemstayid"),
        sql=f"""
            SELECT celllabel, SUM(cellvaluenumeric) FROM intakeoutput
            WHERE cellpath LIKE '%|output (ml)|%' AND {VISIT} GROUP BY celllabel""",
        reference=VISIT_STAYS
        + _IO
        + """
io = io[io.patientunitstayid.isin(stays.patientunitstayid)
    & (io.cellpath.str.split("|").str[1] == "output (ml)")]
answer = io.pivot_table(index="celllabel", values="cellvaluenumeric", aggfunc="sum").reset_index()
""",
        columns=("label", "mL"),
    ),
    _vital_test(
        "widest_pulse_pressure",
        (
            "How wide did the pulse pressure (systemicsystolic less systemicdiastolic) of patient {pid} "
            "ever get?",
            "Patient {pid}, all stays: the largest gap between systemicsystolic and systemicdiastolic of one "
            "observation?",
        ),
        about("vitalperiodic", "systemicsystolic IS NOT NULL", pid="uniquepid"),
        sql=f"SELECT MAX(systemicsystolic - systemicdiastolic) FROM vitalperiodic WHERE {MINE}",
        reference=MY_STAYS
        + _V
        + """
v = v.merge(stays, on="patientunitstayid")
answer = (v.systemicsystolic - v.systemicdiastolic).max()
""",
        columns=("mmHg",),
    ),
    _vital_test(
        "vitals_at_lab",
        (
            "At the last observation of vital signs not later than the patient's highest '{name}' value "
            "in unit stay {stay}, what were heart rate and respiration, and at which time?",
            "Unit stay {stay}: find when '{name}' was at its highest, then the latest vital-sign "
            "observation at or before that moment; give its heart rate, respiration and time.",
        ),
        only_if(
            about("lab", stay="patientunitstayid", name="labname"),
            "SELECT 1 FROM vitalperiodic WHERE patientunitstayid = :stay AND observationtime <= "
            "(SELECT labresulttime FROM lab WHERE patientunitstayid = :stay AND labname = :name "
            "ORDER BY labresult DESC LIMIT 1)",
        ),
        sql="""
            SELECT heartrate, respiration, observationtime FROM vitalperiodic
            WHERE patientunitstayid = :stay AND observationtime <=
              (SELECT labresulttime FROM lab WHERE patientunitstayid = :stay AND labname = :name
               ORDER BY labresult DESC LIMIT 1)
            ORDER BY observationtime DESC LIMIT 1""",
        ties="""
            SELECT 1 FROM lab WHERE patientunitstayid = :stay AND labname = :name AND labresult =
            (SELECT MAX(labresult) FROM lab WHERE patientunitstayid = :stay AND labname = :name)
            GROUP BY labname HAVING COUNT(*) > 1""",
        reference=_V
        + """
x = table("lab")
x = x[(x.patientunitstayid == stay) & (x.labname == name)].sort_values("labresult")
v = v[(v.patientunitstayid == stay) & (v.observationtime <= x.labresulttime.iloc[-1])]
answer = v[v.observationtime == v.observationtime.max()][["heartrate", "respiration", "observationtime"]]
""",
        columns=("heart rate", "respiration", "time"),
    ),
    _vital_test(
        "first_oxygen_of_visit",
        (
            "When was oxygen saturation (sao2) first read in hospital stay {visit}, and what did it show?",
            "Hospital stay {visit}: time and value of the opening sao2 reading (skip observations without "
            "one)?",
        ),
        about("vitalperiodic", "sao2 IS NOT NULL", visit="patienthealthsystemstayid"),
        sql=f"""
            SELECT observationtime, sao2 FROM vitalperiodic WHERE sao2 IS NOT NULL AND {VISIT}
            ORDER BY observationtime LIMIT 1""",
        reference=VISIT_STAYS
        + _V
        + """
v = v[v.sao2.notna()].merge(stays, on="patientunitstayid")
answer = v[v.observationtime == v.observationtime.min()][["observationtime", "sao2"]]
""",
        columns=("time", "oxygen saturation"),
    ),
)
