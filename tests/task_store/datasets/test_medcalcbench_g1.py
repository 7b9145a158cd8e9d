"""Kidney, water and acid-base calculators against arithmetic done by hand, and what their notes promise."""

import itertools
import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_store.datasets.medcalcbench.calculator import Calculator, Drawn
from task_store.datasets.medcalcbench.calculators import (
    anion_gap,
    ckd_epi_2021,
    delta_gap,
    fractional_excretion_sodium,
    free_water_deficit,
    maintenance_fluids,
    mdrd_gfr,
    serum_osmolality,
    sodium_correction_hyperglycemia,
)
from task_store.datasets.medcalcbench.calculators.anion_gap import anion_gap_mmol_l
from task_store.datasets.medcalcbench.calculators.ckd_epi_2021 import ckd_epi_2021_ml_min_173m2
from task_store.datasets.medcalcbench.calculators.delta_gap import delta_gap_mmol_l
from task_store.datasets.medcalcbench.calculators.fractional_excretion_sodium import (
    fractional_excretion_sodium_percent,
)
from task_store.datasets.medcalcbench.calculators.free_water_deficit import (
    body_water_fraction,
    free_water_deficit_l,
)
from task_store.datasets.medcalcbench.calculators.maintenance_fluids import maintenance_fluids_ml_h
from task_store.datasets.medcalcbench.calculators.mdrd_gfr import mdrd_gfr_ml_min_173m2
from task_store.datasets.medcalcbench.calculators.serum_osmolality import serum_osmolality_mosm_kg
from task_store.datasets.medcalcbench.calculators.sodium_correction_hyperglycemia import (
    corrected_sodium_mmol_l,
)
from task_store.datasets.medcalcbench.quantities import Form, Quantity
from task_store.datasets.medcalcbench.quantities_g1 import (
    BICARBONATE,
    BODY_WEIGHT,
    CHLORIDE,
    GLUCOSE,
    SERUM_CREATININE,
    SODIUM,
    URINE_CREATININE,
    URINE_SODIUM,
    electrolytes_with_gap,
    read_old,
)
from task_store.errors import BuildError
from task_store.grading import NumericSpec
from tests._requirements import requirement

CALCULATORS: tuple[Calculator, ...] = (
    anion_gap.CALCULATOR,
    ckd_epi_2021.CALCULATOR,
    delta_gap.CALCULATOR,
    fractional_excretion_sodium.CALCULATOR,
    free_water_deficit.CALCULATOR,
    maintenance_fluids.CALCULATOR,
    mdrd_gfr.CALCULATOR,
    serum_osmolality.CALCULATOR,
    sodium_correction_hyperglycemia.CALCULATOR,
)
every_calculator = pytest.mark.parametrize("calculator", CALCULATORS, ids=lambda one: one.slug)


def drawings(calculator: Calculator, count: int = 400) -> list[tuple[Drawn, NumericSpec]]:
    """Drawings over all phrasings in turn, with their gradings."""
    found: list[tuple[Drawn, NumericSpec]] = []
    for index in range(count):
        phrasing = calculator.phrasings[index % len(calculator.phrasings)]
        drawn = calculator.draw(phrasing, random.Random(f"{calculator.slug}/{index}"))
        assert isinstance(drawn.grading, NumericSpec)
        found.append((drawn, drawn.grading))
    return found


@requirement("medcalcbench:formulas")
def test_ckd_epi_by_hand() -> None:
    def rate(age_years: float, creatinine_mg_dl: float, female: bool) -> float:
        return ckd_epi_2021_ml_min_173m2(
            age_years=age_years, creatinine_mg_dl=creatinine_mg_dl, female=female
        )

    # At the knee both powers are 1: 142 * 0.9938^50, ln = 50 * ln 0.9938 = 50 * -0.0062193 = -0.310965,
    # e^-0.310965 = 0.732740, times 142 = 104.049; women times 1.012 = 105.298
    assert rate(50, 0.9, False) == pytest.approx(104.049, abs=0.01)
    assert rate(50, 0.7, True) == pytest.approx(105.298, abs=0.01)
    # Man, 1.8 mg/dL: ratio 2, 2^-1.2 = 0.435275; 104.049 * 0.435275 = 45.290
    assert rate(50, 1.8, False) == pytest.approx(45.290, abs=0.01)
    # Man, 0.45 mg/dL: ratio 0.5, 0.5^-0.302 = 2^0.302 = 1.232852; 104.049 * 1.232852 = 128.277
    assert rate(50, 0.45, False) == pytest.approx(128.277, abs=0.01)
    # Woman, 1.4 mg/dL: 105.298 * 0.435275 = 45.834; 0.35 mg/dL: 2^0.241 = 1.181812, so 124.442
    assert rate(50, 1.4, True) == pytest.approx(45.834, abs=0.01)
    assert rate(50, 0.35, True) == pytest.approx(124.442, abs=0.01)


