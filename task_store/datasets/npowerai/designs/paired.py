"""Paired t test: a one-sample t test on the differences of n pairs."""

from dataclasses import replace

from task_store.datasets.npowerai.designs import one_sample
from task_store.datasets.npowerai.wording.paired import TEMPLATES

DESIGN = replace(one_sample.DESIGN, name="paired", templates=TEMPLATES)
