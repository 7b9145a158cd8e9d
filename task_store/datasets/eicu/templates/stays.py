"""Questions about admissions, wards and lengths of stay, and about who the patients are."""

from task_store.datasets.eicu.asking import MY_STAYS, VISIT_STAYS, Asking, P, about, only_if

_stays = Asking("train", "stays")
_people = Asking("train", "demographics")
_stays_test = Asking("test", "stays")
_people_test = Asking("test", "demographics")

TEMPLATES = (
    _stays(
        "admission_times",
        (
            "When was patient {pid} admitted to hospital? Give every admission time.",
            "List the times of all hospital admissions of patient {pid}.",
            "At what times did the hospital stays of patient {pid} begin?",
        ),
        about("patient", pid="uniquepid"),
        sql="SELECT DISTINCT hospitaladmittime FROM patient WHERE uniquepid = :pid",
        reference=MY_STAYS + 'answer = stays["hospitaladmittime"].drop_duplicates()',
        columns=("hospital admission time",),
    ),
    _stays(
        "last_discharge",
        (
            "When was patient {pid} last discharged from hospital?",
            "What is the time of the latest hospital discharge of patient {pid}?",
            "Tell me when patient {pid} most recently left hospital.",
        ),
        about("patient", "hospitaldischargetime IS NOT NULL", pid="uniquepid"),
        sql="SELECT MAX(hospitaldischargetime) FROM patient WHERE uniquepid = :pid",
        reference=MY_STAYS + 'answer = pd.to_datetime(stays["hospitaldischargetime"]).max()',
        columns=("hospital discharge time",),
    ),
    _stays(
        "last_unit_hours",
        (
            "How many hours did the last unit stay of patient {pid} take, from unit admission to unit "
            "discharge? Do not round.",
            "What is the length, in hours (not rounded), of the most recent unit stay of patient {pid}?",
            "Patient {pid}: hours between admission to and discharge from the unit in their latest unit "
            "stay, not rounded.",
        ),
        only_if(
            about("patient", "unitdischargetime IS NOT NULL", pid="uniquepid"),
            "SELECT 1 FROM patient WHERE uniquepid = :pid AND unitadmittime = (SELECT MAX(unitadmittime) "
            "FROM patient WHERE uniquepid = :pid) AND unitdischargetime IS NOT NULL",
        ),
        sql="""
            SELECT (julianday(unitdischargetime) - julianday(unitadmittime)) * 24
            FROM patient WHERE uniquepid = :pid ORDER BY unitadmittime DESC LIMIT 1""",
        reference=MY_STAYS
        + """
last = stays.sort_values("unitadmittime").iloc[-1]
answer = (pd.Timestamp(last.unitdischargetime) - pd.Timestamp(last.unitadmittime)).total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _stays(
        "first_ward_of_visit",
        (
            "On which ward did hospital stay {visit} of patient {pid} begin its intensive care? Give the "
            "ward id and the unit admission time.",
            "What was the first ward (id) of patient {pid} during hospital stay {visit}, and when did "
            "they enter it?",
            "For hospital stay {visit} (patient {pid}): ward id and unit admission time of the earliest "
            "unit stay.",
        ),
        about("patient", pid="uniquepid", visit="patienthealthsystemstayid"),
        sql="""
            SELECT wardid, unitadmittime FROM patient WHERE patienthealthsystemstayid = :visit
            ORDER BY unitadmittime LIMIT 1""",
        reference=VISIT_STAYS
        + 'answer = stays[stays.unitadmittime == stays.unitadmittime.min()][["wardid", "unitadmittime"]]',
        columns=("ward id", "unit admission time"),
    ),
    _stays(
        "wait_for_unit",
        (
            "How many minutes after hospital admission did the first unit stay of hospital stay {visit} "
            "begin?",
            "Hospital stay {visit}: minutes from hospital admission to the first unit admission?",
            "How long, in minutes, did the patient of hospital stay {visit} wait between admission to the "
            "hospital and first admission to a unit?",
        ),
        about("patient", visit="patienthealthsystemstayid"),
        sql="""
            SELECT ROUND((julianday(MIN(unitadmittime)) - julianday(MIN(hospitaladmittime))) * 1440)
            FROM patient WHERE patienthealthsystemstayid = :visit""",
        reference=VISIT_STAYS
        + """
waits = pd.to_datetime(stays["unitadmittime"]) - pd.to_datetime(stays["hospitaladmittime"])
answer = round(waits.min().total_seconds() / 60)
""",
        columns=("minutes",),
    ),
    _stays(
        "count_by_source",
        (
            "How many hospital stays with admission source '{source}' began {when}?",
            "Count the hospital stays that started {when} and whose admission source is '{source}'.",
            "What is the number of hospital admissions {when} by way of '{source}'?",
        ),
        about("patient", around="hospitaladmittime", source="hospitaladmitsource"),
        sql="""
            SELECT COUNT(DISTINCT patienthealthsystemstayid) FROM patient
            WHERE hospitaladmitsource = :source AND hospitaladmittime >= :start AND hospitaladmittime < :end""",
        reference=P
        + """
began = pd.to_datetime(p.hospitaladmittime)
chosen = p[(p.hospitaladmitsource == source) & (began >= pd.Timestamp(start)) & (began < pd.Timestamp(end))]
answer = chosen.groupby("patienthealthsystemstayid").ngroups
""",
        columns=("number of hospital stays",),
    ),
    _people(
        "count_age_band",
        (
            "How many different {gender} patients aged {low} to {high} (at admission, both ages included) "
            "were admitted to hospital {when}?",
            "Count the {gender} patients with a hospital admission {when} at an age between {low} and "
            "{high}, both included.",
            "What number of distinct {gender} patients between {low} and {high} years old (inclusive) "
            "came to hospital {when}?",
        ),
        about(
            "patient",
            around="hospitaladmittime",
            gender="gender",
            low=lambda rng, row: max(int(str(row["age"])) - rng.randint(2, 12), 16),
            high=lambda rng, row: min(int(str(row["age"])) + rng.randint(2, 12), 89),
        ),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM patient
            WHERE gender = :gender AND CAST(age AS INTEGER) BETWEEN :low AND :high
              AND hospitaladmittime >= :start AND hospitaladmittime < :end""",
        reference=P
        + """
p["years"] = pd.to_numeric(p.age)
began = pd.to_datetime(p.hospitaladmittime)
chosen = p[(p.gender == gender) & p.years.between(low, high) & (began >= pd.Timestamp(start))
    & (began < pd.Timestamp(end))]
answer = chosen.uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _people(
        "weight_change",
        (
            "By how many kg did the admission weight of patient {pid} change from the first to the last "
            "unit stay in which it was recorded? A loss is negative.",
            "Patient {pid}: last recorded admission weight minus first recorded admission weight, in kg.",
            "What is the difference in kg between the latest and the earliest recorded admission weight "
            "of patient {pid} (latest minus earliest)?",
        ),
        only_if(
            about("patient", pid="uniquepid"),
            "SELECT 1 FROM patient WHERE uniquepid = :pid AND admissionweight IS NOT NULL GROUP BY NULL "
            "HAVING COUNT(*) > 1",
        ),
        sql="""
            SELECT (SELECT admissionweight FROM patient WHERE uniquepid = :pid AND admissionweight IS NOT NULL
                    ORDER BY unitadmittime DESC LIMIT 1)
                 - (SELECT admissionweight FROM patient WHERE uniquepid = :pid AND admissionweight IS NOT NULL
                    ORDER BY unitadmittime LIMIT 1)""",
        reference=MY_STAYS
        + """
known = stays.dropna(subset=["admissionweight"]).sort_values("unitadmittime").admissionweight
answer = known.iloc[-1] - known.iloc[0]
""",
        columns=("kg",),
    ),
    _people(
        "body_mass_index",
        (
            "What was the body mass index (kg per square metre, not rounded) of patient {pid} at the last "
            "unit stay with both admission height and admission weight recorded?",
            "Compute the BMI of patient {pid}, not rounded, from the admission height and weight of their "
            "most recent unit stay that has both.",
            "Patient {pid}: unrounded BMI at the latest unit admission where height and weight are both "
            "on record?",
        ),
        about("patient", "admissionheight IS NOT NULL AND admissionweight IS NOT NULL", pid="uniquepid"),
        sql="""
            SELECT admissionweight / (admissionheight / 100.0 * (admissionheight / 100.0)) FROM patient
            WHERE uniquepid = :pid AND admissionheight IS NOT NULL AND admissionweight IS NOT NULL
            ORDER BY unitadmittime DESC LIMIT 1""",
        reference=MY_STAYS
        + """
known = stays.dropna(subset=["admissionheight", "admissionweight"])
last = known.loc[pd.to_datetime(known.unitadmittime).idxmax()]
answer = last.admissionweight * 1e4 / last.admissionheight**2
""",
        columns=("body mass index",),
    ),
    _people(
        "mean_weight_by_hospital",
        (
            "What is the mean admission weight in kg (not rounded) over the unit stays of {gender} "
            "patients in hospital {hospital} that began {when}?",
            "Average the recorded admission weights of {gender} patients over unit stays that started "
            "{when} in hospital {hospital}; kg, not rounded.",
            "For unit stays of {gender} patients at hospital {hospital} with unit admission {when}: mean "
            "admission weight in kg, unrounded.",
        ),
        about("patient", around="hospitaladmittime", gender="gender", hospital="hospitalid"),
        sql="""
            SELECT AVG(admissionweight) FROM patient WHERE gender = :gender AND hospitalid = :hospital
            AND unitadmittime >= :start AND unitadmittime < :end""",
        reference=P
        + """
chosen = p[(p.gender == gender) & (p.hospitalid == hospital) & (p.unitadmittime >= start)
    & (p.unitadmittime < end)]
weights = chosen.admissionweight.dropna()
answer = weights.sum() / len(weights) if len(weights) else None
""",
        columns=("kg",),
    ),
    _stays_test(
        "units_of_visit",
        (
            "Which wards did the patient of hospital stay {visit} pass through? In order of unit "
            "admission, give ward id and unit admission time.",
            "Trace hospital stay {visit} ward by ward, earliest first: the ward's id, and when the "
            "patient arrived in it.",
        ),
        about("patient", visit="patienthealthsystemstayid"),
        sql="""
            SELECT wardid, unitadmittime FROM patient WHERE patienthealthsystemstayid = :visit
            ORDER BY unitadmittime""",
        reference=VISIT_STAYS + 'answer = stays.sort_values("unitadmittime")[["wardid", "unitadmittime"]]',
        columns=("ward id", "unit admission time"),
        ordered=True,
    ),
    _stays_test(
        "mean_hospital_days",
        (
            "Take the hospital stays at hospital {hospital} that began {when} and have ended: how many "
            "days did they take on average (unrounded)?",
            "Among ended hospital stays of hospital {hospital} with admission {when}, what is the "
            "unrounded average duration in days?",
        ),
        about("patient", around="hospitaladmittime", hospital="hospitalid"),
        sql="""
            SELECT AVG(julianday(hospitaldischargetime) - julianday(hospitaladmittime)) FROM
            (SELECT DISTINCT patienthealthsystemstayid, hospitaladmittime, hospitaldischargetime FROM patient
             WHERE hospitalid = :hospital AND hospitaldischargetime IS NOT NULL
               AND hospitaladmittime >= :start AND hospitaladmittime < :end)""",
        reference=P
        + """
chosen = p[(p.hospitalid == hospital) & p.hospitaldischargetime.notna()].drop_duplicates("patienthealthsystemstayid")
chosen = chosen[(chosen.hospitaladmittime >= start) & (chosen.hospitaladmittime < end)]
took = pd.to_datetime(chosen.hospitaldischargetime) - pd.to_datetime(chosen.hospitaladmittime)
answer = took.mean() / pd.Timedelta(days=1) if len(took) else None
""",
        columns=("days",),
    ),
    _stays_test(
        "days_in_hospital_so_far",
        (
            "Patient {pid} has not left hospital yet. How many days, unrounded, have gone by since this "
            "admission, up to the current time?",
            "As of the current time, for how many days (unrounded) has the ongoing hospital stay of "
            "patient {pid} lasted?",
        ),
        about("patient", "hospitaldischargetime IS NULL", pid="uniquepid"),
        sql="""
            SELECT julianday('2105-12-31 23:59:00') - julianday(MAX(hospitaladmittime)) FROM patient
            WHERE uniquepid = :pid AND hospitaldischargetime IS NULL""",
        reference=MY_STAYS
        + """
still = stays[stays.hospitaldischargetime.isna()]
answer = (NOW - pd.to_datetime(still.hospitaladmittime).iloc[0]).total_seconds() / 86400
""",
        columns=("days",),
    ),
    _people_test(
        "discharge_weight_change",
        (
            "How many kg lighter or heavier was the patient of unit stay {stay} at discharge than at "
            "admission? Heavier is positive.",
            "Unit stay {stay}: give discharge weight less admission weight in kg.",
        ),
        about(
            "patient", "admissionweight IS NOT NULL AND dischargeweight IS NOT NULL", stay="patientunitstayid"
        ),
        sql="SELECT dischargeweight - admissionweight FROM patient WHERE patientunitstayid = :stay",
        reference=P
        + 'answer = p.set_index("patientunitstayid").loc[stay, ["admissionweight", "dischargeweight"]].astype(float).diff().iloc[-1]',
        columns=("kg",),
    ),
    _people_test(
        "mean_age_with_diagnosis",
        (
            "Looking at unit stays in which '{name}' was diagnosed {when}, what is the unrounded average "
            "age of their patients (each unit stay counts once)?",
            "Over all unit stays with a diagnosis '{name}' made {when}, counted once each: average "
            "patient age, unrounded?",
        ),
        about("diagnosis", around="diagnosistime", name="diagnosisname"),
        sql="""
            SELECT AVG(CAST(age AS INTEGER)) FROM patient WHERE patientunitstayid IN
            (SELECT patientunitstayid FROM diagnosis WHERE diagnosisname = :name
             AND diagnosistime >= :start AND diagnosistime < :end)""",
        reference=P
        + """
d = table("diagnosis")
d = d[(d.diagnosisname == name) & (d.diagnosistime >= start) & (d.diagnosistime < end)]
both = d.drop_duplicates("patientunitstayid").merge(p, on="patientunitstayid")
answer = both.age.astype(int).mean() if len(both) else None
""",
        columns=("years",),
    ),
    _people_test(
        "height_and_weights",
        (
            "Give admission height and admission weight of every unit stay of patient {pid} that has both "
            "on file, with the unit stay's id.",
            "Unit stay id, admission height and admission weight, please, for all unit stays of patient "
            "{pid} where neither is missing.",
        ),
        about("patient", "admissionheight IS NOT NULL AND admissionweight IS NOT NULL", pid="uniquepid"),
        sql="""
            SELECT patientunitstayid, admissionheight, admissionweight FROM patient
            WHERE uniquepid = :pid AND admissionheight IS NOT NULL AND admissionweight IS NOT NULL""",
        reference=MY_STAYS
        + 'answer = stays[["patientunitstayid", "admissionheight", "admissionweight"]].dropna()',
        columns=("unit stay id", "height in cm", "weight in kg"),
    ),
)
