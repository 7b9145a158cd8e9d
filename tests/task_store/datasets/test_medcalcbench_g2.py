"""Electrolyte gaps, body size, HOMA-IR and LDL against arithmetic done by hand, and their properties."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_store.datasets.medcalcbench.calculators.adjusted_body_weight import adjusted_body_weight_kg
from task_store.datasets.medcalcbench.calculators.albumin_corrected_anion_gap import (
    albumin_corrected_anion_gap_meq_l,
)
from task_store.datasets.medcalcbench.calculators.albumin_corrected_delta_gap import (
    albumin_corrected_delta_gap_meq_l,
)
from task_store.datasets.medcalcbench.calculators.albumin_corrected_delta_ratio import (
    albumin_corrected_delta_ratio,
)
from task_store.datasets.medcalcbench.calculators.body_surface_area import body_surface_area_m2
from task_store.datasets.medcalcbench.calculators.delta_ratio import delta_ratio
from task_store.datasets.medcalcbench.calculators.homa_ir import homa_ir
from task_store.datasets.medcalcbench.calculators.ideal_body_weight import ideal_body_weight_kg
from task_store.datasets.medcalcbench.calculators.ldl_friedewald import ldl_cholesterol_mg_dl
from task_store.datasets.medcalcbench.calculators.target_weight import target_weight_kg
from task_store.datasets.medcalcbench.electrolytes import read_panel
from task_store.datasets.medcalcbench.quantities import Form, Quantity
from task_store.datasets.medcalcbench.quantities_g2 import (
    BICARBONATE,
    CHLORIDE,
    GLUCOSE,
    HDL_CHOLESTEROL,
    HEIGHT_INCHES,
    INSULIN,
    SODIUM,
    TARGET_BMI,
    TOTAL_CHOLESTEROL,
    TRIGLYCERIDES,
)
from tests._requirements import requirement

SODIUMS, CHLORIDES, BICARBONATES = st.floats(110, 160), st.floats(70, 130), st.floats(3, 23)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("sodium", "chloride", "bicarbonate", "ratio"),
    [
        (140, 100, 10, 18 / 14),  # gap 140 - 100 - 10 = 30; 30 - 12 = 18; 24 - 10 = 14
        (136, 112, 12, 0),  # gap 12, so nothing above 12
        (138, 114, 14, -2 / 10),  # gap 10: two below 12, over 24 - 14
        (140, 92, 28, 8 / -4),  # bicarbonate above 24 turns the sign
    ],
)
def test_delta_ratio_by_hand(sodium: float, chloride: float, bicarbonate: float, ratio: float) -> None:
    found = delta_ratio(sodium_meq_l=sodium, chloride_meq_l=chloride, bicarbonate_meq_l=bicarbonate)
    assert found == pytest.approx(ratio)


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("albumin", "gap"),
    [
        (4.0, 20),  # 140 - 104 - 16; at albumin 4.0 nothing changes
        (2.0, 25),  # + 2.5 * 2.0
        (3.9, 20.25),  # just below: + 2.5 * 0.1
        (4.1, 19.75),  # just above: - 2.5 * 0.1
    ],
)
def test_albumin_correction_by_hand(albumin: float, gap: float) -> None:
    panel = {
        "sodium_meq_l": 140.0,
        "chloride_meq_l": 104.0,
        "bicarbonate_meq_l": 16.0,
        "albumin_g_dl": albumin,
    }
    assert albumin_corrected_anion_gap_meq_l(**panel) == pytest.approx(gap)
    assert albumin_corrected_delta_gap_meq_l(**panel) == pytest.approx(gap - 12)
    assert albumin_corrected_delta_ratio(**panel) == pytest.approx((gap - 12) / 8)  # 24 - 16 = 8


@requirement("medcalcbench:formulas")
@pytest.mark.parametrize(
    ("inches", "female", "weight"),
    [
        (60, False, 50),
        (60, True, 45.5),
        (70, False, 73),  # 50 + 2.3 * 10
        (70, True, 68.5),  # 45.5 + 23
        (64.5, True, 55.85),  # 45.5 + 2.3 * 4.5 = 45.5 + 10.35
        (59, False, 47.7),  # the line goes on below 60 inches
    ],
)
def test_ideal_body_weight_by_hand(inches: float, female: bool, weight: float) -> None:
    assert ideal_body_weight_kg(height_inches=inches, female=female) == pytest.approx(weight)


@requirement("medcalcbench:formulas")
def test_adjusted_body_weight_by_hand() -> None:
    # 73 + 0.4 * (123 - 73) = 73 + 20 = 93
    assert adjusted_body_weight_kg(weight_kg=123, height_inches=70, female=False) == pytest.approx(93)
    # 45.5 + 0.4 * (95.5 - 45.5) = 65.5
    assert adjusted_body_weight_kg(weight_kg=95.5, height_inches=60, female=True) == pytest.approx(65.5)
    # below the ideal weight as well: 73 + 0.4 * (63 - 73) = 69
    assert adjusted_body_weight_kg(weight_kg=63, height_inches=70, female=False) == pytest.approx(69)


@requirement("medcalcbench:formulas")
def test_surface_target_weight_insulin_resistance_and_ldl_by_hand() -> None:
    # 80 * 180 / 3600 = 4, root 2; 50 * 162 / 3600 = 2.25, root 1.5
    assert body_surface_area_m2(weight_kg=80, height_cm=180) == pytest.approx(2)
    assert body_surface_area_m2(weight_kg=50, height_cm=162) == pytest.approx(1.5)
    # 25 * 1.8^2 = 25 * 3.24 = 81
    assert target_weight_kg(target_bmi_kg_m2=25, height_cm=180) == pytest.approx(81)
    # 9 * 90 / 405 = 810 / 405 = 2; 26 * 210 / 405 = 5460 / 405 = 13.4815
    assert homa_ir(insulin_uiu_ml=9, glucose_mg_dl=90) == pytest.approx(2)
    assert homa_ir(insulin_uiu_ml=26, glucose_mg_dl=210) == pytest.approx(13.4815, abs=5e-5)
    # 200 - 50 - 150 / 5 = 120
    ldl = ldl_cholesterol_mg_dl(total_cholesterol_mg_dl=200, hdl_mg_dl=50, triglycerides_mg_dl=150)
    assert ldl == pytest.approx(120)


@requirement("medcalcbench:properties")
@given(sodium=SODIUMS, chloride=CHLORIDES, bicarbonate=BICARBONATES, albumin=st.floats(1, 5))
def test_the_four_gaps_agree_with_each_other(
    sodium: float, chloride: float, bicarbonate: float, albumin: float
) -> None:
    ions = {"sodium_meq_l": sodium, "chloride_meq_l": chloride, "bicarbonate_meq_l": bicarbonate}
    gap = albumin_corrected_anion_gap_meq_l(**ions, albumin_g_dl=albumin)
    delta = albumin_corrected_delta_gap_meq_l(**ions, albumin_g_dl=albumin)
    ratio = albumin_corrected_delta_ratio(**ions, albumin_g_dl=albumin)
    assert delta == pytest.approx(gap - 12, abs=1e-9)
    assert ratio * (24 - bicarbonate) == pytest.approx(delta, abs=1e-9)
    assert albumin_corrected_delta_ratio(**ions, albumin_g_dl=4.0) == pytest.approx(delta_ratio(**ions))


@requirement("medcalcbench:properties")
@given(sodium=SODIUMS, chloride=CHLORIDES, bicarbonate=BICARBONATES, shift=st.floats(1, 20))
def test_delta_ratio_rises_with_sodium_and_ignores_equal_shifts_of_sodium_and_chloride(
    sodium: float, chloride: float, bicarbonate: float, shift: float
) -> None:
    def ratio(more_sodium: float, more_chloride: float) -> float:
        return delta_ratio(
            sodium_meq_l=sodium + more_sodium,
            chloride_meq_l=chloride + more_chloride,
            bicarbonate_meq_l=bicarbonate,
        )

    assert ratio(shift, 0) > ratio(0, 0) > ratio(0, shift)
    assert ratio(shift, shift) == pytest.approx(ratio(0, 0), abs=1e-9)


@requirement("medcalcbench:properties")
@given(inches=st.floats(50, 84), weight=st.floats(40, 220), female=st.booleans())
def test_adjusted_weight_lies_between_ideal_and_actual_weight(
    inches: float, weight: float, female: bool
) -> None:
    ideal = ideal_body_weight_kg(height_inches=inches, female=female)
    adjusted = adjusted_body_weight_kg(weight_kg=weight, height_inches=inches, female=female)
    low, high = sorted((ideal, weight))
    assert low - 1e-9 <= adjusted <= high + 1e-9
    assert adjusted - ideal == pytest.approx(0.4 * (weight - ideal), abs=1e-9)
    at_ideal = adjusted_body_weight_kg(weight_kg=ideal, height_inches=inches, female=female)
    assert at_ideal == pytest.approx(ideal)


@requirement("medcalcbench:properties")
@given(inches=st.floats(50, 84), weight=st.floats(30, 220))
def test_body_size_formulas_scale_as_their_exponents_say(inches: float, weight: float) -> None:
    difference = ideal_body_weight_kg(height_inches=inches, female=False) - ideal_body_weight_kg(
        height_inches=inches, female=True
    )
    assert difference == pytest.approx(4.5)
    area = body_surface_area_m2(weight_kg=weight, height_cm=inches * 2.54)
    assert body_surface_area_m2(weight_kg=4 * weight, height_cm=inches * 2.54) == pytest.approx(2 * area)
    # Mosteller is symmetric in the two numbers; its usual inch and pound form has 3131
    assert body_surface_area_m2(weight_kg=inches * 2.54, height_cm=weight) == pytest.approx(area)
    pounds = weight / 0.45359237
    assert math.sqrt(inches * pounds / 3131) == pytest.approx(area, rel=2e-3)
    aim = target_weight_kg(target_bmi_kg_m2=22, height_cm=inches * 2.54)
    assert target_weight_kg(target_bmi_kg_m2=44, height_cm=inches * 2.54) == pytest.approx(2 * aim)
    assert target_weight_kg(target_bmi_kg_m2=22, height_cm=inches * 5.08) == pytest.approx(4 * aim)


@requirement("medcalcbench:properties")
@given(insulin=st.floats(1, 90), glucose=st.floats(50, 400))
def test_homa_ir_is_proportional_and_agrees_with_its_mmol_form(insulin: float, glucose: float) -> None:
    index = homa_ir(insulin_uiu_ml=insulin, glucose_mg_dl=glucose)
    assert homa_ir(insulin_uiu_ml=2 * insulin, glucose_mg_dl=3 * glucose) == pytest.approx(6 * index)
    # Matthews's divisor 22.5 for glucose in mmol/L; 405 rounds 18.016 to 18
    assert insulin * (glucose / 18.016) / 22.5 == pytest.approx(index, rel=2e-3)


@requirement("medcalcbench:properties")
@given(total=st.floats(120, 400), hdl=st.floats(20, 90), fats=st.floats(40, 399))
def test_ldl_falls_by_one_for_hdl_and_by_a_fifth_for_triglycerides(
    total: float, hdl: float, fats: float
) -> None:
    def ldl(total: float, hdl: float, fats: float) -> float:
        return ldl_cholesterol_mg_dl(total_cholesterol_mg_dl=total, hdl_mg_dl=hdl, triglycerides_mg_dl=fats)

    base = ldl(total, hdl, fats)
    assert ldl(total + 1, hdl, fats) == pytest.approx(base + 1)
    assert ldl(total, hdl + 1, fats) == pytest.approx(base - 1)
    assert ldl(total, hdl, fats + 5) == pytest.approx(base - 1)


ALL_QUANTITIES = (
    BICARBONATE,
    CHLORIDE,
    GLUCOSE,
    HDL_CHOLESTEROL,
    HEIGHT_INCHES,
    INSULIN,
    SODIUM,
    TARGET_BMI,
    TOTAL_CHOLESTEROL,
    TRIGLYCERIDES,
)
FORMS = [(quantity, form) for quantity in ALL_QUANTITIES for form in quantity.forms]


@requirement("medcalcbench:units")
@pytest.mark.parametrize(("quantity", "form"), FORMS, ids=[form.name for _, form in FORMS])
def test_reference_lines_convert_what_is_printed_as_the_gold_does(quantity: Quantity, form: Form) -> None:
    template = f"{{{form.name}}}" + (f" {{{form.rest}}}" if form.rest else "")
    value = form.to_base(24.0 if form.rest is None else 5.0 * form.rest_per_whole + 3)
    reading = quantity.read(template, value)
    namespace: dict[str, float] = {}
    exec("\n".join(reading.code()), {}, namespace)
    assert namespace[reading.base] == pytest.approx(reading.value)
    assert reading.value == pytest.approx(value, rel=1e-9)


@requirement("medcalcbench:units")
@pytest.mark.parametrize(
    ("quantity", "template", "value", "texts"),
    [
        (SODIUM, "{sodium_mg_dl} mg/dL", 140.0, ("322",)),  # 140 * 2.299 = 321.86
        (CHLORIDE, "{chloride_mg_dl} mg/dL", 100.0, ("354",)),  # 100 * 3.545 = 354.5, printed half to even
        (BICARBONATE, "{bicarbonate_mg_dl} mg/dL", 15.0, ("92",)),  # 15 * 6.102 = 91.53
        (HEIGHT_INCHES, "{height_cm} cm", 70.0, ("178",)),  # 70 * 2.54 = 177.8
        (HEIGHT_INCHES, "{height_m} m", 70.0, ("1.78",)),
        (HEIGHT_INCHES, "{height_ft} ft {height_rest_in} in", 70.0, ("5", "10")),
        (GLUCOSE, "{glucose_mmol_l} mmol/L", 90.0, ("5.0",)),  # 90 / 18.016 = 4.9956
        (INSULIN, "{insulin_pmol_l} pmol/L", 12.5, ("75",)),  # 12.5 * 6
        (TOTAL_CHOLESTEROL, "{total_cholesterol_mmol_l} mmol/L", 200.0, ("5.17",)),  # 200 / 38.67 = 5.172
        (TRIGLYCERIDES, "{triglycerides_mmol_l} mmol/L", 150.0, ("1.69",)),  # 150 / 88.57 = 1.6936
    ],
)
def test_units_by_hand(quantity: Quantity, template: str, value: float, texts: tuple[str, ...]) -> None:
    assert quantity.read(template, value).texts == texts


@requirement("medcalcbench:units")
def test_ldl_is_the_same_from_either_unit() -> None:
    # 5.00 * 38.67 = 193.35; 1.20 * 38.67 = 46.404; 2.00 * 88.57 / 5 = 35.428; together 111.518
    note = "{total_cholesterol_mmol_l} {hdl_mmol_l} {triglycerides_mmol_l}"
    read = {
        "total_cholesterol_mg_dl": TOTAL_CHOLESTEROL.read(note, 193.35).value,
        "hdl_mg_dl": HDL_CHOLESTEROL.read(note, 46.404).value,
        "triglycerides_mg_dl": TRIGLYCERIDES.read(note, 177.14).value,
    }
    assert ldl_cholesterol_mg_dl(**read) == pytest.approx(111.518)


PANEL_NOTE = "{sodium_meq_l} {chloride_mg_dl} {bicarbonate_meq_l}"


@requirement("medcalcbench:traps")
@pytest.mark.parametrize("seed", range(20))
def test_an_earlier_panel_moves_the_anion_gap_by_more_than_the_chloride_step(seed: int) -> None:
    note = PANEL_NOTE + " {old_chloride_mg_dl} {old_bicarbonate_meq_l}"
    panel = read_panel(note, random.Random(seed), anion_gap_meq_l=20, bicarbonate_meq_l=14)
    assert panel is not None
    assert set(panel.earlier) == {"chloride_meq_l", "bicarbonate_meq_l"}

    def gap(values: dict[str, float]) -> float:
        return values["sodium_meq_l"] - values["chloride_meq_l"] - values["bicarbonate_meq_l"]

    assert gap(panel.values) == pytest.approx(20, abs=1.2)  # each of three printed values is rounded
    assert abs(gap(panel.trap_values) - gap(panel.values)) > 6.5
    assert panel.conversions == 1


@requirement("medcalcbench:traps")
@pytest.mark.parametrize(("gap", "drawn"), [(20, True), (90, False), (-20, False)])
def test_no_panel_needs_an_odd_chloride(gap: float, drawn: bool) -> None:
    panel = read_panel(PANEL_NOTE, random.Random(1), anion_gap_meq_l=gap, bicarbonate_meq_l=14)
    assert (panel is not None) == drawn
