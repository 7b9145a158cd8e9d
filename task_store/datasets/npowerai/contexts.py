"""Clinical settings: measured, categorical, and time-to-event outcomes; train and test share none.

Ranges are plausible round values chosen for variety, from memory; nothing is taken
from a study, and no treatment effect is claimed.
"""

from task_store.datasets.npowerai.model import Context, Pool, Scale


def _setting(code: str, outcome: str, people: str, treatment: str, comparator: str, scale: Scale) -> Context:
    words = {"outcome": outcome, "people": people, "treatment": treatment, "comparator": comparator}
    return Context(code=code, words=words | {"unit": scale.unit}, scale=scale)


_TRAIN = (
    _setting(
        *("HTN", "systolic blood pressure", "adults with stage 2 hypertension", "amlodipine", "placebo"),
        Scale("mmHg", sd=(11, 19), mean=(140, 162), decimals=1),
    ),
    _setting(
        *("DIA", "HbA1c", "adults with type 2 diabetes", "semaglutide", "metformin"),
        Scale("mmol/mol", sd=(9, 16), mean=(55, 76), decimals=1),
    ),
    _setting(
        *("LIP", "LDL cholesterol", "people with familial hypercholesterolaemia", "evolocumab", "ezetimibe"),
        Scale("mmol/L", sd=(0.7, 1.2), mean=(3.1, 4.8), decimals=2),
    ),
    _setting(
        *("CKD", "estimated glomerular filtration rate", "people with stage 3 chronic kidney disease"),
        *("dapagliflozin", "placebo"),
        Scale("mL/min/1.73 m²", sd=(9, 17), mean=(36, 54), decimals=1, better=1),
    ),
    _setting(
        *("PUL", "FEV1", "adults with moderate COPD", "tiotropium", "salmeterol"),
        Scale("mL", sd=(280, 520), mean=(1200, 1900), decimals=0, better=1),
    ),
    _setting(
        *(
            "KNE",
            "WOMAC pain score",
            "patients with knee osteoarthritis",
            "supervised exercise",
            "usual care",
        ),
        Scale("points", sd=(3, 4.6), mean=(9, 14), decimals=1),
    ),
    _setting(
        *("CHF", "six-minute walk distance", "adults with chronic heart failure"),
        *("home-based rehabilitation", "education alone"),
        Scale("m", sd=(70, 125), mean=(260, 380), decimals=0, better=1),
    ),
    _setting(
        *("OST", "lumbar spine bone mineral density", "postmenopausal women with low bone mass"),
        *("zoledronic acid", "calcium alone"),
        Scale("g/cm²", sd=(0.1, 0.18), mean=(0.74, 0.96), decimals=3, better=1),
    ),
    _setting(
        *("ANE", "haemoglobin", "adults with iron-deficiency anaemia", "intravenous iron", "oral iron"),
        Scale("g/L", sd=(10, 18), mean=(92, 116), decimals=1, better=1),
    ),
    _setting(
        *("DEP", "HAMD-17 score", "adults with major depressive disorder", "sertraline", "psychotherapy"),
        Scale("points", sd=(4.6, 8), mean=(18, 25), decimals=1),
    ),
    _setting(
        *("NEO", "birth weight", "infants of mothers with gestational diabetes"),
        *("continuous glucose monitoring", "finger-prick testing"),
        Scale("g", sd=(380, 560), mean=(2800, 3400), decimals=0),
    ),
    _setting(
        *(
            "AST",
            "morning peak expiratory flow",
            "adults with persistent asthma",
            "budesonide",
            "montelukast",
        ),
        Scale("L/min", sd=(58, 110), mean=(280, 400), decimals=0, better=1),
    ),
)

_TEST = (
    _setting(
        *("GLA", "intraocular pressure", "patients with open-angle glaucoma", "latanoprost", "timolol"),
        Scale("mmHg", sd=(2.6, 4.6), mean=(20, 28), decimals=1),
    ),
    _setting(
        *("AFI", "resting heart rate", "people with permanent atrial fibrillation", "bisoprolol", "digoxin"),
        Scale("beats/min", sd=(9, 16), mean=(78, 104), decimals=1),
    ),
    _setting(
        *(
            "MIG",
            "number of migraine days per month",
            "adults with episodic migraine",
            "erenumab",
            "topiramate",
        ),
        Scale("days", sd=(2.5, 4.4), mean=(7, 12), decimals=1),
    ),
    _setting(
        *(
            "PSO",
            "Dermatology Life Quality Index",
            "adults with plaque psoriasis",
            "ixekizumab",
            "phototherapy",
        ),
        Scale("points", sd=(4.5, 7.2), mean=(11, 18), decimals=1),
    ),
    _setting(
        *("SLP", "actigraphic total sleep time", "shift workers with insomnia", "bright-light therapy"),
        *("sleep-hygiene advice", Scale("min", sd=(42, 80), mean=(310, 400), decimals=0, better=1)),
    ),
    _setting(
        *("GOU", "serum urate", "patients with recurrent gout", "febuxostat", "allopurinol"),
        Scale("µmol/L", sd=(60, 105), mean=(430, 560), decimals=0),
    ),
    _setting(
        *("VTD", "serum 25-hydroxyvitamin D", "housebound older people", "weekly cholecalciferol"),
        *("fortified food", Scale("nmol/L", sd=(13, 25), mean=(28, 52), decimals=1, better=1)),
    ),
    _setting(
        *("SAR", "hand-grip strength", "older adults with sarcopenia", "resistance training", "stretching"),
        Scale("kg", sd=(5.5, 10.5), mean=(17, 30), decimals=1, better=1),
    ),
)

