"""The designs, one module each."""

from typing import Any

from task_store.datasets.npowerai.designs import anova, chi_square, cox, one_sample, paired, two_sample
from task_store.datasets.npowerai.model import Design

DESIGNS: tuple[Design[Any], ...] = (
    one_sample.DESIGN,
    two_sample.DESIGN,
    paired.DESIGN,
    anova.DESIGN,
    chi_square.DESIGN,
    cox.DESIGN,
)
