"""What went in and out in intensive care."""

from functools import partial

from task_store.datasets.mimic_iii.draws import ICU_STAY, measured, of, tied
from task_store.questions.template import Template

_T = partial(Template, category="fluid_balance")

TEMPLATES = (
    _T(
        key="total_of_item",
        pool="train",
        phrasings=(
            "How much '{item}' was given in ICU stay {icustay_id} in total?",
            "Add up the amounts of the input '{item}' of ICU stay {icustay_id}.",
            "What total amount of '{item}' did the patient of ICU stay {icustay_id} receive?",
        ),
        draw=measured("inputevents_cv", "icustay_id"),
        sql=(
            "SELECT SUM(e.amount) FROM inputevents_cv e JOIN d_items d ON d.itemid = e.itemid "
            "WHERE e.icustay_id = :icustay_id AND d.label = :item AND d.linksto = 'inputevents_cv'"
        ),
        reference="""
given = table("inputevents_cv").merge(table("d_items")[["itemid", "label"]], on="itemid")
answer = given.amount[(given.icustay_id == icustay_id) & (given.label == item)].sum()
""",
        columns=("amount",),
    ),
    _T(
        key="outputs_of_stay",
        pool="train",
        phrasings=(
            "Which outputs does ICU stay {icustay_id} have, and what is the sum of each (label, sum)?",
            "Total the output of ICU stay {icustay_id} by item: label and sum.",
            "For every output item of ICU stay {icustay_id}, give label and total value.",
        ),
        draw=of("outputevents", "icustay_id"),
        sql=(
            "SELECT d.label, SUM(e.value) FROM outputevents e JOIN d_items d ON d.itemid = e.itemid "
            "WHERE e.icustay_id = :icustay_id GROUP BY d.label"
        ),
        reference="""
names = table("d_items").set_index("itemid").label
drained = table("outputevents")
drained = drained[drained.icustay_id == icustay_id]
answer = drained.groupby(drained.itemid.map(names)).value.sum().reset_index()
""",
        columns=("label", "total"),
    ),
    _T(
        key="net_balance",
        pool="train",
        phrasings=(
            "What is the fluid balance of ICU stay {icustay_id} (all input amounts minus all output values)?",
            "Subtract total output from total input of ICU stay {icustay_id}.",
            "Compute the net balance, input minus output, over ICU stay {icustay_id}.",
        ),
        draw=of("outputevents", "icustay_id"),
        sql=(
            "SELECT (SELECT SUM(amount) FROM inputevents_cv WHERE icustay_id = :icustay_id) - "
            "(SELECT SUM(value) FROM outputevents WHERE icustay_id = :icustay_id)"
        ),
        reference="""
given, drained = table("inputevents_cv"), table("outputevents")
answer = given[given.icustay_id == icustay_id].amount.sum() - drained[drained.icustay_id == icustay_id].value.sum()
""",
        columns=("balance",),
    ),
    _T(
        key="largest_output_day",
        pool="test",
        phrasings=(
            "On which calendar day of ICU stay {icustay_id} was the total output greatest, and how much was it? "
            "Give date and amount.",
            "Find the date with the greatest sum of outputs in ICU stay {icustay_id} (date, sum).",
        ),
        draw=of("outputevents", "icustay_id"),
        sql=(
            "SELECT date(charttime), SUM(value) AS total FROM outputevents WHERE icustay_id = :icustay_id "
            "GROUP BY date(charttime) ORDER BY total DESC LIMIT 1"
        ),
        ties=tied(
            "SELECT SUM(value) AS v FROM outputevents WHERE icustay_id = :icustay_id "
            "GROUP BY date(charttime) ORDER BY v DESC LIMIT 2"
        ),
        reference="""
drained = table("outputevents")
drained = drained[drained.icustay_id == icustay_id]
daily = drained.groupby(drained.charttime.str[:10]).value.sum()
answer = [[daily.idxmax(), daily.max()]]
""",
        columns=("date", "amount"),
    ),
    _T(
        key="hourly_output",
        pool="test",
        phrasings=(
            "What was the output per hour, over the whole of ICU stay {icustay_id}?",
            "Divide the total output of ICU stay {icustay_id} by its length in hours.",
        ),
        draw=ICU_STAY,
        sql=(
            "SELECT SUM(e.value) / (24 * (julianday(i.outtime) - julianday(i.intime))) FROM icustays i "
            "JOIN outputevents e ON e.icustay_id = i.icustay_id WHERE i.icustay_id = :icustay_id"
        ),
        reference="""
stay = table("icustays").set_index("icustay_id").loc[icustay_id]
hours = (pd.Timestamp(stay.outtime) - pd.Timestamp(stay.intime)).total_seconds() / 3600
drained = table("outputevents")
answer = drained.value[drained.icustay_id == icustay_id].sum(min_count=1) / hours
""",
        columns=("per_hour",),
    ),
)
