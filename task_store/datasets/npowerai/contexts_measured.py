"""Further clinical settings of measured outcomes: two on each person, in clusters, of two active treatments.

As in `contexts`: from memory, plausible, nothing taken from a study; train and test share none.
"""

from task_store.datasets.npowerai.contexts import MEASURED
from task_store.datasets.npowerai.model import Context, Pool, Scale


def _two_measures(code: str, people: str, first: str, second: str) -> Context:
    return Context(code=code, words={"people": people, "first": first, "second": second})


ASSOCIATED: dict[Pool, tuple[Context, ...]] = {
    "train": (
        _two_measures("BMI", "adults in primary care", "body-mass index", "log C-reactive protein"),
        _two_measures(
            "CIM", "adults without heart disease", "carotid intima-media thickness", "arterial stiffness"
        ),
        _two_measures("GAI", "adults over 75", "gait speed", "quadriceps strength"),
        _two_measures("CYS", "people with cystic fibrosis", "FEV1 (% predicted)", "peak oxygen uptake"),
        _two_measures("HIV", "people starting HIV treatment", "log viral load", "log neopterin"),
        _two_measures(
            "SCH", "adults with schizophrenia", "a working-memory score", "a social-function score"
        ),
        _two_measures("PAN", "adults with acute pancreatitis", "log procalcitonin", "an organ-failure score"),
    ),
    "test": (
        _two_measures("LIV", "adults with fatty liver", "liver stiffness", "log ferritin"),
        _two_measures("PAR", "adults with Parkinson's disease", "a motor score", "striatal tracer uptake"),
        _two_measures("MYO", "children with juvenile myopia", "axial length", "hours spent outdoors"),
        _two_measures("THY", "adults with treated hypothyroidism", "log TSH", "a fatigue score"),
        _two_measures("SPO", "recreational runners", "tendon thickness", "a pain score"),
    ),
}


def _in_clusters(
    code: str, outcome: str, people: str, treatment: str, clusters: str, scale: Scale
) -> Context:
    words = {"outcome": outcome, "people": people, "treatment": treatment, "clusters": clusters}
    return Context(code=code, words=words | {"comparator": "usual practice", "unit": scale.unit}, scale=scale)


CLUSTERED: dict[Pool, tuple[Context, ...]] = {
    "train": (
        _in_clusters(
            *("GPB", "diastolic blood pressure", "adults with raised blood pressure", "pharmacist reviews"),
            *("general practices", Scale("mmHg", sd=(8, 13), mean=(84, 96), decimals=1)),
        ),
        _in_clusters(
            *("NHF", "Barthel index", "nursing-home residents", "a mobility programme", "nursing homes"),
            Scale("points", sd=(14, 24), mean=(45, 65), decimals=1, better=1),
        ),
        _in_clusters(
            *("SCW", "daily time spent sitting", "schoolchildren aged 9 to 11", "standing desks", "schools"),
            Scale("min", sd=(55, 90), mean=(420, 520), decimals=0),
        ),
        _in_clusters(
            *("VIL", "mid-upper arm circumference", "children under five", "a nutrition package", "villages"),
            Scale("cm", sd=(0.9, 1.5), mean=(13, 15.5), decimals=2, better=1),
        ),
        _in_clusters(
            *("WRD", "length of hospital stay", "older inpatients", "early discharge planning", "wards"),
            Scale("days", sd=(3.5, 6.5), mean=(8, 14), decimals=1),
        ),
    ),
    "test": (
        _in_clusters(
            *("DIY", "interdialytic weight gain", "people on haemodialysis", "a salt-coaching scheme"),
            *("dialysis units", Scale("kg", sd=(0.7, 1.3), mean=(2, 3.2), decimals=2)),
        ),
        _in_clusters(
            *("WKP", "perceived stress score", "hospital nurses", "protected breaks", "departments"),
            Scale("points", sd=(5, 8), mean=(16, 24), decimals=1),
        ),
        _in_clusters(
            *("PHM", "asthma control score", "teenagers with asthma", "inhaler teaching", "pharmacies"),
            Scale("points", sd=(3, 5), mean=(14, 19), decimals=1, better=1),
        ),
        _in_clusters(
            *("MID", "Edinburgh depression score", "first-time mothers", "extra visits", "midwifery teams"),
            Scale("points", sd=(4, 6), mean=(8, 13), decimals=1),
        ),
    ),
}

_INACTIVE = {
    "placebo",
    "education alone",
    "usual care",
    "calcium alone",
    "stretching",
    "sleep-hygiene advice",
}

ACTIVE: dict[Pool, tuple[Context, ...]] = {
    pool: tuple(setting for setting in settings if setting.words["comparator"] not in _INACTIVE)
    for pool, settings in MEASURED.items()
}
"""Measured outcomes of two active treatments: not being worse than the second is worth showing."""
