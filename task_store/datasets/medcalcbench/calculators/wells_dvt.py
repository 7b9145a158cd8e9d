"""Wells' criteria for deep vein thrombosis. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities_g4 import SICK_CALF, WELL_CALF
from task_store.datasets.medcalcbench.scores_g4 import (
    POINTS,
    combinations,
    findings,
    sentences,
    told_findings,
)
from task_store.grading import NumericSpec

_SOURCE = (
    "Wells PS, Anderson DR, Rodger M, et al. Evaluation of D-dimer in the diagnosis of suspected "
    "deep-vein thrombosis. N Engl J Med 2003;349:1227-1235 (points looked up on dickyricky.com and "
    "uptodatefree.ir)."
)
_RULES = (
    "One point each for active cancer, more than 3 days in bed or major surgery within 12 weeks, calf "
    "more than 3 cm thicker than the other, collateral veins, entire leg swollen, tenderness along the "
    "deep veins, pitting oedema of that leg only, paralysis, paresis or plaster of the leg, and earlier "
    "deep vein thrombosis; minus 2 if another diagnosis is at least as likely."
)
_FINDINGS = (
    "active_cancer",
    "bedridden",
    "major_surgery",
    "collateral_veins",
    "entire_leg_swollen",
    "tenderness",
    "pitting_edema",
    "paralysis",
    "previous_dvt",
    "alternative",
)


def wells_dvt_points(
    *,
    active_cancer: bool = False,
    bedridden: bool = False,
    major_surgery: bool = False,
    calf_swelling: bool = False,
    collateral_veins: bool = False,
    entire_leg_swollen: bool = False,
    tenderness: bool = False,
    pitting_edema: bool = False,
    paralysis: bool = False,
    previous_dvt: bool = False,
    alternative: bool = False,
) -> int:
    """Wells' criteria with the point for an earlier thrombosis (2003), -2 to 9; left out counts as absent.

    Args:
        active_cancer: treated or palliated within 6 months.
        bedridden: recently, for more than 3 days.
        major_surgery: within 12 weeks; together with `bedridden` one point.
        calf_swelling: more than 3 cm thicker than the other calf.
        collateral_veins: superficial and not varicose.
        entire_leg_swollen: the whole symptomatic leg.
        tenderness: localised along the deep venous system.
        pitting_edema: confined to the symptomatic leg.
        paralysis: paralysis, paresis or recent plaster immobilisation of the lower extremity.
        previous_dvt: documented.
        alternative: another diagnosis is as likely or more likely (minus 2).

    Returns:
        Points. Not for clinical use.
    """
    found = (
        active_cancer,
        bedridden or major_surgery,
        calf_swelling,
        collateral_veins,
        entire_leg_swollen,
        tenderness,
        pitting_edema,
        paralysis,
        previous_dvt,
    )
    return sum(found) - 2 * alternative


_CASES = [(wells_dvt_points(**case), case) for case in combinations(("calf_swelling", *_FINDINGS))]


def _difference_cm(rng: random.Random, swollen: bool) -> float:
    return rng.uniform(3.6, 7.5) if swollen else rng.uniform(0.1, 2.3)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    case = even_case(rng, _CASES)
    swollen, note = case["calf_swelling"], phrasing.note
    person = Person.draw(rng, rng.randint(23, 88))
    well_cm = rng.uniform(31, 42)
    well = WELL_CALF.read(note, well_cm)
    sick = SICK_CALF.read(note, well_cm + _difference_cm(rng, swollen))
    other = SICK_CALF.read_old(note, well_cm + _difference_cm(rng, not swollen)) or sick
    told = told_findings(rng, phrasing, case)
    slots = incidentals(rng) | person.slots() | well.slots() | sick.slots() | other.slots("old_")
    slots |= sentences(told)
    code = [
        *sick.code(),
        *well.code(),
        "calf_swelling = sick_calf_cm - well_calf_cm > 3",
        *(telling.code(name, slots) for name, telling in told.items()),
        "answer = active_cancer + (bedridden or major_surgery) + calf_swelling + collateral_veins",
        "answer += entire_leg_swollen + tenderness + pitting_edema + paralysis + previous_dvt",
        "answer -= 2 * alternative",
    ]

    def points(sick_calf_cm: float) -> int:
        return wells_dvt_points(**(case | {"calf_swelling": sick_calf_cm - well.value > 3}))

    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(sick.value)),
        reference="\n".join(code),
        trap=points(other.value),
        conversions=sick.converted + well.converted,
    )


_TRAIN_RULE = (
    "Use the version with a point for an earlier thrombosis. The calf counts if it is more than 3 cm "
    "thicker than the other one; bed rest of more than 3 days and major surgery within 12 weeks share one "
    "point; another diagnosis that is at least as likely takes off 2."
)
_TEST_RULE = (
    "Take the later version, in which a former thrombosis scores. A surplus in calf girth must exceed 3 "
    "cm; for major operations 12 weeks are the limit, for lying in bed it must be over 3 days, and the "
    "two score only once; 2 points go off for a rival diagnosis no less likely."
)
_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <presents|comes> with pain in the right leg for {days} days. {previous_dvt}
        {active_cancer} {bedridden} On examination the right calf measures {sick_calf_mm} mm around, the
        left {well_calf_mm} mm. {tenderness} {pitting_edema} {collateral_veins} {entire_leg_swollen} Pulse
        {pulse}/min, blood pressure {bp} mmHg. {paralysis} {major_surgery} {months_ago} months ago, at a
        fitting of stockings, the right calf measured {old_sick_calf_mm} mm. {alternative} CRP {crp} mg/L,
        platelets {platelets} x10^9/L. D-dimer is pending.
        """,
        question=f"""
        What is the patient's Wells score for deep vein thrombosis at this examination? {_TRAIN_RULE}
        {OMISSION_RULES["a"]} Answer with a whole number, which may be negative.
        """,
        findings=findings(
            """
            previous_dvt:: A deep vein thrombosis was documented {years_ago} years ago. // {He} has had no
                earlier thrombosis. // {His} sister has had a thrombosis, {he} has not.
            active_cancer:: {He} is under chemotherapy for bone cancer. // {He} has no cancer. // A skin
                cancer was cut out 15 years ago and needed no further treatment.
            bedridden:: {He} spent the past 6 days in bed with fever. // {He} has been on {his} feet all
                week. // {He} stayed in bed on Sunday morning only.
            tenderness:: Pressure along the deep veins of the right thigh is painful. // There is no
                tenderness along the deep veins. // The right big toe is tender from a new shoe, the deep
                veins are not.
            pitting_edema:: Pitting oedema is seen on the right leg alone. // There is no pitting oedema. //
                Pitting oedema is what {his} daughter had in pregnancy; {he} has none.
            collateral_veins:: Non-varicose collateral veins have appeared on the right leg. // No
                superficial veins stand out. // Varicose veins are long known, without other superficial
                veins.
            entire_leg_swollen:: The entire right leg is swollen. // The thigh and foot are not swollen. //
                {He} thought that the whole leg was swollen, but thigh and foot are not.
            paralysis:: The right leg has been in plaster until last week. // There is no paralysis and no
                plaster. // An arm was in plaster last month, never a leg, and nothing is paralysed.
            major_surgery:: {He} had a major abdominal operation 5 weeks ago. // {He} has not had surgery.
                // A major heart operation was done {years_ago} years ago.
            alternative:: A ruptured Baker cyst is judged just as likely. // No other diagnosis is judged as
                likely. // Cellulitis was thought of and judged much less likely.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        LEG CLINIC, {surname}, {male}, {age} y, left leg

        Tape, morning clinic: left calf {sick_calf_inches} inches, right calf {well_calf_inches} inches.

        Tape, afternoon after <bandaging|raising the leg>: left calf {old_sick_calf_inches} inches.

        Inspection: {entire_leg_swollen} {collateral_veins}

        Palpation: {pitting_edema} {tenderness}

        Background: {paralysis} {active_cancer} {previous_dvt} {major_surgery} {bedridden}

        Bloods: Hb {hb}, Na {sodium}, WBC {wbc}.

        Differential: {alternative} Ultrasound not yet done.
        """,
        question=f"""
        Add up the Wells points (DVT) for the morning clinic. {_TRAIN_RULE} One inch is 2.54 cm.
        {OMISSION_RULES["b"]} Give an integer; it can be below zero.
        """,
        findings=findings(
            """
            entire_leg_swollen:: Whole left leg swollen from groin to foot. // Groin to knee slim. // Whole
                leg swollen per phone call, but groin to knee slim here.
            collateral_veins:: Fresh collaterals on the left shin, not varicose. // No collaterals. //
                Spider veins of old standing, no collaterals.
            pitting_edema:: Left leg pits on pressure, right does not. // No pitting. // Sock marks on both
                sides, no pitting.
            tenderness:: Deep veins of the left calf tender. // Deep veins not tender. // Kneecap tender
                after gardening, deep veins not tender.
            paralysis:: Left leg paretic after a disc prolapse. // No paresis, no cast. // Brother in a leg
                cast.
            active_cancer:: Thyroid cancer, radiotherapy last month. // No malignancy. // Lump removed last
                year, benign.
            previous_dvt:: DVT {years_ago} years ago, on file. // No DVT on file. // DVT query {years_ago}
                years ago, scan clear.
            major_surgery:: Hip replacement 8 weeks ago. // No operation this year. // Hip replacement
                waiting list, no date.
            bedridden:: In bed for 5 days with a bad back. // Walks daily. // In bed one afternoon with a
                headache, walks daily.
            alternative!:: muscle tear at least as likely as DVT. // nothing as likely as DVT. // muscle
                tear suggested by a trainer, clearly less likely than DVT.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        May I ask you to scan the left leg of {Mr} {surname}, {age}, {male}? {alternative} {major_surgery}
        {bedridden} In my surgery today the left calf had a girth of {sick_calf_cm} cm and the right one of
        {well_calf_mm} mm (two different tapes, both reliable). {collateral_veins} {tenderness}
        {entire_leg_swollen} A physiotherapist had found {old_sick_calf_cm} cm on the left {days} days
        before. {pitting_edema} {previous_dvt} {He} is <a postal worker|a teacher>. {active_cancer}
        {paralysis} The glucose was {glucose} mg/dL, the oxygen saturation {spo2} %.
        """,
        question=f"""
        Which Wells score for leg vein thrombosis follows from my findings of today (whole number, negative
        if need be)? {_TRAIN_RULE} {OMISSION_RULES["c"]}
        """,
        findings=findings(
            """
            alternative:: I find erysipelas as likely as a thrombosis. // I find no explanation as likely as
                a thrombosis. // {He} blames an insect bite, which I find far less likely than a thrombosis.
            major_surgery:: {His} spleen was taken out 10 weeks ago. // {He} has been spared operations. //
                {His} spleen was taken out in {his} school days.
            bedridden:: Sciatica had kept {him} in bed for 8 days until yesterday. // Sciatica is unknown to
                {him}, and {he} cycles to work. // Sciatica made {him} lie down for two hours, after which
                {he} cycled to work.
            collateral_veins:: Superficial veins, none of them varicose, now bridge the left groin. // The
                surface veins look as ever. // The surface veins look as ever, with the varices of {his}
                youth.
            tenderness:: {He} winced when I pressed over the deep veins of the thigh. // I could press over
                the deep veins without any pain. // {He} winced at my cold hands, though pressing over the
                deep veins gave no pain.
            entire_leg_swollen:: The swelling takes in all of the left leg. // The swelling, if any, spares
                the thigh. // {He} feared that all of the leg would swell, but the thigh is spared.
            pitting_edema:: My thumb left a dent in the left shin and none in the right. // My thumb left no
                dent. // My thumb left no dent, unlike at {his} mother's visit.
            previous_dvt:: A clotted calf vein had been proven {years_ago} years ago. // {His} veins have
                never clotted. // {His} veins never clotted, whatever the insurance form says.
            active_cancer:: {He} is receiving palliative care for a brain tumour. // {He} is free of
                tumours. // {He} lost {his} wife to a tumour.
            paralysis:: Since polio the left leg has been paralysed. // {He} moves both legs with full
                strength. // {He} wore a plaster on the finger, moving both legs with full strength.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Phlebology protocol. Subject: {male}, {age} years; side in question: right. {active_cancer}
        {previous_dvt} {paralysis} {major_surgery} {bedridden} Girths on presentation: right calf
        {sick_calf_inches} in, left calf {well_calf_cm} cm. Girth of the right calf after compression
        treatment, next week: {old_sick_calf_inches} in. {pitting_edema} {entire_leg_swollen}
        {collateral_veins} {tenderness} {alternative} Sodium {sodium}, alanine aminotransferase {alt},
        haemoglobin {hb}. Duplex sonography <has been requested|is to follow>.
        """,
        question=f"""
        What does the Wells rule for venous thrombosis of the leg give on presentation? {_TEST_RULE} An inch
        (in) equals 2.54 cm. {OMISSION_RULES["d"]} Reply with one integer, with a minus sign where
        necessary.
        """,
        findings=findings(
            """
            active_cancer:: Lung carcinoma, immunotherapy running. // Carcinomas not known. // Carcinoma of
                the aunt.
            previous_dvt:: Popliteal thrombosis documented {years_ago} years back. // Thromboses not
                documented. // Thrombosis of an arm drip site only, deep leg veins never affected.
            paralysis:: Right-sided leg paresis after stroke. // Limbs fully mobile. // Facial paresis long
                healed, limbs fully mobile.
            major_surgery:: Aortic prosthesis implanted 4 weeks back. // Interventions not reported. //
                Aortic prosthesis implanted {years_ago} years back.
            bedridden:: Confined to bed for the last 9 days. // Out of bed and active. // Confined to bed as
                a child with measles, now active.
            pitting_edema:: Dents remain after pressure on the right shin only. // Dents do not remain after
                pressure. // Dents from the chair's edge vanished, pressure leaves none.
            entire_leg_swollen:: Swelling extends over the full right limb. // Swelling of thigh and foot is
                absent. // Swelling of the full limb occurred in a film the subject described, not here.
            collateral_veins:: Newly visible non-varicose veins across the right groin. // Visible veins are
                absent. // Visible veins are varicose, known since youth.
            tenderness:: Deep venous course painful on palpation. // Deep venous course painless on
                palpation. // Heel painful, deep venous course painless on palpation.
            alternative:: Lymphatic congestion is considered at least equally probable. // Competing
                diagnoses are considered less probable. // Lymphatic congestion was raised by a student, and
                is considered less probable.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Telephone advice written down. Caller: a village doctor about {man} aged {age} with an aching left
        leg. {tenderness} {collateral_veins} {alternative} The doctor's tape, millimetres, ten centimetres
        below the knee bump: left {sick_calf_mm}, right {well_calf_mm}. The tape of the district nurse,
        left, last <winter|spring>: {old_sick_calf_mm} millimetres. {bedridden} {paralysis}
        {entire_leg_swollen} {pitting_edema} {major_surgery} {active_cancer} {previous_dvt} Temperature and
        pressure ({bp}) were in order; magnesium {magnesium}.
        """,
        question=f"""
        State the number of Wells points (thrombosis of the deep leg veins) from the doctor's own tape and
        report. {_TEST_RULE} {OMISSION_RULES["e"]} An integer is asked for, be it negative or not.
        """,
        findings=findings(
            """
            tenderness:: The caller finds the deep vein line sore. // The caller finds the deep vein line
                painless. // The caller finds a sore bunion and a painless deep vein line.
            collateral_veins:: Side branches have opened on the surface, not varicose ones. // Side branches
                have not opened. // Side branches are varicose and twenty years old.
            alternative:: The caller holds a burst cyst to be no less likely. // The caller holds every
                other cause to be less likely. // The caller's wife suggested gout, which the caller holds
                to be less likely.
            bedridden:: Flu meant five days and nights in bed just before. // Farm work was done every day.
                // Flu meant a nap, otherwise farm work was done every day.
            paralysis:: A plaster cast came off the left leg two days before. // Casts and palsies are out
                of the question. // A plaster cast came off a wrist, palsies are out of the question.
            entire_leg_swollen:: From hip to toes the left side is swollen. // From hip to knee all is lean.
                // From hip to knee all is lean, contrary to the family's words.
            pitting_edema:: The left side alone keeps a fingerprint. // Fingerprints do not stay. //
                Fingerprints do not stay, though they did on a great-uncle.
            major_surgery:: A bowel was resected 7 weeks before. // A surgeon was never needed. // A surgeon
                may be needed for the hip next year.
            active_cancer:: Bladder cancer is being irradiated. // Tumours were never found. // Tumours were
                looked for last year and not found.
            previous_dvt:: A hospital letter confirms thrombosis in the other leg {years_ago} years before.
                // Hospital letters mention no thrombosis. // Hospital letters mention thrombosis as a
                suspicion that was disproved.
            """
        ),
        inferences=11,
    ),
)

CALCULATOR = Calculator(
    slug="wells_dvt",
    title="Wells' Criteria for DVT",
    version="1",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
