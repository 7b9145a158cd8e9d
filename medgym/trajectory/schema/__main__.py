"""Print the schema that the models make, as its file holds it."""

import json

from medgym.trajectory.schema import schema_of_models

print(json.dumps(schema_of_models(), indent=1))
