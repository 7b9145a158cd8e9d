"""Where patients lay."""

from functools import partial

from task_store.datasets.mimic_iii.draws import CARE_UNIT, ICU_STAY, STAY, both, of, window, year
from task_store.questions.template import Template

_T = partial(Template, category="care_units")

TEMPLATES = (
    _T(
        key="wards_in_order",
        pool="train",
        phrasings=(
            "On which wards (wardid) did the patient of hospital stay {hadm_id} lie, from when? Give wardid and "
            "intime in order of time.",
            "List the wards of stay {hadm_id} with the time of arrival (wardid, intime), in order.",
            "Trace admission {hadm_id} through the wards: wardid and intime, earliest first.",
        ),
        draw=STAY,
        sql=(
            "SELECT wardid, intime FROM transfers WHERE hadm_id = :hadm_id AND wardid IS NOT NULL ORDER BY intime"
        ),
        reference="""
moves = table("transfers")
moves = moves[(moves.hadm_id == hadm_id) & moves.wardid.notna()].sort_values("intime")
answer = [[int(ward), time] for ward, time in zip(moves.wardid, moves.intime)]
""",
        columns=("wardid", "intime"),
        ordered=True,
    ),
    _T(
        key="hours_in_icu",
        pool="train",
        phrasings=(
            "How many hours did ICU stay {icustay_id} last?",
            "Give the length of ICU stay {icustay_id} in hours.",
            "For how long, in hours, was the patient of ICU stay {icustay_id} in intensive care?",
        ),
        draw=ICU_STAY,
        sql="SELECT 24 * (julianday(outtime) - julianday(intime)) FROM icustays WHERE icustay_id = :icustay_id",
        reference="""
stay = table("icustays").set_index("icustay_id").loc[icustay_id]
answer = (pd.Timestamp(stay.outtime) - pd.Timestamp(stay.intime)) / pd.Timedelta(hours=1)
""",
        columns=("hours",),
    ),
    _T(
        key="patients_of_unit",
        pool="train",
        phrasings=(
            "How many patients entered the care unit '{careunit}' {when}?",
            "Count the patients who came to the '{careunit}' {when}.",
            "{when}, how many different patients were taken into the '{careunit}'?",
        ),
        draw=both(CARE_UNIT, window),
        sql=(
            "SELECT COUNT(DISTINCT subject_id) FROM transfers "
            "WHERE careunit = :careunit AND intime >= :start AND intime < :end"
        ),
        reference="""
moves = table("transfers")
moves = moves[(moves.careunit == careunit) & (moves.intime >= start) & (moves.intime < end)]
answer = moves.subject_id.nunique()
""",
        columns=("patients",),
    ),
    _T(
        key="last_unit_of_patient",
        pool="train",
        phrasings=(
            "In which intensive care unit was patient {subject_id} last, and when did that stay begin?",
            "Give unit (first_careunit) and start of the most recent ICU stay of patient {subject_id}.",
            "Where and from when was patient {subject_id} in intensive care for the last time (unit, time)?",
        ),
        draw=of("icustays", "subject_id"),
        sql=(
            "SELECT first_careunit, intime FROM icustays WHERE subject_id = :subject_id "
            "ORDER BY intime DESC LIMIT 1"
        ),
        reference="""
stays = table("icustays")
stays = stays[stays.subject_id == subject_id]
answer = stays[stays.intime == stays.intime.max()][["first_careunit", "intime"]]
""",
        columns=("first_careunit", "intime"),
    ),
    _T(
        key="hours_before_icu",
        pool="test",
        phrasings=(
            "How many hours after the admission did the first ICU stay of hospital stay {hadm_id} begin?",
            "In hospital stay {hadm_id}, how long in hours did it take until intensive care began?",
        ),
        draw=of("icustays", "hadm_id"),
        sql=(
            "SELECT 24 * (MIN(julianday(i.intime)) - julianday(a.admittime)) FROM icustays i "
            "JOIN admissions a ON a.hadm_id = i.hadm_id WHERE i.hadm_id = :hadm_id"
        ),
        reference="""
begun = pd.Timestamp(table("admissions").set_index("hadm_id").admittime[hadm_id])
stays = table("icustays")
answer = (pd.to_datetime(stays.intime[stays.hadm_id == hadm_id]).min() - begun).total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _T(
        key="mean_icu_hours_by_unit",
        pool="test",
        phrasings=(
            "For ICU stays that began in {year} and have ended, what is the mean length in hours in each unit "
            "(first_careunit, mean)?",
            "Mean hours per finished ICU stay of {year}, by first_careunit?",
        ),
        draw=year,
        sql=(
            "SELECT first_careunit, AVG(24 * (julianday(outtime) - julianday(intime))) FROM icustays "
            "WHERE CAST(strftime('%Y', intime) AS INTEGER) = :year AND outtime IS NOT NULL GROUP BY first_careunit"
        ),
        reference="""
stays = table("icustays").dropna(subset=["outtime"])
begun, ended = pd.to_datetime(stays.intime), pd.to_datetime(stays.outtime)
hours = (ended - begun).dt.total_seconds() / 3600
answer = hours[begun.dt.year == year].groupby(stays.first_careunit).mean().reset_index()
""",
        columns=("first_careunit", "mean_hours"),
    ),
    _T(
        key="busiest_ward",
        pool="test",
        phrasings=(
            "Which ward received the most patients {when}? Give wardid and number of different patients; all that "
            "tie.",
            "By number of different patients who arrived {when}, which wardid is first? Give it with the number, "
            "including ties.",
        ),
        draw=window,
        sql=(
            "WITH counts AS (SELECT wardid, COUNT(DISTINCT subject_id) AS patients FROM transfers "
            "WHERE wardid IS NOT NULL AND intime >= :start AND intime < :end GROUP BY wardid) "
            "SELECT wardid, patients FROM counts WHERE patients = (SELECT MAX(patients) FROM counts)"
        ),
        reference="""
moves = table("transfers").dropna(subset=["wardid"])
moves = moves[(moves.intime >= start) & (moves.intime < end)]
counts = moves.groupby("wardid").subject_id.nunique()
answer = [[int(ward), int(number)] for ward, number in counts[counts == counts.max()].items()]
""",
        columns=("wardid", "patients"),
    ),
)
