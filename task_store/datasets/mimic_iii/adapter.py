"""Released EHRSQL records on MIMIC-III -> tasks, over the user's own database."""

from task_store.importing import WorldImporter
from task_store.released_sql.importer import SqlImporter

IMPORTER: WorldImporter = SqlImporter(family="mimic_iii", world="mimic_iii")
