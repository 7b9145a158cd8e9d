"""When patients came and left."""

from functools import partial

from task_store.datasets.mimic_iii.draws import (
    ADMISSION_TYPE,
    IN_HOSPITAL,
    PATIENT,
    RETURNED,
    STAY,
    both,
    of,
    tied,
    window,
)
from task_store.questions.template import Template

_T = partial(Template, category="hospital_stays")

TEMPLATES = (
    _T(
        key="first_admission",
        pool="train",
        phrasings=(
            "When was patient {subject_id} first admitted to the hospital?",
            "Give the time of the first hospital admission of patient {subject_id}.",
            "What is the earliest admission time of patient {subject_id}?",
        ),
        draw=PATIENT,
        sql="SELECT MIN(admittime) FROM admissions WHERE subject_id = :subject_id",
        reference="""
stays = table("admissions")
answer = stays.admittime[stays.subject_id == subject_id].min()
""",
        columns=("admittime",),
    ),
    _T(
        key="length_of_last_stay",
        pool="train",
        phrasings=(
            "How many days did the last completed hospital stay of patient {subject_id} last, fractions included?",
            "For patient {subject_id}, compute the length in days (with fractions) of the most recent stay that "
            "has ended.",
            "What was the duration, in days and parts of days, of the latest finished admission of patient "
            "{subject_id}?",
        ),
        draw=of("admissions", "subject_id", where="dischtime IS NOT NULL"),
        sql=(
            "SELECT julianday(dischtime) - julianday(admittime) FROM admissions "
            "WHERE subject_id = :subject_id AND dischtime IS NOT NULL ORDER BY admittime DESC LIMIT 1"
        ),
        reference="""
stays = table("admissions")
stays = stays[(stays.subject_id == subject_id) & stays.dischtime.notna()]
last = stays.loc[stays.admittime.idxmax()]
answer = (pd.Timestamp(last.dischtime) - pd.Timestamp(last.admittime)) / pd.Timedelta(days=1)
""",
        columns=("days",),
    ),
    _T(
        key="discharges_of_patient",
        pool="train",
        phrasings=(
            "To which places was patient {subject_id} discharged, and when? List all completed stays.",
            "List discharge location and discharge time of every completed stay of patient {subject_id}.",
            "For all finished stays of patient {subject_id}: where did the patient go, and at what time?",
        ),
        draw=RETURNED,
        sql=(
            "SELECT discharge_location, dischtime FROM admissions "
            "WHERE subject_id = :subject_id AND dischtime IS NOT NULL"
        ),
        reference="""
stays = table("admissions")
answer = stays[stays.subject_id.eq(subject_id)].dropna(subset=["dischtime"])[["discharge_location", "dischtime"]]
""",
        columns=("discharge_location", "dischtime"),
    ),
    _T(
        key="hours_in_hospital_now",
        pool="train",
        phrasings=(
            "Patient {subject_id} is in hospital. How many hours have passed since the admission?",
            "For how many hours has patient {subject_id} been in the hospital on the current stay?",
            "How long, in hours, has the present hospital stay of patient {subject_id} lasted so far?",
        ),
        draw=IN_HOSPITAL,
        sql=(
            "SELECT 24 * (julianday('2105-12-31 23:59:00') - julianday(admittime)) FROM admissions "
            "WHERE subject_id = :subject_id AND dischtime IS NULL"
        ),
        reference="""
stays = table("admissions")
open_stay = stays[(stays.subject_id == subject_id) & stays.dischtime.isna()].iloc[0]
answer = (NOW - pd.Timestamp(open_stay.admittime)).total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _T(
        key="origin_of_stay",
        pool="test",
        phrasings=(
            "State admission time, admission type and admission location of hospital stay {hadm_id}.",
            "Hospital stay {hadm_id}: when did it begin, of what type was the admission, and from which location?",
        ),
        draw=STAY,
        sql="SELECT admittime, admission_type, admission_location FROM admissions WHERE hadm_id = :hadm_id",
        reference="""
stay = table("admissions").set_index("hadm_id").loc[hadm_id]
answer = [[stay.admittime, stay.admission_type, stay.admission_location]]
""",
        columns=("admittime", "admission_type", "admission_location"),
    ),
    _T(
        key="gap_after_first_stay",
        pool="test",
        phrasings=(
            "How many days (with fractions) lie between the first discharge of patient {subject_id} and the next "
            "admission?",
            "After the first stay, how long in days was patient {subject_id} out of hospital before coming back? "
            "Fractions count.",
        ),
        draw=RETURNED,
        sql=(
            "SELECT (SELECT julianday(admittime) FROM admissions WHERE subject_id = :subject_id "
            "ORDER BY admittime LIMIT 1 OFFSET 1) - MIN(julianday(dischtime)) "
            "FROM admissions WHERE subject_id = :subject_id"
        ),
        reference="""
stays = table("admissions").query("subject_id == @subject_id").sort_values("admittime")
left, back = pd.Timestamp(stays.dischtime.iloc[0]), pd.Timestamp(stays.admittime.iloc[1])
answer = (back - left).total_seconds() / 86400
""",
        columns=("days",),
    ),
    _T(
        key="longest_stay_of_type",
        pool="test",
        phrasings=(
            "Which completed stay that began {when} as '{admission_type}' admission was the longest? Give hadm_id "
            "and its length in days, fractions included.",
            "Name the hadm_id with the greatest length of stay, and that length in days with fractions, among "
            "'{admission_type}' admissions {when} that have ended.",
        ),
        draw=both(ADMISSION_TYPE, window),
        sql=(
            "SELECT hadm_id, julianday(dischtime) - julianday(admittime) AS days FROM admissions "
            "WHERE admission_type = :admission_type AND admittime >= :start AND admittime < :end "
            "AND dischtime IS NOT NULL ORDER BY days DESC LIMIT 1"
        ),
        ties=tied(
            "SELECT ROUND(julianday(dischtime) - julianday(admittime), 3) AS v FROM admissions "
            "WHERE admission_type = :admission_type AND admittime >= :start AND admittime < :end "
            "AND dischtime IS NOT NULL ORDER BY v DESC LIMIT 2"
        ),
        reference="""
stays = table("admissions").dropna(subset=["dischtime"])
stays = stays[(stays.admission_type == admission_type) & (stays.admittime >= start) & (stays.admittime < end)].copy()
length = pd.to_datetime(stays.dischtime) - pd.to_datetime(stays.admittime)
stays["days"] = length.dt.total_seconds() / 86400
answer = stays.nlargest(1, "days")[["hadm_id", "days"]]
""",
        columns=("hadm_id", "days"),
    ),
    _T(
        key="mean_stay_by_type",
        pool="test",
        phrasings=(
            "For admissions {when} that have ended, give the mean length of stay in days for each admission type.",
            "Mean duration of completed stays in days, by admission type, of patients admitted {when}?",
        ),
        draw=window,
        sql=(
            "SELECT admission_type, AVG(julianday(dischtime) - julianday(admittime)) FROM admissions "
            "WHERE admittime >= :start AND admittime < :end AND dischtime IS NOT NULL GROUP BY admission_type"
        ),
        reference="""
stays = table("admissions")
stays = stays[(stays.admittime >= start) & (stays.admittime < end) & stays.dischtime.notna()]
length = pd.to_datetime(stays.dischtime) - pd.to_datetime(stays.admittime)
days = length.dt.total_seconds() / 86400
answer = days.groupby(stays.admission_type).mean().reset_index()
""",
        columns=("admission_type", "mean_days"),
    ),
)