@requirement("medcalcbench:formulas")
def test_mdrd_by_hand() -> None:
    def rate(creatinine_mg_dl: float, *, female: bool = False, black: bool = False) -> float:
        return mdrd_gfr_ml_min_173m2(
            age_years=50, creatinine_mg_dl=creatinine_mg_dl, female=female, black=black
        )

    # 50^-0.203 = e^(-0.203 * 3.912023) = e^-0.794141 = 0.451969; 175 * 0.451969 = 79.0946
    assert rate(1) == pytest.approx(79.0946, abs=0.001)
    # 2^-1.154 = e^(-1.154 * 0.693147) = e^-0.799892 = 0.449378; 79.0946 * 0.449378 = 35.5434
    assert rate(2) == pytest.approx(35.5434, abs=0.001)
    # 79.0946 * 0.742 = 58.6882; * 1.212 = 71.1301
    assert rate(1, female=True) == pytest.approx(58.6882, abs=0.001)
    assert rate(1, female=True, black=True) == pytest.approx(71.1301, abs=0.001)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("weight_kg", "rate"),
    [
        (4, 16),  # 4 * 4
        (10, 40),  # 4 * 10, the edge of the first band
        (9.9, 39.6),
        (10.1, 40.2),  # 40 + 2 * 0.1
        (15, 50),  # 40 + 2 * 5
        (20, 60),  # 40 + 2 * 10, the edge of the second
        (19.5, 59),
        (20.5, 60.5),  # 60 + 1 * 0.5
        (70, 110),  # 40 + 20 + 50
        (150, 190),  # no upper limit
    ],
)
def test_maintenance_fluids_by_hand(weight_kg: float, rate: float) -> None:
    assert maintenance_fluids_ml_h(weight_kg=weight_kg) == pytest.approx(rate)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("age_years", "female", "fraction"),
    [
        (2, True, 0.6),
        (17, True, 0.6),
        (18, True, 0.5),
        (18, False, 0.6),
        (64, True, 0.5),
        (65, True, 0.45),
        (64, False, 0.6),
        (65, False, 0.5),
    ],
)
def test_body_water_on_both_sides_of_the_ages(age_years: float, female: bool, fraction: float) -> None:
    assert body_water_fraction(age_years=age_years, female=female) == fraction
    # weight 100 kg and sodium 154: 154 / 140 - 1 = 0.1, so a tenth of the body water
    deficit = free_water_deficit_l(age_years=age_years, female=female, weight_kg=100, sodium_mmol_l=154)
    assert deficit == pytest.approx(10 * fraction)


