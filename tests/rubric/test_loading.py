"""From a file to a rubric, the form of the YAML, and its JSON Schema."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from builders_rubric import ITEM, RUBRIC, a_file, a_rubric, an_item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.checks import kinds, load
from grader.errors import RubricError
from grader.rubric import Item, Late, OptimizerPlan, Plan, RerunPlan, Rubric, RubricKeys
from grader.rubric.document import read_document
from grader.rubric.loading import ItemForm, load_rubric, rubric_for, rubric_schema
from grader.rubric.lookup import DEFAULT, find_rubric, shipped_rubrics

SHIPPED = find_rubric(DEFAULT).read_text(encoding="utf-8")


def test_short_rubric(tmp_path: Path) -> None:
    """What is left out has its default, and the name and the hash are the file's."""
    rubric = a_rubric(tmp_path)
    check = load("norm_within_cap").model_validate({"cap": 1.0})
    item = Item(id="norm_within_cap", title="Within the cap", points=2.0, requires=(), hint="", check=check)
    optimizer = rubric.plan.rerun.optimizer

    expected = Rubric(name="hw", title="Homework", items=(item,), pass_at=1.0, likeness="review")
    assert expected.model_copy(update={"calibration": rubric.calibration, "sha256": rubric.sha256}) == rubric
    assert hashlib.sha256(RUBRIC.encode()).hexdigest() == rubric.sha256
    assert ("Adam", 1e-3, 1.0) == (optimizer.name, optimizer.learning_rate, optimizer.clipnorm)


def test_every_part_of_the_plan(tmp_path: Path) -> None:
    """The flat keys of the file become one plan, which a worker gets as JSON."""
    plan = a_rubric(
        tmp_path,
        RUBRIC
        + "pass_at: 0.5\nfiles: {model: [model/*.h5], log: ['*.csv']}\nlimits: {seconds: 200, memory: 6 GB}\n"
        + "rerun: {optimizer: {name: SGD, learning_rate: 1e-2, clipvalue: 0.5}, "
        + "batch_size: 64, steps: 10, seed: 1}\n"
        + "probe: {batches: 20}\n",
    ).plan
    optimizer = OptimizerPlan(name="SGD", learning_rate=0.01, clipvalue=0.5)

    assert (("model/*.h5",), ("*.csv",)) == (plan.files.model, plan.files.log)
    assert (200.0, 6_000_000_000) == (plan.limits.seconds, plan.limits.memory)
    assert RerunPlan(optimizer=optimizer, batch_size=64, steps=10, seed=1) == plan.rerun
    assert 20 == plan.probe.batches
    assert plan == Plan.model_validate_json(plan.model_dump_json())


def test_optimizer_that_is_written_clips_only_as_it_says(tmp_path: Path) -> None:
    """`global_clipnorm` alone does not collide with the default's `clipnorm`."""
    plan = a_rubric(tmp_path, f"{RUBRIC}rerun: {{optimizer: {{global_clipnorm: 2}}}}\n").plan

    assert OptimizerPlan(clipnorm=None, global_clipnorm=2.0) == plan.rerun.optimizer


def test_folded_text_has_no_line_break_at_its_end(tmp_path: Path) -> None:
    """A title and a hint over several lines are one text; a check without a value takes its defaults."""
    hint = "  hint: >\n    Log every\n    step.\n"
    item = an_item(tmp_path, f"- log_is_complete:\n  title: >\n    Log\n  points: 0\n{hint}")

    assert ("Log", "Log every step.", 0.0) == (item.title, item.hint, item.points)
    assert "log_is_complete" == item.check.kind()
    assert "H" == a_rubric(tmp_path, RUBRIC.replace("Homework", ">\n  H")).title


def test_data_beside_the_rubric(tmp_path: Path) -> None:
    """A data set of the teacher's own is found from anywhere."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits.npz").write_bytes(b"")

    plan = a_rubric(tmp_path, f"{RUBRIC}data: data/digits.npz\n").plan

    assert str(tmp_path / "data" / "digits.npz") == str(plan.data)


def test_the_language_is_settled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command line, else the rubric, else the machine."""
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    file = str(a_file(tmp_path))
    assert "es" == rubric_for(file, None).language

    a_file(tmp_path, f"{RUBRIC}language: en\n")
    assert ("en", "ko") == (rubric_for(file, None).language, rubric_for(file, "ko").language)


