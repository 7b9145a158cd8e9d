"""The world `mimic_iii`: a synthetic hospital in the schema of MIMIC-III as EHRSQL uses it."""

from task_store.world import World
from task_store.worlds.mimic_iii.build import MimicIII

WORLD: World = MimicIII()