@requirement("medcalcbench:formulas")
def test_remaining_equations_by_hand() -> None:
    # 130 + 0.024 * (600 - 100) = 130 + 12; at glucose 100 nothing changes; at 50 it falls by 1.2
    assert corrected_sodium_mmol_l(sodium_mmol_l=130, glucose_mg_dl=600) == pytest.approx(142)
    assert corrected_sodium_mmol_l(sodium_mmol_l=138, glucose_mg_dl=100) == pytest.approx(138)
    assert corrected_sodium_mmol_l(sodium_mmol_l=138, glucose_mg_dl=50) == pytest.approx(136.8)
    # 2 * 135 + 180 / 18 + 42 / 2.8 = 270 + 10 + 15
    assert serum_osmolality_mosm_kg(sodium_mmol_l=135, glucose_mg_dl=180, bun_mg_dl=42) == pytest.approx(295)
    # Sodium 147 and 60 kg man aged 40: 36 * (1.05 - 1) = 1.8; sodium 133: 36 * (0.95 - 1) = -1.8
    for sodium, litres in ((147, 1.8), (140, 0), (133, -1.8)):
        deficit = free_water_deficit_l(age_years=40, female=False, weight_kg=60, sodium_mmol_l=sodium)
        assert deficit == pytest.approx(litres)
    # 136 - (101 + 14) = 21, and 21 - 12 = 9; 140 - (106 + 26) = 8, and 8 - 12 = -4
    assert anion_gap_mmol_l(sodium_mmol_l=136, chloride_mmol_l=101, bicarbonate_mmol_l=14) == 21
    assert delta_gap_mmol_l(sodium_mmol_l=136, chloride_mmol_l=101, bicarbonate_mmol_l=14) == 9
    assert anion_gap_mmol_l(sodium_mmol_l=140, chloride_mmol_l=106, bicarbonate_mmol_l=26) == 8
    assert delta_gap_mmol_l(sodium_mmol_l=140, chloride_mmol_l=106, bicarbonate_mmol_l=26) == -4
    # 100 * (42 * 2) / (140 * 60) = 8400 / 8400 = 1
    assert fractional_excretion_sodium_percent(
        sodium_mmol_l=140, creatinine_mg_dl=2, urine_sodium_mmol_l=42, urine_creatinine_mg_dl=60
    ) == pytest.approx(1)


@requirement("medcalcbench:properties")
@given(
    age=st.integers(18, 95),
    creatinine=st.floats(0.3, 12),
    factor=st.floats(1.05, 4),
    female=st.booleans(),
)
def test_filtration_rates_fall_with_age_and_creatinine(
    age: int, creatinine: float, factor: float, female: bool
) -> None:
    def ckd_epi(age: int, creatinine: float) -> float:
        return ckd_epi_2021_ml_min_173m2(age_years=age, creatinine_mg_dl=creatinine, female=female)

    def mdrd(age: int, creatinine: float, black: bool = False) -> float:
        return mdrd_gfr_ml_min_173m2(age_years=age, creatinine_mg_dl=creatinine, female=female, black=black)

    for rate in (ckd_epi, mdrd):
        assert rate(age + 1, creatinine) < rate(age, creatinine)
        assert rate(age, creatinine * factor) < rate(age, creatinine)
    assert ckd_epi(age + 1, creatinine) == pytest.approx(ckd_epi(age, creatinine) * 0.9938)
    assert mdrd(age, creatinine, black=True) == pytest.approx(mdrd(age, creatinine) * 1.212)


@requirement("medcalcbench:properties")
@given(low=st.floats(1, 120), more=st.floats(0.1, 40))
def test_maintenance_rate_rises_by_one_to_four_ml_per_kg(low: float, more: float) -> None:
    rise = maintenance_fluids_ml_h(weight_kg=low + more) - maintenance_fluids_ml_h(weight_kg=low)
    assert more - 1e-9 <= rise <= 4 * more + 1e-9


@requirement("medcalcbench:properties")
@given(
    sodium=st.floats(105, 175),
    chloride=st.floats(80, 130),
    bicarbonate=st.floats(4, 40),
    added=st.floats(-20, 20),
)
def test_gaps_do_not_change_when_salt_is_added_or_anions_are_exchanged(
    sodium: float, chloride: float, bicarbonate: float, added: float
) -> None:
    for gap in (anion_gap_mmol_l, delta_gap_mmol_l):
        here = gap(sodium_mmol_l=sodium, chloride_mmol_l=chloride, bicarbonate_mmol_l=bicarbonate)
        salted = gap(
            sodium_mmol_l=sodium + added, chloride_mmol_l=chloride + added, bicarbonate_mmol_l=bicarbonate
        )
        swapped = gap(sodium_mmol_l=sodium, chloride_mmol_l=bicarbonate, bicarbonate_mmol_l=chloride)
        assert salted == pytest.approx(here, abs=1e-9)
        assert swapped == pytest.approx(here, abs=1e-9)


