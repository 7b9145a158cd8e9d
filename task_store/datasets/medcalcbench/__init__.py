"""Medical calculations from clinical notes, after MedCalc-Bench: extract the values, apply the formula.

Synthetic and not clinically reviewed; not for clinical use. See README.md in this folder.
"""

from task_store.datasets.medcalcbench.family import MedCalcBench

DATASET = MedCalcBench()

__all__ = ["DATASET"]
