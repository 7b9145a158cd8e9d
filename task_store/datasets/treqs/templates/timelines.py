"""Order and distance of events: first and last times, gaps between stays, survival."""

from task_store.datasets.treqs.draws import both, number, some, then, window
from task_store.questions.template import Template

_DAYS = ("days",)

TIMELINES: tuple[Template, ...] = (
    Template(
        key="first_admission_of_patient",
        pool="train",
        category="timeline",
        phrasings=(
            "When did the first hospital admission of {name} begin?",
            "At what time was patient {name} admitted for the first time?",
            "Give the time of {name}'s earliest admission.",
        ),
        draw=some("demographic", name="name"),
        sql="SELECT MIN(admittime) FROM demographic WHERE name = :name",
        reference="""
d = table("demographic")
answer = sorted(d.loc[d["name"] == name, "admittime"])[0]
""",
        columns=("admittime",),
    ),
    Template(
        key="days_until_readmission",
        pool="train",
        category="timeline",
        phrasings=(
            "How many days (with fractions) passed between the discharge from admission {hadm_id} and the "
            "same patient's next "
            "admission?",
            "After admission {hadm_id}, after how many days, fractions included, was the patient admitted "
            "again?",
            "Give the time in days, not rounded, from the discharge of admission {hadm_id} to the start of "
            "the next admission "
            "of its patient.",
        ),
        draw=some(
            "demographic",
            "EXISTS (SELECT 1 FROM demographic later WHERE later.subject_id = demographic.subject_id "
            "AND later.admittime > demographic.dischtime)",
            hadm_id="hadm_id",
        ),
        sql="""
SELECT MIN(julianday(b.admittime)) - julianday(a.dischtime)
FROM demographic a JOIN demographic b ON b.subject_id = a.subject_id AND b.admittime > a.dischtime
WHERE a.hadm_id = :hadm_id
""",
        reference="""
d = table("demographic").sort_values("admittime")
following = d.groupby("subject_id")["admittime"].shift(-1)
row = d["hadm_id"] == hadm_id
gap = pd.Timestamp(following[row].item()) - pd.Timestamp(d.loc[row, "dischtime"].item())
answer = gap.total_seconds() / 86400
""",
        columns=_DAYS,
        kinds=("number",),
    ),
    Template(
        key="last_lab_of_stay",
        pool="train",
        category="timeline",
        phrasings=(
            "When was {label} in {fluid} last measured during admission {hadm_id}, and with what result?",
            "Give time and value with unit of the latest {label} test ({fluid}) of admission {hadm_id}.",
            "What was the last {label} ({fluid}) of admission {hadm_id}, and when was it charted? Time "
            "first, then value "
            "with unit.",
        ),
        draw=some("lab", hadm_id="hadm_id", label="label", fluid="fluid"),
        sql="""
SELECT charttime, value_unit FROM lab
WHERE hadm_id = :hadm_id AND label = :label AND fluid = :fluid ORDER BY charttime DESC LIMIT 1
""",
        reference="""
lab = table("lab")
lab = lab[(lab["hadm_id"] == hadm_id) & (lab["label"] == label) & (lab["fluid"] == fluid)]
last = lab.loc[pd.to_datetime(lab["charttime"]).idxmax()]
answer = [[last["charttime"], last["value_unit"]]]
""",
        columns=("charttime", "value_unit"),
        ties="""
SELECT 1 FROM lab WHERE hadm_id = :hadm_id AND label = :label AND fluid = :fluid
GROUP BY charttime HAVING COUNT(*) > 1
""",
    ),
    Template(
        key="readmitted_within",
        pool="train",
        category="timeline",
        phrasings=(
            'After how many admissions for "{complaint}" (admission diagnosis) was the patient admitted '
            "again within {days} days "
            "of discharge?",
            'Count the admissions with admission diagnosis "{complaint}" whose patient had another '
            "admission at most {days} "
            "days after the discharge.",
            'How many stays for "{complaint}" (admission diagnosis) were followed by a readmission of the '
            "patient within "
            "{days} days from discharge?",
        ),
        draw=both(
            some(
                "demographic",
                "EXISTS (SELECT 1 FROM demographic later WHERE later.subject_id = demographic.subject_id "
                "AND later.admittime > demographic.dischtime)",
                complaint="diagnosis",
            ),
            number("days", 7, 400),
        ),
        sql="""
SELECT COUNT(*) FROM demographic a WHERE a.diagnosis = :complaint AND EXISTS (
    SELECT 1 FROM demographic b WHERE b.subject_id = a.subject_id AND b.admittime > a.dischtime
    AND julianday(b.admittime) - julianday(a.dischtime) <= :days)
""",
        reference="""
d = table("demographic").sort_values(["subject_id", "admittime"])
start, end = pd.to_datetime(d["admittime"]), pd.to_datetime(d["dischtime"])
gap = start.groupby(d["subject_id"]).shift(-1) - end
answer = int(((d["diagnosis"] == complaint) & (gap <= pd.Timedelta(days=days))).sum())
""",
        columns=("number_of_admissions",),
    ),
    Template(
        key="died_within",
        pool="train",
        category="timeline",
        phrasings=(
            'How many patients with the diagnosis "{title}" (short title) died within {days} calendar days '
            "after the day of "
            "their last discharge (dying on that day counts)?",
            'Count the patients ever diagnosed with "{title}" (short title) whose day of death lies at '
            "most {days} days after "
            "the day of their last discharge.",
            'Of the patients with an ICD-9 diagnosis "{title}" (short title), how many were dead by {days} '
            "days after the day "
            "of their last discharge?",
        ),
        draw=both(some("diagnoses", title="short_title"), number("days", 0, 400)),
        sql="""
SELECT COUNT(*) FROM (
    SELECT subject_id, dod, MAX(dischtime) AS last FROM demographic
    WHERE dod IS NOT NULL AND subject_id IN (SELECT subject_id FROM diagnoses WHERE short_title = :title)
    GROUP BY subject_id)
WHERE julianday(date(dod)) - julianday(date(last)) <= :days
""",
        reference="""
d, x = table("demographic"), table("diagnoses")
d = d[d["subject_id"].isin(x.loc[x["short_title"] == title, "subject_id"])]
last = pd.to_datetime(d["dischtime"]).groupby(d["subject_id"]).max().dt.normalize()
died = pd.to_datetime(d["dod"]).groupby(d["subject_id"]).first()
answer = int(((died - last) <= pd.Timedelta(days=days)).sum())
""",
        columns=("number_of_patients",),
    ),
    Template(
        key="labs_in_window",
        pool="test",
        category="timeline",
        phrasings=(
            "How often was {label} determined in {fluid} {when}?",
            "Find how many {label} values from {fluid} were charted {when}.",
        ),
        draw=both(some("lab", label="label", fluid="fluid"), window),
        sql="""
SELECT COUNT(*) FROM lab WHERE label = :label AND fluid = :fluid AND charttime >= :start AND charttime < :end
""",
        reference="""
lab = table("lab")
lab = lab[(lab["label"] == label) & (lab["fluid"] == fluid)]
times = pd.to_datetime(lab["charttime"])
answer = int(((times >= pd.Timestamp(start)) & (times < pd.Timestamp(end))).sum())
""",
        columns=("number_of_measurements",),
    ),
    Template(
        key="hours_to_first_lab",
        pool="test",
        category="timeline",
        phrasings=(
            "How many hours into stay {hadm_id}, not rounded, was {label} ({fluid}) first charted?",
            "From the start of stay {hadm_id} to its first {label} in {fluid}: how many hours, as a "
            "decimal number?",
        ),
        draw=some("lab", hadm_id="hadm_id", label="label", fluid="fluid"),
        sql="""
SELECT (strftime('%s', MIN(l.charttime)) - strftime('%s', d.admittime)) / 3600.0
FROM demographic d JOIN lab l ON l.hadm_id = d.hadm_id
WHERE d.hadm_id = :hadm_id AND l.label = :label AND l.fluid = :fluid
""",
        reference="""
lab, d = table("lab"), table("demographic")
begin = pd.Timestamp(d.loc[d["hadm_id"] == hadm_id, "admittime"].item())
times = pd.to_datetime(lab[(lab["hadm_id"] == hadm_id) & (lab["label"] == label) & (lab["fluid"] == fluid)]["charttime"])
answer = (times.min() - begin) / pd.Timedelta(hours=1)
""",
        columns=("hours",),
        kinds=("number",),
    ),
    Template(
        key="survival_of_patient",
        pool="test",
        category="timeline",
        phrasings=(
            "How many calendar days lie between the day {name} was first admitted and the day of {name}'s "
            "death?",
            "From the calendar day of the first stay's beginning, how many days did {name} live?",
        ),
        draw=some("demographic", "dod IS NOT NULL", name="name"),
        sql="""
SELECT CAST(julianday(date(MAX(dod))) - julianday(date(MIN(admittime))) AS INTEGER) FROM demographic WHERE name = :name
""",
        reference="""
d = table("demographic")
d = d[d["name"] == name]
answer = (pd.Timestamp(d["dod"].iloc[0][:10]) - pd.Timestamp(d["admittime"].min()[:10])).days
""",
        columns=_DAYS,
    ),
    Template(
        key="last_discharge_of_year",
        pool="test",
        category="timeline",
        phrasings=(
            "Which {kind} stay with discharge location {place} was the last to end in {year}, and when did "
            "it end?",
            "Find the hadm_id and the discharge time of the {kind} stay that left for {place} latest in "
            "{year}.",
        ),
        draw=then(
            some("demographic", kind="admission_type", place="discharge_location", hadm_id="hadm_id"),
            "SELECT CAST(substr(dischtime, 1, 4) AS INTEGER) AS year FROM demographic WHERE hadm_id = "
            ":hadm_id",
            forget="hadm_id",
        ),
        sql="""
SELECT hadm_id, dischtime FROM demographic
WHERE admission_type = :kind AND discharge_location = :place AND CAST(substr(dischtime, 1, 4) AS INTEGER) = :year
ORDER BY dischtime DESC LIMIT 1
""",
        reference="""
d = table("demographic")
d = d[d["admission_type"].eq(kind) & d["discharge_location"].eq(place)]
d = d.assign(end=pd.to_datetime(d["dischtime"]))
answer = d[d["end"].dt.year == year].sort_values("end").tail(1)[["hadm_id", "dischtime"]]
""",
        columns=("hadm_id", "dischtime"),
        ties="""
SELECT 1 FROM demographic WHERE admission_type = :kind AND discharge_location = :place
AND CAST(substr(dischtime, 1, 4) AS INTEGER) = :year GROUP BY dischtime HAVING COUNT(*) > 1
""",
    ),
)
