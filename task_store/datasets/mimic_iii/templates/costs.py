"""What it cost."""

from functools import partial

from task_store.datasets.mimic_iii.draws import (
    DIAGNOSIS,
    DRUG,
    PATIENT,
    STAY,
    between,
    both,
    measured,
    tied,
    titled,
    window,
    year,
)
from task_store.questions.template import Template

_T = partial(Template, category="cost")

TEMPLATES = (
    _T(
        key="total_of_stay",
        pool="train",
        phrasings=(
            "What is the total cost of hospital stay {hadm_id}?",
            "Add up all charges of stay {hadm_id}.",
            "How much did admission {hadm_id} cost altogether?",
        ),
        draw=STAY,
        sql="SELECT SUM(cost) FROM cost WHERE hadm_id = :hadm_id",
        reference="""
charges = table("cost")
answer = charges.cost[charges.hadm_id == hadm_id].sum()
""",
        columns=("total",),
    ),
    _T(
        key="cost_of_last_lab",
        pool="train",
        phrasings=(
            "What did the last '{item}' test of patient {subject_id} cost?",
            "Give the cost of the most recent lab test '{item}' of patient {subject_id}.",
            "How much was charged for the latest '{item}' measurement of patient {subject_id}?",
        ),
        draw=measured("labevents", "subject_id"),
        sql=(
            "SELECT c.cost FROM cost c WHERE c.event_type = 'labevents' AND c.event_id = "
            "(SELECT l.row_id FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
            "WHERE l.subject_id = :subject_id AND d.label = :item ORDER BY l.charttime DESC LIMIT 1)"
        ),
        ties=tied(
            "SELECT l.charttime AS v FROM labevents l JOIN d_labitems d ON d.itemid = l.itemid "
            "WHERE l.subject_id = :subject_id AND d.label = :item ORDER BY v DESC LIMIT 2"
        ),
        reference="""
names = table("d_labitems").set_index("itemid").label
labs = table("labevents")
labs = labs[(labs.subject_id == subject_id) & (labs.itemid.map(names) == item)].sort_values("charttime")
charges = table("cost")
answer = charges.cost[(charges.event_type == "labevents") & (charges.event_id == labs.row_id.iloc[-1])]
""",
        columns=("cost",),
    ),
    _T(
        key="mean_cost_with_diagnosis",
        pool="train",
        phrasings=(
            "What is the mean total cost of a hospital stay in which {diagnosis} was diagnosed?",
            "Average, over stays with the diagnosis {diagnosis}, the total of all charges of the stay.",
            "How much does a stay with {diagnosis} cost on average (all its charges added up)?",
        ),
        draw=DIAGNOSIS,
        sql=(
            "SELECT AVG(total) FROM (SELECT SUM(cost) AS total FROM cost WHERE hadm_id IN "
            "(SELECT e.hadm_id FROM diagnoses_icd e JOIN d_icd_diagnoses d ON d.icd9_code = e.icd9_code "
            "WHERE d.short_title = :diagnosis) GROUP BY hadm_id)"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses"), on="icd9_code")
stays = made.hadm_id[made.short_title == diagnosis].unique()
totals = table("cost").groupby("hadm_id").cost.sum()
answer = totals[totals.index.isin(stays)].mean()
""",
        columns=("mean_total",),
    ),
    _T(
        key="cost_of_drug",
        pool="train",
        phrasings=(
            "What did all orders of {drug} {when} cost in total?",
            "Sum the charges for {drug} orders charged {when}.",
            "How much was charged for {drug} {when}, all patients together?",
        ),
        draw=both(DRUG, window),
        sql=(
            "SELECT SUM(c.cost) FROM cost c JOIN prescriptions p ON p.row_id = c.event_id "
            "WHERE c.event_type = 'prescriptions' AND p.drug = :drug "
            "AND c.chargetime >= :start AND c.chargetime < :end"
        ),
        reference="""
charges = table("cost")
charges = charges[(charges.event_type == "prescriptions") & charges.chargetime.ge(start) & charges.chargetime.lt(end)]
orders = table("prescriptions").set_index("row_id").drug
answer = charges.cost[charges.event_id.map(orders) == drug].sum(min_count=1)
""",
        columns=("total",),
    ),
    _T(
        key="cost_by_kind",
        pool="test",
        phrasings=(
            "Split the cost of hospital stay {hadm_id} by kind of event: event_type and total, dearest first.",
            "For stay {hadm_id}, list event_type and the sum of its charges, in falling order of the sum.",
        ),
        draw=STAY,
        sql=(
            "SELECT event_type, SUM(cost) AS total FROM cost WHERE hadm_id = :hadm_id "
            "GROUP BY event_type ORDER BY total DESC"
        ),
        ties=tied("SELECT ROUND(SUM(cost), 2) AS v FROM cost WHERE hadm_id = :hadm_id GROUP BY event_type"),
        reference="""
charges = table("cost")
totals = charges[charges.hadm_id == hadm_id].groupby("event_type").cost.sum()
answer = totals.sort_values(ascending=False).reset_index()
""",
        columns=("event_type", "total"),
        ordered=True,
    ),
    _T(
        key="dearest_stays_of_year",
        pool="test",
        phrasings=(
            "Which {n} hospital stays that began in {year} were the most expensive? Give hadm_id and total, dearest "
            "first.",
            "List the {n} stays with the highest total cost among admissions of {year} (hadm_id, total), in falling "
            "order.",
        ),
        draw=both(between("n", 2, 6), year),
        sql=(
            "SELECT a.hadm_id, SUM(c.cost) AS total FROM admissions a JOIN cost c ON c.hadm_id = a.hadm_id "
            "WHERE strftime('%Y', a.admittime) = CAST(:year AS TEXT) "
            "GROUP BY a.hadm_id ORDER BY total DESC LIMIT :n"
        ),
        ties=tied(
            "SELECT ROUND(SUM(c.cost), 2) AS v FROM admissions a JOIN cost c ON c.hadm_id = a.hadm_id "
            "WHERE strftime('%Y', a.admittime) = CAST(:year AS TEXT) GROUP BY a.hadm_id ORDER BY v DESC LIMIT :n + 1"
        ),
        reference="""
stays = table("admissions")
begun = stays.hadm_id[pd.to_datetime(stays.admittime).dt.year == year]
charges = table("cost")
totals = charges[charges.hadm_id.isin(begun)].groupby("hadm_id").cost.sum()
answer = totals.nlargest(n).reset_index()
""",
        columns=("hadm_id", "total"),
        ordered=True,
    ),
    _T(
        key="mean_cost_of_procedure",
        pool="test",
        phrasings=(
            "What do the lowest, mean and highest charge for the procedure {procedure} amount to?",
            "Over all times that {procedure} was performed, give minimum, average and maximum of its cost.",
        ),
        draw=titled("procedures_icd", slot="procedure"),
        sql=(
            "SELECT MIN(c.cost), AVG(c.cost), MAX(c.cost) FROM cost c "
            "JOIN procedures_icd e ON e.row_id = c.event_id JOIN d_icd_procedures d ON d.icd9_code = e.icd9_code "
            "WHERE c.event_type = 'procedures_icd' AND d.short_title = :procedure"
        ),
        reference="""
done = table("procedures_icd").merge(table("d_icd_procedures")[["icd9_code", "short_title"]], on="icd9_code")
charges = table("cost").query("event_type == 'procedures_icd'")
mine = charges.cost[charges.event_id.isin(done.row_id[done.short_title == procedure])]
answer = [[mine.min(), mine.mean(), mine.max()]]
""",
        columns=("lowest", "mean", "highest"),
    ),
    _T(
        key="dearest_charge",
        pool="test",
        phrasings=(
            "What was the single highest charge for patient {subject_id}, and when was it made?",
            "Give amount and time of the dearest charge of patient {subject_id}.",
        ),
        draw=PATIENT,
        sql="SELECT cost, chargetime FROM cost WHERE subject_id = :subject_id ORDER BY cost DESC LIMIT 1",
        ties=tied("SELECT cost AS v FROM cost WHERE subject_id = :subject_id ORDER BY v DESC LIMIT 2"),
        reference="""
charges = table("cost")
answer = charges[charges.subject_id == subject_id].nlargest(1, "cost")[["cost", "chargetime"]]
""",
        columns=("cost", "chargetime"),
    ),
)