def test_what_late_work_costs(tmp_path: Path) -> None:
    """A date as YAML has it, with a space or a `T`; without the keys nothing is late."""
    late = "late: {per_day: 0.1, at_most_days: 3}\n"
    rubric = a_rubric(tmp_path, f"{RUBRIC}due: 2026-11-30 23:59 +01:00\n{late}")

    assert datetime(2026, 11, 30, 22, 59, tzinfo=UTC) == rubric.due
    assert Late(per_day=0.1, at_most_days=3, grace_minutes=15) == rubric.late
    assert (None, None) == (a_rubric(tmp_path).due, a_rubric(tmp_path).late)


@pytest.mark.parametrize(
    ("key", "words"), [("likeness", ("review", "note", "off")), ("  in_doubt", ("review", "failed", "note"))]
)
def test_words_that_decide(tmp_path: Path, key: str, words: tuple[str, ...]) -> None:
    """The first is the default; `off` is a word here, as in all of YAML 1.2."""
    for written, expected in [("", words[0]), *((f"{key}: {word}\n", word) for word in words)]:
        rubric = a_rubric(tmp_path, f"{RUBRIC}{written}")

        assert expected == getattr(rubric.items[0] if key.startswith(" ") else rubric, key.strip())


def test_ids_and_requirements(tmp_path: Path) -> None:
    """With an id of its own the same check may stand twice, and an item may require any one before it."""
    item = an_item(tmp_path, f"{ITEM}  id: second\n  requires: [norm_within_cap]\n")

    assert ("second", ("norm_within_cap",)) == (item.id, item.requires)


def test_a_figure_with_patterns(tmp_path: Path) -> None:
    """A check of a figure needs them; without any, no figure is looked for."""
    item = "- figure_is_there: {}\n  title: Figure\n  points: 1\n"

    files = a_rubric(tmp_path, f'files: {{figure: ["*.png"]}}\n{RUBRIC}{item}').plan.files

    assert ("*.png",) == files.figure
    assert () == a_rubric(tmp_path).plan.files.figure


@pytest.mark.hostile_row(65)
def test_text_of_a_rubric_is_never_a_template(tmp_path: Path) -> None:
    """Braces and percent signs in a title stand for themselves."""
    title = "{0.__class__} %s ${HOME} {{x}}"

    assert title == a_rubric(tmp_path, RUBRIC.replace("Homework", f"'{title}'")).title


# What YAML gives a meaning to, or the parser stumbles over.
PIECES = ("'", '"', "{", "}", "[", "]", ":", "- ", "\n", "\t", "&a ", "*a", "!!x ", "|\n", "? ", "---\n")
MORE_PIECES = (
    "%YAML 1.9\n",
    "0",
    "~",
    "<<",
    "#",
    "@",
    "\\",
    "\ufeff",
    "\u2028",
    '"\\U00110000"',
    "1e999",
    "",
)
PLACES = st.integers(0, len(SHIPPED) - 1)
EDITS = st.tuples(PLACES, st.integers(0, 20), st.sampled_from(PIECES + MORE_PIECES))


@given(st.lists(EDITS, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_typing_errors_never_end_in_a_traceback(tmp_path: Path, edits: list[tuple[int, int, str]]) -> None:
    """A rubric with pieces cut out and put in is a rubric or a `RubricError` with a line."""
    text = SHIPPED
    for start, length, token in edits:
        text = text[:start] + token + text[start + length :]
    try:
        found: Rubric | RubricError = load_rubric(a_file(tmp_path, text))
    except RubricError as error:
        found = error

    assert isinstance(found, Rubric) or all("hw.yaml:" in line for line in found.message.split("\n"))


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
    assert {*Plan.model_fields, *RubricKeys.model_fields, "exercises", "items"} == set(schema["properties"])
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
