"""Measured values of the larger scores (Child-Pugh, SOFA, PSI, APACHE II, FeverPAIN, Caprini)."""

from task_store.datasets.medcalcbench.quantities import Form, Quantity

# Factors: 17.1 (bilirubin), 18.016 (glucose: its molar mass over 10) and 7.50062 (kPa) from memory; the
# tables in use differ by less than 0.1 %. Counts per µL are 1000 times those in 10^9/L by definition.
BILIRUBIN = Quantity((Form("bilirubin_mg_dl", 1), Form("bilirubin_umol_l", divide=17.1)))
PLATELETS = Quantity((Form("platelets_1e9_l"), Form("platelets_per_ul", divide=1000)))
LEUKOCYTES = Quantity((Form("leukocytes_1e9_l", 1), Form("leukocytes_per_ul", divide=1000)))
ARTERIAL_OXYGEN = Quantity((Form("pao2_mmhg"), Form("pao2_kpa", 1, multiply=7.50062)))
INSPIRED_OXYGEN = Quantity((Form("fio2_fraction", 2), Form("fio2_percent", divide=100)))
HEMATOCRIT = Quantity((Form("hematocrit_percent"), Form("hematocrit_l_l", 2, multiply=100)))
GLUCOSE = Quantity((Form("glucose_mg_dl"), Form("glucose_mmol_l", 1, multiply=18.016)))
URINE = Quantity((Form("urine_ml_per_day"), Form("urine_ml_per_h", multiply=24)))
ONSET = Quantity((Form("onset_days"), Form("onset_hours", divide=24)))
