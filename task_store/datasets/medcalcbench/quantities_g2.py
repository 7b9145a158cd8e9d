"""Measured values of the electrolyte, body size, insulin and lipid calculators.

Factors: sodium 22.99, chloride 35.45 and bicarbonate 61.02 g/mol (from memory), monovalent, so 1 mEq is
1 mmol; glucose 180.16 g/mol (from memory); inches are exact by definition. Insulin (6.00 pmol per µIU),
cholesterol (38.67) and triglycerides (88.57 mg/dL per mmol/L) are given differently by different tables,
so every question over such a note states the factor to use.
"""

from task_store.datasets.medcalcbench.quantities import Form, Quantity

SODIUM = Quantity((Form("sodium_meq_l"), Form("sodium_mg_dl", divide=2.299)))
CHLORIDE = Quantity((Form("chloride_meq_l"), Form("chloride_mg_dl", divide=3.545)))
BICARBONATE = Quantity((Form("bicarbonate_meq_l"), Form("bicarbonate_mg_dl", divide=6.102)))
HEIGHT_INCHES = Quantity(
    (
        Form("height_inches", 1),
        Form("height_cm", divide=2.54),
        Form("height_m", 2, multiply=100, divide=2.54),
        Form("height_ft", rest="height_rest_in", rest_per_whole=12),
    )
)
TARGET_BMI = Quantity((Form("target_bmi_kg_m2", 1),))
GLUCOSE = Quantity((Form("glucose_mg_dl"), Form("glucose_mmol_l", 1, multiply=18.016)))
INSULIN = Quantity((Form("insulin_uiu_ml", 1), Form("insulin_pmol_l", divide=6.0)))
TOTAL_CHOLESTEROL = Quantity(
    (Form("total_cholesterol_mg_dl"), Form("total_cholesterol_mmol_l", 2, multiply=38.67))
)
HDL_CHOLESTEROL = Quantity((Form("hdl_mg_dl"), Form("hdl_mmol_l", 2, multiply=38.67)))
TRIGLYCERIDES = Quantity((Form("triglycerides_mg_dl"), Form("triglycerides_mmol_l", 2, multiply=88.57)))
