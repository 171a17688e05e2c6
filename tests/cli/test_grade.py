"""Tests of `grader.cli.grade`: the real command line on real submissions."""

import subprocess
from pathlib import Path

import pytest
from builders_command_line import grader, invoked
from builders_folders import make_file
from builders_grading import report_in, rows_in
from builders_rubric import RUBRIC, a_file

from grader.platforms.downloads import layouts

Graded = tuple[subprocess.CompletedProcess[str], Path]
STORIES = ("ana_passes", "bruno_without_clipping", "carla_one_epoch", "dan_without_log", "eun_global_norm")


@pytest.fixture(scope="module")
def graded(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The examples, graded once."""
    out = tmp_path_factory.mktemp("graded") / "out"
    return grader("grade", examples, "--out", out), out


def test_each_story_gets_its_verdict(graded: Graded) -> None:
    """One passes, the others fail, and the exit code says that every submission has its verdict."""
    done, out = graded
    rows = rows_in(out)

    assert 0 == done.returncode
    assert list(STORIES) == [row["id"] for row in rows]
    assert ["passed", "failed", "failed", "failed", "failed"] == [row["verdict"] for row in rows]
    assert "Ana Example" == rows[0]["name"]
    assert ("10", "10") == (rows[0]["score"], rows[0]["max_score"])
    assert "5 submissions: 1 passed, 4 failed." in done.stdout
    # In a pipe each submission has one line.
    assert 1 == sum("bruno_without_clipping" in line for line in done.stdout.splitlines())
    assert any("Bruno Example (bruno_without_clipping)" in line for line in done.stdout.splitlines())
    # Those who passed need nobody.
    assert "ana_passes" not in done.stdout
    assert "Those who passed are not listed; `--all` lists everyone." in done.stdout


@pytest.mark.parametrize(
    ("story", "item", "message"),
    [
        ("bruno_without_clipping", "optimizer_is", "The stored optimizer is `Adam` with no clipping"),
        ("carla_one_epoch", "logged_accuracy", "`val_accuracy` is 0.8"),
        ("dan_without_log", "files-log", "No file for the log was found"),
        ("eun_global_norm", "norm_within_cap", "`global_norm` holds norms from before clipping"),
    ],
)
def test_each_story_fails_for_its_own_reason(graded: Graded, story: str, item: str, message: str) -> None:
    """The report names what is wrong with each, and nothing else failed that is not part of its story."""
    report = report_in(graded[1], story)
    failed = {result.id: result.message for result in report.items if result.status == "failed"}

    assert str(failed[item]).startswith(message)
    assert set(failed) <= {item, *ALSO_FAILS.get(story, ())}


ALSO_FAILS = {
    # Without clipping the logged norms, after as before, go over the cap.
    "bruno_without_clipping": ("norm_within_cap",),
    "dan_without_log": ("logged_accuracy",),
    "carla_one_epoch": ("model_accuracy",),
}


def test_nothing_but_reports_pages_and_grades_is_written(graded: Graded) -> None:
    """No temporary file and no log of mistakes is left."""
    _, out = graded

    names = [".grader.sqlite", *STORIES, "grades.csv", "history.jsonl", "index.html", "run.json"]
    assert names == sorted(path.name for path in out.iterdir())
    assert {"report.html", "report.json", "teacher.html"} == {
        path.name for story in STORIES for path in (out / story).iterdir()
    }


def test_progress_is_plain_lines_where_there_is_no_terminal(graded: Graded) -> None:
    """A line for each submission goes to stderr."""
    lines = graded[0].stderr.splitlines()

    assert 5 == len(lines)
    assert lines[-1].startswith("5 of 5: ")


def test_a_layout_that_is_none_lists_those_that_are(tmp_path: Path) -> None:
    """So does the help."""
    done = invoked("grade", tmp_path, "--layout", "list")
    page = invoked("grade", "--help").stdout

    assert 2 == done.exit_code
    assert all(f"`{name}`" in done.stderr.splitlines()[0] and name in page for name in layouts())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        # Reports would be taken for submissions the next time.
        (
            ("--out", "class/graded"),
            "The output folder `class/graded` must not be inside the folder of submissions `class`.",
        ),
        (("--out", "hw.yaml"), "The output folder `hw.yaml` cannot be written: File exists."),
        (("--rubric", "hw.yaml"), "`cap` must be a number above 0. Received: -1 (hw.yaml:4)"),
    ],
)
def test_a_mistake_is_exit_2_before_anything_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], message: str
) -> None:
    """The teacher reads what must be, what was found, and where."""
    monkeypatch.chdir(tmp_path)
    make_file(tmp_path, "class/ana/model.keras")
    rubric = a_file(tmp_path, RUBRIC.replace("1.0", "-1"))

    done = invoked("grade", "class", *options)

    assert (2, message) == (done.exit_code, done.stderr.splitlines()[0])
    assert {tmp_path / "class", rubric} == set(tmp_path.iterdir())
    assert ["ana"] == [path.name for path in (tmp_path / "class").iterdir()]


def test_the_level_and_the_limits_stand_in_each_report(graded: Graded) -> None:
    """How a submission was measured is recorded with its results."""
    report = report_in(graded[1], "ana_passes")
    assert report.isolation is not None
    assert report.isolation.level in {"full", "limited", "basic"}
    names = ["Time", "Memory", "Written", "Open files", "Reply", "Model file", "Log file", "Network"]
    assert names == [str(limit.name) for limit in report.limits]


def test_a_lesson_is_graded_class_by_class(tmp_path: Path) -> None:
    """Each folder is graded by the rubric of its name, and a folder without a rubric is refused at once."""
    (tmp_path / "rubrics").mkdir()
    for name, cap in (("loose", 9.0), ("strict", 0.5)):
        a_file(tmp_path, RUBRIC.replace("1.0", str(cap))).rename(tmp_path / "rubrics" / f"{name}.yaml")
        make_file(
            tmp_path, f"lesson/{name}/ana/training_log.csv", b"step,variable_norm_after\n1,0.9\n2,0.8\n"
        )

    arguments = ("grade", tmp_path / "lesson", "--rubric", tmp_path / "rubrics", "--all")
    done = invoked(*arguments, "--out", tmp_path / "graded")
    rows = [rows_in(tmp_path / "graded" / name) for name in ("loose", "strict")]
    (tmp_path / "lesson" / "third").mkdir()
    refused = invoked(*arguments, "--out", tmp_path / "again")
    # A mistake in the last rubric is said before the first class is graded.
    a_file(tmp_path, "version: 1\n").rename(tmp_path / "rubrics" / "third.yaml")
    mistaken = invoked(*arguments, "--out", tmp_path / "again")

    assert [["passed"], ["failed"]] == [[row["verdict"] for row in one] for one in rows]
    assert 0 == done.exit_code
    titles = [line for line in done.stdout.splitlines() if ".yaml" in line]
    assert ["loose, by loose.yaml", "strict, by strict.yaml"] == titles
    # Where to look is said once, and each class accounts for its entries.
    assert 1 == done.stdout.count("/graded/<rubric>/index.html")
    assert 2 == done.stdout.count("1 entry in `")
    assert 2 == refused.exit_code
    assert "rubrics/third.yaml` for the class `third`." in refused.stderr
    assert (2, "") == (mistaken.exit_code, mistaken.stdout)
    assert "third.yaml" in mistaken.stderr
    assert not (tmp_path / "again").exists()
