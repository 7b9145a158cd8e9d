"""More measured values and their units: pulse, haemoglobin, blood gas, white cells, troponin, calves."""

from task_store.datasets.medcalcbench.quantities import Form, Quantity

# 1 kPa = 7.50062 mmHg from memory, as in quantities.py; the others are decimal or exact by definition.
HEART_RATE = Quantity(
    (
        Form("heart_rate_per_min"),
        Form("beats_in_15_s", multiply=4),
        Form("beats_in_30_s", multiply=2),
        Form("beat_interval_ms", invert=60000),
    )
)
HEMOGLOBIN = Quantity((Form("hemoglobin_g_dl", 1), Form("hemoglobin_g_l", divide=10)))
PACO2 = Quantity((Form("paco2_mmhg"), Form("paco2_kpa", 1, multiply=7.50062)))
WHITE_CELLS = Quantity((Form("wbc_per_ul"), Form("wbc_10e9_l", 1, multiply=1000)))
TROPONIN = Quantity((Form("troponin_ng_l"), Form("troponin_ng_ml", 3, multiply=1000)))
TROPONIN_LIMIT = Quantity((Form("limit_ng_l"), Form("limit_ng_ml", 3, multiply=1000)))
SICK_CALF = Quantity(
    (Form("sick_calf_cm", 1), Form("sick_calf_mm", divide=10), Form("sick_calf_inches", 1, multiply=2.54))
)
WELL_CALF = Quantity(
    (Form("well_calf_cm", 1), Form("well_calf_mm", divide=10), Form("well_calf_inches", 1, multiply=2.54))
)
DRINKS = Quantity((Form("drinks_per_week"), Form("drinks_per_day", multiply=7)))
