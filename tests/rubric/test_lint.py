"""The warnings of a rubric that loads."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC, a_rubric

from grader.rubric.lint import lint

COMPLETE = "- log_is_complete: {}\n  title: Complete\n  points: 1\n"


def _warnings(folder: Path, more: str, rubric: str = RUBRIC) -> tuple[str, ...]:
    return lint(a_rubric(folder, rubric + COMPLETE + more))


def test_a_rubric_that_nobody_can_fail_or_earn_points_by(tmp_path: Path) -> None:
    """A plain rubric has no warnings; items that earn nothing, or a threshold of nothing, have no meaning."""
    worthless = a_rubric(tmp_path, RUBRIC.replace("2", "0") + COMPLETE.replace("points: 1", "points: 0"))

    assert () == _warnings(tmp_path, "")
    assert ("The points of all items sum to 0, so no submission can earn any.",) == lint(worthless)
    assert ("`pass_at` is 0, so every submission passes.",) == _warnings(tmp_path, "pass_at: 0\n")


def test_points_that_nobody_can_earn_or_need(tmp_path: Path) -> None:
    """Where every point is a bonus everybody passes; a part of the points is for less than is asked for."""
    bonus = a_rubric(tmp_path, RUBRIC + "  bonus: true\n")
    part = "- model_accuracy: {partial_from: 0.9}\n  title: Accurate\n  points: 1\n"

    assert (
        "Every item with points is a bonus, so the maximum is 0 and every submission passes."
        == lint(bonus)[0]
    )
    assert () == _warnings(tmp_path, part.replace("0.9", "0.8"))
    assert "`partial_from` 0.9, which is not below `at_least` 0.87" in "".join(_warnings(tmp_path, part))


def test_runs_are_looked_at_one_by_one(tmp_path: Path) -> None:
    """A run that no item is about is named; items of two runs may ask for different things."""
    item = "- norm_within_cap: {cap: 5.0}\n  run: plain\n  id: second\n  title: Within\n  points: 1\n"
    complete = "".join(
        COMPLETE.replace("title", f"run: {run}\n  id: {run}\n  title") for run in ("plain", "clipped")
    )
    text = RUBRIC + "  run: clipped\n" + item + complete

    assert () == lint(a_rubric(tmp_path, text + "runs: {plain: {}, clipped: {}}\n"))
    assert ("The run `other` has no item, so its files are asked for and not graded.",) == lint(
        a_rubric(tmp_path, text + "runs: {plain: {}, clipped: {}, other: {}}\n")
    )
    assert (
        "Items of the run `clipped` have different values of `cap`: 1 in `norm_within_cap`; 5 in `second`.",
    ) == lint(
        a_rubric(
            tmp_path,
            text.replace("run: plain\n  id: second", "run: clipped\n  id: second")
            + "runs: {plain: {}, clipped: {}}\n",
        )
    )


def test_late_work_that_costs_more_than_everything(tmp_path: Path) -> None:
    """Two days at most would take off more than there is; without a due date nothing would be taken off."""
    due = "due: 2026-11-30T23:59:00+01:00\n"
    late = "late: {per_day: 0.6, at_most_days: %d}\n" + due

    assert () == _warnings(tmp_path, late % 1)
    assert ("`late` takes off more than all points, so nothing is left before `at_most_days`.",) == _warnings(
        tmp_path, late % 2
    )
    assert ["`late` needs to know when"] == [
        warning[:25] for warning in _warnings(tmp_path, (late % 1).removesuffix(due))
    ]


def test_a_title_that_its_parameters_contradict(tmp_path: Path) -> None:
    """A student reads the title; other numbers, such as that of a chapter, are no threshold."""
    item = "- model_accuracy: {at_least: 0.7}\n  title: Chapter 3, accuracy %s\n  points: 1\n"

    assert () == _warnings(tmp_path, item % "0.70")
    assert ("Item `model_accuracy` has 0.87 in its title, but not as a parameter.",) == _warnings(
        tmp_path, item % 0.87
    )


@pytest.mark.parametrize(
    ("check", "title", "wrong"),
    [
        ("hidden_layers: {units: [300, 100]}", "Layers of 300 and 100", ()),
        ("hidden_layers: {units: [300, 100]}", "Chapter 3: layers of {units}", ()),
        ("hidden_layers: {units: [128, 64]}", "Layers of 300 and 100", ("300", "100")),
        ("hidden_layers: {units: [300, 100]}", "Part 2: 300 and 50 (exercise 11)", ("50",)),
        ("model_accuracy: {at_least: 0.87}", "Question 4, accuracy 87 %", ()),
        ("model_accuracy: {at_least: 0.87}", "Accuracy of at least 85%", ("85%",)),
        ("optimizer_is: {name: Adam, clipnorm: 1.0}", "Adam with clipnorm 2", ("2",)),
        ("optimizer_is: {name: Adam, clipnorm: 1.0}", "Adam with clipnorm 1", ()),
        ("log_fits_rerun: {cap: 1.0, training_images: 60000}", "All 60,000 images, cap 1", ()),
        ("log_fits_rerun: {cap: 1.0, training_images: 60000}", "All 50,000 images", ("50,000",)),
        ("log_is_complete: {every: step}", "Week 3, complete", ()),
    ],
)
def test_whole_numbers_and_percent_in_a_title(
    tmp_path: Path, check: str, title: str, wrong: tuple[str, ...]
) -> None:
    """Another number is no threshold where the title has all that are asked for, or none is asked for."""
    found = _warnings(tmp_path, f'- {check}\n  id: one\n  title: "{title}"\n  points: 1\n')

    expected = [f"Item `one` has {number} in its title, but not as a parameter." for number in wrong]
    assert expected == [warning for warning in found if "title" in warning]


def test_rerun_with_another_optimizer(tmp_path: Path) -> None:
    """A rerun that is not the training that was asked for is pointed out."""
    item = "- optimizer_is: {name: Adam, learning_rate: 0.001, clipnorm: 1.0}\n  title: Adam\n  points: 1\n"

    assert () == _warnings(tmp_path, item)
    warning = (
        "Item `optimizer_is` asks for `learning_rate` 0.001, but the rerun uses 0.1; "
        "the rerun then says little about what was asked."
    )
    assert (warning,) == _warnings(
        tmp_path, item + "rerun: {optimizer: {learning_rate: 0.1, clipnorm: 1.0}}\n"
    )


def test_settings_of_another_rerun(tmp_path: Path) -> None:
    """Where the optimizer is the same, a setting that the rerun leaves out has Keras' default."""
    item = (
        "- optimizer_is: {name: SGD, settings: {momentum: 0.9, nesterov: false}}\n  title: SGD\n  points: 1\n"
    )
    rerun = "rerun: {optimizer: {name: SGD, settings: {momentum: 0.9}}}\n"

    assert () == _warnings(tmp_path, item + rerun)
    (warning,) = _warnings(tmp_path, item + "rerun: {optimizer: {name: SGD}}\n")
    assert warning.startswith("Item `optimizer_is` asks for `momentum` 0.9, but the rerun uses 0.0;")


