"""Sequential Organ Failure Assessment (SOFA). Version 1. Not for clinical use."""

import itertools
import random
from bisect import bisect_right

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case, tell
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import CREATININE
from task_store.datasets.medcalcbench.quantities_g5 import (
    ARTERIAL_OXYGEN,
    BILIRUBIN,
    INSPIRED_OXYGEN,
    PLATELETS,
    URINE,
)
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Vincent JL, Moreno R, Takala J, et al. The SOFA (Sepsis-related Organ Failure Assessment) score to "
    "describe "
    "organ dysfunction/failure. Intensive Care Med 1996;22:707-710 (table looked up as adapted in "
    "PMC4968574)."
)
_RULES = (
    "Zero to four points each for PaO2/FiO2 (below 400, 300, and with respiratory support 200 and 100 mmHg), "
    "platelets (below 150, 100, 50, 20 x10^9/L), bilirubin (from 1.2, 2, 6, 12 mg/dL), circulation (mean "
    "pressure "
    "below 70 mmHg; dobutamine or dopamine up to 5; dopamine above 5, or epinephrine or norepinephrine up "
    "to 0.1; "
    "dopamine above 15, or either of them above 0.1 µg/kg/min), Glasgow Coma Scale (below 15, 13, 10, 6), "
    "and the "
    "worse of creatinine (from 1.2, 2, 3.5, 5 mg/dL) and urine (below 500 mL/day: 3, below 200: 4)."
)


def sofa_points(
    *,
    pao2_mmhg: float,
    fio2_fraction: float,
    respiratory_support: bool,
    platelets_1e9_l: float,
    bilirubin_mg_dl: float,
    mean_pressure_mmhg: float = 80,
    dopamine_ug_kg_min: float = 0,
    dobutamine_ug_kg_min: float = 0,
    epinephrine_ug_kg_min: float = 0,
    norepinephrine_ug_kg_min: float = 0,
    glasgow_coma: int = 15,
    creatinine_mg_dl: float = 0.9,
    urine_ml_per_day: float = 1500,
) -> int:
    """SOFA, 0 to 24 points; a value with a default is normal where a record does not give it.

    The gravest vasopressor counts, and the worse of creatinine and urine. Without respiratory
    support, PaO2/FiO2 below 200 scores 2. (MedCalc-Bench's released program tests the milder
    vasopressor doses first, and does not score the kidney when both its values are given;
    golds made that way differ from the published table.)

    Args:
        pao2_mmhg: arterial oxygen pressure.
        fio2_fraction: inspired oxygen, 0.21 to 1.
        respiratory_support: mechanical ventilation or continuous positive airway pressure.
        platelets_1e9_l: platelets in 10^9/L.
        bilirubin_mg_dl: total bilirubin in mg/dL.
        mean_pressure_mmhg: mean arterial pressure; hypotension without a number is anything below 70.
        dopamine_ug_kg_min: dose in micrograms per kg and minute; so the next three.
        dobutamine_ug_kg_min: any dose counts alike.
        epinephrine_ug_kg_min: adrenaline.
        norepinephrine_ug_kg_min: noradrenaline.
        glasgow_coma: Glasgow Coma Scale, 3 to 15.
        creatinine_mg_dl: serum creatinine in mg/dL.
        urine_ml_per_day: urine output of 24 hours.

    Returns:
        Points. Not for clinical use.
    """
    lungs = 4 - bisect_right((100, 200, 300, 400), pao2_mmhg / fio2_fraction)
    catecholamine = max(epinephrine_ug_kg_min, norepinephrine_ug_kg_min)
    circulation = (
        4
        if dopamine_ug_kg_min > 15 or catecholamine > 0.1
        else 3
        if dopamine_ug_kg_min > 5 or catecholamine > 0
        else 2
        if dopamine_ug_kg_min > 0 or dobutamine_ug_kg_min > 0
        else int(mean_pressure_mmhg < 70)
    )
    urine = 4 if urine_ml_per_day < 200 else 3 if urine_ml_per_day < 500 else 0
    return (
        (lungs if respiratory_support else min(lungs, 2))
        + (4 - bisect_right((20, 50, 100, 150), platelets_1e9_l))
        + bisect_right((1.2, 2, 6, 12), bilirubin_mg_dl)
        + circulation
        + (4 - bisect_right((6, 10, 13, 15), glasgow_coma))
        + max(bisect_right((1.2, 2, 3.5, 5), creatinine_mg_dl), urine)
    )


