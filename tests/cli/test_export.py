"""Tests of `grader.cli.export`: what is said, what is written, and that the teacher's file stays."""

import zipfile
from pathlib import Path

import pytest
from builders_command_line import grader, invoked
from builders_folders import a_folder
from builders_grading import a_graded_folder
from builders_platforms import CANVAS, MOODLE, WORKSHEET, a_graded, cells_of
from builders_rubric import a_file as a_rubric

from grader.cli.export import canvas, moodle, moodle_feedback, moodle_worksheet
from grader.errors import UsageError
from grader.platforms.class_list import read_class

COLUMN = "Assignment: Homework 11 (Real)"


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """Two students that every gradebook has, and one that none has."""
    return a_graded_folder(tmp_path / "graded", a_graded("Ana García"), a_graded("ren ito"), a_graded("zhou"))


def a_file(folder: Path, text: str) -> Path:
    file = folder / "export.csv"
    file.write_bytes(text.encode())
    return file


def test_a_dry_run_says_everything_and_writes_nothing(
    tmp_path: Path, graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers first, each change, who is unmatched by name."""
    canvas(graded, a_file(tmp_path, CANVAS), "Homework 11", tmp_path / "out.csv", dry_run=True)

    assert (
        "2 grades change, 1 student unmatched.\n"
        "Change: `García, Ana`: (empty) → 8.\n"
        "Change: `Ito, Ren`: `7.5` → 8.\n"
        "Unmatched: `zhou`.\n"
        "Nothing was written.\n"
    ) == capsys.readouterr().out
    assert ["export.csv", "graded"] == sorted(path.name for path in tmp_path.iterdir())


def test_canvas_is_written_beside(tmp_path: Path, graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has the cells of the teacher's file but for two; the teacher's stays."""
    source, out = a_file(tmp_path, CANVAS), tmp_path / "filled.csv"
    canvas(graded, source, "Homework 11", out)

    assert CANVAS.encode() == source.read_bytes()
    meant = CANVAS.replace("Learning,,4.00", "Learning,8,4.00").replace("Learning,7.5,", "Learning,8,")
    assert cells_of(meant) == cells_of(out.read_text("utf-8"))
    assert capsys.readouterr().out.endswith(f"Unmatched: `zhou`.\nWritten: {out}\n")


def test_the_teachers_file_is_never_written(tmp_path: Path, graded: Path) -> None:
    """Not by another spelling of its path either."""
    source = a_file(tmp_path, CANVAS)
    out = tmp_path / "graded" / ".." / "export.csv"

    with pytest.raises(UsageError) as caught:
        canvas(graded, source, "Homework 11", out)

    assert f"The output `{out}` is the file you exported. It was not changed." == caught.value.message
    assert "Name another file with `--out`." == caught.value.hint
    assert CANVAS.encode() == source.read_bytes()


def test_moodles_grades(tmp_path: Path, graded: Path) -> None:
    """A new file with those that change."""
    out = tmp_path / "grades.csv"
    moodle(graded, a_file(tmp_path, MOODLE), COLUMN, out=out)

    assert f"Email address,{COLUMN}\nana@uni.example,8\nren@uni.example,8\n" == out.read_text(
        encoding="utf-8"
    )


def test_moodles_worksheet(tmp_path: Path, graded: Path) -> None:
    """The teacher's own, filled."""
    out = tmp_path / "filled.csv"
    moodle_worksheet(graded, a_file(tmp_path, WORKSHEET), out=out)

    meant = WORKSHEET.replace("grading,,", "grading,8,").replace(",7.50,", ",8,")
    assert cells_of(meant) == cells_of(out.read_text("utf-8"))


def test_moodles_feedback(tmp_path: Path, graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A zip with a page for each; who is left out is said."""
    out = tmp_path / "feedback.zip"
    moodle_feedback(graded, a_file(tmp_path, WORKSHEET), out=out)

    with zipfile.ZipFile(out) as archive:
        assert {"901", "902"} == {path.split("_")[-3] for path in archive.namelist()}
        assert {"report.txt"} == {path.split("/")[1] for path in archive.namelist()}
    assert (
        f"Feedback for 2 students; 1 report left out.\nUnmatched: `zhou`.\nWritten: {out}\n"
        == capsys.readouterr().out
    )


def test_feedback_is_one_page_for_each(tmp_path: Path, graded: Path) -> None:
    """A format for a class would show each student all others."""
    with pytest.raises(UsageError) as caught:
        moodle_feedback(graded, a_file(tmp_path, WORKSHEET), "junit", dry_run=True)

    assert "The format `junit` puts a whole class into one file." == caught.value.message
    assert "Name a format with a file for each student, such as `plain_text`." == caught.value.hint


def test_a_class_that_is_graded_with_a_roster_is_found_in_moodle(tmp_path: Path) -> None:
    """Also who has written the recommended `submission.yaml`, which says the roster's name and id again."""
    folder = a_folder(tmp_path / "class", "2026001/", "Ito Ren/")
    (folder / "2026001" / "submission.yaml").write_text("name: Ana García\nid: '2026001'\n", encoding="utf-8")
    (folder / "Ito Ren" / "submission.yaml").write_text("name: Ren Ito\nid: '2026002'\n", encoding="utf-8")
    roster = a_file(tmp_path, "id,name\n2026001,Ana García\n2026002,Ren Ito\n")
    out = tmp_path / "graded"
    graded = grader(
        "grade", folder, "--roster", roster, "--rubric", a_rubric(tmp_path), "--out", out, "--no-pages"
    )
    gradebook = a_file(tmp_path, MOODLE)
    done = grader("export", "moodle", out, "--gradebook", gradebook, "--column", COLUMN, "--dry-run")

    assert 0 == graded.returncode, graded.stderr
    assert "2 grades change, 0 students unmatched." in done.stdout


@pytest.mark.parametrize("names", [("Ana García", "Ren Ito"), ("", "")])
@pytest.mark.parametrize("declares", [True, False])
def test_a_rosters_word_comes_before_the_students(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, str], declares: bool
) -> None:
    """Who is on the roster is found in every gradebook, also if `submission.yaml` says the same again."""
    roster = a_file(tmp_path, "ID,Name\n2026001,{}\n2026002,{}\n".format(*names))
    members = read_class(a_folder(tmp_path / "class", "2026001/", "2026002/"), roster=roster)
    declared = {one.id: {"id": one.id, "name": one.name} if declares else {} for one in members.submissions}
    graded = a_graded_folder(
        tmp_path / "graded",
        *(
            a_graded(one.id, name=one.name, id_from=one.id_from, declared=declared[one.id])
            for one in members.submissions
        ),
    )
    canvas(graded, a_file(tmp_path, CANVAS), "Homework 11", dry_run=True)
    moodle(graded, a_file(tmp_path, MOODLE), COLUMN, dry_run=True)
    if any(names):
        moodle_worksheet(graded, a_file(tmp_path, WORKSHEET), dry_run=True)
    else:
        sheet = WORKSHEET.replace("Status", "ID number").replace("Submitted for grading", "2026001")
        sheet = sheet.replace("ren@uni.example,No submission", "ren@uni.example,2026002")
        moodle_worksheet(graded, a_file(tmp_path, sheet), dry_run=True)

    summaries = [line for line in capsys.readouterr().out.split("\n") if "unmatched" in line]
    assert 3 * ["2 grades change, 0 students unmatched."] == summaries


def test_an_earlier_runs_reports_do_not_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A roster that came later has changed an id; one who has withdrawn keeps the grade of the gradebook."""
    a_graded_folder(tmp_path / "graded", a_graded("Ana García"), a_graded("ren ito"))
    later = a_graded("2026001", score=9, name="Ana García", id_from="roster")
    graded = a_graded_folder(tmp_path / "graded", later)
    canvas(graded, a_file(tmp_path, CANVAS), "Homework 11", dry_run=True)

    assert [
        "1 grade changes, 0 students unmatched.",
        "Change: `García, Ana`: (empty) → 9.",
    ] == capsys.readouterr().out.splitlines()[:2]


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
        (("moodle-feedback", "--worksheet", "worksheet.csv"), "Feedback for 1 student; 0 reports left out."),
    ],
)
def test_an_export_is_tried_and_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """The same is said of both; only the second writes; without either it is a mistake."""
    for name, text in (("canvas", CANVAS), ("moodle", MOODLE), ("worksheet", WORKSHEET)):
        (tmp_path / f"{name}.csv").write_bytes(text.encode())
    a_graded_folder(tmp_path / "graded", a_graded("Ana García"))
    monkeypatch.chdir(tmp_path)
    name, *options = arguments
    tried = invoked("export", name, "graded", *options, "--dry-run", "--out", "out")
    there = Path("out").exists()
    done = invoked("export", name, "graded", *options, "--out", "out")
    wrong = invoked("export", name, "graded", *options)

    assert (0, 0, 2) == (tried.exit_code, done.exit_code, wrong.exit_code)
    assert said == tried.stdout.splitlines()[0] == done.stdout.splitlines()[0]
    assert (False, True) == (there, Path("out").exists())
    assert "No output file was named." in wrong.stderr


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

    assert "Change: `García, Ana`: (empty) → 16.\n" in done.stdout
