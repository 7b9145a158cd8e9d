"""The designs, one module each."""

from typing import Any

from task_store.datasets.npowerai.designs import (
    anova,
    chi_square,
    cluster,
    correlation,
    cox,
    log_rank,
    mcnemar,
    non_inferiority,
    one_sample,
    paired,
    two_proportions,
    two_sample,
)
from task_store.datasets.npowerai.model import Design

DESIGNS: tuple[Design[Any], ...] = (
    one_sample.DESIGN,
    two_sample.DESIGN,
    paired.DESIGN,
    anova.DESIGN,
    chi_square.DESIGN,
    cox.DESIGN,
    two_proportions.DESIGN,
    mcnemar.DESIGN,
    correlation.DESIGN,
    log_rank.DESIGN,
    non_inferiority.DESIGN,
    cluster.DESIGN,
)
