"""The `eicu` world: ten tables of intensive-care stays in EHRSQL's flavour of the eICU schema."""

from task_store.world import World
from task_store.worlds.eicu.build import EicuWorld

WORLD: World = EicuWorld()
