"""Every kind of check is complete: manual page, example, schema, test file."""

import ast
import inspect
import math
from pathlib import Path
from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_accuracy, an_optimizer, norms_in, some_norms
from builders_runs import the_calibration
from pydantic import ValidationError
from ruamel.yaml import YAML

import grader
from grader.checks import AsksForMetric, kinds, load, parameters
from grader.evidence.model import Moments
from grader.evidence.part import kinds as parts
from grader.evidence.training import Norms, Probe, Replay

HERE = Path(__file__).parent


def example_of(kind: str) -> dict[str, Any]:
    """The parameters in the manual page's example, which stands alone in its last section."""
    _, _, example = (inspect.getdoc(load(kind)) or "").rpartition("Example:\n")
    parsed = YAML(typ="safe", pure=True).load(example)

    assert [kind] == list(parsed)

    return dict(parsed[kind])


@pytest.mark.parametrize("kind", kinds())
def test_the_manual_page_starts_with_a_question(kind: str) -> None:
    """The first line is one question, and nothing else."""
    first, blank, *_ = (inspect.getdoc(load(kind)) or "").split("\n")

    assert first.endswith("?")
    assert "" == blank


@pytest.mark.parametrize("kind", kinds())
def test_the_manual_page_explains_each_parameter(kind: str) -> None:
    """Each field stands under `Args`, and has that description in the schema."""
    check = load(kind)
    described = {
        name: field["description"] for name, field in check.model_json_schema()["properties"].items()
    }

    assert all(described.values())
    assert parameters(check) == described


@pytest.mark.parametrize("kind", kinds())
def test_the_example_loads(kind: str) -> None:
    """The example names every parameter, and its values are within the bounds."""
    check = load(kind)
    example = example_of(kind)

    # A metric has one of two bounds.
    others = set(AsksForMetric.model_fields) if issubclass(check, AsksForMetric) else set()
    assert set(check.model_fields) - others <= set(example) <= set(check.model_fields)
    assert check.model_validate(example).kind() == kind


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_has_a_test_file(kind: str) -> None:
    """A kind without its own tests is not finished."""
    assert (HERE / f"test_{kind}.py").is_file()


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_needs_parts_of_the_evidence(kind: str) -> None:
    """The parameters of `find` are names of parts, and at least one is required, unless a person grades."""
    needs = load(kind).needs()

    assert {name.removeprefix("other_") for name in needs} <= {*parts(), "norms", "handed_out", "labels"}
    assert any(needs.values()) or kind == "by_hand"


WRONG: dict[str, list[dict[str, Any]]] = {
    "by_hand": [{}, {"rubric": " "}, {"rubric": "x" * 4_001}, {"rubric": 1}],
    "cap_binds_early": [
        {"cap": -1},
        {"first_steps": 0},
        {"first_steps": 2.5},
        {"at_least": 1.1},
        {"at_least": 50},
    ],
    "log_fits_model": [{"cap": -1}, {"training_images": "60000"}],
    "log_fits_rerun": [{"cap": 0}, {"training_images": 0}, {"training_images": 1.5}],
    "log_is_consistent": [
        {"training_accuracy_within": 0},
        {"validation_accuracy_within": 5},
        {"loss_within": 1},
        {"correlation_at_least": 1},
    ],
    "log_is_complete": [{"every": "batch"}, {"at_least_epochs": 0}, {"at_least_epochs": 1.5}],
    "log_matches_model": [
        {"column": "val_loss"},
        {"within": 0},
        {"within": 2},
        {"test_images_harder_by": -0.01},
    ],
    "logged_accuracy": [
        {"column": "val_acuracy"},
        {"at_least": 87},
        {"at_least": "0.87"},
        {"epoch": "any"},
        {"partial_from": 80},
    ],
    "model_accuracy": [{"at_least": 87}, {"tolerance": -0.01}, {"within": 0.01}, {"partial_from": -1}],
    "no_better_on_test_images": [{"standard_errors": 0}, {"standard_errors": 11}, {"within": 0.01}],
    "norm_within_cap": [
        {"cap": 0},
        {"cap": math.inf},
        {"cap": math.nan},
        {"cap": "1.0"},
        {"tolerance": -1e-5},
        {"tolerance": 1},
        {"scope": "all"},
        {"stage": "during"},
    ],
    "optimizer_is": [
        {},
        {"name": ""},
        {"name": "Adam", "learning_rate": 0},
        {"name": "Adam", "learning_rate": "1e-3"},
        {"name": "Adam", "clipnorm": -1.0},
        {"name": "Adam", "clip_norm": 1.0},
        {"name": "Adam", "accept_global_clipnorm": 1},
    ],
    "rerun_learns": [
        {"cap": 0},
        {"tolerance": 0.5},
        {"at_least": 70},
        {"metric": "mae"},
        {"metric": "mae", "at_least": 0.7, "at_most": 3.0},
    ],
}


