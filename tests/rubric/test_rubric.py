"""The rubric as data: what its parts take and refuse."""

from pathlib import Path

import pytest
from builders_rubric import a_rubric
from pydantic import ValidationError

from grader.checks.hidden_layers import HiddenLayers
from grader.rubric import Files, Item, Limits, OptimizerPlan, Plan, RerunPlan, Rubric

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
