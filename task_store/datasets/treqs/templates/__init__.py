"""All templates, by category."""

from task_store.datasets.treqs.templates.aggregates import AGGREGATES
from task_store.datasets.treqs.templates.counts import COUNTS
from task_store.datasets.treqs.templates.lookups import LOOKUPS
from task_store.datasets.treqs.templates.proportions import PROPORTIONS
from task_store.datasets.treqs.templates.rankings import RANKINGS
from task_store.datasets.treqs.templates.timelines import TIMELINES
from task_store.datasets.treqs.templates.unanswerable import UNANSWERABLE
from task_store.questions.template import Template

ANSWERABLE: tuple[Template, ...] = (*COUNTS, *LOOKUPS, *AGGREGATES, *PROPORTIONS, *RANKINGS, *TIMELINES)

__all__ = ["ANSWERABLE", "UNANSWERABLE"]