@pytest.mark.parametrize(("kind", "wrong"), [(kind, wrong) for kind in WRONG for wrong in WRONG[kind]])
def test_wrong_parameters_are_a_mistake_in_the_rubric(kind: str, wrong: dict[str, Any]) -> None:
    """Shares are from 0 to 1, caps are above 0 and finite, counts are whole, words and keys are known."""
    with pytest.raises(ValidationError):
        load(kind).model_validate(wrong)


def test_an_unknown_kind_is_a_key_error() -> None:
    """A kind that has no file is not looked for anywhere else."""
    with pytest.raises(KeyError, match="norm_within_cup"):
        load("norm_within_cup")


def test_nothing_outside_knows_a_check_by_its_name() -> None:
    """What a kind is for, it says itself, so that another one can be added beside it."""
    package = Path(grader.__file__).parent
    every = set(kinds())
    names = every | {kind.title().replace("_", "") for kind in every}
    known = []
    for path in sorted(package.rglob("*.py")):
        if path.parent.name == "checks":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            written = node.value if isinstance(node, ast.Constant) else None
            imported = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            if (isinstance(written, str) and written in every) or names & set(imported):
                known.append(path.relative_to(package).as_posix())

    assert [] == known


STEPS = 60
EXTREMES = {
    "zero": [0.0] * STEPS,
    "tiny": [5e-324] * STEPS,
    "huge": [1.7e308, 1e307] * (STEPS // 2),
    "both": [0.0, 1.7e308, 1e-320] * (STEPS // 3),
    "one": [1.7e308],
}


@pytest.mark.parametrize("declared", [{}, {"scope": "global", "stage": "after"}], ids=["assumed", "declared"])
@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("kind", [kind for kind in kinds() if {"log", "norms"} & set(load(kind).needs())])
def test_no_number_stops_a_check(kind: str, values: list[float], declared: dict[str, Any]) -> None:
    """Neither in a log nor in the grader's own training; a warning of NumPy would be an error here."""
    check = load(kind)(**example_of(kind))
    others = {"step": [-1.7e308, *values[1:]], "epoch": values, "loss": values, "val_accuracy": values}
    largest = [min(value, 9e149) for value in values]
    norms = some_norms(len(values), **dict.fromkeys(Norms.model_fields, largest))
    state = Moments(beta_1=0.9, beta_2=0.999, first=(0.1, 9e149), second=(0.1, 9e149))
    parts: dict[str, Any] = {
        "model": a_model(optimizer=an_optimizer(iterations=len(values), moments=state)),
        "accuracy": an_accuracy(0.87),
        "rerun": a_rerun(loss=tuple(values), norms=norms),
        "probe": Probe(norms=norms, batch_size=32),
        "replay": Replay(
            seed=7,
            batch_size=32,
            trainable_variables=6,
            loss=tuple(values),
            accuracy=(0.5,) * len(values),
            norms=norms,
            student="ana",
            seed_by="list",
        ),
    }
    log = a_log(a_norm(values, **declared), **others)
    given = {**parts, "log": log, "norms": norms_in(log, check, the_calibration(), **parts)}
    given |= {f"other_{name}": part for name, part in given.items()}

    finding = check.find(**{name: given[name] for name in check.needs()})

    assert finding.status in {"passed", "failed", "review", "not_checked"}
