"""JSON Schema (draft 2020-12) of the record, one file a version, for readers in any language.

`#` is the record that journals and notebooks hold, `#/$defs/Summary` the notebook's own
metadata. `python -m medgym.trajectory.schema` prints the schema of this version's models; a
test holds that the file is the same.
"""

import json
from importlib.resources import files

from pydantic.json_schema import models_json_schema

from medgym.trajectory.model import SCHEMA_VERSION, Trajectory
from medgym.trajectory.record import Json
from medgym.trajectory.summary import Summary


def schema_of_models() -> Json:
    """The schema that this version's models make."""
    _, schema = models_json_schema([(Trajectory, "validation"), (Summary, "validation")])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"medgym trajectory, version {SCHEMA_VERSION}",
        "$ref": "#/$defs/Trajectory",
        **schema,
    }


def schema(version: int = SCHEMA_VERSION) -> Json:
    """The schema file of a version."""
    text = files(__name__).joinpath(f"v{version}.json").read_text(encoding="utf-8")
    read: Json = json.loads(text)
    return read
