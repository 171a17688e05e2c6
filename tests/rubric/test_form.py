"""The form of the YAML and its JSON Schema."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from builders_rubric import RUBRIC, a_file

from grader.checks import kinds, load
from grader.rubric import Plan, RubricKeys
from grader.rubric.document import read_document
from grader.rubric.loading import ItemForm, rubric_schema
from grader.rubric.lookup import shipped_rubrics


def _objects(schema: Any) -> list[dict[str, Any]]:
    parts = list(schema.values()) if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    found = [schema] if isinstance(schema, dict) and isinstance(schema.get("properties"), dict) else []
    return found + [inner for part in parts for inner in _objects(part)]


def _lists(value: Any) -> Any:
    """The same with lists for tuples, as a reader of JSON has them."""
    if isinstance(value, dict):
        return {key: _lists(entry) for key, entry in value.items()}
    return [_lists(entry) for entry in value] if isinstance(value, tuple) else value


def test_every_key_is_in_the_schema() -> None:
    """An editor knows all keys of a rubric, each with a description, and no others."""
    schema = rubric_schema()

    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
    assert {*Plan.model_fields, *RubricKeys.model_fields, "items"} == set(schema["properties"])
    assert ["version", "title", "items"] == schema["required"]
    assert all("description" in part for part in schema["properties"].values())
    assert all(part["additionalProperties"] is False for part in _objects(schema))


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_in_the_schema(kind: str) -> None:
    """A check is a key of an item, with its docstring and all its parameters."""
    definitions = rubric_schema()["$defs"]
    check = definitions[load(kind).__name__]

    assert kind in definitions["Item"]["properties"]
    assert {"required": [kind]} in definitions["Item"]["oneOf"]
    assert set(load(kind).model_fields) == set(check.get("properties", ()))
    assert check["description"]


def test_keys_of_an_item() -> None:
    """An item has its own keys beside the kinds."""
    item = rubric_schema()["$defs"]["Item"]

    assert {*ItemForm.model_fields, *kinds()} == set(item["properties"])
    assert ["title", "points"] == item["required"]
    assert len(kinds()) == len(item["oneOf"])


@pytest.mark.parametrize("file", shipped_rubrics(), ids=lambda file: file.stem)
def test_shipped_rubrics_hold_to_the_schema(file: Path) -> None:
    """What we ship has no squiggle in an editor."""
    validator = jsonschema.Draft202012Validator(rubric_schema())

    validator.check_schema(rubric_schema())
    assert [] == list(validator.iter_errors(_lists(read_document(file).content)))


@pytest.mark.parametrize(
    "text",
    [
        RUBRIC.replace("points", "ponits"),
        RUBRIC.replace("norm_within_cap", "norm_within_caps"),
        RUBRIC.replace("2", "85%"),
        RUBRIC.replace("2", "-1"),
        RUBRIC.replace("cap: 1.0", "cap: 1.0, scope: globl"),
        RUBRIC + "  log_is_complete: {every: step}\n",
        RUBRIC + "  in_doubt: passed\n",
        RUBRIC + "limits: {memory: 4}\n",
        RUBRIC + "pass_at: 85\n",
        RUBRIC + "likeness: no\n",
        "version: 1\ntitle: x\nitems: []\n",
    ],
)
def test_editor_sees_the_mistakes(tmp_path: Path, text: str) -> None:
    """What the loader refuses, the schema refuses too."""
    validator = jsonschema.Draft202012Validator(rubric_schema())

    assert not validator.is_valid(_lists(read_document(a_file(tmp_path, text)).content))
