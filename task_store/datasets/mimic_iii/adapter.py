"""Released EHRSQL records on MIMIC-III -> tasks, over the user's database, or one seeded from them."""

from functools import partial

from task_store.datasets.mimic_iii.seeded import SHAPE
from task_store.importing import WorldImporter
from task_store.released_sql.importer import SqlImporter
from task_store.released_sql.seeding.seed import seed_world

IMPORTER: WorldImporter = SqlImporter(
    family="mimic_iii", world="mimic_iii", seeder=partial(seed_world, shape=SHAPE)
)
