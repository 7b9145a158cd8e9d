"""What was charted at the bedside in intensive care."""

from functools import partial

from task_store.datasets.mimic_iii.draws import ICU_STAY, both, measured, tied, window
from task_store.questions.template import Template

_T = partial(Template, category="vital_signs")

_OF_ICU = (
    "FROM chartevents c JOIN d_items d ON d.itemid = c.itemid "
    "WHERE c.icustay_id = :icustay_id AND d.label = :item"
)

TEMPLATES = (
    _T(
        key="mean_in_icu",
        pool="train",
        phrasings=(
            "What was the mean '{item}' charted in intensive care stay {icustay_id}?",
            "Average all charted values of '{item}' of ICU stay {icustay_id}.",
            "Compute the mean of '{item}' over the ICU stay {icustay_id}.",
        ),
        draw=measured("chartevents", "icustay_id"),
        sql=f"SELECT AVG(c.valuenum) {_OF_ICU}",
        reference="""
charted = table("chartevents").merge(table("d_items")[["itemid", "label"]], on="itemid")
answer = charted.valuenum[(charted.icustay_id == icustay_id) & (charted.label == item)].mean()
""",
        columns=("mean",),
    ),
    _T(
        key="last_charted",
        pool="train",
        phrasings=(
            "What was the last '{item}' charted for patient {subject_id}, and when?",
            "Give value and time of the most recent '{item}' in the charts of patient {subject_id}.",
            "At the last charting of '{item}' of patient {subject_id}: what value, at what time?",
        ),
        draw=measured("chartevents", "subject_id"),
        sql=(
            "SELECT c.valuenum, c.charttime FROM chartevents c JOIN d_items d ON d.itemid = c.itemid "
            "WHERE c.subject_id = :subject_id AND d.label = :item ORDER BY c.charttime DESC LIMIT 1"
        ),
        ties=tied(
            "SELECT c.charttime AS v FROM chartevents c JOIN d_items d ON d.itemid = c.itemid "
            "WHERE c.subject_id = :subject_id AND d.label = :item ORDER BY v DESC LIMIT 2"
        ),
        reference="""
names = table("d_items").set_index("itemid").label
charted = table("chartevents")
charted = charted[(charted.subject_id == subject_id) & (charted.itemid.map(names) == item)]
answer = charted.nlargest(1, "row_id") if charted.empty else charted.sort_values("charttime").tail(1)
answer = answer[["valuenum", "charttime"]]
""",
        columns=("valuenum", "charttime"),
    ),
    _T(
        key="icu_stays_below",
        pool="train",
        phrasings=(
            "In how many ICU stays was a '{item}' below {valuenum} charted {when}?",
            "Count the ICU stays with at least one '{item}' of less than {valuenum} {when}.",
            "{when}, how many intensive care stays saw '{item}' fall under {valuenum}?",
        ),
        draw=both(measured("chartevents", "valuenum"), window),
        sql=(
            "SELECT COUNT(DISTINCT c.icustay_id) FROM chartevents c JOIN d_items d ON d.itemid = c.itemid "
            "WHERE d.label = :item AND c.valuenum < :valuenum AND c.charttime >= :start AND c.charttime < :end"
        ),
        reference="""
names = table("d_items")
charted = table("chartevents")
charted = charted[charted.itemid.isin(names.itemid[names.label == item])]
charted = charted[charted.charttime.ge(start) & charted.charttime.lt(end)]
answer = int((charted.groupby("icustay_id").valuenum.min() < valuenum).sum())
""",
        columns=("icu_stays",),
    ),
    _T(
        key="range_of_first_day",
        pool="test",
        phrasings=(
            "In the first 24 hours of ICU stay {icustay_id}, what were the lowest and highest '{item}'?",
            "Give minimum and maximum of '{item}' charted within 24 hours after the start of ICU stay "
            "{icustay_id}.",
        ),
        draw=measured("chartevents", "icustay_id", where="itemid < 80"),
        sql=(
            "SELECT MIN(c.valuenum), MAX(c.valuenum) FROM chartevents c JOIN d_items d ON d.itemid = c.itemid "
            "JOIN icustays i ON i.icustay_id = c.icustay_id WHERE c.icustay_id = :icustay_id AND d.label = :item "
            "AND c.charttime <= datetime(i.intime, '+1 day')"
        ),
        reference="""
begun = pd.Timestamp(table("icustays").set_index("icustay_id").intime[icustay_id])
charted = table("chartevents").merge(table("d_items")[["itemid", "label"]], on="itemid")
charted = charted[(charted.icustay_id == icustay_id) & (charted.label == item)]
values = charted.valuenum[pd.to_datetime(charted.charttime) - begun <= pd.Timedelta(hours=24)]
answer = [[values.min(), values.max()]]
""",
        columns=("lowest", "highest"),
    ),
    _T(
        key="hours_to_peak",
        pool="test",
        phrasings=(
            "How many hours after the start of ICU stay {icustay_id} was its highest '{item}' charted?",
            "From the start of ICU stay {icustay_id}, how long in hours until '{item}' peaked?",
        ),
        draw=measured("chartevents", "icustay_id"),
        sql=(
            "SELECT 24 * (julianday(c.charttime) - julianday(i.intime)) FROM chartevents c "
            "JOIN d_items d ON d.itemid = c.itemid JOIN icustays i ON i.icustay_id = c.icustay_id "
            "WHERE c.icustay_id = :icustay_id AND d.label = :item ORDER BY c.valuenum DESC LIMIT 1"
        ),
        ties=tied(f"SELECT c.valuenum AS v {_OF_ICU} ORDER BY v DESC LIMIT 2"),
        reference="""
begun = pd.Timestamp(table("icustays").set_index("icustay_id").intime[icustay_id])
charted = table("chartevents").merge(table("d_items")[["itemid", "label"]], on="itemid")
charted = charted[(charted.icustay_id == icustay_id) & (charted.label == item)]
answer = (pd.Timestamp(charted.charttime[charted.valuenum.idxmax()]) - begun).total_seconds() / 3600
""",
        columns=("hours",),
    ),
    _T(
        key="means_of_icu_stay",
        pool="test",
        phrasings=(
            "Give, for each item charted in ICU stay {icustay_id}, its label, how often it was charted, and its "
            "mean.",
            "Summarise the charted values of ICU stay {icustay_id}: label, number of values, mean, one row an item.",
        ),
        draw=ICU_STAY,
        sql=(
            "SELECT d.label, COUNT(*), AVG(c.valuenum) FROM chartevents c JOIN d_items d ON d.itemid = c.itemid "
            "WHERE c.icustay_id = :icustay_id GROUP BY d.label"
        ),
        reference="""
charted = table("chartevents").query("icustay_id == @icustay_id").merge(table("d_items"), on="itemid")
answer = charted.groupby("label").valuenum.agg(["size", "mean"]).reset_index()
""",
        columns=("label", "values", "mean"),
    ),
)
