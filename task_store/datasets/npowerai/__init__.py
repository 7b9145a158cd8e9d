"""Sample size and power: the built-in N-PowerAI family."""

from task_store.dataset import Dataset
from task_store.datasets.npowerai.generate import NPowerAI

DATASET: Dataset = NPowerAI()
