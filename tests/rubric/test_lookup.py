"""Which files belong to a rubric: its own, found by a name or a path, and its calibration."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC, a_file, a_rubric
from builders_runs import a_calibration, a_size, the_calibration

from grader.errors import RubricError, UsageError
from grader.messages.english import names
from grader.rubric import Plan, ProbePlan, RerunPlan
from grader.rubric.lint import lint
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import (
    DEFAULT,
    calibration_path,
    find_calibration,
    find_rubric,
    plan_of,
    rubrics_of,
    shipped_rubrics,
)

SHIPPED = names([file.stem for file in shipped_rubrics()])
AGAIN = "Delete it, then make it again with `grader rubric calibrate`."


def beside(folder: Path, text: str | bytes) -> Path:
    """A file beside `hw.yaml`, where its calibration lies."""
    path = calibration_path(folder / "hw.yaml")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_homeworks_rubric_ships() -> None:
    """It is found with and without the suffix, has its calibration, and writes out the whole plan."""
    rubric = load_rubric(find_rubric(DEFAULT))

    assert find_rubric(DEFAULT) == find_rubric(f"{DEFAULT}.yaml")
    assert find_rubric(DEFAULT) in shipped_rubrics()
    assert (14, 10.0, Plan()) == (len(rubric.items), rubric.points, rubric.plan)
    assert the_calibration() == rubric.calibration


def test_a_run_has_the_calibration_of_its_own_rerun(tmp_path: Path) -> None:
    """It lies beside the rubric with the name of the run; one without a rerun of its own has the rubric's."""
    runs = "runs:\n  plain: {rerun: {optimizer: {name: SGD}}}\n  clipped: {}\n"
    text = RUBRIC.replace("items:", f"{runs}items:") + "  run: clipped\n"
    plain = a_rubric(tmp_path, text).plan.of("plain")
    measured = the_calibration().model_copy(update={"plan": plan_of(plain)})
    calibration_path(tmp_path / "hw.yaml", "plain").write_text(measured.page(), encoding="utf-8")

    rubric = a_rubric(tmp_path, text)

    assert "hw.plain.calibration.json" == calibration_path(tmp_path / "hw.yaml", "plain").name
    assert [measured, the_calibration()] == [rubric.calibration_of(run) for run in ("plain", "clipped")]
    assert [measured, the_calibration()] == [rubric.targets.of_run(run).calibration for run in rubric.runs]


@pytest.mark.parametrize("file", shipped_rubrics(), ids=lambda file: file.stem)
def test_shipped_rubrics_have_no_warnings(file: Path) -> None:
    """What we ship is what a careful teacher would write."""
    assert () == lint(load_rubric(file))


@pytest.mark.hostile_row(79)
def test_a_bare_name_is_never_a_file_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder may be a student's: a file that is meant has a separator or the suffix of YAML."""
    shipped = find_rubric(DEFAULT)
    monkeypatch.chdir(tmp_path)
    for name in (DEFAULT, "homework", "homework.txt", f"{DEFAULT}.yaml", "homework.YML"):
        (tmp_path / name).touch()

    assert shipped == find_rubric(DEFAULT)
    for written in (f"./{DEFAULT}", "./homework", str(tmp_path / DEFAULT), f"{DEFAULT}.yaml", "homework.YML"):
        assert Path(written) == find_rubric(written)
    for bare in ("homework", "homework.txt"):
        with pytest.raises(UsageError, match="There is no rubric"):
            find_rubric(bare)


