"""The commands for platforms on the command line: arguments in, exit code out."""

import base64
import json
import zipfile
from pathlib import Path

import pytest
from builders_gradebooks import CANVAS, MOODLE, WORKSHEET, a_graded
from builders_graded import a_graded_folder
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.packing import names


def grader(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), env=environment)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A graded class of one, and three exports of its teacher beside it."""
    for name, text in (("canvas", CANVAS), ("moodle", MOODLE), ("worksheet", WORKSHEET)):
        (tmp_path / f"{name}.csv").write_bytes(text.encode())
    return a_graded_folder(tmp_path / "graded", a_graded("Ana García"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("canvas", "--gradebook", "canvas.csv", "--column", "4711"),
            "1 grade changes, 0 students unmatched.",
        ),
        (
            ("moodle", "--gradebook", "moodle.csv", "--column", "Assignment: Homework 11 (Real)"),
            "1 grade changes, 0 students unmatched.",
        ),
        (("moodle-worksheet", "--worksheet", "worksheet.csv"), "1 grade changes, 0 students unmatched."),
        (("moodle-feedback", "--worksheet", "worksheet.csv"), "A page for 1 student; 0 reports left out."),
    ],
)
def test_an_export_is_tried_and_then_written(
    graded: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """The same is said of both; only the second writes; without either it is a mistake."""
    monkeypatch.chdir(graded.parent)
    name, *options = arguments
    tried = grader("export", name, "graded", *options, "--dry-run", "--out", "out")
    there = Path("out").exists()
    done = grader("export", name, "graded", *options, "--out", "out")
    wrong = grader("export", name, "graded", *options)

    assert (0, 0, 2) == (tried.exit_code, done.exit_code, wrong.exit_code)
    assert said == tried.stdout.splitlines()[0] == done.stdout.splitlines()[0]
    assert (False, True) == (there, Path("out").exists())
    assert "No file to write was named." in wrong.stderr


def test_points_are_scaled_and_declarations_trusted(tmp_path: Path) -> None:
    """Both options reach the gradebook."""
    (tmp_path / "canvas.csv").write_bytes(CANVAS.replace("10.00", "20.00").encode())
    a_graded_folder(tmp_path / "graded", a_graded("zhou", declared={"id": "101"}))
    done = grader(
        "export",
        "canvas",
        tmp_path / "graded",
        "--gradebook",
        tmp_path / "canvas.csv",
        *("--column", "4711", "--scale-to", "20", "--trust-declared", "--dry-run"),
    )

    assert "Change: `García, Ana`: nothing becomes 16.\n" in done.stdout


def test_a_report_in_another_format(graded: Path) -> None:
    """Beside the stored one."""
    done = grader("report", graded, "--format", "markdown")

    assert 0 == done.exit_code
    assert 1 == len(list(graded.glob("*/report.md")))


def test_a_zip_for_a_platform(tmp_path: Path) -> None:
    """With the rubric that was named."""
    done = grader("pack", "github", "gradient_clipping", "--out", tmp_path / "x.zip")

    assert 0 == done.exit_code
    assert ".github/grading/rubric/gradient_clipping.yaml" in zipfile.ZipFile(tmp_path / "x.zip").namelist()


def test_the_help_names_the_platforms() -> None:
    """All for which something can be packed."""
    said = " ".join(grader("pack", "--help").stdout.split())

    assert [] == [name for name in names() if name not in said]


def test_hooks_have_a_budget(tmp_path: Path) -> None:
    """An empty upload is graded by each; the report of one that is shortened says so."""
    for folder in ("submission", "student", "repository"):
        (tmp_path / folder).mkdir()
    output = tmp_path / "output"
    shown = ("--visibility", "after_published", "--leaderboard", "--budget", "15")
    codes = [
        grader("hook", "gradescope", "--root", tmp_path, *shown).exit_code,
        grader("hook", "prairielearn", "--root", tmp_path / "none").exit_code,
        grader(
            *("hook", "github", tmp_path / "repository", "--budget", "60"), GITHUB_OUTPUT=str(output)
        ).exit_code,
    ]
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))

    assert [0, 2, 0] == codes
    assert "The grader's own training was shortened from 600 steps to 200" in results["output"]
    assert ("after_published", [{"name": "Points", "value": 0}]) == (
        results["visibility"],
        results["leaderboard"],
    )
    assert "fail" == json.loads(base64.b64decode(output.read_text().partition("=")[2]))["status"]


def test_a_queue_needs_an_address() -> None:
    """And a user, who is no option."""
    wrong = grader("hook", "openedx", "--url", "ftp://x.example", "--queue", "q")
    nobody = grader("hook", "openedx", "--url", "http://127.0.0.1:9", "--queue", "q", "--until-empty")

    assert (2, 2) == (wrong.exit_code, nobody.exit_code)
    assert "The address of the queue must begin with `https://`." in wrong.stderr
    assert "The environment must have `XQUEUE_USER` and `XQUEUE_PASSWORD`." in nobody.stderr
