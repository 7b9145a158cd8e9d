"""Released EHRSQL records on eICU -> tasks, over the user's database, or one seeded from them."""

from functools import partial

from task_store.datasets.eicu.seeded import SHAPE
from task_store.importing import WorldImporter
from task_store.released_sql.importer import SqlImporter
from task_store.released_sql.seeding.seed import seed_world

IMPORTER: WorldImporter = SqlImporter(family="eicu", world="eicu", seeder=partial(seed_world, shape=SHAPE))
