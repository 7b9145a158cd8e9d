"""What patients were given to take."""

from functools import partial

from task_store.datasets.mimic_iii.draws import (
    DIAGNOSIS,
    DRUG,
    IN_HOSPITAL,
    between,
    both,
    of,
    one_of,
    tied,
    window,
)
from task_store.questions.template import Template

_T = partial(Template, category="medication")

TEMPLATES = (
    _T(
        key="orders_of_drug",
        pool="train",
        phrasings=(
            "In what doses, units and routes was {drug} ordered in hospital stay {hadm_id}? List every order.",
            "List dose, unit and route of each order of {drug} in stay {hadm_id}.",
            "How was {drug} prescribed during admission {hadm_id} (dose, unit, route of all orders)?",
        ),
        draw=of("prescriptions", "hadm_id", "drug"),
        sql=(
            "SELECT dose_val_rx, dose_unit_rx, route FROM prescriptions WHERE hadm_id = :hadm_id AND drug = :drug"
        ),
        reference="""
orders = table("prescriptions")
answer = orders[(orders.hadm_id == hadm_id) & (orders.drug == drug)][["dose_val_rx", "dose_unit_rx", "route"]]
""",
        columns=("dose_val_rx", "dose_unit_rx", "route"),
        kinds=("text", "text", "text"),
    ),
    _T(
        key="drugs_by_route_in_stay",
        pool="train",
        phrasings=(
            "Which drugs were ordered by the route '{route}' in hospital stay {hadm_id}? Name each once.",
            "Name the different drugs that stay {hadm_id} has orders for with the route '{route}'.",
            "What did the patient of admission {hadm_id} get prescribed via '{route}'? Each drug once.",
        ),
        draw=of("prescriptions", "hadm_id", "route"),
        sql="SELECT DISTINCT drug FROM prescriptions WHERE hadm_id = :hadm_id AND route = :route",
        reference="""
orders = table("prescriptions")
answer = orders.drug[(orders.hadm_id == hadm_id) & (orders.route == route)].unique().tolist()
""",
        columns=("drug",),
    ),
    _T(
        key="patients_on_drug",
        pool="train",
        phrasings=(
            "How many patients got a prescription of {drug} {when}?",
            "Count the patients for whom {drug} was started {when}.",
            "What is the number of patients with an order of {drug} that began {when}?",
        ),
        draw=both(DRUG, window),
        sql=(
            "SELECT COUNT(DISTINCT subject_id) FROM prescriptions "
            "WHERE drug = :drug AND startdate >= :start AND startdate < :end"
        ),
        reference="""
orders = table("prescriptions")
chosen = orders[(orders.drug == drug) & (orders.startdate >= start) & (orders.startdate < end)]
answer = len(set(chosen.subject_id))
""",
        columns=("patients",),
    ),
    _T(
        key="top_drugs_with_diagnosis",
        pool="train",
        phrasings=(
            "In stays with the diagnosis {diagnosis}, which {n} drugs were ordered in most stays? Include all that "
            "tie for the last place.",
            "Top {n} drugs, by number of stays, of stays in which {diagnosis} was diagnosed; with ties at the "
            "cut-off.",
            "For stays diagnosed with {diagnosis}, name the {n} drugs prescribed in the greatest number of stays, "
            "ties at the end included.",
        ),
        draw=both(DIAGNOSIS, between("n", 1, 4)),
        sql=(
            "WITH stays AS (SELECT DISTINCT e.hadm_id FROM diagnoses_icd e "
            "JOIN d_icd_diagnoses d ON d.icd9_code = e.icd9_code WHERE d.short_title = :diagnosis), "
            "counts AS (SELECT drug, COUNT(DISTINCT hadm_id) AS number FROM prescriptions "
            "WHERE hadm_id IN stays GROUP BY drug), "
            "ranked AS (SELECT drug, RANK() OVER (ORDER BY number DESC) AS k FROM counts) "
            "SELECT drug FROM ranked WHERE k <= :n"
        ),
        reference="""
made = table("diagnoses_icd").merge(table("d_icd_diagnoses"), on="icd9_code")
stays = set(made.hadm_id[made.short_title == diagnosis])
orders = table("prescriptions")
pairs = orders[orders.hadm_id.isin(stays)][["hadm_id", "drug"]].drop_duplicates()
counts = pairs.drug.value_counts()
answer = counts.index[counts >= counts.head(n).min()].tolist()
""",
        columns=("drug",),
    ),
    _T(
        key="total_dose",
        pool="train",
        phrasings=(
            "Add up the ordered doses (dose_val_rx) of {drug} over all orders of patient {subject_id}.",
            "What is the sum of dose_val_rx over every prescription of {drug} for patient {subject_id}?",
            "For patient {subject_id}, total the dose values of all {drug} orders.",
        ),
        draw=of("prescriptions", "subject_id", "drug"),
        sql=(
            "SELECT SUM(CAST(dose_val_rx AS REAL)) FROM prescriptions "
            "WHERE subject_id = :subject_id AND drug = :drug"
        ),
        reference="""
orders = table("prescriptions")
doses = orders.dose_val_rx[(orders.subject_id == subject_id) & (orders.drug == drug)]
answer = sum(float(dose) for dose in doses)
""",
        columns=("total_dose",),
    ),
    _T(
        key="first_orders",
        pool="test",
        phrasings=(
            "When was {drug} first ordered for patient {subject_id}, and how often in all (time, number of orders)?",
            "Give the time of the first order of {drug} for patient {subject_id} and the number of its orders.",
        ),
        draw=of("prescriptions", "subject_id", "drug"),
        sql="SELECT MIN(startdate), COUNT(*) FROM prescriptions WHERE subject_id = :subject_id AND drug = :drug",
        reference="""
orders = table("prescriptions")
begun = orders.startdate[(orders.subject_id == subject_id) & (orders.drug == drug)]
answer = [[begun.min(), len(begun)]]
""",
        columns=("startdate", "orders"),
    ),
    _T(
        key="longest_order",
        pool="test",
        phrasings=(
            "Which drug had the longest ended order in hospital stay {hadm_id}, and how many days did it run "
            "(fractions included)?",
            "Of all orders of stay {hadm_id} that have an end, which lasted longest? Give drug and length in days "
            "with fractions.",
        ),
        draw=of("prescriptions", "hadm_id", where="enddate IS NOT NULL"),
        sql=(
            "SELECT drug, julianday(enddate) - julianday(startdate) AS days FROM prescriptions "
            "WHERE hadm_id = :hadm_id AND enddate IS NOT NULL ORDER BY days DESC LIMIT 1"
        ),
        ties=tied(
            "SELECT ROUND(julianday(enddate) - julianday(startdate), 3) AS v FROM prescriptions "
            "WHERE hadm_id = :hadm_id AND enddate IS NOT NULL ORDER BY v DESC LIMIT 2"
        ),
        reference="""
orders = table("prescriptions")
orders = orders[(orders.hadm_id == hadm_id) & orders.enddate.notna()]
days = (pd.to_datetime(orders.enddate) - pd.to_datetime(orders.startdate)).dt.total_seconds() / 86400
answer = [[orders.drug[days.idxmax()], days.max()]]
""",
        columns=("drug", "days"),
    ),
    _T(
        key="running_orders",
        pool="test",
        phrasings=(
            "Which drugs is patient {subject_id} on at the moment (orders of the present stay without an end)? "
            "Name each once.",
            "Name the different drugs with orders that are still running for patient {subject_id}, who is in "
            "hospital now.",
        ),
        draw=IN_HOSPITAL,
        sql=(
            "SELECT DISTINCT p.drug FROM prescriptions p JOIN admissions a ON a.hadm_id = p.hadm_id "
            "WHERE p.subject_id = :subject_id AND p.enddate IS NULL AND a.dischtime IS NULL"
        ),
        reference="""
stays = table("admissions")
here = stays.hadm_id[(stays.subject_id == subject_id) & stays.dischtime.isna()].tolist()
orders = table("prescriptions")
answer = sorted(set(orders.drug[orders.hadm_id.isin(here) & orders.enddate.isna()]))
""",
        columns=("drug",),
    ),
    _T(
        key="stays_with_two_drugs",
        pool="test",
        phrasings=(
            "In how many hospital stays that began {when} were both {drug} and {other} ordered?",
            "Count stays with admission {when} that have at least one order of {drug} and one of {other}.",
        ),
        draw=both(
            DRUG,
            window,
            one_of(
                "other", ("acetaminophen", "potassium chloride", "heparin", "pantoprazole", "docusate sodium")
            ),
        ),
        sql=(
            "SELECT COUNT(*) FROM admissions a WHERE a.admittime >= :start AND a.admittime < :end "
            "AND EXISTS (SELECT 1 FROM prescriptions p WHERE p.hadm_id = a.hadm_id AND p.drug = :drug) "
            "AND EXISTS (SELECT 1 FROM prescriptions p WHERE p.hadm_id = a.hadm_id AND p.drug = :other)"
        ),
        reference="""
stays = table("admissions")
begun = set(stays.hadm_id[(stays.admittime >= start) & (stays.admittime < end)])
orders = table("prescriptions")
one = set(orders.hadm_id[orders.drug == drug])
two = set(orders.hadm_id[orders.drug == other])
answer = len(begun & one & two)
""",
        columns=("stays",),
    ),
)