def test_a_schedule_of_another_rerun(tmp_path: Path) -> None:
    """Its name and its settings, of which the title may have the numbers."""
    schedule = "{CosineDecay: {decay_steps: 600}}"
    item = (
        f"- optimizer_is: {{name: SGD, settings: {{momentum: 0.9}}, schedule: {schedule}}}\n"
        "  title: SGD with momentum 0.9 and a cosine over 600 steps\n  points: 1\n"
    )
    rerun = "rerun: {optimizer: {name: SGD, settings: {momentum: 0.9}"

    assert () == _warnings(tmp_path, f"{item}{rerun}, schedule: {schedule}}}}}\n")
    (other,) = _warnings(tmp_path, f"{item}{rerun}, schedule: {schedule.replace('6', '7')}}}}}\n")
    (none,) = _warnings(tmp_path, f"{item}{rerun}}}}}\n")
    assert "asks for `decay_steps` 600, but the rerun uses 700;" in other
    assert "asks for `schedule` CosineDecay, but the rerun uses none;" in none


def test_rerun_that_cannot_stay_within_the_cap(tmp_path: Path) -> None:
    """A cap below the rerun's own clipping is never met."""
    item = "- rerun_learns: {cap: 1.0, at_least: 0.7}\n  title: Learns\n  points: 1\n"
    wide = "rerun: {optimizer: {clipnorm: 5}}\n"
    none = "rerun: {optimizer: {clipvalue: 0.5}}\n"

    assert () == _warnings(tmp_path, item)
    assert () == _warnings(tmp_path, item + "rerun: {optimizer: {global_clipnorm: 1}}\n")
    may_never = "Item `rerun_learns` may never pass: its `cap` is 1, but the rerun"
    assert (f"{may_never} clips at 5.",) == _warnings(tmp_path, item + wide)
    assert (f"{may_never} does not clip norms.",) == _warnings(tmp_path, item + none)


