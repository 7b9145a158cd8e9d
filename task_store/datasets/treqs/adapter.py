"""Released TREQS records -> tasks, over the user's MIMICSQL or a world seeded from their queries."""

from functools import partial

from task_store.datasets.treqs.seeded import SHAPE
from task_store.importing import WorldImporter
from task_store.released_sql.importer import SqlImporter
from task_store.released_sql.seeding.seed import seed_world

IMPORTER: WorldImporter = SqlImporter(
    family="treqs", world="mimicsql", seeder=partial(seed_world, shape=SHAPE)
)
