"""Fibrosis-4 index for liver fibrosis. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities_g3 import ALT, AST, PLATELETS

_SOURCE = (
    "Sterling RK, Lissen E, Clumeck N, et al. Development of a simple noninvasive index to predict "
    "significant fibrosis in patients with HIV/HCV coinfection. Hepatology 2006;43:1317-1325 (formula looked "
    "up on teamhbv.com and wjgnet.com; citation from memory)."
)


def fib4_index(*, age_years: float, ast_u_l: float, alt_u_l: float, platelets_billion_l: float) -> float:
    """Age * AST / (platelets * sqrt(ALT)); not rounded.

    Args:
        age_years: age in years.
        ast_u_l: aspartate aminotransferase in U/L.
        alt_u_l: alanine aminotransferase in U/L.
        platelets_billion_l: platelet count in 10^9/L (thousands per microlitre).

    Returns:
        The index in points, without unit. Not for clinical use.
    """
    return age_years * ast_u_l / (platelets_billion_l * math.sqrt(alt_u_l))


def _values(rng: random.Random) -> tuple[int, float, float, float]:
    """Age, AST, ALT and platelets whose index is spread evenly (on the log scale) from 0.5 to 12."""
    while True:
        age = rng.randint(28, 84)
        ast = math.exp(rng.uniform(math.log(18), math.log(380)))
        alt = ast * rng.uniform(0.4, 1.8)
        index = math.exp(rng.uniform(math.log(0.5), math.log(12)))
        platelets = age * ast / (index * math.sqrt(alt))
        if 35 <= platelets <= 460 and alt >= 12:
            return age, ast, alt, platelets


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    age, ast_value, alt_value, platelet_value = _values(rng)
    person = Person.draw(rng, age)
    ast, alt = AST.read(note, ast_value), ALT.read(note, alt_value)
    platelets = PLATELETS.read(note, platelet_value)
    old_ast = AST.read_old(note, superseded(rng, ast.value, 12, 500))
    # Against the AST, so that the two old values do not make up for each other.
    rises = old_ast is None or old_ast.value < ast.value
    old_platelets = PLATELETS.read_old(
        note, platelets.value * (rng.uniform(1.18, 1.4) if rises else rng.uniform(0.6, 0.82))
    )
    slots = incidentals(rng) | person.slots() | ast.slots() | alt.slots() | platelets.slots()
    slots |= {"ggt": str(rng.randint(22, 210)), "bilirubin": f"{rng.uniform(0.4, 1.9):.1f}"}
    for old in (old_ast, old_platelets):
        slots |= old.slots("old_") if old else {}
    code = ["import math", f"age_years = {age}", *ast.code(), *alt.code(), *platelets.code()]
    code.append("answer = age_years * ast_u_l / (platelets_billion_l * math.sqrt(alt_u_l))")
    return Drawn(
        slots=slots,
        grading=equation(
            fib4_index(
                age_years=age,
                ast_u_l=ast.value,
                alt_u_l=alt.value,
                platelets_billion_l=platelets.value,
            )
        ),
        reference="\n".join(code),
        trap=fib4_index(
            age_years=age,
            ast_u_l=(old_ast or ast).value,
            alt_u_l=alt.value,
            platelets_billion_l=(old_platelets or platelets).value,
        ),
        conversions=ast.converted + alt.converted + platelets.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with chronic hepatitis C <attends for|comes to discuss> antiviral treatment.
        {He} has no ascites and no varices. Blood drawn at this visit: aspartate aminotransferase {ast_u_l}
        U/L, alanine aminotransferase {alt_u_l} U/L, gamma-glutamyl transferase {ggt} U/L, platelets
        {platelets_per_ul} per microlitre, haemoglobin {hb} g/dL, bilirubin {bilirubin} mg/dL. The referral
        letter quotes an aspartate aminotransferase of {old_ast_u_l} U/L from {months_ago} months before.
        Blood pressure {bp} mmHg. Elastography is booked for next month.
        """,
        question="""
        What is the patient's FIB-4 index in points (age in years x AST in U/L, divided by platelets in 10^9/L
        times the square root of ALT in U/L) from the blood of this visit? Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        METABOLIC LIVER CLINIC

        {surname}, {male}, age {age}. Steatosis on ultrasound; alcohol nil.

        Results now: AST {ast_ukat_l} ukat/L (1 ukat/L = 60 U/L); ALT {alt_ukat_l} ukat/L; PLT
        {platelets_billion_l} x10^9/L; glucose {glucose} mg/dL; CRP {crp} mg/L.

        Results at the previous appointment: PLT {old_platelets_billion_l} x10^9/L, everything else not
        measured.

        Father with cirrhosis. <Biopsy not wanted|Biopsy refused>. Diet plan handed out.
        """,
        question="""
        Calculate FIB-4 from the present results with enzymes in U/L and platelets in 10^9/L: age x AST /
        (platelets x square root of ALT). Give the points without rounding.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We saw this {man} of {age} years in the infectious disease clinic, where {he} takes antiretroviral
        drugs <regularly|without gaps>. The laboratory counted {platelets_per_ul} platelets in a microlitre
        of today's blood and measured {alt_u_l} U/L of alanine aminotransferase next to {ast_ukat_l} ukat/L
        (60 U/L make 1 ukat/L) of aspartate aminotransferase, because the latter was run on another machine,
        the one that had yielded {old_ast_ukat_l} ukat/L in the sample of {months_ago} months ago. Viral load
        suppressed, sodium {sodium} mmol/L, magnesium {magnesium} mg/dL. {His} hepatitis B vaccination is to
        be completed.
        """,
        question="""
        Please derive today's FIB-4 as (age x AST) / (platelet count x ALT^0.5), with U/L for both enzymes and
        10^9/L for the platelets. We need the points unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Ward {bed}, liver round. New arrival, {male}, {age}, autoimmune hepatitis <suspected|assumed>. Morning
        panel in SI units: AST {ast_ukat_l} microkatal/L and ALT {alt_ukat_l} microkatal/L (multiply by 60 for
        U/L), sodium {sodium}, potassium {potassium}. Morning count: thrombocytes {platelets_per_ul}/uL,
        leukocytes {wbc} x10^3/uL. An outside panel, which a nurse stapled to the curve by mistake and which
        belongs to a namesake, states AST {old_ast_ukat_l} microkatal/L and thrombocytes
        {old_platelets_per_ul}/uL. No stigmata; spleen just palpable.
        """,
        question="""
        Which FIB-4 value has the new arrival? Use years, U/L and thrombocytes in billions per litre in age *
        AST / (thrombocytes * sqrt(ALT)); report the points with all decimals.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Dear colleague, {Mr} {surname} ({age} years old, {male}) was sent to us with fatigue. The
        transaminases of our own sample were {ast_u_l} U/L for AST and {alt_u_l} U/L for ALT, the platelet
        count being {platelets_per_ul} per cubic millimetre (1 cubic millimetre = 1 microlitre). Iron stores,
        copper and antibodies were unremarkable. During {his} pneumonia {years_ago} years ago the platelets
        had been {old_platelets_per_ul} per cubic millimetre and the AST {old_ast_u_l} U/L. SpO2 {spo2} %.
        <An uncle|A great-uncle> died of liver cancer. We propose a scan of the abdomen.
        """,
        question="""
        From our own sample, state the fibrosis-4 index in points, unrounded: years of age multiplied by AST
        (U/L), over the product of platelets (10^9/L) and the root of ALT (U/L).
        """,
    ),
)

CALCULATOR = Calculator(
    slug="fib4",
    title="Fibrosis-4 (FIB-4) Index for Liver Fibrosis",
    version="1",
    source=_SOURCE,
    answer_format=number_format("points"),
    judged=judged_equation("points", "age * AST / (platelets * sqrt(ALT))", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
