"""The rubric as data: what its parts take and refuse."""

import pytest
from pydantic import ValidationError

from grader.analysis.targets import Targets
from grader.checks import Check, load
from grader.checks.hidden_layers import HiddenLayers
from grader.rubric import Item, Limits, Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric

LAYERS = Item(id="layers", title="Layers", points=2.5, check=HiddenLayers(units=(300, 100)))


def test_the_points_are_those_of_all_items() -> None:
    """An item of no points counts nothing."""
    items = (LAYERS, LAYERS.model_copy(update={"id": "b", "points": 0.0}))

    assert 2.5 == Rubric(name="homework", title="Homework", items=items).points


@pytest.mark.parametrize(
    "fields",
    [
        *({"items": ()}, {"title": "  "}, {"pass_at": 1.5}, {"likeness": "ignore"}, {"likeness": False}),
        *({"version": 2}, {"author": "me"}),
    ],
)
def test_a_rubric_that_asks_for_nothing_or_the_impossible_is_refused(fields: dict[str, object]) -> None:
    """Whoever makes one in code is held to the same as in YAML."""
    with pytest.raises(ValidationError):
        Rubric(**{"name": "homework", "title": "Homework", "items": (LAYERS,), **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *(("4 GiB", 4 * 2**30), ("1.5GiB", 3 * 2**29), ("512 MiB", 2**29), ("524288 KiB", 2**29)),
        *(("500 MB", 500_000_000), (" 2 GB ", 2_000_000_000)),
    ],
)
def test_sizes_with_units(text: str, size: int) -> None:
    """Binary and decimal units mean what they say, and travel as a number of bytes."""
    limits = Limits.model_validate({"memory": text, "model_file": text})

    assert (size, size) == (limits.memory, limits.model_file)
    assert limits == Limits.model_validate_json(limits.model_dump_json())


def asking(*checks: Check, **fields: object) -> Rubric:
    """A rubric with an item for each of these checks."""
    items = tuple(
        LAYERS.model_copy(update={"id": f"item_{number}", "check": check})
        for number, check in enumerate(checks)
    )
    return Rubric(name="homework", title="Homework", items=items).model_copy(update=fields)


HOMEWORKS = {"name": "Adam", "learning_rate": 0.001, "clipnorm": 1.0}


def test_what_the_homework_asks_of_a_log() -> None:
    """The shipped rubric, with its calibration."""
    rubric = load_rubric(find_rubric(DEFAULT))
    asked = {"cap": 1.0, "accuracy": 0.87, "test_accuracy": 0.87 - 0.03, "training_images": 60_000}
    training = {"hidden_layers": (300, 100), "epochs": 1, "optimizer": HOMEWORKS}

    assert Targets(**asked, **training, calibration=rubric.calibration) == rubric.targets


def test_a_rubric_that_does_not_ask() -> None:
    """The cap is that of the grader's own training then, and nothing else is known."""
    assert Targets(cap=1.0, epochs=1) == asking(load("log_is_complete")()).targets


@pytest.mark.parametrize(
    "kind", ["norm_within_cap", "cap_binds_early", "log_fits_rerun", "log_fits_model", "rerun_learns"]
)
def test_the_first_item_decides(kind: str) -> None:
    """One log has one cap; an item that leaves something open does not decide it."""
    first = load(kind).model_validate({"cap": 2.0})
    second = load("log_fits_rerun").model_validate({"cap": 3.0, "training_images": 50_000})

    targets = asking(load("log_is_complete")(), first, second).targets

    assert (2.0, 50_000) == (targets.cap, targets.training_images)


def test_what_is_assumed_of_a_norm_column() -> None:
    """Only the item on the norms' size says it."""
    check = load("norm_within_cap").model_validate({"scope": "global", "stage": "before", "tolerance": 0.1})

    targets = asking(load("cap_binds_early")(), check).targets

    assert ("global", "before", 0.1) == (targets.scope, targets.stage, targets.tolerance)