_CASES = [(sum(case), case) for case in itertools.product(range(5), repeat=6)]

# Bands by points, clear of the edges.
_RATIO = ((425, 460), (312, 385), (212, 288), (112, 188), (55, 90))
_FIO2 = ((0.21, 0.21), (0.22, 0.29), (0.32, 0.44), (0.46, 0.64), (0.72, 0.98))
_PLATELETS = ((165, 340), (105, 144), (54, 94), (24, 46), (6, 17))
_BILIRUBIN = ((0.4, 1.0), (1.4, 1.8), (2.3, 5.5), (6.5, 11.2), (13, 26))
_CREATININE = ((0.6, 1.1), (1.3, 1.85), (2.2, 3.3), (3.7, 4.7), (5.3, 8.5))
_COMA = ((15, 15), (13, 14), (10, 12), (6, 9), (3, 5))
_DRUGS: dict[int, tuple[tuple[str, float, float], ...]] = {
    2: (("dobutamine", 2, 9), ("dopamine", 2, 4.4)),
    3: (("dopamine", 6, 13), ("epinephrine", 0.02, 0.08), ("norepinephrine", 0.02, 0.08)),
    4: (("dopamine", 16, 19), ("epinephrine", 0.13, 0.4), ("norepinephrine", 0.13, 0.6)),
}


# The reference's arithmetic.
_STEPS = (
    "ratio = pao2_mmhg / fio2_fraction",
    "lungs = sum(ratio < edge for edge in (400, 300, 200, 100))",
    "lungs = lungs if respiratory_support else min(lungs, 2)",
    'dopamine = doses.get("dopamine", 0)',
    'catecholamine = max(doses.get("epinephrine", 0), doses.get("norepinephrine", 0))',
    "low_pressure = int((systolic_mmhg + 2 * diastolic_mmhg) / 3 < 70)",
    "circulation = 2 if vasopressor else low_pressure",
    "circulation = 3 if dopamine > 5 or catecholamine > 0 else circulation",
    "circulation = 4 if dopamine > 15 or catecholamine > 0.1 else circulation",
    "answer = lungs + circulation",
    "answer += sum(platelets_1e9_l < edge for edge in (150, 100, 50, 20))",
    "answer += sum(bilirubin_mg_dl >= edge for edge in (1.2, 2, 6, 12))",
    "answer += sum(glasgow_coma < edge for edge in (15, 13, 10, 6))",
    "urine_points = 4 if urine_ml_per_day < 200 else 3 if urine_ml_per_day < 500 else 0",
    "answer += max(sum(creatinine_mg_dl >= edge for edge in (1.2, 2, 3.5, 5)), urine_points)",
)


def _oxygen(rng: random.Random, level: int) -> tuple[float, float, bool]:
    """PaO2 (mmHg), FiO2 (fraction) and whether the breathing is supported, for 0 to 4 points."""
    supported = level > 2 or (level > 0 and rng.random() < 0.5)
    band = 3 if level == 2 and not supported and rng.random() < 0.5 else level
    fio2 = round(rng.uniform(*_FIO2[band]), 2)
    return rng.uniform(*_RATIO[band]) * fio2, fio2, supported


