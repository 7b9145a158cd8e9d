"""Why people come to this hospital: for each reason, what is likely to be found, done and given.

Codes are ICD-9-CM without the dot. Which codes, drugs and deviations of laboratory values go
together, how long people stay and how many die, is plausible, written from memory for variety;
nothing is taken from a data set, and nothing is clinically reviewed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Profile:
    """One kind of admission."""

    complaints: tuple[str, ...]
    """What the admission's free-text diagnosis says."""
    weight: int
    diagnoses: tuple[str, ...]
    """The first is the usual principal diagnosis."""
    procedures: tuple[str, ...]
    drugs: tuple[str, ...]
    age: tuple[float, float]
    """Mean and standard deviation in years; (0, 0): newborns."""
    stay_days: float
    """Median."""
    mortality: float
    """Probability of dying in hospital, at 65 years."""
    elective: float = 0.08
    labs: Mapping[str, float] = field(default_factory=dict)
    """Label -> illness effect, in half widths of the reference range."""
    fluid: str | None = None
    """A further fluid that the laboratory gets."""

    @property
    def newborn(self) -> bool:
        return self.age == (0, 0)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PROFILES: tuple[Profile, ...] = (
    Profile(
        complaints=("PNEUMONIA", "PNEUMONIA;TELEMETRY", "SHORTNESS OF BREATH", "FEVER"),
        weight=13,
        diagnoses=_words("486 5070 51881 48241 4821 5119 7907 2762 V1582 5180"),
        procedures=_words("9604 9671 9672 3324 3893 966 3491"),
        drugs=(
            "Vancomycin",
            "Levofloxacin",
            "Ceftriaxone",
            "Azithromycin",
            "Cefepime",
            "Albuterol 0.083% Neb Soln",
        ),
        age=(67, 16),
        stay_days=7,
        mortality=0.12,
        labs={
            "White Blood Cells": 1.4,
            "pO2": -1.2,
            "Neutrophils": 1.2,
            "C-Reactive Protein": 4,
            "Lactate": 0.6,
        },
        fluid="Pleural",
    ),
    Profile(
        complaints=("SEPSIS", "SEPSIS;TELEMETRY", "HYPOTENSION", "UROSEPSIS", "FEVER"),
        weight=11,
        diagnoses=_words("0389 99592 78552 5849 5990 2762 51881 7907 2875 2760 00845 03849"),
        procedures=_words("3893 9604 9672 3891 966 9904 3897"),
        drugs=(
            *("Vancomycin", "Piperacillin-Tazobactam Na", "Meropenem", "Norepinephrine", "Vasopressin"),
            *("Phenylephrine", "Metronidazole", "Fluconazole"),
        ),
        age=(67, 15),
        stay_days=9,
        mortality=0.24,
        labs={
            **{
                "White Blood Cells": 2.2,
                "Lactate": 2.5,
                "Creatinine": 1.4,
                "Platelet Count": -0.9,
                "Bands": 2,
            },
            **{"Bicarbonate": -0.9, "Urea Nitrogen": 1.2, "Albumin": -1.2, "pH": -1.0, "WBC": 3},
        },
    ),
    Profile(
        complaints=("CONGESTIVE HEART FAILURE", "CHEST PAIN", "SHORTNESS OF BREATH", "DYSPNEA"),
        weight=12,
        diagnoses=_words("4280 42833 42823 42731 4168 4240 41401 5849 40391 4254 5859"),
        procedures=_words("8872 3893 3722 8856 9390 3778"),
        drugs=(
            "Furosemide",
            "Metoprolol Tartrate",
            "Lisinopril",
            "Spironolactone",
            "Digoxin",
            "Potassium Chloride",
        ),
        age=(72, 13),
        stay_days=6,
        mortality=0.09,
        labs={"Creatinine": 0.9, "Urea Nitrogen": 1.2, "Sodium": -0.5, "Troponin T": 2},
    ),
    Profile(
        complaints=(
            *("CORONARY ARTERY DISEASE", "ACUTE MYOCARDIAL INFARCTION", "CHEST PAIN", "UNSTABLE ANGINA"),
            *(
                "CORONARY ARTERY DISEASE\\CORONARY ARTERY BYPASS GRAFT /SDA",
                "ST-SEGMENT ELEVATION MYOCARDIAL INFARCTION",
            ),
        ),
        weight=13,
        diagnoses=_words("41401 41071 41091 4111 412 V4582 4139 2851 42731 V173"),
        procedures=_words("8856 3722 3961 3615 3612 3613 0066 3606 8853 9904 0045"),
        drugs=(
            "Aspirin EC",
            "Clopidogrel",
            "Atorvastatin",
            "Metoprolol Tartrate",
            "Heparin Sodium",
            "Nitroglycerin SL",
            "Aspirin",
        ),
        age=(67, 11),
        stay_days=6,
        mortality=0.05,
        elective=0.35,
        labs={
            "Troponin T": 12,
            "Creatine Kinase, MB Isoenzyme": 3,
            "Creatine Kinase (CK)": 1.5,
            "Hematocrit": -0.8,
        },
    ),
    Profile(
        complaints=(
            "AORTIC STENOSIS\\AORTIC VALVE REPLACEMENT /SDA",
            "MITRAL REGURGITATION",
            "AORTIC VALVE DISEASE",
        ),
        weight=5,
        diagnoses=_words("4241 4240 42731 2851 4280 V422 99811"),
        procedures=_words("3521 3961 3524 8872 9904 3891 3523"),
        drugs=(
            "Warfarin",
            "Cefazolin",
            "Metoprolol Tartrate",
            "Furosemide",
            "Propofol",
            "Oxycodone-Acetaminophen",
        ),
        age=(71, 11),
        stay_days=8,
        mortality=0.04,
        elective=0.7,
        labs={"Hematocrit": -1.3, "INR(PT)": 2.5, "Platelet Count": -0.6},
    ),
    Profile(
        complaints=("STROKE", "STROKE;TELEMETRY;TRANSIENT ISCHEMIC ATTACK", "LEFT SIDED WEAKNESS", "APHASIA"),
        weight=7,
        diagnoses=_words("43491 43411 34290 7843 42731 43310 78039 4359"),
        procedures=_words("9910 8841 966 4311 8872 3893"),
        drugs=("Aspirin", "Clopidogrel", "Heparin", "Simvastatin", "Alteplase", "Labetalol"),
        age=(71, 14),
        stay_days=6,
        mortality=0.12,
        labs={"Glucose": 1.2, "Cholesterol, Total": 0.6},
        fluid="Cerebrospinal Fluid (CSF)",
    ),
    Profile(
        complaints=("INTRACRANIAL HEMORRHAGE", "SUBARACHNOID HEMORRHAGE", "SUBDURAL HEMATOMA", "HEAD BLEED"),
        weight=7,
        diagnoses=_words("431 430 4321 3485 3314 85220 78039 51881"),
        procedures=_words("0139 0131 8841 9604 9671 0221 9672 311"),
        drugs=("Phenytoin", "Levetiracetam", "Nimodipine", "Dexamethasone", "Labetalol", "Propofol"),
        age=(62, 18),
        stay_days=8,
        mortality=0.23,
        labs={"Glucose": 1.4, "Sodium": 0.5, "INR(PT)": 1.5},
        fluid="Cerebrospinal Fluid (CSF)",
    ),
    Profile(
        complaints=(
            "GASTROINTESTINAL BLEED",
            "UPPER GI BLEED",
            "LOWER GI BLEED",
            "BRIGHT RED BLOOD PER RECTUM",
        ),
        weight=8,
        diagnoses=_words("5789 2851 53140 53240 56212 45620 4550 5307 2875"),
        procedures=_words("9904 4513 4516 4523 4443 3893 9907 4233"),
        drugs=("Pantoprazole Sodium", "Octreotide Acetate", "Vitamin K", "Omeprazole", "Metoclopramide"),
        age=(66, 16),
        stay_days=5,
        mortality=0.08,
        labs={"Hematocrit": -2.0, "Hemoglobin": -2.0, "Urea Nitrogen": 1.4, "INR(PT)": 1.6, "Ferritin": -0.7},
    ),
    Profile(
        complaints=(
            "LIVER FAILURE",
            "END STAGE LIVER DISEASE",
            "CIRRHOSIS;ENCEPHALOPATHY",
            "ALTERED MENTAL STATUS",
        ),
        weight=5,
        diagnoses=_words("5715 5712 5722 5723 07054 56723 5724 78959 2875 2761"),
        procedures=_words("5491 9904 9907 4513 3995 3893 391"),
        drugs=("Lactulose", "Rifaximin", "Octreotide Acetate", "Spironolactone", "Ceftriaxone", "Thiamine"),
        age=(56, 10),
        stay_days=8,
        mortality=0.20,
        labs={
            **{"Bilirubin, Total": 5, "INR(PT)": 4, "Albumin": -1.6, "Ammonia": 2, "Platelet Count": -1.2},
            **{"Sodium": -0.9, "Asparate Aminotransferase (AST)": 2.2, "Alanine Aminotransferase (ALT)": 1.2},
        },
        fluid="Ascites",
    ),
    Profile(
        complaints=("DIABETIC KETOACIDOSIS", "HYPERGLYCEMIA", "HYPOGLYCEMIA"),
        weight=4,
        diagnoses=_words("25013 25012 25002 2762 2761 3572 5363 25080"),
        procedures=_words("3893 9915 3891 8872"),
        drugs=("Insulin", "Insulin Glargine", "Potassium Phosphate", "D5 1/2NS", "Dextrose 50%", "Glucagon"),
        age=(47, 17),
        stay_days=4,
        mortality=0.03,
        labs={"Glucose": 9, "Anion Gap": 1.6, "Bicarbonate": -1.8, "pH": -1.8, "Base Excess": -2.5},
    ),
    Profile(
        complaints=("ACUTE RENAL FAILURE", "HYPERKALEMIA", "RENAL FAILURE", "END STAGE RENAL DISEASE"),
        weight=5,
        diagnoses=_words("5849 5856 40391 2767 5845 28521 58881 2753 V4511"),
        procedures=_words("3995 3895 3893 9904 5498 3942"),
        drugs=(
            "Sevelamer",
            "Calcium Acetate",
            "Epoetin Alfa",
            "Calcium Gluconate",
            "Sodium Bicarbonate",
            "Furosemide",
        ),
        age=(63, 15),
        stay_days=6,
        mortality=0.09,
        labs={
            "Creatinine": 6,
            "Urea Nitrogen": 4,
            "Potassium": 0.9,
            "Phosphate": 1.6,
            "Bicarbonate": -0.8,
            "Hemoglobin": -1.3,
        },
    ),
    Profile(
        complaints=("CHRONIC OBST PULM DISEASE", "ASTHMA;COPD EXACERBATION", "RESPIRATORY DISTRESS"),
        weight=6,
        diagnoses=_words("49121 51881 49322 51884 4168 3051 V462 5184"),
        procedures=_words("9390 9604 9671 3324 3891"),
        drugs=(
            *(
                "Albuterol 0.083% Neb Soln",
                "Ipratropium Bromide Neb",
                "Methylprednisolone Na Succ",
                "Prednisone",
            ),
            *("Tiotropium Bromide", "Fluticasone Propionate", "Azithromycin"),
        ),
        age=(68, 12),
        stay_days=6,
        mortality=0.08,
        labs={"pCO2": 2.4, "pO2": -1.3, "Bicarbonate": 0.7, "Eosinophils": 0.3, "Glucose": 1.6},
    ),
    Profile(
        complaints=("PANCREATITIS", "ABDOMINAL PAIN", "CHOLANGITIS"),
        weight=4,
        diagnoses=_words("5770 57451 5761 57411 5772 2752 2752 5601"),
        procedures=_words("5110 5185 9915 5123 3893"),
        drugs=(
            "Hydromorphone",
            "Meropenem",
            "Ciprofloxacin",
            "Metronidazole",
            "Ondansetron",
            "Lactated Ringers",
        ),
        age=(58, 16),
        stay_days=7,
        mortality=0.06,
        labs={
            "Lipase": 8,
            "Amylase": 5,
            "Alkaline Phosphatase": 1.2,
            "Bilirubin, Total": 2,
            "Calcium, Total": -0.9,
        },
    ),
    Profile(
        complaints=("HIP FRACTURE", "S/P FALL", "STATUS POST MOTOR VEHICLE ACCIDENT WITH INJURIES", "TRAUMA"),
        weight=7,
        diagnoses=_words("82021 8208 80703 8600 E8859 E8120 2851 86121 E8889 73300"),
        procedures=_words("7935 8151 3404 9904 7936 8154 9604"),
        drugs=("Morphine Sulfate", "Enoxaparin Sodium", "Oxycodone", "Cefazolin", "Tramadol"),
        age=(58, 24),
        stay_days=6,
        mortality=0.05,
        labs={"Hematocrit": -1.1, "Hemoglobin": -1.1, "Creatine Kinase (CK)": 1.6},
    ),
    Profile(
        complaints=("OVERDOSE", "ALCOHOL WITHDRAWAL", "SEIZURE", "SUICIDE ATTEMPT"),
        weight=4,
        diagnoses=_words("9654 29181 30391 9694 311 30401 E9503 78039 30590"),
        procedures=_words("9462 9604 9671 0331"),
        drugs=(
            "Acetylcysteine 20%",
            "Lorazepam",
            "Diazepam",
            "Thiamine",
            "Folic Acid",
            "Multivitamins",
            "Haloperidol",
        ),
        age=(43, 14),
        stay_days=3,
        mortality=0.03,
        labs={
            "Alanine Aminotransferase (ALT)": 4,
            "Asparate Aminotransferase (AST)": 5,
            "Magnesium": -0.8,
            "Potassium": -0.6,
        },
        fluid="Cerebrospinal Fluid (CSF)",
    ),
    Profile(
        complaints=("LUNG CANCER", "BRAIN MASS", "METASTATIC CANCER", "LYMPHOMA", "NEUTROPENIC FEVER"),
        weight=6,
        diagnoses=_words("1623 1629 1983 1985 1977 20280 28803 28522 5119 1970"),
        procedures=_words("3324 0151 9925 3491 9904 4131"),
        drugs=(
            "Dexamethasone",
            "Cefepime",
            "Acyclovir",
            "Fluconazole",
            "Ondansetron",
            "Morphine Sulfate",
            "Vancomycin",
        ),
        age=(63, 13),
        stay_days=7,
        mortality=0.16,
        elective=0.4,
        labs={
            "White Blood Cells": -0.8,
            "Platelet Count": -1.3,
            "Hemoglobin": -1.6,
            "Lactate Dehydrogenase (LD)": 1.8,
        },
        fluid="Pleural",
    ),
    Profile(
        complaints=("PULMONARY EMBOLIS", "DEEP VENOUS THROMBOSIS", "DYSPNEA"),
        weight=3,
        diagnoses=_words("41519 45341 45340 V5861 V1251 78650"),
        procedures=_words("387 8744 9910 8872"),
        drugs=("Heparin Sodium", "Enoxaparin Sodium", "Warfarin", "Alteplase"),
        age=(60, 17),
        stay_days=5,
        mortality=0.06,
        labs={"PTT": 3, "INR(PT)": 2, "pO2": -1.1, "Troponin T": 3},
    ),
    Profile(
        complaints=("NEWBORN",),
        weight=11,
        diagnoses=_words("V3000 V3001 V290 V053 7742 769 76518 77931 77981 7706 V502"),
        procedures=_words("9955 9390 9604 966 9671 3891 9904"),
        drugs=(
            "Hepatitis B Vaccine",
            "Ampicillin Sodium",
            "Gentamicin",
            "Phytonadione",
            "Erythromycin 0.5% Ophth Oint",
            "Caffeine Citrate",
        ),
        age=(0, 0),
        stay_days=7,
        mortality=0.01,
        labs={"Bilirubin, Total": 4, "Hematocrit": 1.4, "White Blood Cells": 0.9, "MCV": 1.6},
    ),
)

