"""The notes and questions of the APACHE II. Synthetic, not for clinical use."""

from task_store.datasets.medcalcbench.calculator import OMISSION_RULES, FindingText, Phrasing

PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} is admitted to intensive care <in shock|after a collapse>. {elective_surgery}
        {severe_chronic_disease} {acute_renal_failure} The worst values of the first 24 hours: core
        temperature {temperature_f} °F, heart rate {pulse_per_min}/min, respiratory rate
        {respiratory_rate_per_min}/min, blood pressure {bp} mmHg, Glasgow Coma Scale {coma}. Arterial blood at
        an FiO2 of {fio2_percent} %: pH {arterial_ph}, PaO2 {pao2_mmhg} mmHg, alveolar-arterial gradient
        {aa_gradient_mmhg} mmHg. Sodium {sodium_mmol_l} mmol/L, potassium {potassium_mmol_l} mmol/L,
        creatinine {creatinine_umol_l} µmol/L, hematocrit {hematocrit_percent} %, white cells
        {leukocytes_1e9_l} x10^9/L, glucose {glucose} mg/dL. Two years ago the creatinine was
        {old_creatinine_umol_l} µmol/L. {His} father died in intensive care. An arterial line is planned.
        """,
        question=f"""
        What is the patient's APACHE II score (first 24 hours; mean pressure = (systolic + 2 x diastolic) / 3;
        oxygenation by A-a gradient if FiO2 is at least 50 %, otherwise by PaO2; creatinine points doubled in
        acute renal failure)? {OMISSION_RULES["a"]} Answer with a whole number.
        """,
        findings={
            "elective_surgery": FindingText(
                present=("{He} comes from the recovery room after an elective operation.",),
                absent=("{He} has not been operated on.",),
                decoy=("An elective operation was scheduled for next month; {he} has not been operated on.",),
            ),
            "severe_chronic_disease": FindingText(
                present=("Before admission {he} had biopsy-proven cirrhosis with portal hypertension.",),
                absent=("Before admission all organs were sound and the immune system normal.",),
                decoy=("{His} mother had cirrhosis; before admission {he} was sound in all organs.",),
            ),
            "acute_renal_failure": FindingText(
                present=("Acute renal failure is diagnosed.",),
                absent=("There is no acute renal failure.",),
                decoy=(
                    "{He} recovered from an acute renal failure {years_ago} years ago; there is none now.",
                ),
            ),
        },
        inferences=5,
        superseded=1,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ICU SCORING FORM, day 1, bed {bed}: {surname}, {age}, {male}

        Neuro: GCS {coma}. Temp (core) {temperature_f} °F.

        Circulation: HR {pulse_per_min}, BP {bp}. Lungs: RR {respiratory_rate_per_min}, FiO2 {fio2_percent} %,
        PaO2 {pao2_kpa} kPa, A-a gradient {aa_gradient_mmhg} mmHg, pH {arterial_ph}.

        Lab: Na {sodium_mmol_l}, K {potassium_mmol_l}, WBC {leukocytes_per_ul}/µL, Hct {hematocrit_l_l} L/L,
        creatinine {creatinine_mg_dl} mg/dL (outpatient file {old_creatinine_mg_dl} mg/dL), platelets
        {platelets}.

        Kidney: urine dark. {acute_renal_failure}

        Chronic health: former smoker. {severe_chronic_disease} Route: emergency lift. {elective_surgery}

        Day 2 values: <not entered|to be entered tomorrow>.
        """,
        question=f"""
        Total the APACHE II points of day 1. MAP = (systolic + 2 x diastolic) / 3; use the A-a gradient when
        FiO2 is 50 % or more and PaO2 when it is less; double the creatinine points if there is acute renal
        failure. {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "acute_renal_failure": FindingText(
                present=("Acute renal failure: yes.",),
                absent=("Acute renal failure: no.",),
                decoy=("Acute renal failure: no (query of the ward not confirmed).",),
            ),
            "severe_chronic_disease": FindingText(
                present=("Immunocompromised by high-dose chemotherapy.",),
                absent=("No severe organ disease, not immunocompromised.",),
                decoy=("Chemotherapy considered elsewhere, never given; not immunocompromised.",),
            ),
            "elective_surgery": FindingText(
                present=("After elective surgery.",),
                absent=("No surgery.",),
                decoy=("Elective surgery cancelled, no surgery.",),
            ),
        },
        inferences=5,
        superseded=1,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Our unit took over {Mr} {surname}, {an_age}-year-old {man}, and collected the following extremes on
        the first day. {severe_chronic_disease} The blood showed leukocytes of {leukocytes_per_ul} per µL, a
        haematocrit of {hematocrit_percent} %, sodium {sodium_mmol_l} and potassium {potassium_mmol_l} mmol/L,
        and a creatinine of {creatinine_umol_l} µmol/L, while a discharge letter from spring had
        {old_creatinine_umol_l} µmol/L. {acute_renal_failure} {He} breathed {respiratory_rate_per_min} times a
        minute at an oxygen fraction of {fio2_percent} %, which gave a PaO2 of {pao2_kpa} kPa, a calculated
        alveolar-arterial gradient of {aa_gradient_mmhg} mmHg and a pH of {arterial_ph}. The heart beat
        {pulse_per_min} times a minute under a pressure of {bp}, the core was at {temperature_c} °C and the
        Glasgow Coma Scale at {coma}. {elective_surgery} Magnesium was {magnesium} mg/dL. A
        <tracheostomy|filter> was discussed and postponed.
        """,
        question=f"""
        Which APACHE II score follows from the first day? (Mean arterial pressure as (systolic + 2 x
        diastolic) / 3; at FiO2 of 50 % or above score the gradient, below it the PaO2; in acute renal failure
        creatinine counts double.) {OMISSION_RULES["c"]} The answer is a whole number of points.
        """,
        findings={
            "severe_chronic_disease": FindingText(
                present=("For years {he} had suffered from heart failure of NYHA class IV.",),
                absent=("For years {he} had been in good health without severe disease of any organ.",),
                decoy=("The heart failure of NYHA class IV in the transfer papers belongs to a namesake.",),
            ),
            "acute_renal_failure": FindingText(
                present=("The kidneys had failed acutely.",),
                absent=("The kidneys had not failed.",),
                decoy=("The kidneys had failed acutely in an illness {years_ago} years before, not now.",),
            ),
            "elective_surgery": FindingText(
                present=("The admission followed upon elective surgery.",),
                absent=("The admission did not follow upon surgery.",),
                decoy=("The admission prevented elective surgery that had been arranged.",),
            ),
        },
        inferences=5,
        superseded=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Research nurse, abstraction from the chart of {Mr} {surname} ({male}, {age}), hours 0 to 24.
        {acute_renal_failure} Pressure {bp}; pulse {pulse_per_min}; core {temperature_c} °C; breaths
        {respiratory_rate_per_min}; coma scale (Glasgow) {coma}. {elective_surgery} Haematocrit
        {hematocrit_l_l} L/L. White count {leukocytes_1e9_l} x10^9/L. Electrolytes: sodium {sodium_mmol_l},
        potassium {potassium_mmol_l}. Creatinine {creatinine_umol_l} µmol/L, and {old_creatinine_umol_l}
        µmol/L at a check {years_ago} years back. {severe_chronic_disease} Gas: FiO2 {fio2_percent} %, pH
        {arterial_ph}, PaO2 {pao2_kpa} kPa, gradient (alveolar minus arterial) {aa_gradient_mmhg} mmHg. CRP
        {crp}, ALT {alt}. Hours 24 to 48 <are with a colleague|have not been abstracted>.
        """,
        question=f"""
        Work out APACHE II for hours 0 to 24. Mean pressure is (systolic + 2 x diastolic) / 3. Oxygen item:
        gradient if FiO2 is 50 % or higher, PaO2 if lower. Creatinine item: twice its points when the renal
        failure is acute. {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings={
            "acute_renal_failure": FindingText(
                present=("Chart states acute renal failure.",),
                absent=("Chart denies acute renal failure.",),
                decoy=("Chart mentions acute renal failure of the twin; the patient has none.",),
            ),
            "elective_surgery": FindingText(
                present=("Postoperative patient, elective procedure.",),
                absent=("Medical patient, nothing operated.",),
                decoy=("Medical patient, nothing operated; an elective procedure awaits recovery.",),
            ),
            "severe_chronic_disease": FindingText(
                present=(
                    "Long-standing respiratory insufficiency with home oxygen and chronic hypercapnia.",
                ),
                absent=("No severe organ insufficiency beforehand, immunity intact.",),
                decoy=("Home oxygen belonged to the late spouse; no severe organ insufficiency beforehand.",),
            ),
        },
        inferences=5,
        superseded=1,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Benchmarking record of the intensive care network. Sex {male}, age {age}. Window: first day. Oxygen:
        fraction {fio2_percent} %, arterial pressure {pao2_mmhg} mmHg, alveolar-arterial difference
        {aa_gradient_mmhg} mmHg. Acid: pH {arterial_ph}. {severe_chronic_disease} Kidney: creatinine
        {creatinine_mg_dl} mg/dL (value of the previous stay: {old_creatinine_mg_dl} mg/dL).
        {acute_renal_failure} Salts: {sodium_mmol_l} mmol/L of sodium, {potassium_mmol_l} mmol/L of potassium.
        Blood: haematocrit {hematocrit_percent} %, leukocytes {leukocytes_per_ul}/µL. Bedside: {temperature_f}
        °F core, {pulse_per_min} beats, {respiratory_rate_per_min} breaths, {bp} mmHg, sum of the Glasgow
        scale {coma}. {elective_surgery} Outcome <unknown|open> as yet.
        """,
        question=f"""
        Fill in the APACHE II field of the record with one integer. Convention of the network: mean pressure
        (systolic + 2 x diastolic) / 3, difference scored from an oxygen fraction of 50 % upwards and arterial
        pressure of oxygen below that, doubled creatinine points for acute renal failure.
        {OMISSION_RULES["e"]}
        """,
        findings={
            "severe_chronic_disease": FindingText(
                present=("Chronic health: immunosuppressed after a transplantation.",),
                absent=("Chronic health: neither organ insufficiency nor immunosuppression.",),
                decoy=("Chronic health: a transplantation was once discussed, no insufficiency since.",),
            ),
            "acute_renal_failure": FindingText(
                present=("Renal failure: acute.",),
                absent=("Renal failure: none.",),
                decoy=("Renal failure: none; the acute one of the donor is not meant.",),
            ),
            "elective_surgery": FindingText(
                present=("Type of admission: after an elective operation.",),
                absent=("Type of admission: non-operative.",),
                decoy=("Type of admission: non-operative, an elective operation having been called off.",),
            ),
        },
        inferences=5,
        superseded=1,
    ),
)
