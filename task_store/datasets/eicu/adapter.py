"""Released EHRSQL records on eICU -> tasks, over the user's own database."""

from task_store.importing import WorldImporter
from task_store.released_sql.importer import SqlImporter

IMPORTER: WorldImporter = SqlImporter(family="eicu", world="eicu")