@requirement("medcalcbench:properties")
@given(
    sodium=st.floats(105, 175),
    glucose=st.floats(40, 1500),
    bun=st.floats(3, 200),
    share=st.floats(0.1, 5),
)
def test_water_and_salt_equations_scale_as_their_formulas_say(
    sodium: float, glucose: float, bun: float, share: float
) -> None:
    # With all three as mmol/L the osmolality is 2 Na + glucose + urea.
    assert serum_osmolality_mosm_kg(
        sodium_mmol_l=sodium, glucose_mg_dl=glucose * 18, bun_mg_dl=bun * 2.8
    ) == pytest.approx(2 * sodium + glucose + bun)
    # 100 mg/dL of glucose more are 2.4 mEq/L of sodium more.
    rise = corrected_sodium_mmol_l(sodium_mmol_l=sodium, glucose_mg_dl=glucose + 100)
    assert rise - corrected_sodium_mmol_l(sodium_mmol_l=sodium, glucose_mg_dl=glucose) == pytest.approx(2.4)
    # A FENa depends on the ratios urine/serum alone, and diluting the urine changes nothing.
    percent = fractional_excretion_sodium_percent(
        sodium_mmol_l=sodium, creatinine_mg_dl=1.4, urine_sodium_mmol_l=bun, urine_creatinine_mg_dl=70
    )
    diluted = fractional_excretion_sodium_percent(
        sodium_mmol_l=sodium,
        creatinine_mg_dl=1.4,
        urine_sodium_mmol_l=bun * share,
        urine_creatinine_mg_dl=70 * share,
    )
    assert diluted == pytest.approx(percent)
    # Body weight and deficit are proportional.
    deficits = [
        free_water_deficit_l(age_years=40, female=True, weight_kg=kg, sodium_mmol_l=sodium)
        for kg in (50, 50 * share)
    ]
    assert deficits[1] == pytest.approx(deficits[0] * share)


ALL_QUANTITIES = (
    BICARBONATE,
    BODY_WEIGHT,
    CHLORIDE,
    GLUCOSE,
    SERUM_CREATININE,
    SODIUM,
    URINE_CREATININE,
    URINE_SODIUM,
)
FORMS = [(quantity, form) for quantity in ALL_QUANTITIES for form in quantity.forms]


@requirement("medcalcbench:units")
@pytest.mark.parametrize(("quantity", "form"), FORMS, ids=[form.name for _, form in FORMS])
def test_reference_lines_convert_what_is_printed_as_the_gold_does(quantity: Quantity, form: Form) -> None:
    template = f"{{{form.name}}}" + (f" {{{form.rest}}}" if form.rest else "")
    value = form.to_base(24.0 if form.rest is None else 24.0 * form.rest_per_whole + 3)
    reading = quantity.read(template, value)
    namespace: dict[str, float] = {}
    exec("\n".join(reading.code()), {}, namespace)
    assert namespace[reading.base] == pytest.approx(reading.value)
    assert reading.value == pytest.approx(value, rel=1e-9)


@requirement("medcalcbench:units")
@pytest.mark.parametrize(
    ("quantity", "template", "value", "texts"),
    [
        (SODIUM, "{sodium_mg_dl}", 140.0, ("321.9",)),  # 140 * 2.299 = 321.86
        (SODIUM, "{sodium_g_l}", 140.0, ("3.219",)),  # 140 * 22.99 / 1000 = 3.2186
        (CHLORIDE, "{chloride_mg_dl}", 100.0, ("354.5",)),  # 100 * 3.545
        (CHLORIDE, "{chloride_g_l}", 100.0, ("3.545",)),
        (BICARBONATE, "{bicarbonate_mg_dl}", 20.0, ("122.0",)),  # 20 * 6.102 = 122.04
        (GLUCOSE, "{glucose_mmol_l}", 450.0, ("25.0",)),  # 450 / 18
        (GLUCOSE, "{glucose_g_l}", 450.0, ("4.50",)),
        (SERUM_CREATININE, "{creatinine_mg_l}", 1.5, ("15.0",)),
        (SERUM_CREATININE, "{creatinine_mmol_l}", 1.5, ("0.133",)),  # 1.5 * 88.4 / 1000 = 0.1326
        (URINE_SODIUM, "{urine_sodium_mg_dl}", 40.0, ("92.0",)),  # 40 * 2.299 = 91.96
        (URINE_CREATININE, "{urine_creatinine_mmol_l}", 113.0, ("10.0",)),  # 113 * 88.4 / 1000 = 9.989
        (URINE_CREATININE, "{urine_creatinine_g_l}", 113.0, ("1.13",)),
        (BODY_WEIGHT, "{weight_g} g", 8.25, ("8250",)),
        # 10 / 0.028349523125 = 352.7 oz = 22 * 16 + 1
        (BODY_WEIGHT, "{weight_pounds} lb {weight_rest_oz} oz", 10.0, ("22", "1")),
    ],
)
def test_units_by_hand(quantity: Quantity, template: str, value: float, texts: tuple[str, ...]) -> None:
    assert quantity.read(template, value).texts == texts


