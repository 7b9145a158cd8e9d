"""What was done to patients."""

from functools import partial

from task_store.datasets.mimic_iii.draws import PROCEDURE, between, both, of, titled, window
from task_store.questions.template import Template

_T = partial(Template, category="procedures")

TEMPLATES = (
    _T(
        key="procedures_of_stay",
        pool="train",
        phrasings=(
            "Which procedures were performed in hospital stay {hadm_id}, and when? Give short title and time.",
            "List short title and time of all procedures of stay {hadm_id}.",
            "What was done to the patient of admission {hadm_id}, at what time (short titles of procedures)?",
        ),
        draw=of("procedures_icd", "hadm_id"),
        sql=(
            "SELECT d.short_title, e.charttime FROM procedures_icd e "
            "JOIN d_icd_procedures d ON d.icd9_code = e.icd9_code WHERE e.hadm_id = :hadm_id"
        ),
        reference="""
done = table("procedures_icd").query("hadm_id == @hadm_id").merge(table("d_icd_procedures"), on="icd9_code")
answer = done[["short_title", "charttime"]]
""",
        columns=("short_title", "charttime"),
    ),
    _T(
        key="last_time_of_procedure",
        pool="train",
        phrasings=(
            "When was {procedure} last performed on patient {subject_id}?",
            "Give the most recent time at which patient {subject_id} had {procedure}.",
            "At what time did patient {subject_id} last undergo {procedure}?",
        ),
        draw=titled("procedures_icd", "subject_id", slot="procedure"),
        sql=(
            "SELECT MAX(e.charttime) FROM procedures_icd e JOIN d_icd_procedures d ON d.icd9_code = e.icd9_code "
            "WHERE e.subject_id = :subject_id AND d.short_title = :procedure"
        ),
        reference="""
names = table("d_icd_procedures").set_index("icd9_code").short_title
done = table("procedures_icd")
done = done[(done.subject_id == subject_id) & (done.icd9_code.map(names) == procedure)]
answer = done.charttime.max()
""",
        columns=("charttime",),
    ),
    _T(
        key="most_frequent_procedures",
        pool="train",
        phrasings=(
            "Which {n} procedures were performed most often {when}? Give short title and count; include all that "
            "tie for the last place.",
            "List the top {n} procedures {when} by how often they were done (short title, count), with ties at "
            "the cut-off.",
            "Rank procedures by their number {when} and give the first {n} with their counts (short title, count), "
            "ties at the end included.",
        ),
        draw=both(between("n", 2, 5), window),
        sql=(
            "WITH counts AS (SELECT icd9_code, COUNT(*) AS times FROM procedures_icd "
            "WHERE charttime >= :start AND charttime < :end GROUP BY icd9_code), "
            "ranked AS (SELECT icd9_code, times, RANK() OVER (ORDER BY times DESC) AS k FROM counts) "
            "SELECT d.short_title, r.times FROM ranked r JOIN d_icd_procedures d ON d.icd9_code = r.icd9_code "
            "WHERE r.k <= :n"
        ),
        reference="""
done = table("procedures_icd")
done = done[(done.charttime >= start) & (done.charttime < end)].merge(table("d_icd_procedures"), on="icd9_code")
times = done.short_title.value_counts()
answer = times[times >= times.head(n).min()].reset_index()
""",
        columns=("short_title", "count"),
    ),
    _T(
        key="code_of_procedure",
        pool="test",
        phrasings=(
            "Give ICD-9 code and long title of the procedure with the short title '{short_title}'.",
            "'{short_title}' is the short title of a procedure: what are its ICD-9 code and long title?",
        ),
        draw=of("d_icd_procedures", "short_title"),
        sql="SELECT icd9_code, long_title FROM d_icd_procedures WHERE short_title = :short_title",
        reference="""
names = table("d_icd_procedures").set_index("short_title")
answer = names.loc[[short_title], ["icd9_code", "long_title"]]
""",
        columns=("icd9_code", "long_title"),
        kinds=("text", "text"),
    ),
    _T(
        key="hours_to_first_procedure",
        pool="test",
        phrasings=(
            "In hospital stay {hadm_id}, how many hours after the admission was the first procedure performed?",
            "State the delay in hours between admission and first procedure of stay {hadm_id}.",
        ),
        draw=of("procedures_icd", "hadm_id"),
        sql=(
            "SELECT 24 * (MIN(julianday(e.charttime)) - julianday(a.admittime)) FROM admissions a "
            "JOIN procedures_icd e ON e.hadm_id = a.hadm_id WHERE a.hadm_id = :hadm_id"
        ),
        reference="""
start = pd.Timestamp(table("admissions").set_index("hadm_id").admittime[hadm_id])
done = table("procedures_icd")
answer = (pd.to_datetime(done.charttime[done.hadm_id == hadm_id]).min() - start).total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _T(
        key="patients_with_repeated_procedure",
        pool="test",
        phrasings=(
            "Which patients had {procedure} more than once? Give their subject_id.",
            "List the subject_id of everyone on whom {procedure} was performed at least twice.",
        ),
        draw=PROCEDURE,
        sql=(
            "SELECT e.subject_id FROM procedures_icd e JOIN d_icd_procedures d ON d.icd9_code = e.icd9_code "
            "WHERE d.short_title = :procedure GROUP BY e.subject_id HAVING COUNT(*) > 1"
        ),
        reference="""
done = table("procedures_icd").merge(table("d_icd_procedures"), on="icd9_code")
times = done[done.short_title == procedure].subject_id.value_counts()
answer = times.index[times > 1].tolist()
""",
        columns=("subject_id",),
    ),
    _T(
        key="procedures_after_diagnosis",
        pool="test",
        phrasings=(
            "Which procedures did patient {subject_id} have after the diagnosis of {diagnosis}, within the same "
            "hospital stay? Give short titles, each once.",
            "After {diagnosis} was diagnosed in patient {subject_id}, which different procedures followed during "
            "that very stay (short titles)?",
        ),
        draw=titled("diagnoses_icd", "subject_id", slot="diagnosis"),
        sql=(
            "SELECT DISTINCT d.short_title FROM diagnoses_icd x "
            "JOIN d_icd_diagnoses n ON n.icd9_code = x.icd9_code AND n.short_title = :diagnosis "
            "JOIN procedures_icd e ON e.hadm_id = x.hadm_id AND e.charttime > x.charttime "
            "JOIN d_icd_procedures d ON d.icd9_code = e.icd9_code WHERE x.subject_id = :subject_id"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses"), on="icd9_code")
made = made[(made.subject_id == subject_id) & (made.short_title == diagnosis)][["hadm_id", "charttime"]]
done = table("procedures_icd").merge(table("d_icd_procedures"), on="icd9_code")
both = done.merge(made, on="hadm_id", suffixes=("", "_diagnosis"))
answer = both[both.charttime > both.charttime_diagnosis].short_title.drop_duplicates()
""",
        columns=("short_title",),
    ),
)
