"""The rubric as data: what its parts take and refuse."""

from pathlib import Path

import pytest
from builders_rubric import a_rubric
from pydantic import ValidationError

from grader.analysis.targets import Targets
from grader.checks import Check, load
from grader.checks.hidden_layers import HiddenLayers
from grader.rubric import Files, Item, Limits, OptimizerPlan, Plan, RerunPlan, Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric

LAYERS = Item(id="layers", title="Layers", points=2.5, check=HiddenLayers(units=(300, 100)))


def test_the_points_are_those_of_all_items() -> None:
    """An item of no points counts nothing."""
    items = (LAYERS, LAYERS.model_copy(update={"id": "b", "points": 0.0}))

    assert 2.5 == Rubric(name="homework", title="Homework", items=items).points


def test_what_is_left_out_has_its_default() -> None:
    """All points pass, pairs are reviewed, and the homework's rerun is made."""
    rubric = Rubric(name="homework", title="Homework", items=(LAYERS,))

    assert (1.0, "review", Plan()) == (rubric.pass_at, rubric.likeness, rubric.plan)
    assert ("Adam", 1e-3, 1.0) == (
        rubric.plan.rerun.optimizer.name,
        rubric.plan.rerun.optimizer.learning_rate,
        rubric.plan.rerun.optimizer.clipnorm,
    )


def test_a_rubric_does_not_change() -> None:
    """Two classes judged by one rubric are judged alike."""
    rubric = Rubric(name="homework", title="Homework", items=(LAYERS,))

    with pytest.raises(ValidationError, match="frozen"):
        rubric.pass_at = 0.0  # type: ignore[misc]


@pytest.mark.parametrize(
    "fields",
    [
        {"items": ()},
        {"title": "  "},
        {"pass_at": 1.5},
        {"likeness": "ignore"},
        {"likeness": False},
        {"version": 2},
        {"author": "me"},
    ],
)
def test_a_rubric_that_asks_for_nothing_or_the_impossible_is_refused(fields: dict[str, object]) -> None:
    """Whoever makes one in code is held to the same as in YAML."""
    with pytest.raises(ValidationError):
        Rubric(**{"name": "homework", "title": "Homework", "items": (LAYERS,), **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../other/*.csv", "a\\b.csv", "", ".", "x" * 201])
def test_a_pattern_stays_inside_the_submission(pattern: str) -> None:
    """Nothing else of the machine is taken."""
    with pytest.raises(ValidationError):
        Files(model=(pattern,))


def test_a_pattern_may_name_a_folder() -> None:
    """A submission has folders of its own."""
    assert ("model/*.h5",) == Files(model=("model/*.h5",)).model


@pytest.mark.parametrize(
    "ways", [{"clipnorm": 1.0, "clipvalue": 1.0}, {"clipnorm": 1.0, "global_clipnorm": 1.0}]
)
def test_an_optimizer_clips_in_one_way(ways: dict[str, float]) -> None:
    """Keras takes one of the three."""
    with pytest.raises(ValidationError, match="must have at most one of"):
        OptimizerPlan(**ways)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make", [lambda: Limits(seconds=0), lambda: RerunPlan(steps=0), lambda: OptimizerPlan(clipnorm=0)]
)
def test_nothing_is_measured_with_nothing(make) -> None:
    """No seconds, no steps and a cap of zero are mistakes."""
    with pytest.raises(ValidationError):
        make()


def test_titles_and_hints_lose_the_line_break_of_yaml(tmp_path: Path) -> None:
    """Folded text ends in one."""
    text = (
        "version: 1\ntitle: >\n  Homework\nitems:\n"
        "- hidden_layers: {units: [3]}\n  title: >\n    Layers\n  points: 1\n"
    )
    rubric = a_rubric(tmp_path, text)

    assert ("Homework", "Layers") == (rubric.title, rubric.items[0].title)


SIZES = {
    "4 GiB": 4 * 2**30,
    "1.5GiB": 3 * 2**29,
    "512 MiB": 2**29,
    "500 MB": 500_000_000,
    " 2 GB ": 2_000_000_000,
    "524288 KiB": 2**29,
}


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_sizes_with_units(text: str, size: int) -> None:
    """Binary and decimal units mean what they say, and travel as a number of bytes."""
    limits = Limits.model_validate({"memory": text, "model_file": text})

    assert (size, size) == (limits.memory, limits.model_file)
    assert limits == Limits.model_validate_json(limits.model_dump_json())


@pytest.mark.parametrize(
    "value",
    [
        *("", "4", "GiB", "4 gib", "-4 GiB", "4 GiB!", "4,5 GiB", "1e3 MiB", "\uff14 GiB", "0.5 KiB"),
        *(4, 4.0, True, None, "9000000000000 GiB"),
    ],
)
def test_what_is_no_size(value: object) -> None:
    """A forgotten unit is not four bytes."""
    for field in ("memory", "log_file"):
        with pytest.raises(ValidationError):
            Limits.model_validate({field: value})


def asking(*checks: Check, **fields: object) -> Rubric:
    """A rubric with an item for each of these checks."""
    items = tuple(
        LAYERS.model_copy(update={"id": f"item_{number}", "check": check})
        for number, check in enumerate(checks)
    )
    return Rubric(name="homework", title="Homework", items=items).model_copy(update=fields)


def test_what_the_homework_asks_of_a_log() -> None:
    """The shipped rubric, with its calibration."""
    rubric = load_rubric(find_rubric(DEFAULT))
    asked = {"cap": 1.0, "accuracy": 0.87, "test_accuracy": 0.87 - 0.03, "training_images": 60_000}

    assert Targets(**asked, hidden_layers=(300, 100), calibration=rubric.calibration) == rubric.targets


def test_a_rubric_that_does_not_ask() -> None:
    """The cap is that of the grader's own training then, and nothing else is known."""
    assert Targets(cap=1.0) == asking(load("log_is_complete")()).targets


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