def test_a_folder_is_no_shipped_rubric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the name is passed over; one that is meant is named by whoever reads it."""
    shipped = find_rubric(DEFAULT)
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{DEFAULT}.yaml").mkdir()

    assert shipped == find_rubric(f"{DEFAULT}.yaml")
    assert tmp_path == find_rubric(str(tmp_path))


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("gradient_cliping", f"Did you mean `{DEFAULT}`?"),
        ("gradient-clipping.yaml", f"Did you mean `{DEFAULT}`?"),
        ("{folder}/homewrok.yaml", "Did you mean `{folder}/homework.yaml`?"),
        *(
            (
                nothing,
                (
                    f"Give the name of a rubric that ships ({SHIPPED}), "
                    "or a file whose path ends in `.yaml` or `.yml` or has a `/`, such as `./homework`."
                ),
            )
            for nothing in ("zzz", "zzz/zzz.yaml", "x" * 5000, "a\0b")
        ),
    ],
)
def test_a_rubric_that_is_not_there(tmp_path: Path, written: str, hint: str) -> None:
    """The nearest name or file is offered; where none is near, the shipped ones are listed."""
    (tmp_path / "homework.yaml").touch()

    with pytest.raises(UsageError) as caught:
        find_rubric(written.replace("{folder}", str(tmp_path)))

    assert caught.value.message.startswith("There is no rubric `")
    assert hint.replace("{folder}", str(tmp_path)) == caught.value.hint


@pytest.mark.parametrize(
    ("changed", "has_one"),
    [
        *(("", True), ("rerun: {steps: 300}\n", True), ("limits: {seconds: 300}\n", True)),
        *(("pass_at: 0.5\n", True), ("rerun: {seed: 7}\n", False), ("rerun: {batch_size: 64}\n", False)),
        ("rerun: {optimizer: {learning_rate: 0.01, clipnorm: 1.0}}\n", False),
        ("probe: {batches: 100}\n", False),
    ],
)
def test_a_rubric_with_the_same_training_has_the_shipped_calibration(
    tmp_path: Path, changed: str, has_one: bool
) -> None:
    """With another training its norms would be compared with those of another one."""
    assert (the_calibration() if has_one else None) == a_rubric(tmp_path, RUBRIC + changed).calibration


def test_the_one_beside_the_rubric_goes_first(tmp_path: Path) -> None:
    """If it was made for this plan, whatever the order of its keys."""
    plan = Plan(rerun=RerunPlan(seed=7), probe=ProbePlan(batches=9))
    for asked in (Plan(), plan):
        keys = dict(reversed(plan_of(asked).items()))
        own = a_calibration(a_size(64)).model_copy(update={"plan": keys})
        beside(tmp_path, own.page())

        assert own == find_calibration(tmp_path / "hw.yaml", asked)
    assert the_calibration() == a_rubric(tmp_path).calibration


def test_no_path_of_a_machine_is_in_a_calibration() -> None:
    """Of a data set, the name."""
    assert "images.npz" == plan_of(Plan(data="/home/ana/images.npz"))["data"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"{}", b" " * (1 << 20) + b"{}"])
def test_a_broken_calibration_is_a_mistake_of_the_rubric(tmp_path: Path, content: bytes) -> None:
    """The file is named, and the hint says how to get rid of it."""
    path = beside(tmp_path, content)

    with pytest.raises(RubricError) as caught:
        load_rubric(a_file(tmp_path))

    assert str(caught.value.message).startswith(f"The calibration `{path}` ")
    assert AGAIN == caught.value.hint


def test_a_lesson_is_known_by_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where each folder is called like a rubric; a bare name is never a folder."""
    rubrics, lesson = tmp_path / "rubrics", tmp_path / "lesson"
    for path in (rubrics, lesson / "one", lesson / "two", lesson / ".hidden"):
        path.mkdir(parents=True)
    for name in ("one", "two"):
        a_file(rubrics).rename(rubrics / f"{name}.yaml")
    (lesson / "notes.txt").touch()

    assert {name: rubrics / f"{name}.yaml" for name in ("one", "two")} == rubrics_of(lesson, str(rubrics))
    assert {} == rubrics_of(lesson, str(rubrics / "one.yaml"))
    assert {} == rubrics_of(lesson, DEFAULT)
    monkeypatch.chdir(tmp_path)
    assert {} == rubrics_of(lesson, "rubrics")
    (lesson / "ana").mkdir()
    with pytest.raises(UsageError, match="for the class `ana`"):
        rubrics_of(lesson, str(rubrics))


def test_the_examples_are_a_lesson(examples: Path) -> None:
    """Each folder of examples is graded by the rubric of its name, without any option."""
    found = rubrics_of(examples.parent, DEFAULT)

    assert {file.stem: file for file in shipped_rubrics()} == found
