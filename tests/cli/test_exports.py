"""Tests of `grader.cli.exports`: files of platforms, tried and written."""

from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_gradebooks import CANVAS, MOODLE, WORKSHEET, a_graded
from builders_graded import a_graded_folder


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
    tried = invoked("export", name, "graded", *options, "--dry-run", "--out", "out")
    there = Path("out").exists()
    done = invoked("export", name, "graded", *options, "--out", "out")
    wrong = invoked("export", name, "graded", *options)

    assert (0, 0, 2) == (tried.exit_code, done.exit_code, wrong.exit_code)
    assert said == tried.stdout.splitlines()[0] == done.stdout.splitlines()[0]
    assert (False, True) == (there, Path("out").exists())
    assert "No file to write was named." in wrong.stderr


def test_points_are_scaled_and_declarations_trusted(tmp_path: Path) -> None:
    """Both options reach the gradebook."""
    (tmp_path / "canvas.csv").write_bytes(CANVAS.replace("10.00", "20.00").encode())
    a_graded_folder(tmp_path / "graded", a_graded("zhou", declared={"id": "101"}))
    done = invoked(
        "export",
        "canvas",
        tmp_path / "graded",
        "--gradebook",
        tmp_path / "canvas.csv",
        *("--column", "4711", "--scale-to", "20", "--trust-declared", "--dry-run"),
    )

    assert "Change: `García, Ana`: nothing becomes 16.\n" in done.stdout
