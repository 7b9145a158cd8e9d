"""Questions about survival and readmission. A patient dies at a hospital discharge with status `expired`."""

from task_store.datasets.eicu.asking import MY_STAYS, Asking, P, about, one_of, only_if

_outcome = Asking("train", "outcomes")
_outcome_test = Asking("test", "outcomes")

_VISITS = P + 'visits = p.drop_duplicates("patienthealthsystemstayid")\n'

TEMPLATES = (
    _outcome(
        "mortality_by_source",
        (
            "Of the hospital stays that began {when} with admission source '{source}' and have ended, "
            "what percentage (0 to 100, not rounded) ended with status 'expired'?",
            "What is the hospital mortality, in percent without rounding, of ended hospital stays with "
            "admission source '{source}' and admission {when}?",
            "Percentage (unrounded) of deaths in hospital among ended hospital stays begun {when} and "
            "admitted by way of '{source}'?",
        ),
        about("patient", around="hospitaladmittime", source="hospitaladmitsource"),
        sql="""
            SELECT 100.0 * SUM(CASE WHEN hospitaldischargestatus = 'expired'
              THEN 1 ELSE 0 END) / COUNT(*) FROM
            (SELECT DISTINCT patienthealthsystemstayid, hospitaldischargestatus FROM patient
             WHERE hospitaladmitsource = :source AND hospitaldischargetime IS NOT NULL
               AND hospitaladmittime >= :start AND hospitaladmittime < :end)""",
        reference=_VISITS
        + """
v = visits[(visits.hospitaladmitsource == source) & visits.hospitaldischargetime.notna()]
v = v[(v.hospitaladmittime >= start) & (v.hospitaladmittime < end)]
answer = (v.hospitaldischargestatus == "expired").mean() * 100 if len(v) else None
""",
        columns=("percentage",),
    ),
    _outcome(
        "survival_after_diagnosis",
        (
            "Take the patients whose first diagnosis of '{name}' was made {when}. What percentage (0 to "
            "100, not rounded) of them did not die within {days} days after it? A death is a hospital "
            "discharge with status 'expired', at its time.",
            "What is the {days}-day survival in percent (unrounded) after a first diagnosis of '{name}', "
            "over patients who got it {when}? Patients count as dead from a hospital discharge with "
            "status 'expired'.",
            "Percentage (unrounded) of patients, first diagnosed with '{name}' {when}, without a hospital "
            "discharge of status 'expired' in the {days} days from that diagnosis (limit included)?",
        ),
        about("diagnosis", around="diagnosistime", name="diagnosisname", days=one_of(7, 14, 30, 60, 90, 180)),
        sql="""
            WITH first AS (
                SELECT uniquepid, MIN(diagnosistime) AS made FROM diagnosis
                  JOIN patient USING (patientunitstayid)
                WHERE diagnosisname = :name GROUP BY uniquepid)
            SELECT 100.0 * SUM(CASE WHEN EXISTS
                (SELECT 1 FROM patient WHERE patient.uniquepid = first.uniquepid
                  AND hospitaldischargestatus = 'expired'
                 AND hospitaldischargetime <= datetime(made, '+' || :days || ' days'))
                   THEN 0 ELSE 1 END) / COUNT(*)
            FROM first WHERE made >= :start AND made < :end""",
        reference=P
        + """
d = table("diagnosis")
first = d[d.diagnosisname == name].merge(p, on="patientunitstayid").groupby("uniquepid").diagnosistime.min()
first = pd.to_datetime(first[(first >= start) & (first < end)])
deaths = pd.to_datetime(p[p.hospitaldischargestatus == "expired"].groupby("uniquepid").hospitaldischargetime.min())
gap = deaths.reindex(first.index) - first
answer = 100 - (gap <= pd.Timedelta(days=days)).mean() * 100 if len(first) else None
""",
        columns=("percentage",),
    ),
    _outcome(
        "readmission_rate",
        (
            "Of the hospital stays with a discharge {when} and status 'alive', what percentage (0 to 100, "
            "not rounded) was followed by another hospital admission of the same patient within {days} "
            "days of the discharge?",
            "What is the {days}-day readmission rate, in percent without rounding, of hospital stays that "
            "ended alive {when}?",
            "Percentage (unrounded) of hospital stays discharged 'alive' {when} after which the same "
            "patient was admitted to hospital again no more than {days} days after discharge?",
        ),
        about(
            "patient",
            "hospitaldischargetime IS NOT NULL",
            around="hospitaldischargetime",
            days=lambda rng, row: rng.randint(7, 180),
        ),
        sql="""
            WITH visits AS (
                SELECT DISTINCT uniquepid, patienthealthsystemstayid, hospitaladmittime, hospitaldischargetime,
                                hospitaldischargestatus FROM patient)
            SELECT 100.0 * SUM(CASE WHEN EXISTS
                (SELECT 1 FROM patient AS later WHERE later.uniquepid = visits.uniquepid
                 AND later.hospitaladmittime > visits.hospitaldischargetime
                 AND later.hospitaladmittime <= datetime(visits.hospitaldischargetime, '+' || :days || ' days'))
                THEN 1 ELSE 0 END) / COUNT(*)
            FROM visits WHERE hospitaldischargestatus = 'alive'
              AND hospitaldischargetime >= :start AND hospitaldischargetime < :end""",
        reference=_VISITS
        + """
visits = visits.sort_values("hospitaladmittime")
visits["next"] = pd.to_datetime(visits.groupby("uniquepid").hospitaladmittime.shift(-1))
v = visits[(visits.hospitaldischargestatus == "alive") & (visits.hospitaldischargetime >= start)]
v = v[v.hospitaldischargetime < end]
gap = v["next"] - pd.to_datetime(v.hospitaldischargetime)
answer = (gap <= pd.Timedelta(days=days)).mean() * 100 if len(v) else None
""",
        columns=("percentage",),
    ),
    _outcome(
        "deaths_with_diagnosis",
        (
            "How many {gender} patients died in hospital {when} in a stay with the diagnosis '{name}'?",
            "Count the {gender} patients whose hospital stay, with '{name}' among its diagnoses, ended "
            "{when} with status 'expired'.",
            "In how many {gender} patients did a hospital stay with a '{name}' diagnosis end in death "
            "{when}?",
        ),
        about("diagnosis", around="diagnosistime", name="diagnosisname", gender="gender"),
        sql="""
            SELECT COUNT(DISTINCT a.uniquepid) FROM patient a
            JOIN patient b ON b.patienthealthsystemstayid = a.patienthealthsystemstayid
            JOIN diagnosis ON diagnosis.patientunitstayid = b.patientunitstayid
            WHERE a.gender = :gender AND a.hospitaldischargestatus = 'expired' AND diagnosisname = :name
              AND a.hospitaldischargetime >= :start AND a.hospitaldischargetime < :end""",
        reference=_VISITS
        + """
d = table("diagnosis")
with_it = p[p.patientunitstayid.isin(d[d.diagnosisname == name].patientunitstayid)].patienthealthsystemstayid
dead = visits[(visits.hospitaldischargestatus == "expired") & (visits.gender == gender)]
dead = dead[(dead.hospitaldischargetime >= start) & (dead.hospitaldischargetime < end)]
answer = dead[dead.patienthealthsystemstayid.isin(with_it)].uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _outcome(
        "age_at_death_by_hospital",
        (
            "What was the mean age (not rounded) of the patients who died in hospital {hospital}, over "
            "hospital stays that ended {when}?",
            "Average the ages of the patients with a hospital stay in hospital {hospital} that ended "
            "{when} with status 'expired'; do not round.",
            "Hospital {hospital}: unrounded mean age of those who died there {when}?",
        ),
        about(
            "patient",
            "hospitaldischargestatus = 'expired'",
            around="hospitaldischargetime",
            hospital="hospitalid",
        ),
        sql="""
            SELECT AVG(years) FROM
            (SELECT DISTINCT patienthealthsystemstayid, CAST(age AS INTEGER) AS years FROM patient
             WHERE hospitalid = :hospital AND hospitaldischargestatus = 'expired'
               AND hospitaldischargetime >= :start AND hospitaldischargetime < :end)""",
        reference=_VISITS
        + """
v = visits[(visits.hospitalid == hospital) & (visits.hospitaldischargestatus == "expired")]
v = v[(v.hospitaldischargetime >= start) & (v.hospitaldischargetime < end)]
answer = pd.to_numeric(v.age).mean() if len(v) else None
""",
        columns=("years",),
    ),
    _outcome_test(
        "gap_between_visits",
        (
            "How many unrounded days did patient {pid} spend out of hospital between their first and "
            "their second hospital stay?",
            "Patient {pid}: time from first hospital discharge to second hospital admission, as unrounded "
            "days?",
        ),
        only_if(
            about("patient", pid="uniquepid"),
            "SELECT 1 FROM patient WHERE uniquepid = :pid GROUP BY uniquepid "
            "HAVING COUNT(DISTINCT patienthealthsystemstayid) > 1",
        ),
        sql="""
            SELECT julianday((SELECT DISTINCT hospitaladmittime FROM patient WHERE uniquepid = :pid
                              ORDER BY hospitaladmittime LIMIT 1 OFFSET 1))
                 - julianday((SELECT MIN(hospitaldischargetime) FROM patient WHERE uniquepid = :pid))""",
        reference=MY_STAYS
        + """
v = stays.drop_duplicates("patienthealthsystemstayid").sort_values("hospitaladmittime")
gap = pd.to_datetime(v.hospitaladmittime.iloc[1]) - pd.to_datetime(v.hospitaldischargetime.iloc[0])
answer = gap.total_seconds() / 86400
""",
        columns=("days",),
    ),
    _outcome_test(
        "mortality_with_diagnosis",
        (
            "'{name}' diagnosed during a hospital stay admitted {when} and over by now: in which "
            "percentage (0 to 100, unrounded) of such stays is the status 'expired'?",
            "Unrounded percentage of status 'expired' among hospital stays that are over, were admitted "
            "{when} and include the diagnosis '{name}'?",
        ),
        about("diagnosis", around="hospitaladmittime", name="diagnosisname"),
        sql="""
            SELECT 100.0 * SUM(CASE WHEN hospitaldischargestatus = 'expired'
              THEN 1 ELSE 0 END) / COUNT(*) FROM
            (SELECT DISTINCT patienthealthsystemstayid, hospitaldischargestatus
             FROM patient JOIN diagnosis USING (patientunitstayid)
             WHERE diagnosisname = :name AND hospitaldischargetime IS NOT NULL
               AND hospitaladmittime >= :start AND hospitaladmittime < :end)""",
        reference=_VISITS
        + """
d = table("diagnosis")
with_it = p[p.patientunitstayid.isin(d[d.diagnosisname == name].patientunitstayid)].patienthealthsystemstayid
v = visits[visits.patienthealthsystemstayid.isin(with_it) & visits.hospitaldischargetime.notna()]
v = v[(v.hospitaladmittime >= start) & (v.hospitaladmittime < end)]
answer = 100 * len(v[v.hospitaldischargestatus == "expired"]) / len(v) if len(v) else None
""",
        columns=("percentage",),
    ),
    _outcome_test(
        "days_until_return",
        (
            "Hospital stays discharged 'alive' from hospital {hospital} {when}, if the same patient came "
            "back to any hospital later: what is the shortest, and what the unrounded average, number of "
            "days until that next admission?",
            "Patients discharged 'alive' from hospital {hospital} {when} who later returned to any "
            "hospital: days from discharge to next admission, as minimum and as average, both unrounded?",
        ),
        about(
            "patient",
            "hospitaldischargestatus = 'alive'",
            around="hospitaldischargetime",
            hospital="hospitalid",
        ),
        sql="""
            WITH visits AS (
                SELECT DISTINCT uniquepid, hospitalid, hospitaladmittime, hospitaldischargetime,
                                hospitaldischargestatus FROM patient),
            gaps AS (
                SELECT (SELECT julianday(MIN(hospitaladmittime)) FROM patient AS later
                        WHERE later.uniquepid = visits.uniquepid
                          AND later.hospitaladmittime > visits.hospitaladmittime)
                       - julianday(hospitaldischargetime) AS days
                FROM visits WHERE hospitalid = :hospital AND hospitaldischargestatus = 'alive'
                  AND hospitaldischargetime >= :start AND hospitaldischargetime < :end)
            SELECT MIN(days), AVG(days) FROM gaps WHERE days IS NOT NULL""",
        reference=_VISITS
        + """
visits = visits.sort_values("hospitaladmittime")
visits["next"] = pd.to_datetime(visits.groupby("uniquepid").hospitaladmittime.shift(-1))
v = visits[(visits.hospitalid == hospital) & (visits.hospitaldischargestatus == "alive")]
v = v[(v.hospitaldischargetime >= start) & (v.hospitaldischargetime < end)].dropna(subset=["next"])
days = (v["next"] - pd.to_datetime(v.hospitaldischargetime)) / pd.Timedelta(days=1)
answer = [[days.min(), days.mean()]]
""",
        columns=("shortest", "average"),
    ),
    _outcome_test(
        "alive_after_treatment",
        (
            "Among hospital stays admitted {when} that are over and saw the treatment '{name}', which "
            "unrounded percentage left 'alive'?",
            "'{name}' was given during hospital stays admitted {when}; of those that are over, what "
            "unrounded percentage has status 'alive'?",
        ),
        about("treatment", around="hospitaladmittime", name="treatmentname"),
        sql="""
            SELECT 100.0 * SUM(CASE WHEN hospitaldischargestatus = 'alive' THEN 1 ELSE 0 END) / COUNT(*) FROM
            (SELECT DISTINCT patienthealthsystemstayid, hospitaldischargestatus
             FROM patient JOIN treatment USING (patientunitstayid)
             WHERE treatmentname = :name AND hospitaldischargetime IS NOT NULL
               AND hospitaladmittime >= :start AND hospitaladmittime < :end)""",
        reference=P
        + """
t = table("treatment")
both = t[t.treatmentname == name].merge(p, on="patientunitstayid").dropna(subset=["hospitaldischargetime"])
both = both[(both.hospitaladmittime >= start) & (both.hospitaladmittime < end)]
status = both.groupby("patienthealthsystemstayid").hospitaldischargestatus.first()
answer = (status == "alive").mean() * 100 if len(status) else None
""",
        columns=("percentage",),
    ),
)
