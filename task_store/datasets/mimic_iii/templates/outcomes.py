"""Who died, who came back, and how soon."""

from functools import partial

from task_store.datasets.mimic_iii.draws import DIAGNOSIS, DRUG, between, both, window
from task_store.questions.template import Template

_T = partial(Template, category="survival_and_readmission")

TEMPLATES = (
    _T(
        key="survival_after_diagnosis",
        pool="train",
        phrasings=(
            "Of the patients ever diagnosed with {diagnosis}, what percentage did not die within {days} days after "
            "their first such diagnosis?",
            "What is the {days}-day survival (per cent) of patients after their first diagnosis of {diagnosis}? "
            "Deaths later than that, and patients alive, count as survival.",
            "After the first diagnosis of {diagnosis}, what per cent of patients survived at least {days} days "
            "(no death recorded within them)?",
        ),
        draw=both(DIAGNOSIS, between("days", 20, 720)),
        sql=(
            "WITH first AS (SELECT e.subject_id, MIN(e.charttime) AS since FROM diagnoses_icd e "
            "JOIN d_icd_diagnoses d ON d.icd9_code = e.icd9_code WHERE d.short_title = :diagnosis "
            "GROUP BY e.subject_id) "
            "SELECT 100.0 * SUM(p.dod IS NULL OR julianday(p.dod) - julianday(f.since) > :days) / COUNT(*) "
            "FROM first f JOIN patients p ON p.subject_id = f.subject_id"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses"), on="icd9_code")
since = pd.to_datetime(made[made.short_title == diagnosis].groupby("subject_id").charttime.min())
died = pd.to_datetime(table("patients").set_index("subject_id").dod).reindex(since.index)
dead_in_time = (died - since) <= pd.Timedelta(days=days)
answer = 100 * (1 - dead_in_time.mean())
""",
        columns=("per_cent",),
    ),
    _T(
        key="hospital_mortality_with_diagnosis",
        pool="train",
        phrasings=(
            "Of the finished hospital stays with {diagnosis}, how many ended, and how many of them with death "
            "(discharge location 'dead/expired')? Give both numbers.",
            "For completed stays in which {diagnosis} was diagnosed, give the number of stays and the number that "
            "ended 'dead/expired'.",
            "How many stays with {diagnosis} have ended, and in how many did the patient die in hospital?",
        ),
        draw=DIAGNOSIS,
        sql=(
            "SELECT COUNT(*), SUM(discharge_location = 'dead/expired') FROM admissions WHERE dischtime IS NOT NULL "
            "AND hadm_id IN (SELECT e.hadm_id FROM diagnoses_icd e JOIN d_icd_diagnoses d "
            "ON d.icd9_code = e.icd9_code WHERE d.short_title = :diagnosis)"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses"), on="icd9_code")
with_it = set(made.hadm_id[made.short_title == diagnosis])
stays = table("admissions").dropna(subset=["dischtime"])
stays = stays[stays.hadm_id.isin(with_it)]
answer = [[len(stays), int((stays.discharge_location == "dead/expired").sum())]]
""",
        columns=("stays", "deaths"),
    ),
    _T(
        key="readmission_rate",
        pool="train",
        phrasings=(
            "What percentage of stays that ended {when} was followed by another admission of the same patient "
            "within {days} days?",
            "Of all discharges {when}, after what per cent did the patient come back within {days} days?",
            "Compute the {days}-day readmission rate in per cent over stays with a discharge {when}.",
        ),
        draw=both(window, between("days", 20, 400)),
        sql=(
            "SELECT 100.0 * AVG(EXISTS (SELECT 1 FROM admissions b WHERE b.subject_id = a.subject_id "
            "AND b.admittime > a.dischtime AND julianday(b.admittime) - julianday(a.dischtime) <= :days)) "
            "FROM admissions a WHERE a.dischtime >= :start AND a.dischtime < :end"
        ),
        reference="""
stays = table("admissions").sort_values(["subject_id", "admittime"])
back = pd.to_datetime(stays.groupby("subject_id").admittime.shift(-1))
soon = (back - pd.to_datetime(stays.dischtime)) <= pd.Timedelta(days=days)
answer = 100 * soon[(stays.dischtime >= start) & (stays.dischtime < end)].mean()
""",
        columns=("per_cent",),
    ),
    _T(
        key="deadliest_diagnoses",
        pool="test",
        phrasings=(
            "Among diagnoses made in at least {least} patients {when}, which has the highest share of patients who "
            "died in hospital in a stay with it? Give short title and per cent, all that tie.",
            "Take the diagnoses made {when} and keep those with {least} patients or more. Which one leads in per "
            "cent of its patients with such a stay that ended 'dead/expired' (short title, per cent, ties included)?",
        ),
        draw=both(between("least", 2, 15), window),
        sql=(
            "WITH pairs AS (SELECT e.icd9_code, e.subject_id, MAX(a.discharge_location = 'dead/expired') AS died "
            "FROM diagnoses_icd e JOIN admissions a ON a.hadm_id = e.hadm_id "
            "WHERE e.charttime >= :start AND e.charttime < :end GROUP BY e.icd9_code, e.subject_id), "
            "rates AS (SELECT icd9_code, 100.0 * SUM(COALESCE(died, 0)) / COUNT(*) AS rate FROM pairs "
            "GROUP BY icd9_code HAVING COUNT(*) >= :least) "
            "SELECT d.short_title, r.rate FROM rates r JOIN d_icd_diagnoses d ON d.icd9_code = r.icd9_code "
            "WHERE r.rate = (SELECT MAX(rate) FROM rates)"
        ),
        reference="""
stays = table("admissions")
dead = set(stays.hadm_id[stays.discharge_location == "dead/expired"])
made = table("diagnoses_icd")
made = made[(made.charttime >= start) & (made.charttime < end)].copy()
made["died"] = made.hadm_id.isin(dead)
pairs = made.groupby(["icd9_code", "subject_id"]).died.any().groupby("icd9_code").agg(["size", "sum"])
pairs = pairs[pairs["size"] >= least]
rate = 100 * pairs["sum"] / pairs["size"]
titles = table("d_icd_diagnoses").set_index("icd9_code").short_title
answer = [[titles[code], value] for code, value in rate[rate == rate.max()].items()]
""",
        columns=("short_title", "per_cent"),
    ),
    _T(
        key="deaths_after_discharge",
        pool="test",
        phrasings=(
            "Which patients died after they had left the hospital alive, within {days} days of a discharge that "
            "took place {when}? Give each subject_id once.",
            "List the subject_id of patients discharged alive {when} who died no more than {days} days later.",
        ),
        draw=both(window, between("days", 20, 500)),
        sql=(
            "SELECT DISTINCT a.subject_id FROM admissions a JOIN patients p ON p.subject_id = a.subject_id "
            "WHERE a.dischtime >= :start AND a.dischtime < :end AND a.discharge_location <> 'dead/expired' "
            "AND julianday(p.dod) - julianday(a.dischtime) <= :days"
        ),
        reference="""
stays = table("admissions").merge(table("patients")[["subject_id", "dod"]], on="subject_id")
stays = stays[(stays.dischtime >= start) & (stays.dischtime < end) & (stays.discharge_location != "dead/expired")]
later = pd.to_datetime(stays.dod) - pd.to_datetime(stays.dischtime)
answer = sorted(set(stays.subject_id[later <= pd.Timedelta(days=days)]))
""",
        columns=("subject_id",),
    ),
    _T(
        key="mean_days_to_return",
        pool="test",
        phrasings=(
            "For patients who came back after a stay with an order of {drug}, how many days on average lie between "
            "that discharge and the next admission? Every such stay counts.",
            "Over all stays with {drug} ordered that were followed by another admission, what is the mean time in "
            "days from discharge to that next admission?",
        ),
        draw=DRUG,
        sql=(
            "WITH ordered AS (SELECT hadm_id, julianday(dischtime) AS gone, julianday(LEAD(admittime) OVER "
            "(PARTITION BY subject_id ORDER BY admittime)) AS back FROM admissions) "
            "SELECT AVG(back - gone) FROM ordered WHERE back IS NOT NULL "
            "AND hadm_id IN (SELECT hadm_id FROM prescriptions WHERE drug = :drug)"
        ),
        reference="""
orders = table("prescriptions")
with_drug = set(orders.hadm_id[orders.drug == drug])
stays = table("admissions").sort_values("admittime")
gaps = []
for _, own in stays.groupby("subject_id"):
    rows = own[["hadm_id", "admittime", "dischtime"]].values.tolist()
    for (stay, _, left), (_, back, _) in zip(rows, rows[1:]):
        if stay in with_drug:
            gaps.append((pd.Timestamp(back) - pd.Timestamp(left)).total_seconds() / 86400)
answer = sum(gaps) / len(gaps) if gaps else None
""",
        columns=("mean_days",),
    ),
)
