"""What stands in the record of one patient, admission or measurement."""

from task_store.datasets.treqs.draws import some, then
from task_store.questions.template import Template

_STAY = some("demographic", hadm_id="hadm_id")
_PERSON = some("demographic", name="name")

LOOKUPS: tuple[Template, ...] = (
    Template(
        key="lookup_stay",
        pool="train",
        category="lookup",
        phrasings=(
            "How many days did hospital admission {hadm_id} last, and what was its discharge location?",
            "For the admission with hadm_id {hadm_id}, give the days of stay and where the patient was "
            "discharged to.",
            "Look up the length in days and the discharge location of admission {hadm_id}.",
        ),
        draw=_STAY,
        sql="SELECT days_stay, discharge_location FROM demographic WHERE hadm_id = :hadm_id",
        reference="""
row = table("demographic").set_index("hadm_id").loc[hadm_id]
answer = [[int(row["days_stay"]), row["discharge_location"]]]
""",
        columns=("days_stay", "discharge_location"),
    ),
    Template(
        key="lookup_birth_by_name",
        pool="train",
        category="lookup",
        phrasings=(
            "When was the patient named {name} born?",
            "What is {name}'s date of birth?",
            "Give the date of birth of patient {name}.",
        ),
        draw=_PERSON,
        sql="SELECT DISTINCT dob FROM demographic WHERE name = :name",
        reference="""
d = table("demographic")
answer = [d[d["name"] == name].iloc[0]["dob"]]
""",
        columns=("dob",),
    ),
    Template(
        key="lookup_drug_orders",
        pool="train",
        category="lookup",
        phrasings=(
            "With which doses and routes was {drug} prescribed during admission {hadm_id}? Give each "
            "combination once.",
            "List the different pairs of dose and route in which {drug} was ordered in hospital admission "
            "{hadm_id}.",
            "In admission {hadm_id}, what doses of {drug} were prescribed by what routes (each pair once)?",
        ),
        draw=some("prescriptions", hadm_id="hadm_id", drug="drug"),
        sql="SELECT DISTINCT drug_dose, route FROM prescriptions WHERE hadm_id = :hadm_id AND drug = :drug",
        reference="""
p = table("prescriptions")
p = p[(p["hadm_id"] == hadm_id) & (p["drug"] == drug)]
answer = sorted(set(zip(p["drug_dose"], p["route"])))
""",
        columns=("drug_dose", "route"),
    ),
    Template(
        key="lookup_codes_of_stay",
        pool="train",
        category="lookup",
        phrasings=(
            "List the ICD-9 codes of all diagnoses of hospital admission {hadm_id}.",
            "Which ICD-9 diagnosis codes does admission {hadm_id} have?",
            "What diagnoses, as ICD-9 codes, were recorded for the admission with hadm_id {hadm_id}?",
        ),
        draw=_STAY,
        sql="SELECT icd9_code FROM diagnoses WHERE hadm_id = :hadm_id",
        reference="""
codes = table("diagnoses").groupby("hadm_id")["icd9_code"].agg(list)
answer = codes[hadm_id]
""",
        columns=("icd9_code",),
    ),
    Template(
        key="lookup_lab_at_time",
        pool="train",
        category="lookup",
        phrasings=(
            "What was the {label} ({fluid}) of patient {subject_id} at {charttime}, with its unit?",
            "Give the value with unit of the {label} test in {fluid} charted at {charttime} for subject "
            "{subject_id}.",
            "Patient {subject_id} had {label} measured in {fluid} at {charttime}: what was the result "
            "(value and unit)?",
        ),
        draw=some("lab", subject_id="subject_id", label="label", fluid="fluid", charttime="charttime"),
        sql="""
SELECT value_unit FROM lab
WHERE subject_id = :subject_id AND label = :label AND fluid = :fluid AND charttime = :charttime
""",
        reference="""
lab = table("lab")
lab = lab[(lab["subject_id"] == subject_id) & (pd.to_datetime(lab["charttime"]) == pd.Timestamp(charttime))]
answer = lab.loc[(lab["label"] == label) & (lab["fluid"] == fluid), "value_unit"]
""",
        columns=("value_unit",),
    ),
    Template(
        key="lookup_procedures_by_name",
        pool="train",
        category="lookup",
        phrasings=(
            "Which procedures did {name} undergo in the admission that began at {admittime}? Give the "
            "short titles.",
            "List the short titles of the procedures performed on {name} in the hospital stay starting "
            "{admittime}.",
            "In the stay of patient {name} from {admittime} on, what procedures (short titles) were done?",
        ),
        draw=then(
            some("procedures", hadm_id="hadm_id"),
            "SELECT name, admittime FROM demographic WHERE hadm_id = :hadm_id",
            forget="hadm_id",
        ),
        sql="""
SELECT p.short_title FROM procedures p JOIN demographic d ON d.hadm_id = p.hadm_id
WHERE d.name = :name AND d.admittime = :admittime
""",
        reference="""
d, p = table("demographic"), table("procedures")
stay = d.loc[(d["name"] == name) & (d["admittime"] == admittime), "hadm_id"].item()
answer = p.loc[p["hadm_id"] == stay, "short_title"]
""",
        columns=("short_title",),
    ),
    Template(
        key="lookup_stays_of_patient",
        pool="train",
        category="lookup",
        phrasings=(
            "When did each hospital admission of patient {subject_id} begin, and with what admission "
            "diagnosis?",
            "List the admission time and the diagnosis at admission of every stay of subject {subject_id}.",
            "For all admissions of the patient with subject_id {subject_id}, give admission time and "
            "diagnosis at admission.",
        ),
        draw=some("demographic", subject_id="subject_id"),
        sql="SELECT admittime, diagnosis FROM demographic WHERE subject_id = :subject_id",
        reference="""
d = table("demographic")
answer = d[d["subject_id"] == subject_id][["admittime", "diagnosis"]]
""",
        columns=("admittime", "diagnosis"),
    ),
    Template(
        key="lookup_titles_of_named_stay",
        pool="test",
        category="lookup",
        phrasings=(
            "Spell out (long titles) everything {name} was diagnosed with in the stay that ended at "
            "{dischtime}.",
            "What do the ICD-9 diagnoses from {name}'s stay up to {dischtime} mean? Answer with their long "
            "titles.",
        ),
        draw=some("demographic", name="name", dischtime="dischtime"),
        sql="""
SELECT x.long_title FROM diagnoses x JOIN demographic d ON d.hadm_id = x.hadm_id
WHERE d.name = :name AND d.dischtime = :dischtime
""",
        reference="""
d = table("demographic")
d = d[(d["name"] == name) & (d["dischtime"] == dischtime)]
answer = d[["hadm_id"]].merge(table("diagnoses"), on="hadm_id")["long_title"]
""",
        columns=("long_title",),
    ),
    Template(
        key="lookup_formulary_codes_by_route",
        pool="test",
        category="lookup",
        phrasings=(
            "Name every formulary code that person {subject_id} received by route {route}, each once.",
            "What are the distinct formulary codes on subject {subject_id}'s {route} prescriptions?",
        ),
        draw=some("prescriptions", subject_id="subject_id", route="route"),
        sql="""
SELECT DISTINCT formulary_drug_cd FROM prescriptions WHERE subject_id = :subject_id AND route = :route
""",
        reference="""
p = table("prescriptions")
answer = list(p[(p["subject_id"] == subject_id) & (p["route"] == route)]["formulary_drug_cd"].unique())
""",
        columns=("formulary_drug_cd",),
    ),
    Template(
        key="lookup_flagged_labels",
        pool="test",
        category="lookup",
        phrasings=(
            "Which kinds of test, by label and fluid, carried any flag during stay {hadm_id}? Name each "
            "pair once.",
            "Name once each label and fluid of the laboratory tests that were flagged in any way in stay "
            "{hadm_id}.",
        ),
        draw=some("lab", "flag IS NOT NULL", hadm_id="hadm_id"),
        sql="SELECT DISTINCT label, fluid FROM lab WHERE hadm_id = :hadm_id AND flag IS NOT NULL",
        reference="""
lab = table("lab")
answer = lab[lab["flag"].notna() & lab["hadm_id"].eq(hadm_id)][["label", "fluid"]].drop_duplicates()
""",
        columns=("label", "fluid"),
    ),
    Template(
        key="lookup_icu_fluids",
        pool="test",
        category="lookup",
        phrasings=(
            "What was ordered in intensive care stay {icustay_id}? Name every drug with its type, each "
            "pair once.",
            "Name the drugs and drug types on the prescriptions of ICU stay {icustay_id} without repeating "
            "any pair.",
        ),
        draw=some("prescriptions", "icustay_id IS NOT NULL", icustay_id="icustay_id"),
        sql="SELECT DISTINCT drug, drug_type FROM prescriptions WHERE icustay_id = :icustay_id",
        reference="""
p = table("prescriptions").dropna(subset=["icustay_id"])
answer = p[p["icustay_id"] == icustay_id].groupby(["drug", "drug_type"]).size().reset_index()[["drug", "drug_type"]]
""",
        columns=("drug", "drug_type"),
    ),
)