@requirement("medcalcbench:units")
def test_a_superseded_value_that_the_note_has_no_slot_for_is_an_error() -> None:
    assert read_old(SODIUM, "then {old_sodium_mmol_l}", 131.0).texts == ("131",)
    with pytest.raises(BuildError, match="no superseded sodium_mmol_l"):
        read_old(SODIUM, "now {sodium_mmol_l}", 131.0)


@requirement("medcalcbench:properties")
@given(gap=st.floats(2, 42), seed=st.integers(0, 1000))
def test_drawn_electrolytes_have_the_wanted_gap(gap: float, seed: int) -> None:
    sodium, chloride, bicarbonate = electrolytes_with_gap(random.Random(seed), gap)
    assert anion_gap_mmol_l(
        sodium_mmol_l=sodium, chloride_mmol_l=chloride, bicarbonate_mmol_l=bicarbonate
    ) == pytest.approx(gap)
    assert 84 <= chloride <= 124
    assert 7 <= bicarbonate <= 32


@requirement("medcalcbench:reference")
@every_calculator
def test_reference_code_finds_every_gold_exactly(calculator: Calculator) -> None:
    for drawn, grading in drawings(calculator):
        namespace: dict[str, float] = {}
        exec(drawn.reference, namespace)
        assert namespace["answer"] == pytest.approx(grading.gold, rel=1e-9)


@requirement("medcalcbench:spread")
@every_calculator
def test_no_constant_passes_more_than_a_quarter(calculator: Calculator) -> None:
    spans = [(grading.lower, grading.upper) for _, grading in drawings(calculator)]
    best = max(sum(lower <= guess <= upper for lower, upper in spans) for guess, _ in spans)
    assert best / len(spans) < 0.25


@requirement("medcalcbench:traps")
@every_calculator
def test_superseded_values_give_a_wrong_answer_in_nearly_every_task(calculator: Calculator) -> None:
    found = drawings(calculator)
    fell = 0
    for drawn, grading in found:
        assert isinstance(drawn.trap, float)
        fell += not grading.lower <= drawn.trap <= grading.upper
    assert fell / len(found) > 0.95


@requirement("medcalcbench:units_in_notes")
@every_calculator
def test_every_note_has_a_value_in_another_unit(calculator: Calculator) -> None:
    for drawn, _ in drawings(calculator, 50):
        assert drawn.conversions >= 1


@requirement("medcalcbench:spread")
@pytest.mark.parametrize(
    ("calculator", "edges"),
    [
        (ckd_epi_2021.CALCULATOR, (15, 30, 60, 90)),
        (mdrd_gfr.CALCULATOR, (15, 30, 60, 90)),
        (maintenance_fluids.CALCULATOR, (40, 60, 100)),  # all bands of the rule
        (fractional_excretion_sodium.CALCULATOR, (0.5, 1, 2, 5)),
        (delta_gap.CALCULATOR, (-1, 6, 15)),
        (anion_gap.CALCULATOR, (8, 12, 20)),
    ],
    ids=lambda one: one.slug if isinstance(one, Calculator) else "",
)
def test_answers_lie_on_both_sides_of_clinical_limits(calculator: Calculator, edges: Sequence[float]) -> None:
    golds = [grading.gold for _, grading in drawings(calculator)]
    bounds = [-math.inf, *edges, math.inf]
    for low, high in itertools.pairwise(bounds):
        assert sum(low < gold <= high for gold in golds) >= 0.05 * len(golds), (low, high)
