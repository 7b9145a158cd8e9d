"""The notes and questions of the Pneumonia Severity Index. Synthetic, not for clinical use."""

from task_store.datasets.medcalcbench.calculator import OMISSION_RULES, FindingText, Phrasing

FINDINGS = (
    "nursing_home",
    "neoplastic_disease",
    "liver_disease",
    "heart_failure",
    "cerebrovascular_disease",
    "renal_disease",
    "altered_mental_status",
    "pleural_effusion",
)


def _told(*texts: tuple[str, str, str]) -> dict[str, FindingText]:
    """Wordings of the eight findings in the order of `FINDINGS`: present, absent, decoy."""
    return {
        name: FindingText(present=(present,), absent=(absent,), decoy=(decoy,))
        for name, (present, absent, decoy) in zip(FINDINGS, texts, strict=True)
    }


PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} comes to the emergency department with cough and {days} days of malaise; the
        chest film shows <a lobar|a patchy> infiltrate. {pleural_effusion} {nursing_home} {neoplastic_disease}
        {heart_failure} {liver_disease} {renal_disease} {cerebrovascular_disease} {altered_mental_status} On
        arrival: temperature {temperature_f} °F, pulse {pulse_per_min}/min, respiratory rate
        {respiratory_rate_per_min}/min, blood pressure {systolic_mmhg}/{diastolic} mmHg. Arterial blood on
        room air: pH {arterial_ph}, oxygen pressure {pao2_kpa} kPa. Venous blood: urea {urea_mmol_l} mmol/L,
        sodium {sodium_mmol_l} mmol/L, glucose {glucose_mmol_l} mmol/L, hematocrit {hematocrit_percent} %,
        platelets {platelets} x10^9/L. In an old letter the urea is {old_urea_mmol_l} mmol/L. Cultures have
        been taken, without a result so far.
        """,
        question=f"""
        What is the patient's Pneumonia Severity Index on arrival, in points (age in years, minus 10 for a
        woman, plus the points of all criteria; not the risk class)? Oxygenation counts by the arterial
        pressure (below 60 mmHg). {OMISSION_RULES["a"]} Answer with a whole number.
        """,
        findings=_told(
            (
                "{He} lives in a nursing home.",
                "{He} lives in {his} own house.",
                "{His} parents live in a nursing home, {he} in {his} own house.",
            ),
            (
                "{He} is under treatment for active lung cancer.",
                "{He} has no cancer.",
                "A cancer was suspected last year and excluded.",
            ),
            (
                "{He} has liver cirrhosis.",
                "{His} liver is healthy.",
                "Cirrhosis took {his} uncle; {his} own liver is healthy.",
            ),
            (
                "{He} takes drugs for congestive heart failure.",
                "{He} has no heart failure.",
                "Heart failure was considered and an echocardiogram was normal.",
            ),
            (
                "{He} had a stroke {years_ago} years ago.",
                "{He} has had no stroke.",
                "{His} sister had a stroke, the patient none.",
            ),
            (
                "{He} has chronic kidney disease.",
                "The kidneys have always been healthy.",
                "{His} brother has chronic kidney disease; the patient's kidneys are healthy.",
            ),
            (
                "Since this morning {he} has been disoriented.",
                "{He} is fully oriented.",
                "{He} was disoriented after an operation years ago, but is fully oriented now.",
            ),
            (
                "There is a pleural effusion on the film.",
                "There is no pleural effusion.",
                "A shadow taken for a pleural effusion was a skin fold.",
            ),
        ),
        inferences=8,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PNEUMONIA PATHWAY, page 1: {surname}, {age}, {male}

        Background: {cerebrovascular_disease} {heart_failure} {renal_disease} {liver_disease}
        {neoplastic_disease}

        Lives: with a cat. {nursing_home}

        Triage: {breaths_in_30_s} breaths in 30 seconds, HR {pulse_per_min}, BP {systolic_mmhg}/{diastolic},
        temp {temperature_c} °C. {altered_mental_status}

        Gas (arterial): pH {arterial_ph}, PaO2 {pao2_mmhg} mmHg. Film: infiltrate. {pleural_effusion}

        Lab: BUN {bun_mg_dl} mg/dL (last year {old_bun_mg_dl}), Na {sodium_mmol_l} mmol/L, glucose
        {glucose_mmol_l} mmol/L, haematocrit {hematocrit_l_l} L/L, CRP {crp} mg/L.

        Pending: <Legionella antigen|viral swab>.
        """,
        question=f"""
        Add up the PSI (PORT) points of this page: the sum, not the class; a woman has 10 points deducted from
        her age, and hypoxaemia means PaO2 below 60 mmHg. {OMISSION_RULES["b"]} Give an integer.
        """,
        findings=_told(
            ("Home address: nursing home.", "Own flat.", "Visits a friend in a nursing home, own flat."),
            ("Active colon cancer.", "No cancer.", "Spouse has cancer, patient none."),
            ("Chronic active hepatitis.", "Liver fine.", "Hepatitis serology negative, liver fine."),
            ("Congestive heart failure.", "No cardiac failure.", "Cardiac failure in the family only."),
            ("Previous stroke.", "No cerebrovascular disease.", "Stroke code called once, no stroke found."),
            ("Renal disease, chronic.", "No renal disease.", "Kidney donor, no renal disease."),
            ("Newly confused.", "Mentally clear.", "Confused in childhood fever only, mentally clear now."),
            ("Effusion on the right.", "No effusion.", "Effusion on a film of years ago, none now."),
        ),
        inferences=8,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The night registrar presents {an_age}-year-old {man} whose radiograph leaves no doubt about pneumonia.
        {altered_mental_status} {neoplastic_disease} {liver_disease} {nursing_home} In the first quarter of an
        hour the nurse noted {respiratory_rate_per_min} breaths and {pulse_per_min} heart beats a minute,
        {systolic_mmhg} mmHg systolic, and {temperature_f} degrees Fahrenheit. {heart_failure}
        {pleural_effusion} The arterial sample gave a pH of {arterial_ph} with {pao2_kpa} kPa of oxygen; the
        venous one urea {urea_mmol_l} mmol/L, sodium {sodium_mmol_l} mmol/L, glucose {glucose_mg_dl} mg/dL and
        a haematocrit of {hematocrit_l_l} L/L. The family doctor's last urea was {old_urea_mmol_l} mmol/L.
        {renal_disease} {cerebrovascular_disease} Ventilation by mask has been <thought of|mentioned> but not
        begun.
        """,
        question=f"""
        How many points does the Pneumonia Severity Index assign to this presentation? Report the total
        (women: age minus 10), not the class, and judge oxygen by its arterial pressure against 60 mmHg.
        {OMISSION_RULES["c"]} The answer is a whole number of points.
        """,
        findings=_told(
            (
                "Home is a nursing home in the suburb.",
                "Home is a farm.",
                "Home is a farm, the work a nursing home.",
            ),
            (
                "A cancer of the bladder is active.",
                "Cancer was never diagnosed.",
                "Cancer was never diagnosed, though two cousins had it.",
            ),
            (
                "Cirrhosis of the liver is established.",
                "Liver disease is unknown.",
                "Liver disease, feared after a tattoo, was excluded.",
            ),
            (
                "Congestive heart failure is on the problem list.",
                "Heart failure is not on the problem list.",
                "Heart failure was struck off the problem list as an error.",
            ),
            (
                "A stroke left a weak arm.",
                "A stroke never happened.",
                "A stroke happened to the spouse, not to {him}.",
            ),
            (
                "Chronic renal disease is followed by a nephrologist.",
                "Renal disease is not known.",
                "Renal colic once led to a nephrologist, who found no renal disease.",
            ),
            (
                "{He} is stuporous, a new state.",
                "{His} mind is clear.",
                "{His} mind is clear, that of the neighbour is not.",
            ),
            (
                "Fluid in the pleura (an effusion) is seen.",
                "Fluid in the pleura is not seen.",
                "Fluid in the pleura, drained in another decade, is not seen.",
            ),
        ),
        inferences=8,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Respiratory team, first assessment of {Mr} {surname}, {male}, {age}. Diagnosis: community-acquired
        pneumonia. {renal_disease} {nursing_home} {pleural_effusion} {cerebrovascular_disease} Temperature
        {temperature_c}, pulse {pulse_per_min}, {breaths_in_15_s} breaths during 15 seconds, pressure
        {systolic_mmhg} over {diastolic}. {altered_mental_status} Arterial: pH {arterial_ph}, oxygen
        {pao2_kpa} kPa. {liver_disease} {heart_failure} {neoplastic_disease} Serum: urea nitrogen {bun_mg_dl}
        mg/dL, sodium {sodium_mmol_l}, glucose {glucose_mmol_l} mmol/L; haematocrit {hematocrit_percent} %.
        Serum of a check-up {years_ago} years back: urea nitrogen {old_bun_mg_dl} mg/dL. Bronchoscopy
        <possible|conceivable> later in the week.
        """,
        question=f"""
        Which total does the Pneumonia Severity Index reach at first assessment (sum of age, less 10 in women,
        and all item points; temperature in °C; oxygen item: arterial pressure under 60 mmHg)?
        {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings=_told(
            (
                "Resident of a nursing home.",
                "Lives independently.",
                "Volunteer in a nursing home, lives independently.",
            ),
            (
                "Metastatic cancer under chemotherapy.",
                "Free of tumours.",
                "Free of tumours after a benign biopsy.",
            ),
            ("Cirrhotic liver.", "Hepatic history blank.", "Hepatic history blank, hepatitis vaccine given."),
            (
                "Congestive cardiac failure, treated.",
                "Cardiac pump normal.",
                "Cardiac pump normal, failure only in the grandfather.",
            ),
            (
                "Stroke with residual slurring, some years old.",
                "Never a stroke.",
                "Never a stroke, the query of last May was migraine.",
            ),
            ("Chronic renal disease, stage 4.", "Kidneys sound.", "Kidneys sound, a cyst is harmless."),
            (
                "Disoriented in time and place since last night.",
                "Sensible in every answer.",
                "Sensible in every answer, delirium years ago only.",
            ),
            (
                "Effusion beside the infiltrate.",
                "Pleura dry.",
                "Pleura dry, effusion of an earlier illness gone.",
            ),
        ),
        inferences=8,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Extract for the audit of pneumonias. Age {age}; sex {male}. {liver_disease} {cerebrovascular_disease}
        Chemistry at the door: sodium {sodium_mmol_l} mmol/L, urea {urea_mmol_l} mmol/L, glucose
        {glucose_mg_dl} mg/dL. Chemistry from the previous stay: urea {old_urea_mmol_l} mmol/L.
        {pleural_effusion} Haematocrit {hematocrit_l_l} L/L. {neoplastic_disease} {altered_mental_status}
        Vital data at the door: {systolic_mmhg} mmHg systolic, rate of breathing {respiratory_rate_per_min},
        heart rate {pulse_per_min}, {temperature_f} °F. {nursing_home} {renal_disease} Arterial blood at the
        door: PaO2 {pao2_mmhg} mmHg, pH {arterial_ph}. {heart_failure} Leukocytes {wbc}, ALT {alt}. A CT scan
        was <not needed|left for later>.
        """,
        question=f"""
        Compute the PSI sum at the door as one integer: years of age (women ten fewer) plus item points, no
        class. Low oxygen is an arterial pressure below 60 mmHg. {OMISSION_RULES["e"]}
        """,
        findings=_told(
            (
                "Comes from a nursing home.",
                "Comes from home.",
                "Comes from home (a nursing home has been toured).",
            ),
            ("Neoplasm: active, of the lung.", "Neoplasm: none.", "Neoplasm: none, screening clear."),
            (
                "Hepatic disease: cirrhosis.",
                "Hepatic disease: none.",
                "Hepatic disease: none, jaundice at birth.",
            ),
            ("Heart: congestive failure.", "Heart: no failure.", "Heart: no failure, murmur innocent."),
            (
                "Cerebrovascular disease: stroke in the past.",
                "Cerebrovascular disease: none.",
                "Cerebrovascular disease: none (mother: stroke).",
            ),
            ("Renal: chronic disease.", "Renal: no disease.", "Renal: no disease, stones in the father."),
            (
                "Mental status: altered, new.",
                "Mental status: unaltered.",
                "Mental status: unaltered, doubts of the crew not confirmed.",
            ),
            ("Pleural fluid: effusion of 4 cm.", "Pleural fluid: nil.", "Pleural fluid: nil (old scar)."),
        ),
        inferences=8,
        superseded=2,
    ),
)
