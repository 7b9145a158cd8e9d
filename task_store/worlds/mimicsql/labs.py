"""Laboratory items: label, fluid, category, unit, reference range, and how a value is drawn.

Labels, fluids, categories and item numbers are those that users of MIMIC know (`d_labitems`);
they, the units and the reference ranges of adults are common knowledge, written down from memory
and not clinically reviewed.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class LabItem:
    """One thing that the laboratory measures."""

    itemid: str
    label: str
    fluid: str
    category: str
    unit: str
    low: float
    high: float
    """Values outside [low, high] are flagged abnormal."""
    decimals: int
    weight: int
    """How often it is measured beside others."""

    def draw(self, rng: random.Random, shift: float) -> tuple[str, bool]:
        """A value with its unit, and whether it lies outside the reference range.

        Args:
            rng: where chance comes from.
            shift: illness effect, in half widths of the reference range.
        """
        middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        value = middle + half * rng.gauss(shift, 0.85)
        if self.low >= 0:  # only a base excess can be negative
            value = max(value, self.low * 0.2)
        value = round(value, self.decimals) + 0.0  # no minus zero
        return f"{value:.{self.decimals}f}{self.unit}", not self.low <= value <= self.high


_LINES = """
50802|Base Excess|Blood|Blood Gas|mEq/L|-2|2|0|4
50804|Calculated Total CO2|Blood|Blood Gas|mEq/L|21|30|0|4
50813|Lactate|Blood|Blood Gas|mmol/L|0.5|2.0|1|4
50818|pCO2|Blood|Blood Gas|mm Hg|35|45|0|4
50820|pH|Blood|Blood Gas|units|7.35|7.45|2|4
50821|pO2|Blood|Blood Gas|mm Hg|85|105|0|4
50808|Free Calcium|Blood|Blood Gas|mmol/L|1.12|1.32|2|3
50861|Alanine Aminotransferase (ALT)|Blood|Chemistry|IU/L|0|40|0|3
50862|Albumin|Blood|Chemistry|g/dL|3.5|5.2|1|3
50863|Alkaline Phosphatase|Blood|Chemistry|IU/L|35|130|0|3
50866|Ammonia|Blood|Chemistry|umol/L|10|60|0|1
50867|Amylase|Blood|Chemistry|IU/L|0|100|0|1
50868|Anion Gap|Blood|Chemistry|mEq/L|8|20|0|8
50878|Asparate Aminotransferase (AST)|Blood|Chemistry|IU/L|0|40|0|3
50882|Bicarbonate|Blood|Chemistry|mEq/L|22|32|0|8
50885|Bilirubin, Total|Blood|Chemistry|mg/dL|0.0|1.5|1|3
50889|C-Reactive Protein|Blood|Chemistry|mg/L|0|5|1|1
50893|Calcium, Total|Blood|Chemistry|mg/dL|8.4|10.3|1|6
50902|Chloride|Blood|Chemistry|mEq/L|96|108|0|8
50907|Cholesterol, Total|Blood|Chemistry|mg/dL|0|199|0|1
50910|Creatine Kinase (CK)|Blood|Chemistry|IU/L|47|322|0|2
50911|Creatine Kinase, MB Isoenzyme|Blood|Chemistry|ng/mL|0|10|0|2
50912|Creatinine|Blood|Chemistry|mg/dL|0.5|1.2|1|9
50924|Ferritin|Blood|Chemistry|ng/mL|30|400|0|1
50931|Glucose|Blood|Chemistry|mg/dL|70|105|0|8
50952|Iron|Blood|Chemistry|ug/dL|45|160|0|1
50954|Lactate Dehydrogenase (LD)|Blood|Chemistry|IU/L|94|250|0|2
50956|Lipase|Blood|Chemistry|IU/L|0|60|0|1
50960|Magnesium|Blood|Chemistry|mg/dL|1.6|2.6|1|7
50970|Phosphate|Blood|Chemistry|mg/dL|2.7|4.5|1|6
50971|Potassium|Blood|Chemistry|mEq/L|3.3|5.1|1|9
50983|Sodium|Blood|Chemistry|mEq/L|133|145|0|9
50993|Thyroid Stimulating Hormone|Blood|Chemistry|uIU/mL|0.27|4.2|2|1
51000|Triglycerides|Blood|Chemistry|mg/dL|0|149|0|1
51003|Troponin T|Blood|Chemistry|ng/mL|0.00|0.01|2|2
51006|Urea Nitrogen|Blood|Chemistry|mg/dL|6|20|0|9
51144|Bands|Blood|Hematology|%|0|5|0|1
51146|Basophils|Blood|Hematology|%|0|2|1|2
51200|Eosinophils|Blood|Hematology|%|0|4|1|2
51214|Fibrinogen, Functional|Blood|Hematology|mg/dL|150|400|0|1
51221|Hematocrit|Blood|Hematology|%|36|48|1|9
51222|Hemoglobin|Blood|Hematology|g/dL|12.0|16.0|1|9
51237|INR(PT)|Blood|Hematology|ratio|0.9|1.2|1|5
51244|Lymphocytes|Blood|Hematology|%|18|42|1|2
51248|MCH|Blood|Hematology|pg|27|32|1|6
51250|MCV|Blood|Hematology|fL|82|98|0|6
51254|Monocytes|Blood|Hematology|%|2|11|1|2
51256|Neutrophils|Blood|Hematology|%|50|70|1|2
51265|Platelet Count|Blood|Hematology|K/uL|150|440|0|8
51274|PT|Blood|Hematology|sec|9.4|12.5|1|5
51275|PTT|Blood|Hematology|sec|25.0|36.5|1|5
51277|RDW|Blood|Hematology|%|10.5|15.5|1|6
51301|White Blood Cells|Blood|Hematology|K/uL|4.0|11.0|1|9
51464|Bilirubin|Urine|Hematology|mg/dL|0|0.2|1|1
51478|Glucose|Urine|Hematology|mg/dL|0|15|0|1
51491|pH|Urine|Hematology|units|5|8|1|2
51493|RBC|Urine|Hematology|#/hpf|0|2|0|2
51498|Specific Gravity|Urine|Hematology|units|1.001|1.035|3|2
51516|WBC|Urine|Hematology|#/hpf|0|5|0|2
51082|Creatinine, Urine|Urine|Chemistry|mg/dL|20|275|0|1
51100|Sodium, Urine|Urine|Chemistry|mEq/L|20|220|0|1
51120|Monocytes|Ascites|Hematology|%|0|30|0|1
51127|RBC, Ascites|Ascites|Hematology|#/uL|0|100|0|1
51128|WBC, Ascites|Ascites|Hematology|#/uL|0|250|0|1
50835|Albumin, Ascites|Ascites|Chemistry|g/dL|0.5|2.5|1|1
51053|Glucose, Pleural|Pleural|Chemistry|mg/dL|60|120|0|1
51059|Total Protein, Pleural|Pleural|Chemistry|g/dL|1.0|3.0|1|1
51790|Glucose, CSF|Cerebrospinal Fluid (CSF)|Chemistry|mg/dL|40|70|0|1
51802|Total Protein, CSF|Cerebrospinal Fluid (CSF)|Chemistry|mg/dL|15|45|0|1
"""


def _read(line: str) -> LabItem:
    itemid, label, fluid, category, unit, low, high, decimals, weight = line.split("|")
    return LabItem(
        *(itemid, label, fluid, category, unit, float(low), float(high), int(decimals), int(weight))
    )


LAB_ITEMS: tuple[LabItem, ...] = tuple(map(_read, _LINES.strip().splitlines()))

ROUTINE: tuple[LabItem, ...] = tuple(item for item in LAB_ITEMS if item.fluid in ("Blood", "Urine"))
"""Measured in anyone; other fluids are tapped only in illnesses that fill them."""