MEASURED: dict[Pool, tuple[Context, ...]] = {"train": _TRAIN, "test": _TEST}


def _categories(code: str, outcome: str, people: str, factor: str, labels: tuple[str, ...]) -> Context:
    return Context(code=code, words={"outcome": outcome, "people": people, "factor": factor}, labels=labels)


CATEGORICAL: dict[Pool, tuple[Context, ...]] = {
    "train": (
        _categories(
            *("STR", "functional outcome", "patients after ischaemic stroke", "treatment centre"),
            ("no disability", "mild disability", "severe disability", "death"),
        ),
        _categories(
            *("TUM", "tumour response", "patients with metastatic colorectal cancer", "chemotherapy regimen"),
            ("complete response", "partial response", "stable disease", "progressive disease"),
        ),
        _categories(
            *("HIP", "discharge destination", "patients after hip fracture surgery", "type of anaesthesia"),
            ("home", "rehabilitation ward", "nursing home"),
        ),
        _categories(
            *("BLD", "ABO blood group", "people with venous thromboembolism", "site of the clot"),
            ("group A", "group B", "group AB", "group O"),
        ),
        _categories(
            *("SMK", "smoking status", "adults with bladder cancer", "tumour grade"),
            ("never smoked", "former smoker", "current smoker"),
        ),
        _categories(
            *("NYH", "NYHA class", "adults with dilated cardiomyopathy", "genotype group"),
            ("class I", "class II", "class III", "class IV"),
        ),
        _categories(
            *("TRI", "triage category", "children brought to the emergency department", "season"),
            ("immediate", "very urgent", "urgent", "standard", "non-urgent"),
        ),
    ),
    "test": (
        _categories(
            *("WND", "wound state at three months", "people with diabetic foot ulcers", "dressing type"),
            ("healed", "improved", "unchanged", "worse"),
        ),
        _categories(
            *("TWI", "mode of delivery", "women with twin pregnancies", "maternity unit"),
            ("spontaneous vaginal", "assisted vaginal", "caesarean"),
        ),
        _categories(
            *("COG", "cognitive course", "people with mild cognitive impairment", "memory clinic"),
            ("reverted", "stable", "converted to dementia"),
        ),
        _categories(
            *("SEP", "causative organism", "adults with septic shock", "intensive-care unit"),
            ("Gram-positive", "Gram-negative", "fungal", "mixed", "none found"),
        ),
        _categories(
            *("HER", "residual pain", "people one year after hernia repair", "mesh type"),
            ("none", "mild", "moderate", "severe"),
        ),
    ),
}


def _follow_up(code: str, people: str, treatment: str, comparator: str, event: str) -> Context:
    words = {"people": people, "treatment": treatment, "comparator": comparator, "event": event}
    return Context(code=code, words=words)


EVENTS: dict[Pool, tuple[Context, ...]] = {
    "train": (
        _follow_up("LUN", "adults with advanced lung cancer", "pembrolizumab", "chemotherapy", "death"),
        _follow_up(
            "CIR", "people with compensated cirrhosis", "carvedilol", "placebo", "first variceal bleeding"
        ),
        _follow_up(
            "HFR", "patients with systolic heart failure", "sacubitril", "enalapril", "first readmission"
        ),
        _follow_up(
            "MYE", "patients with multiple myeloma", "daratumumab", "standard induction", "progression"
        ),
        _follow_up("TIA", "adults after a transient ischaemic attack", "ticagrelor", "aspirin", "stroke"),
        _follow_up("TRA", "kidney transplant recipients", "belatacept", "tacrolimus", "graft loss"),
        _follow_up(
            "ALS", "people with motor neurone disease", "early ventilation", "usual timing", "tracheostomy"
        ),
    ),
    "test": (
        _follow_up(
            "PRO", "men with metastatic prostate cancer", "enzalutamide", "bicalutamide", "skeletal event"
        ),
        _follow_up("EMP", "ex-smokers with emphysema", "azithromycin", "doxycycline", "first exacerbation"),
        _follow_up("MEL", "patients with resected melanoma", "nivolumab", "ipilimumab", "relapse"),
        _follow_up(
            "FRA", "frail older people living alone", "balance training", "leaflets", "injurious fall"
        ),
        _follow_up(
            "ULC", "people with venous leg ulcers", "compression hosiery", "bandaging", "recurrent ulcer"
        ),
    ),
}
