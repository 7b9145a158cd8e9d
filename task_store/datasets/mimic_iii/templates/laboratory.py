"""What was measured in the laboratory."""

from functools import partial

from task_store.datasets.mimic_iii.draws import PAST_STAY, both, measured, tied, window
from task_store.questions.template import Template

_T = partial(Template, category="laboratory")

_OF_PATIENT = (
    "FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
    "WHERE l.subject_id = :subject_id AND d.label = :item"
)
_OF_STAY = (
    "FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid WHERE l.hadm_id = :hadm_id AND d.label = :item"
)

TEMPLATES = (
    _T(
        key="last_value",
        pool="train",
        phrasings=(
            "What was the last measured value of the lab test '{item}' of patient {subject_id}, and when?",
            "Give value and time of the most recent '{item}' result of patient {subject_id}.",
            "What is the latest '{item}' in the laboratory data of patient {subject_id} (value, time)?",
        ),
        draw=measured("labevents", "subject_id"),
        sql=f"SELECT l.valuenum, l.charttime {_OF_PATIENT} ORDER BY l.charttime DESC LIMIT 1",
        ties=tied(f"SELECT l.charttime AS v {_OF_PATIENT} ORDER BY v DESC LIMIT 2"),
        reference="""
names = table("d_labitems").set_index("itemid").label
labs = table("labevents")
labs = labs[(labs.subject_id == subject_id) & (labs.itemid.map(names) == item)]
answer = labs.sort_values("charttime").tail(1)[["valuenum", "charttime"]]
""",
        columns=("valuenum", "charttime"),
    ),
    _T(
        key="range_in_stay",
        pool="train",
        phrasings=(
            "What were the lowest, highest and mean value of '{item}' in hospital stay {hadm_id}?",
            "Give minimum, maximum and average of the lab '{item}' during stay {hadm_id}.",
            "In admission {hadm_id}, between which values did '{item}' lie, and what was its mean (lowest, highest, "
            "mean)?",
        ),
        draw=measured("labevents", "hadm_id"),
        sql=f"SELECT MIN(l.valuenum), MAX(l.valuenum), AVG(l.valuenum) {_OF_STAY}",
        reference="""
labs = table("labevents").merge(table("d_labitems")[["itemid", "label"]], on="itemid")
values = labs.valuenum[(labs.hadm_id == hadm_id) & (labs.label == item)]
answer = [[values.min(), values.max(), values.mean()]]
""",
        columns=("lowest", "highest", "mean"),
    ),
    _T(
        key="change_against_previous",
        pool="train",
        phrasings=(
            "By how much did '{item}' of patient {subject_id} change from the last but one to the last measurement "
            "(last minus the one before)?",
            "Subtract the second last from the last '{item}' result of patient {subject_id}.",
            "What is the difference between the latest '{item}' of patient {subject_id} and the one before it "
            "(latest minus previous)?",
        ),
        draw=measured("labevents", "subject_id"),
        sql=(
            f"SELECT (SELECT l.valuenum {_OF_PATIENT} ORDER BY l.charttime DESC LIMIT 1) - "
            f"(SELECT l.valuenum {_OF_PATIENT} ORDER BY l.charttime DESC LIMIT 1 OFFSET 1)"
        ),
        ties=(
            tied(f"SELECT l.charttime AS v {_OF_PATIENT} ORDER BY v DESC LIMIT 3")
            + f" UNION ALL SELECT 1 WHERE (SELECT COUNT(*) {_OF_PATIENT}) < 2"
        ),
        reference="""
names = table("d_labitems")
labs = table("labevents")
labs = labs[(labs.subject_id == subject_id) & labs.itemid.isin(names.itemid[names.label == item])]
before, last = labs.sort_values("charttime").valuenum.tail(2)
answer = last - before
""",
        columns=("change",),
    ),
    _T(
        key="patients_above",
        pool="train",
        phrasings=(
            "How many patients had a '{item}' above {valuenum} {when}?",
            "Count the patients whose '{item}' exceeded {valuenum} at least once {when}.",
            "{when}, in how many patients was a '{item}' of more than {valuenum} measured?",
        ),
        draw=both(measured("labevents", "valuenum"), window),
        sql=(
            "SELECT COUNT(DISTINCT l.subject_id) FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
            "WHERE d.label = :item AND l.valuenum > :valuenum AND l.charttime >= :start AND l.charttime < :end"
        ),
        reference="""
labs = table("labevents").merge(table("d_labitems")[["itemid", "label"]], on="itemid")
labs = labs[(labs.label == item) & (labs.charttime >= start) & (labs.charttime < end)]
highest = labs.groupby("subject_id").valuenum.max()
answer = int((highest > valuenum).sum())
""",
        columns=("patients",),
    ),
    _T(
        key="lowest_in_stay",
        pool="train",
        phrasings=(
            "In hospital stay {hadm_id}, when was the lowest '{item}' measured, and what was the value?",
            "Give time and value of the lowest '{item}' of stay {hadm_id}.",
            "At what time did '{item}' reach its minimum in admission {hadm_id}, and which value was it?",
        ),
        draw=measured("labevents", "hadm_id"),
        sql=f"SELECT l.charttime, l.valuenum {_OF_STAY} ORDER BY l.valuenum LIMIT 1",
        ties=tied(f"SELECT l.valuenum AS v {_OF_STAY} ORDER BY v LIMIT 2"),
        reference="""
names = table("d_labitems").set_index("itemid").label
labs = table("labevents")
labs = labs[(labs.hadm_id == hadm_id) & (labs.itemid.map(names) == item)]
answer = labs.loc[[labs.valuenum.idxmin()], ["charttime", "valuenum"]]
""",
        columns=("charttime", "valuenum"),
    ),
    _T(
        key="change_over_stay",
        pool="test",
        phrasings=(
            "By how many per cent did '{item}' change from the first to the last measurement of hospital stay "
            "{hadm_id}, relative to the first?",
            "Over stay {hadm_id}, what is the relative change of '{item}' (last against first measurement) in per "
            "cent of the first?",
        ),
        draw=measured("labevents", "hadm_id"),
        sql=(
            f"WITH m AS (SELECT l.charttime, l.valuenum {_OF_STAY}) SELECT 100.0 * "
            "((SELECT valuenum FROM m ORDER BY charttime DESC LIMIT 1) / "
            "(SELECT valuenum FROM m ORDER BY charttime LIMIT 1) - 1)"
        ),
        ties=(
            tied(f"SELECT l.charttime AS v {_OF_STAY}")
            + f" UNION ALL SELECT 1 WHERE (SELECT COUNT(*) {_OF_STAY}) < 2"
            + f" OR EXISTS (SELECT 1 {_OF_STAY} AND l.valuenum = 0)"
        ),
        reference="""
labs = table("labevents").merge(table("d_labitems")[["itemid", "label"]], on="itemid")
values = labs[(labs.hadm_id == hadm_id) & (labs.label == item)].sort_values("charttime").valuenum
answer = (values.iloc[-1] - values.iloc[0]) / values.iloc[0] * 100
""",
        columns=("per_cent",),
    ),
    _T(
        key="labs_before_discharge",
        pool="test",
        phrasings=(
            "Which lab tests were done in the last 48 hours before the discharge from hospital stay {hadm_id}? "
            "Give each label once with its number of results.",
            "For stay {hadm_id}, count the results of each lab test (label, number) within the 48 hours up to the "
            "discharge.",
        ),
        draw=PAST_STAY,
        sql=(
            "SELECT d.label, COUNT(*) FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
            "JOIN admissions a ON a.hadm_id = l.hadm_id "
            "WHERE l.hadm_id = :hadm_id AND l.charttime >= datetime(a.dischtime, '-48 hours') GROUP BY d.label"
        ),
        reference="""
left = pd.Timestamp(table("admissions").set_index("hadm_id").dischtime[hadm_id])
labs = table("labevents")
labs = labs[(labs.hadm_id == hadm_id) & (pd.to_datetime(labs.charttime) >= left - pd.Timedelta(hours=48))]
names = table("d_labitems").set_index("itemid").label
answer = labs.itemid.map(names).value_counts().reset_index()
""",
        columns=("label", "results"),
    ),
    _T(
        key="extreme_patient",
        pool="test",
        phrasings=(
            "Which patient had the highest '{item}' {when}, and what was the value?",
            "Find the maximum of '{item}' {when}: give the subject_id and the value.",
        ),
        draw=both(measured("labevents"), window),
        sql=(
            "SELECT l.subject_id, l.valuenum FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
            "WHERE d.label = :item AND l.charttime >= :start AND l.charttime < :end "
            "ORDER BY l.valuenum DESC LIMIT 1"
        ),
        ties=tied(
            "SELECT l.valuenum AS v FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
            "WHERE d.label = :item AND l.charttime >= :start AND l.charttime < :end ORDER BY v DESC LIMIT 2"
        ),
        reference="""
labs = table("labevents").merge(table("d_labitems")[["itemid", "label"]], on="itemid")
labs = labs[(labs.label == item) & (labs.charttime >= start) & (labs.charttime < end)]
answer = labs.nlargest(1, "valuenum")[["subject_id", "valuenum"]]
""",
        columns=("subject_id", "valuenum"),
    ),
)
