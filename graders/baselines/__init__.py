"""Answers that nobody thought about: what a family's splits give to those who do not solve.

`measure` grades an abstainer, constants and a schema guesser over every task of a family, without
a language model and without kernels.
"""

from graders.baselines.measure import Baselines, SplitBaselines, measure

__all__ = ["Baselines", "SplitBaselines", "measure"]
