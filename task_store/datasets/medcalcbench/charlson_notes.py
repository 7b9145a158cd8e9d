"""The notes and questions of the Charlson Comorbidity Index. Synthetic, not for clinical use."""

from task_store.datasets.medcalcbench.calculator import OMISSION_RULES, FindingText, Phrasing

PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} is admitted for <a planned knee operation|removal of a cataract>.
        {heart_failure} {diabetes} {myocardial_infarction} {copd} {stroke_or_tia} {hemiplegia} {solid_tumor}
        {kidney_disease} {liver_disease} {peptic_ulcer} {He} lives with a cousin and takes no illegal drugs.
        Blood pressure {bp} mmHg, pulse {pulse}/min, haemoglobin {hb} g/dL, platelets {platelets} x10^9/L. An
        anaesthetist will see {him} tomorrow.
        """,
        question=f"""
        What is the patient's Charlson Comorbidity Index, including the points for age (one per decade from
        50)? {OMISSION_RULES["a"]} Diabetes that is treated by diet alone counts as no diabetes. Answer with a
        whole number.
        """,
        findings={
            "heart_failure": FindingText(
                present=("{He} takes diuretics for congestive heart failure.",),
                absent=("{He} has never had heart failure.",),
                decoy=("{His} mother had heart failure; {his} own echocardiogram is normal.",),
            ),
            "diabetes_uncomplicated": FindingText(
                present=("Type 2 diabetes is treated with metformin, without any organ damage.",),
                absent=("{He} is not diabetic.",),
                decoy=("{His} diabetes is controlled by diet alone, without drugs or organ damage.",),
            ),
            "diabetes_with_organ_damage": FindingText(
                present=("Diabetes treated with insulin has led to retinopathy.",), absent=()
            ),
            "myocardial_infarction": FindingText(
                present=("{He} had a myocardial infarction {years_ago} years ago.",),
                absent=("There was never a myocardial infarction.",),
                decoy=("A myocardial infarction was suspected last spring and ruled out.",),
            ),
            "copd": FindingText(
                present=("{He} inhales two drugs for COPD.",),
                absent=("Spirometry is normal, COPD is excluded.",),
                decoy=("COPD made {his} father housebound; {his} own spirometry is normal.",),
            ),
            "stroke_or_tia": FindingText(
                present=("{He} has had a transient ischaemic attack.",),
                absent=("{He} has had neither a stroke nor a transient ischaemic attack.",),
                decoy=("Two aunts had strokes, the patient did not.",),
            ),
            "hemiplegia": FindingText(
                present=("Since a spinal injury in youth {he} has had a left-sided hemiplegia.",),
                absent=("Strength is full in all limbs.",),
                decoy=("{His} twin has a hemiplegia from birth; the patient's strength is full.",),
            ),
            "localized_tumor": FindingText(
                present=("A localized kidney cancer was found this year and treatment is going on.",),
                absent=("No tumor is known.",),
                decoy=("A lump that was feared to be a cancer turned out to be a cyst; no tumor is known.",),
            ),
            "metastatic_tumor": FindingText(
                present=("{He} has a colon cancer with metastases in the lung.",), absent=()
            ),
            "kidney_disease": FindingText(
                present=("Severe chronic kidney disease requires dialysis three times a week.",),
                absent=("Kidney function is normal.",),
                decoy=("A brother is on dialysis; {his} own kidney function is normal.",),
            ),
            "mild_liver_disease": FindingText(
                present=("Chronic hepatitis B without cirrhosis (mild liver disease) is known.",),
                absent=("The liver is healthy.",),
                decoy=("Hepatitis was asked about and excluded; the liver is healthy.",),
            ),
            "severe_liver_disease": FindingText(
                present=(
                    "Cirrhosis with portal hypertension and variceal bleeding (severe liver disease) is "
                    "known.",
                ),
                absent=(),
            ),
            "peptic_ulcer": FindingText(
                present=("A duodenal ulcer was treated {years_ago} years ago.",),
                absent=("{He} has never had a peptic ulcer.",),
                decoy=("A stomach ulcer was looked for by endoscopy and not found.",),
            ),
        },
        inferences=6,
        superseded=1,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PROBLEM LIST for the tumor conference: {surname}, {age}, {male}

        Neurology: essential tremor. {stroke_or_tia} {hemiplegia}

        Heart and lungs: chest clear today. {copd} {myocardial_infarction} {heart_failure}

        Abdomen and metabolism: lactose intolerance. {peptic_ulcer} {liver_disease} {diabetes}

        Kidney and oncology: urine sediment normal. {kidney_disease} {solid_tumor}

        Values: sodium {sodium}, potassium {potassium}, BP {bp}, SpO2 {spo2} %. Allergy to <penicillin|latex>.
        """,
        question=f"""
        Compute the Charlson Comorbidity Index with its age component from this list. Diet-only diabetes
        scores nothing. {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "stroke_or_tia": FindingText(
                present=("Ischaemic stroke {years_ago} years ago, fully recovered.",),
                absent=("No stroke, no TIA ever.",),
                decoy=("TIA suspected once, diagnosis was migraine.",),
            ),
            "hemiplegia": FindingText(
                present=("Hemiplegia on the right side, from a brain abscess.",),
                absent=("No paresis.",),
                decoy=("Form says hemiplegia, crossed out as an error; no paresis.",),
            ),
            "copd": FindingText(
                present=("COPD, on tiotropium.",),
                absent=("No chronic lung disease.",),
                decoy=("Spouse with COPD; patient: no chronic lung disease.",),
            ),
            "myocardial_infarction": FindingText(
                present=("Old inferior myocardial infarction, one stent.",),
                absent=("No myocardial infarction.",),
                decoy=("Father and uncle with myocardial infarction; patient none.",),
            ),
            "heart_failure": FindingText(
                present=("Congestive heart failure, NYHA II.",),
                absent=("No heart failure.",),
                decoy=("Query heart failure in the referral: refuted by echo.",),
            ),
            "peptic_ulcer": FindingText(
                present=("Gastric ulcer bleeding in the past, treated.",),
                absent=("No ulcer.",),
                decoy=("Gastroscopy for a suspected ulcer: none seen.",),
            ),
            "mild_liver_disease": FindingText(
                present=("Mild liver disease: cirrhosis without portal hypertension.",),
                absent=("Liver normal.",),
                decoy=("Liver normal (a donor liver was given to a sibling, not to the patient).",),
            ),
            "severe_liver_disease": FindingText(
                present=("Moderate liver disease: cirrhosis with portal hypertension, no bleeding.",),
                absent=(),
            ),
            "diabetes_uncomplicated": FindingText(
                present=("Diabetes on tablets, no complications.",),
                absent=("No diabetes.",),
                decoy=("Diabetes managed with diet only, no complications.",),
            ),
            "diabetes_with_organ_damage": FindingText(
                present=("Diabetes on insulin with end-organ damage (neuropathy).",), absent=()
            ),
            "kidney_disease": FindingText(
                present=("CKD, severe, creatinine 4.1 mg/dL for years.",),
                absent=("Kidneys normal.",),
                decoy=("Kidneys normal (one kidney donated to a brother who had CKD).",),
            ),
            "localized_tumor": FindingText(
                present=("Bladder cancer, localized, this year.",),
                absent=("No cancer found.",),
                decoy=("Biopsy benign; mother had metastatic cancer.",),
            ),
            "metastatic_tumor": FindingText(present=("Bladder cancer with bone metastases.",), absent=()),
        },
        inferences=6,
        superseded=1,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Dear colleague, before we put {Mr} {surname} ({age} years, {male}) on the list for <a hip|a heart
        valve>, I went through the files of {years_ago} years. {liver_disease} {kidney_disease}
        {stroke_or_tia} {peptic_ulcer} {heart_failure} {solid_tumor} {diabetes} {hemiplegia}
        {myocardial_infarction} {copd} The blood pressure is {bp}, the CRP {crp} mg/L. {He} sleeps well and
        reads a great deal. A colonoscopy has been proposed, without a date.
        """,
        question=f"""
        Which age-adjusted Charlson index do these files yield (age points start at 50, one for each decade)?
        If diabetes is held by diet alone, score zero for it. {OMISSION_RULES["c"]} The answer is a whole
        number of points.
        """,
        findings={
            "mild_liver_disease": FindingText(
                present=("The liver shows chronic hepatitis C, a mild disease so far without cirrhosis.",),
                absent=("The liver was always in order.",),
                decoy=("The cirrhosis in the files is that of a namesake; {his} liver was always in order.",),
            ),
            "severe_liver_disease": FindingText(
                present=(
                    "The liver is cirrhotic with portal hypertension, thus a moderate to severe disease.",
                ),
                absent=(),
            ),
            "kidney_disease": FindingText(
                present=("The kidneys fail: a severe chronic disease with a transplant in place.",),
                absent=("The kidneys work normally.",),
                decoy=("The kidneys work normally, unlike those of {his} daughter, who is on dialysis.",),
            ),
            "stroke_or_tia": FindingText(
                present=("A stroke is documented, from which {he} recovered.",),
                absent=("A stroke is not documented, nor is a transient attack.",),
                decoy=("A stroke had been the first thought after a faint, and was disproved.",),
            ),
            "peptic_ulcer": FindingText(
                present=("Peptic ulcer disease was treated twice.",),
                absent=("Peptic ulcers never occurred.",),
                decoy=("Peptic ulcers run in the family but never occurred in {him}.",),
            ),
            "heart_failure": FindingText(
                present=("Congestive heart failure is established and treated.",),
                absent=("The heart pumps normally.",),
                decoy=("The heart pumps normally, although a pharmacist once wrote heart failure on a bag.",),
            ),
            "localized_tumor": FindingText(
                present=("A localized lung cancer was discovered in the spring.",),
                absent=("Cancer was never found.",),
                decoy=("Cancer took {his} mother; in {him} it was never found.",),
            ),
            "metastatic_tumor": FindingText(
                present=("A lung cancer discovered in the spring has spread to the bones.",), absent=()
            ),
            "diabetes_uncomplicated": FindingText(
                present=("Diabetes is held by tablets and has damaged no organ.",),
                absent=("Diabetes was never diagnosed.",),
                decoy=("Diabetes is held by diet alone and has damaged no organ.",),
            ),
            "diabetes_with_organ_damage": FindingText(
                present=("Diabetes under insulin has damaged the retina and the nerves.",), absent=()
            ),
            "hemiplegia": FindingText(
                present=("A hemiplegia dates from an old war wound.",),
                absent=("All limbs move freely.",),
                decoy=("The hemiplegia after a migraine in youth lasted an hour; all limbs move freely.",),
            ),
            "myocardial_infarction": FindingText(
                present=("Myocardial infarction: once, with bypass surgery.",),
                absent=("Myocardial infarction: none recorded.",),
                decoy=(
                    "Myocardial infarction was {his} brother's fate, while {his} own coronaries are clear.",
                ),
            ),
            "copd": FindingText(
                present=("COPD has been followed by a lung clinic.",),
                absent=("The lungs are sound.",),
                decoy=("COPD was considered for a smoker's cough; {his} lungs were then found sound.",),
            ),
        },
        inferences=6,
        superseded=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Insurance report, form 7. Person: {age} years, {male}. Answers of the treating practice follow. {copd}
        {peptic_ulcer} {solid_tumor} {hemiplegia} {liver_disease} {myocardial_infarction} {diabetes}
        {stroke_or_tia} {kidney_disease} {heart_failure} Last measured: pressure {bp}, glucose {glucose},
        haemoglobin {hb}. <Hearing aids|Reading glasses> prescribed. Outstanding: a sleep study.
        """,
        question=f"""
        Translate the report into the Charlson index plus its age points (50 to 59 years 1, 60 to 69 years 2,
        70 to 79 years 3, from 80 years 4). Dietary treatment alone makes no diabetes here.
        {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings={
            "copd": FindingText(
                present=("Lungs: COPD with daily inhaler.",),
                absent=("Lungs: healthy.",),
                decoy=("Lungs: healthy (COPD named in error on form 6).",),
            ),
            "peptic_ulcer": FindingText(
                present=("Stomach: ulcer, treated in hospital.",),
                absent=("Stomach: never an ulcer.",),
                decoy=("Stomach: pains, ulcer excluded.",),
            ),
            "localized_tumor": FindingText(
                present=("Tumors: cancer of the thyroid, localized, under treatment.",),
                absent=("Tumors: none.",),
                decoy=("Tumors: none (screening because of a sister's cancer was negative).",),
            ),
            "metastatic_tumor": FindingText(
                present=("Tumors: cancer of the thyroid with metastases.",), absent=()
            ),
            "hemiplegia": FindingText(
                present=("Limbs: hemiplegia since an accident.",),
                absent=("Limbs: strong on both sides.",),
                decoy=("Limbs: strong on both sides (cares for a parent with hemiplegia).",),
            ),
            "mild_liver_disease": FindingText(
                present=("Liver: mild disease, chronic hepatitis.",),
                absent=("Liver: no disease.",),
                decoy=("Liver: no disease (hepatitis contact, tests negative).",),
            ),
            "severe_liver_disease": FindingText(
                present=("Liver: severe disease, cirrhosis with bleeding varices.",), absent=()
            ),
            "myocardial_infarction": FindingText(
                present=("Heart attack: yes, {years_ago} years ago.",),
                absent=("Heart attack: no.",),
                decoy=("Heart attack: no, the chest pain of last winter came from the ribs.",),
            ),
            "diabetes_uncomplicated": FindingText(
                present=("Diabetes: on tablets, organs unharmed.",),
                absent=("Diabetes: no.",),
                decoy=("Diabetes: dietary treatment alone, organs unharmed.",),
            ),
            "diabetes_with_organ_damage": FindingText(
                present=("Diabetes: on insulin, with damage to eyes and feet.",), absent=()
            ),
            "stroke_or_tia": FindingText(
                present=("Stroke: yes, mild, speech recovered.",),
                absent=("Stroke or transient attack: no.",),
                decoy=("Stroke: grandparents only.",),
            ),
            "kidney_disease": FindingText(
                present=("Kidneys: chronic failure, on dialysis.",),
                absent=("Kidneys: no disease.",),
                decoy=("Kidneys: a stone passed {years_ago} years ago, no chronic disease.",),
            ),
            "heart_failure": FindingText(
                present=("Heart failure: yes, with swollen ankles, on treatment.",),
                absent=("Heart failure: no.",),
                decoy=("Heart failure: asked by the insurer because of {his} father, answered no.",),
            ),
        },
        inferences=6,
        superseded=1,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Geriatric and general assessment of {an_age}-year-old {man}, bed {bed}. {diabetes} {kidney_disease}
        {copd} {heart_failure} {hemiplegia} {liver_disease} {stroke_or_tia} {solid_tumor}
        {myocardial_infarction} {peptic_ulcer} {He} wants to go <home|to a daughter> after this stay. Oxygen
        saturation {spo2}, platelets {platelets}, ALT {alt}, all as expected. Bone density has yet to be
        measured.
        """,
        question=f"""
        State the Charlson comorbidity points including those for age (none below 50, then one more with each
        decade, four at most) as one integer. {OMISSION_RULES["e"]} Diabetes kept in check by food choice
        alone is worth nothing.
        """,
        findings={
            "diabetes_uncomplicated": FindingText(
                present=("Sugar disease (diabetes) on oral drugs; eyes, kidneys and nerves unaffected.",),
                absent=("Free of diabetes.",),
                decoy=("Diabetes kept in check by food choice alone; eyes, kidneys and nerves unaffected.",),
            ),
            "diabetes_with_organ_damage": FindingText(
                present=(
                    "Insulin-treated diabetes that has cost {him} the sight of one eye (organ damage).",
                ),
                absent=(),
            ),
            "kidney_disease": FindingText(
                present=("Advanced chronic kidney disease with uraemia.",),
                absent=("Filtration of the kidneys flawless.",),
                decoy=("Kidney failure killed an uncle; the patient's filtration is flawless.",),
            ),
            "copd": FindingText(
                present=("Obstructive lung disease of the chronic kind (COPD), stage 2.",),
                absent=("Breathing tests flawless.",),
                decoy=("COPD leaflet taken along for a friend, own breathing tests flawless.",),
            ),
            "heart_failure": FindingText(
                present=("Cardiac failure, congestive, compensated by drugs.",),
                absent=("Cardiac function flawless.",),
                decoy=(
                    "Cardiac failure was the working diagnosis until the scan showed a flawless function.",
                ),
            ),
            "hemiplegia": FindingText(
                present=("Hemiplegic on the left for decades.",),
                absent=("Symmetrical strength.",),
                decoy=("Sits beside a hemiplegic neighbour; own strength symmetrical.",),
            ),
            "mild_liver_disease": FindingText(
                present=("Chronic hepatitis, mild, observed without treatment.",),
                absent=("Hepatic tests flawless.",),
                decoy=("Jaundice as a newborn only, hepatic tests flawless ever since.",),
            ),
            "severe_liver_disease": FindingText(
                present=("Cirrhotic with portal hypertension, graded as severe.",), absent=()
            ),
            "stroke_or_tia": FindingText(
                present=("One transient ischaemic attack on record.",),
                absent=("Cerebral circulation: no event.",),
                decoy=("Stroke unit stay of one night, discharged without a cerebral event.",),
            ),
            "localized_tumor": FindingText(
                present=("A localized cancer of the tongue, irradiated this year.",),
                absent=("Nothing malignant.",),
                decoy=("Nothing malignant; the mole removed in May was harmless.",),
            ),
            "metastatic_tumor": FindingText(
                present=("A cancer of the tongue that has metastasized to the lung.",), absent=()
            ),
            "myocardial_infarction": FindingText(
                present=("Infarction of the heart muscle at a younger age.",),
                absent=("Coronary history empty.",),
                decoy=("Infarction feared during a panic attack, coronary history empty.",),
            ),
            "peptic_ulcer": FindingText(
                present=("Ulcer of the duodenum healed under drugs.",),
                absent=("Duodenum and stomach never ulcerated.",),
                decoy=("Leg ulcer healed last year; duodenum and stomach never ulcerated.",),
            ),
        },
        inferences=6,
        superseded=1,
    ),
)
