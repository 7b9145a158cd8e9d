"""Released TREQS records -> tasks, over the user's MIMICSQL or a world seeded from their queries."""

from task_store.datasets.treqs.seeded import seed
from task_store.importing import WorldImporter
from task_store.released_sql.importer import SqlImporter

IMPORTER: WorldImporter = SqlImporter(family="treqs", world="mimicsql", seeder=seed)
