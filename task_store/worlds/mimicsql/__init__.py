"""The five-table hospital database of MIMICSQL, with invented patients."""

from task_store.world import World
from task_store.worlds.mimicsql.build import MimicSql

WORLD: World = MimicSql()