def test_log_of_one_row(tmp_path: Path) -> None:
    """A bound on norms without a demand on their number is met by a single norm."""
    assert (
        "Item `norm_within_cap` passes on a log of one row, because no item is `log_is_complete`.",
    ) == lint(a_rubric(tmp_path))


def test_no_calibration(tmp_path: Path) -> None:
    """A comparison without a calibration compares nothing."""
    rerun = "- log_fits_rerun: {}\n  title: Head\n  points: 0\n"
    model = "- log_fits_model: {}\n  title: Tail\n  points: 0\n"
    other = "rerun: {seed: 7, optimizer: {clipnorm: 1.0}}\n"
    rest = (
        "because there is no calibration for this `data`, `rerun` and `probe`; "
        "`grader rubric calibrate` makes one, with `--run NAME` that of a run with its own `rerun`."
    )

    assert () == _warnings(tmp_path, rerun + model)
    assert () == _warnings(tmp_path, other)
    assert (f"Item `log_fits_rerun` compares nothing, {rest}",) == _warnings(tmp_path, rerun + other)
    assert (
        f"Item `log_fits_rerun` compares nothing, {rest}",
        f"Item `log_fits_model` compares nothing, {rest}",
    ) == _warnings(tmp_path, rerun + model + other)


def test_items_that_are_compared_with_different_things(tmp_path: Path) -> None:
    """A log has one cap and one training set, each of its columns holds one norm; accuracies may differ."""
    cap = "- cap_binds_early: {cap: 5.0, first_steps: 200, at_least: 0.5}\n  title: Binds\n  points: 1\n"
    rerun = "- log_fits_rerun: {training_images: 60000}\n  title: Head\n  points: 0\n"
    model = "- log_fits_model: {training_images: 50000}\n  title: Tail\n  points: 0\n"
    norms = "- norm_within_cap: {scope: global}\n  id: other\n  title: Norms\n  points: 0\n"
    accuracies = "".join(
        f"- logged_accuracy: {{at_least: 0.{share}}}\n  id: a{share}\n  title: A\n  points: 1\n"
        for share in (85, 87)
    )

    for items, differ in (
        (cap, "`cap`: 1 in `norm_within_cap`; 5 in `cap_binds_early`"),
        (rerun + model, "`training_images`: 60000 in `log_fits_rerun`; 50000 in `log_fits_model`"),
        (norms, "`scope`: variable in `norm_within_cap`; global in `other`"),
    ):
        assert (f"Items have different values of {differ}.",) == _warnings(tmp_path, items)
    assert () == _warnings(tmp_path, accuracies)


def test_an_item_that_would_never_be_shown(tmp_path: Path) -> None:
    """A due date in the rubric holds where the platform gives none."""
    item = "- model_accuracy:\n  title: Accurate\n  points: 1\n  show: after_due\n"

    assert "is never shown elsewhere" in "".join(_warnings(tmp_path, item))
    assert () == _warnings(tmp_path, f"{item}due: 2026-11-30T23:59:00Z\n")


def test_an_item_by_hand_of_which_every_point_is_needed(tmp_path: Path) -> None:
    """A person may give a part of the points; with a lower share, or a bonus, that fails nobody."""
    item = "- by_hand: {rubric: Look.}\n  title: Caption\n  points: 2\n"

    assert "fails whoever gets fewer than all of its points" in "".join(_warnings(tmp_path, item))
    assert () == _warnings(tmp_path, f"{item}pass_at: 0.6\n")
    assert () == _warnings(tmp_path, f"{item}  bonus: true\n")