def _kidney(rng: random.Random, level: int) -> tuple[float, float]:
    """Creatinine (mg/dL) and urine (mL/day), of which the worse gives `level`."""
    if level > 2 and rng.random() < 0.5:
        urine = rng.uniform(235, 470) if level == 3 else rng.uniform(60, 170)
        return rng.uniform(*_CREATININE[rng.randrange(level)]), urine
    return rng.uniform(*_CREATININE[level]), rng.uniform(800, 2400)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    lungs, clotting, liver, circulation, brain, kidney = even_case(rng, _CASES)
    note = phrasing.note
    person = Person.draw(rng, rng.randint(24, 86))
    pao2_mmhg, fio2_fraction, supported = _oxygen(rng, lungs)
    creatinine_mg_dl, urine_ml_per_day = _kidney(rng, kidney)
    oxygen, inspired = ARTERIAL_OXYGEN.read(note, pao2_mmhg), INSPIRED_OXYGEN.read(note, fio2_fraction)
    platelets = PLATELETS.read(note, rng.randint(*_PLATELETS[clotting]))
    bilirubin = BILIRUBIN.read(note, rng.uniform(*_BILIRUBIN[liver]))
    creatinine, urine = CREATININE.read(note, creatinine_mg_dl), URINE.read(note, urine_ml_per_day)
    other_level = rng.choice([level for level in range(5) if level != clotting])
    earlier = PLATELETS.read_old(note, rng.randint(*_PLATELETS[other_level]))
    coma = rng.randint(*_COMA[brain])
    diastolic = rng.randint(40, 48) if circulation == 1 else rng.randint(61, 76)
    systolic = diastolic + rng.randint(34, 46)
    drug, low, high = rng.choice(_DRUGS.get(circulation, (("none", 0, 0),)))
    dose = f"{rng.uniform(low, high):.{2 if high < 1 else 0}f}"
    told = {
        "respiratory_support": tell(rng, phrasing.findings["respiratory_support"], supported),
        "vasopressor": tell(rng, phrasing.findings["vasopressor"], circulation > 1),
    }
    readings = (oxygen, inspired, platelets, bilirubin, creatinine, urine)

    def points(platelets_1e9_l: float) -> int:
        return sofa_points(
            pao2_mmhg=oxygen.value,
            fio2_fraction=inspired.value,
            respiratory_support=supported,
            platelets_1e9_l=platelets_1e9_l,
            bilirubin_mg_dl=bilirubin.value,
            mean_pressure_mmhg=(systolic + 2 * diastolic) / 3,
            dopamine_ug_kg_min=float(dose) if drug == "dopamine" else 0,
            dobutamine_ug_kg_min=float(dose) if drug == "dobutamine" else 0,
            epinephrine_ug_kg_min=float(dose) if drug == "epinephrine" else 0,
            norepinephrine_ug_kg_min=float(dose) if drug == "norepinephrine" else 0,
            glasgow_coma=coma,
            creatinine_mg_dl=creatinine.value,
            urine_ml_per_day=urine.value,
        )

    slots = incidentals(rng) | person.slots() | {name: telling.sentence for name, telling in told.items()}
    for reading in readings:
        slots |= reading.slots()
    slots |= earlier.slots("old_") if earlier else {}
    slots |= {"bp": f"{systolic}/{diastolic}", "coma": str(coma), "drug": drug, "dose": dose}
    # The sentence about the drug holds slots itself, and `render` fills one level of slots only.
    slots["vasopressor"] = slots["vasopressor"].format_map(slots)
    doses = (
        [f"dose_ug_kg_min = {dose}", f'doses = {{"{drug}": dose_ug_kg_min}}']
        if circulation > 1
        else ["doses = {}"]
    )
    code = [
        *(line for reading in readings for line in reading.code()),
        f"systolic_mmhg = {systolic}",
        f"diastolic_mmhg = {diastolic}",
        f"glasgow_coma = {coma}",
        *(telling.code(name, slots) for name, telling in told.items()),
        *doses,
        *_STEPS,
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(platelets.value)),
        reference="\n".join(code),
        trap=points(earlier.value if earlier else platelets.value),
        conversions=sum(reading.converted for reading in readings),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} has been in intensive care for {days} days with <peritonitis|urosepsis>.
        {respiratory_support} On today's chart: arterial oxygen pressure {pao2_kpa} kPa at an inspired oxygen
        fraction of {fio2_percent} %, arterial pressure {bp} mmHg, pulse {pulse}/min. {vasopressor} Glasgow
        Coma Scale {coma}. Laboratory today: platelets {platelets_1e9_l} x10^9/L, total bilirubin
        {bilirubin_umol_l} µmol/L, creatinine {creatinine_umol_l} µmol/L, haemoglobin {hb} g/dL. Urine of the
        last 24 hours: {urine_ml_per_day} mL. On the first day the platelets had been {old_platelets_1e9_l}
        x10^9/L. {His} brother is on dialysis. A tracheostomy is under discussion.
        """,
        question=f"""
        What is the patient's SOFA score today, from today's values only? The mean arterial pressure is
        (systolic + 2 x diastolic) / 3, and the worse of creatinine and urine output counts.
        {OMISSION_RULES["a"]} Answer with a whole number.
        """,
        findings={
            "respiratory_support": FindingText(
                present=("{He} is ventilated through a tracheal tube.", "{He} is on a CPAP mask."),
                absent=("{He} breathes without a machine.",),
                decoy=("{He} was ventilated during the operation only; since then {he} breathes unaided.",),
            ),
            "vasopressor": FindingText(
                present=("For four hours {drug} has been running at {dose} µg/kg/min.",),
                absent=("No vasoactive drug is given.",),
                decoy=("Norepinephrine was stopped two days ago and no vasoactive drug is given now.",),
            ),
        },
        inferences=3,
        superseded=1,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ICU DAILY SHEET, bed {bed}, {surname}, {age}, {male}

        Lungs: PaO2 {pao2_mmhg} mmHg, FiO2 {fio2_percent} %. {respiratory_support}

        Circulation: BP {bp}. {vasopressor}

        Kidneys: creatinine {creatinine_umol_l} µmol/L; urine {urine_ml_per_h} mL per hour, steady over 24 h.

        Liver: bilirubin {bilirubin_mg_dl} mg/dL, ALT {alt} U/L. Blood: platelets {platelets_per_ul}/µL (sheet
        of yesterday: {old_platelets_per_ul}/µL), sodium {sodium}.

        Brain: GCS {coma}. Sedation: none.

        To do: <echocardiography|new central line>.
        """,
        question=f"""
        Add up the SOFA points of this sheet (not yesterday's). Mean pressure = (systolic + 2 x diastolic) /
        3; extrapolate the hourly urine to 24 hours; score the kidneys by the worse item.
        {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "respiratory_support": FindingText(
                present=("Invasive ventilation, day {days}.", "CPAP by helmet, continuous."),
                absent=("Spontaneous breathing, no support by machine.",),
                decoy=("CPAP planned for the night, not begun: spontaneous breathing without support.",),
            ),
            "vasopressor": FindingText(
                present=("Infusion: {drug} {dose} µg/kg/min since the morning.",),
                absent=("No catecholamines.",),
                decoy=("Epinephrine drawn up for emergencies, none given; no catecholamines.",),
            ),
        },
        inferences=3,
        superseded=1,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The surgical team requests a severity score for {an_age}-year-old {man} with
        <pancreatitis|cholangitis>, transferred this morning. Neurologically the Glasgow Coma Scale is {coma}.
        The blood gas on transfer shows an oxygen pressure of {pao2_kpa} kPa while the inspired fraction is
        {fio2_fraction}. {respiratory_support} {vasopressor} The arterial line reads {bp}. Platelets on
        transfer are {platelets_per_ul} per µL; the referring hospital had {old_platelets_per_ul} per µL last
        week. Bilirubin is {bilirubin_umol_l} µmol/L, creatinine {creatinine_mg_dl} mg/dL, CRP {crp} mg/L.
        {He} passed {urine_ml_per_day} mL of urine in the past 24 hours. Dialysis has been considered but not
        used.
        """,
        question=f"""
        Calculate SOFA on transfer. Take the mean of the arterial pressure as (systolic + 2 x diastolic) / 3
        and the less favourable of creatinine and urine. {OMISSION_RULES["c"]} The answer is a whole number of
        points.
        """,
        findings={
            "respiratory_support": FindingText(
                present=("{He} arrived intubated and mechanically ventilated.",),
                absent=("{He} arrived breathing on {his} own.",),
                decoy=("Intubation was offered for the journey but not needed: {he} breathes on {his} own.",),
            ),
            "vasopressor": FindingText(
                present=("A pump delivers {drug}, {dose} µg/kg/min, for the third hour.",),
                absent=("The circulation needs no drug.",),
                decoy=(
                    "Dopamine during an illness {years_ago} years ago is mentioned; now the circulation "
                    "needs no drug.",
                ),
            ),
        },
        inferences=3,
        superseded=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Round at 07:00, {Mr} {surname} ({age}, {male}), septic after <a perforated bowel|an infected hip>.
        {vasopressor} Cuff and line agree on {bp}. {respiratory_support} Gas at 07:00: PaO2 {pao2_mmhg} mmHg,
        FiO2 {fio2_fraction}. Bloods at 07:00: creatinine {creatinine_umol_l} µmol/L, bilirubin
        {bilirubin_umol_l} µmol/L, platelets {platelets_1e9_l} x10^9/L, potassium {potassium}. Bloods at the
        start of the stay: platelets {old_platelets_1e9_l} x10^9/L. Coma scale (Glasgow) {coma}. Diuresis
        averaged over the last 24 hours {urine_ml_per_h} mL/h. Plasma exchange proposed by telephone, not
        done.
        """,
        question=f"""
        Which SOFA total belongs to 07:00? Use (systolic + 2 x diastolic) / 3 as mean pressure, 24 times the
        hourly diuresis as daily urine, and for the kidney whichever of its two items is worse.
        {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings={
            "respiratory_support": FindingText(
                present=("Ventilator in pressure control mode through the tube.", "CPAP by mask all night."),
                absent=("Own breathing, no machine.",),
                decoy=("The ventilator at the bedside is a reserve; own breathing, no machine.",),
            ),
            "vasopressor": FindingText(
                present=("Syringe pump with {drug}: {dose} µg/kg/min all night.",),
                absent=("Syringe pumps: insulin only.",),
                decoy=("Norepinephrine was weaned off three days back; syringe pumps: insulin only.",),
            ),
        },
        inferences=3,
        superseded=1,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Data for the registry, day {days} of the stay. Sex {male}, age {age}. Organ by organ. Coagulation:
        platelets {platelets_per_ul}/µL (day 0: {old_platelets_per_ul}/µL). Hepatic: bilirubin
        {bilirubin_mg_dl} mg/dL. Renal: creatinine {creatinine_mg_dl} mg/dL, 24-hour urine {urine_ml_per_day}
        mL. Respiratory: arterial oxygen {pao2_kpa} kPa with {fio2_percent} % oxygen. {respiratory_support}
        Cerebral: sum of the coma scale (Glasgow) {coma}. Cardiovascular: {bp} mmHg. {vasopressor} Not
        collected by the registry: white cells {wbc}, magnesium {magnesium}. <Extubation trials|Further scans>
        are scheduled for later days.
        """,
        question=f"""
        Enter the SOFA score for the day of the stay that the data describe (not day 0), as an integer. Mean
        pressure is (systolic + 2 x diastolic) / 3; of creatinine and urine take the worse.
        {OMISSION_RULES["e"]}
        """,
        findings={
            "respiratory_support": FindingText(
                present=("Support: mechanical ventilation.", "Support: continuous positive airway pressure."),
                absent=("Support: none, no positive pressure.",),
                decoy=("Support: none now; positive pressure was used on day 0 and has ended.",),
            ),
            "vasopressor": FindingText(
                present=("Drug support: {drug} at {dose} µg/kg/min for more than an hour.",),
                absent=("Drug support: without.",),
                decoy=("Drug support: without (dobutamine on day 0 has ended).",),
            ),
        },
        inferences=3,
        superseded=1,
    ),
)

CALCULATOR = Calculator(
    slug="sofa",
    title="Sequential Organ Failure Assessment (SOFA) Score",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
