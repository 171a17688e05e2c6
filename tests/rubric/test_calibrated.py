"""Tests of how a rubric finds its calibration."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC, a_file, a_rubric
from builders_runs import a_calibration, a_size, the_calibration

from grader.errors import RubricError
from grader.rubric import Plan, ProbePlan, RerunPlan
from grader.rubric.calibrated import calibration_path, find_calibration, plan_of, read_calibration
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric

AGAIN = "Delete it, then make it again with `grader rubric calibrate`."


def beside(folder: Path, text: str | bytes) -> Path:
    """A file beside `hw.yaml`, where its calibration lies."""
    path = folder / "hw.calibration.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_it_lies_beside_the_rubric() -> None:
    """Under the same name."""
    assert Path("homework/hw.calibration.json") == calibration_path(Path("homework/hw.yaml"))


def test_the_homeworks_rubric_has_one() -> None:
    """It ships, and was made for the plan that ships."""
    assert the_calibration() == load_rubric(find_rubric(DEFAULT)).calibration


def test_a_rubric_with_the_same_plan_has_it_too(tmp_path: Path) -> None:
    """A copy with other items needs no calibration of its own."""
    assert the_calibration() == a_rubric(tmp_path).calibration


@pytest.mark.parametrize(
    "changed",
    [
        "rerun: {seed: 7}\n",
        "rerun: {batch_size: 64}\n",
        "rerun: {optimizer: {learning_rate: 0.01, clipnorm: 1.0}}\n",
        "probe: {batches: 100}\n",
    ],
)
def test_another_plan_has_none(tmp_path: Path, changed: str) -> None:
    """Its norms would be compared with those of another training."""
    assert a_rubric(tmp_path, RUBRIC + changed).calibration is None


@pytest.mark.parametrize("same", ["rerun: {steps: 300}\n", "limits: {seconds: 300}\n", "pass_at: 0.5\n"])
def test_what_does_not_change_the_norms_does_not_matter(tmp_path: Path, same: str) -> None:
    """More steps have the same first ones."""
    assert the_calibration() == a_rubric(tmp_path, RUBRIC + same).calibration


def test_the_one_beside_the_rubric_goes_first(tmp_path: Path) -> None:
    """If it was made for this plan."""
    own = a_calibration(a_size(64)).model_copy(update={"plan": plan_of(Plan())})
    beside(tmp_path, own.page())

    assert own == a_rubric(tmp_path).calibration
    assert a_rubric(tmp_path, RUBRIC + "rerun: {seed: 7}\n").calibration is None


def test_a_calibration_of_another_plan_is_found_by_that_plan(tmp_path: Path) -> None:
    """Whatever the order of its keys."""
    plan = Plan(rerun=RerunPlan(seed=7), probe=ProbePlan(batches=9))
    own = a_calibration().model_copy(update={"plan": dict(reversed(plan_of(plan).items()))})
    beside(tmp_path, own.page())

    assert own == find_calibration(tmp_path / "hw.yaml", plan)


def test_no_path_of_a_machine_is_in_it() -> None:
    """Of a data set, the name."""
    assert "images.npz" == plan_of(Plan(data="/home/ana/images.npz"))["data"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must be what `grader rubric calibrate` writes. Received: Invalid JSON: EOF"),
        (b"{", "must be what `grader rubric calibrate` writes. Received: Invalid JSON: EOF"),
        (b"\xff", "must be what `grader rubric calibrate` writes. Received: Invalid JSON: "),
        (b"[]", "must be what `grader rubric calibrate` writes. Received: Input should be an object."),
        (b"{}", "must be what `grader rubric calibrate` writes. Received: Field required (`tensorflow`)."),
        (b" " * (1 << 20) + b"{}", "must be at most 1 MB."),
    ],
)
def test_a_broken_calibration_is_a_mistake_of_the_rubric(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """The file is named, and the hint says how to get rid of it."""
    path = beside(tmp_path, content)

    with pytest.raises(RubricError) as caught:
        load_rubric(a_file(tmp_path))

    assert caught.value.message.startswith(f"The calibration `{path}` {message}")
    assert AGAIN == caught.value.hint


def test_a_calibration_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(RubricError) as caught:
        read_calibration(tmp_path)

    assert f"The calibration `{tmp_path}` cannot be read: Is a directory." == caught.value.message
