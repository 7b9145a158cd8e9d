"""Measured values that only some calculators need, in the manner of `quantities.py`.

Conversion factors from memory: bilirubin 17.1 umol/L per mg/dL and cholesterol 38.67 mg/dL per mmol/L
(both as in the AMA's table of SI units); 1 ukat/L is 60 U/L by definition.
"""

from task_store.datasets.medcalcbench.quantities import Form, Quantity

HEART_RATE = Quantity(
    (
        Form("heart_rate_bpm"),
        Form("rr_s", 2, invert=60),
        Form("rr_ms", invert=60000),
        Form("rr_mm", 1, invert=1500),
        Form("beats_in_10_s", multiply=6),
        Form("beats_in_15_s", multiply=4),
    )
)
BILIRUBIN = Quantity((Form("bilirubin_mg_dl", 1), Form("bilirubin_umol_l", divide=17.1)))
AST = Quantity((Form("ast_u_l"), Form("ast_ukat_l", 2, multiply=60)))
ALT = Quantity((Form("alt_u_l"), Form("alt_ukat_l", 2, multiply=60)))
PLATELETS = Quantity((Form("platelets_billion_l"), Form("platelets_per_ul", divide=1000)))
TOTAL_CHOLESTEROL = Quantity(
    (Form("total_cholesterol_mg_dl"), Form("total_cholesterol_mmol_l", 2, multiply=38.67))
)
HDL = Quantity((Form("hdl_mg_dl"), Form("hdl_mmol_l", 2, multiply=38.67)))