COMORBIDITIES: tuple[str, ...] = _words(
    "4019 4280 42731 41401 25000 2724 5849 2720 53081 2859 2449 5990 496 40390 5859 311 2762 V5861 3051 "
    "2761 412 V4581 2875 4240 4589 V1582 27800 32723 30000 2749 49390 60000 73300 2768 28521 4439 71590 "
    "25060 36250 34690 78820 7140 V1046 V103 29410 33829 V4501 2809 4414 43889 2767 5533 7837 70703 V667"
)
"""Findings of adults that have nothing to do with why they came; the first are the commonest."""

COMMON_DRUGS: tuple[str, ...] = (
    *("0.9% Sodium Chloride", "Acetaminophen", "Potassium Chloride", "Docusate Sodium", "Insulin", "Heparin"),
    *("Magnesium Sulfate", "Metoprolol Tartrate", "Senna", "Pantoprazole", "Aspirin", "Furosemide", "D5W"),
    *("Bisacodyl", "Atorvastatin", "Morphine Sulfate", "Ondansetron", "Lisinopril", "Iso-Osmotic Dextrose"),
    *("Oxycodone-Acetaminophen", "Calcium Gluconate", "Lorazepam", "Ranitidine", "Famotidine", "Amlodipine"),
    *(
        "Simvastatin",
        "Levothyroxine Sodium",
        "Milk of Magnesia",
        "Hydralazine",
        "Fentanyl Citrate",
        "Midazolam",
    ),
    *(
        "Metformin",
        "Captopril",
        "Diltiazem",
        "Amiodarone",
        "Sertraline",
        "Quetiapine",
        "Omeprazole",
        "Prednisone",
    ),
    *(
        "Allopurinol",
        "Dextrose 50%",
        "Influenza Virus Vaccine",
        "Pneumococcal Vac Polyvalent",
        "Nicotine Patch",
    ),
    *("Artificial Tears", "Multivitamin IV", "Acetaminophen IV", "Sterile Water", "Dopamine", "Metoprolol"),
    *("Nitroglycerin", "Hydromorphone", "Haloperidol", "Lactated Ringers"),
)
"""Given to adults whatever they have; the first are the commonest."""
