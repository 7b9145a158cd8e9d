"""The stored form: a schema file that is up to date, and documentation of every field of it."""

import json
import re
from collections import defaultdict
from pathlib import Path

import jsonschema
import pytest

from medgym.trajectory.model import Trajectory
from medgym.trajectory.notebook import record_of, to_notebook
from medgym.trajectory.schema import schema, schema_of_models
from tests._requirements import requirement
from tests.trajectory.samples import sample_events

DOCS = Path(__file__).parents[2] / "docs" / "trajectory.md"


@requirement("trajectory:schema")
def test_the_schema_file_is_what_the_models_make() -> None:
    assert schema() == schema_of_models(), (
        "run: python -m medgym.trajectory.schema > medgym/trajectory/schema/v1.json"
    )


@requirement("trajectory:schema")
def test_notebooks_and_journals_hold_what_the_schema_says() -> None:
    trajectory = Trajectory.of(sample_events())
    record = jsonschema.Draft202012Validator(schema())
    notebook = json.loads(json.dumps(to_notebook(trajectory)))
    record.validate(record_of(notebook))
    record.validate({"schema_version": 1, "events": [e.model_dump(mode="json") for e in sample_events()]})
    of_notebooks = jsonschema.Draft202012Validator({**schema(), "$ref": "#/$defs/Summary"})
    of_notebooks.validate(notebook["metadata"]["medgym"])
    with pytest.raises(jsonschema.ValidationError):
        record.validate({"schema_version": 1, "events": [{"event": "started"}]})


@requirement("trajectory:documented")
def test_every_field_of_every_model_is_documented_and_no_other() -> None:
    documented: dict[str, set[str]] = defaultdict(set)
    model = ""
    for line in DOCS.read_text(encoding="utf-8").split("## Field by field")[1].splitlines():
        if heading := re.fullmatch(r"### `(\w+)`", line):
            model = heading[1]
        elif line.startswith("| `"):
            documented[model] |= set(re.findall(r"`(\w+)`", line.split("|")[1]))
    models = {
        name: set(each["properties"]) for name, each in schema()["$defs"].items() if "properties" in each
    }
    assert documented == models
