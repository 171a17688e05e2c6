"""`grader hook`, `grader export` and `grader pack`: what is said and what is written for each platform."""

import zipfile
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_folders import a_folder
from builders_grading import a_graded_folder
from builders_platforms import BRIGHTSPACE, CANVAS, MOODLE, WORKSHEET, a_graded, cells_of, results_in
from builders_rubric import a_file as a_rubric
from typer.testing import Result

from grader.platforms import names
from grader.platforms.downloads import read_class
from grader.submissions.roster import Student

COLUMN = "Assignment: Homework 11 (Real)"
OPTIONS = {
    "brightspace": ("--gradebook", "brightspace.csv", "--column", "Homework 11"),
    "canvas": ("--gradebook", "canvas.csv", "--column", "Homework 11"),
    "moodle": ("--gradebook", "moodle.csv", "--column", COLUMN),
    "moodle-worksheet": ("--worksheet", "worksheet.csv"),
    "moodle-feedback": ("--worksheet", "worksheet.csv"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with what a teacher has exported."""
    exported = {"brightspace": BRIGHTSPACE, "canvas": CANVAS, "moodle": MOODLE, "worksheet": WORKSHEET}
    for name, text in exported.items():
        (tmp_path / f"{name}.csv").write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def graded(here: Path) -> Path:
    """Two students that every gradebook has, and one that none has."""
    return a_graded_folder(here / "graded", a_graded("Ana García"), a_graded("ren ito"), a_graded("zhou"))


def exported(name: str, *options: str) -> Result:
    return invoked("export", name, "graded", *OPTIONS[name], *options)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_export_is_tried_and_then_written(here: Path, graded: Path, name: str) -> None:
    """The same is said of both; only the second writes; without either it is a mistake."""
    before = sorted(here.iterdir())
    tried = exported(name, "--dry-run", "--out", "out")
    there = sorted(here.iterdir())
    done, wrong = exported(name, "--out", "out"), exported(name)

    assert (0, 0, 2) == (tried.exit_code, done.exit_code, wrong.exit_code)
    assert "Unmatched: zhou.\nNothing was written.\n" == tried.stdout[-38:]
    assert tried.stdout.replace("Nothing was written.", "Written: out.") == done.stdout
    assert (before, sorted([*before, here / "out"])) == (there, sorted(here.iterdir()))
    assert "No output file was named." in wrong.stderr


def test_what_is_written(here: Path, graded: Path) -> None:
    """The teacher's file with two other cells, a file with the changed grades, a zip with a page for each."""
    for name in OPTIONS:
        exported(name, "--out", name)

    canvas = CANVAS.replace("Learning,,4.00", "Learning,8,4.00").replace("Learning,7.5,", "Learning,8,")
    sheet = WORKSHEET.replace("grading,,", "grading,8,").replace(",7.50,", ",8,")
    brightspace = BRIGHTSPACE.replace("example,,4", "example,8,4").replace("7.50", "8")
    assert cells_of(brightspace) == cells_of(Path("brightspace").read_text("utf-8"))
    assert cells_of(canvas) == cells_of(Path("canvas").read_text("utf-8"))
    assert cells_of(sheet) == cells_of(Path("moodle-worksheet").read_text("utf-8"))
    assert f"Email address,{COLUMN}\nana@uni.example,8\nren@uni.example,8\n" == Path("moodle").read_text(
        "utf-8"
    )
    with zipfile.ZipFile("moodle-feedback") as archive:
        assert {("901", "report.txt"), ("902", "report.txt")} == {
            (path.split("_")[-3], path.split("/")[1]) for path in archive.namelist()
        }


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "canvas",
            ("--out", "graded/../canvas.csv"),
            "The output `graded/../canvas.csv` is the file you",
        ),
        ("moodle-feedback", ("--format", "junnit", "--dry-run"), "There is no format `junnit`."),
    ],
)
def test_a_wrong_call(here: Path, graded: Path, name: str, options: tuple[str, ...], message: str) -> None:
    """The teacher's file is never written, and no student is shown the others."""
    done = exported(name, *options)

    assert 2 == done.exit_code
    assert done.stderr.startswith(message)
    assert CANVAS.encode() == (here / "canvas.csv").read_bytes()


def test_points_are_scaled_and_declarations_trusted(here: Path) -> None:
    """Both options reach the gradebook."""
    (here / "canvas.csv").write_bytes(CANVAS.replace("10.00", "20.00").encode())
    a_graded_folder(here / "graded", a_graded("zhou", declared={"id": "101"}))

    done = exported("canvas", "--scale-to", "20", "--trust-declared", "--dry-run")

    assert "Change: `García, Ana`: (empty) → 16.\n" in done.stdout


def test_those_who_handed_in_nothing(here: Path) -> None:
    """They are named before anything is written; of a class with a roster, only those whom it misses."""
    a_graded_folder(here / "graded", a_graded("Ana García"), a_graded("ren ito"))
    everyone = exported("brightspace", "--missing", "zero", "--dry-run")
    a_graded_folder(here / "graded", a_graded("Ana García"), absent=(Student("2026009", "Bo Li"),))
    others = exported("brightspace", "--missing", "zero", "--dry-run")
    wrong = exported("moodle-feedback", "--missing", "zero", "--dry-run")

    assert "Change: `Chi Okafor`: (empty) → 0, nothing handed in.\n" in everyone.stdout
    assert "handed in" not in others.stdout
    assert "`Chi Okafor`: the roster does not name this student as missing.\n" in others.stdout
    assert (0, 0, 2) == (everyone.exit_code, others.exit_code, wrong.exit_code)


@pytest.mark.usefixtures("workers")
def test_a_class_that_is_graded_with_a_roster_is_found_in_moodle(here: Path) -> None:
    """Also who has written the recommended `submission.yaml`, which says the roster's name and id again."""
    folder = a_folder(here / "class", "2026001/", "Ito Ren/")
    (folder / "2026001" / "submission.yaml").write_text("name: Ana García\nid: '2026001'\n", encoding="utf-8")
    (folder / "Ito Ren" / "submission.yaml").write_text("name: Ren Ito\nid: '2026002'\n", encoding="utf-8")
    (here / "roster.csv").write_text("id,name\n2026001,Ana García\n2026002,Ren Ito\n", encoding="utf-8")
    options = ("--roster", "roster.csv", "--rubric", a_rubric(here), "--out", "graded", "--no-pages")
    graded = invoked("grade", folder, *options)

    assert 0 == graded.exit_code, graded.stderr
    assert exported("moodle", "--dry-run").stdout.startswith("2 grades to change.")


@pytest.mark.parametrize("names", [("Ana García", "Ren Ito"), ("", "")])
@pytest.mark.parametrize("declares", [True, False])
def test_a_rosters_word_comes_before_the_students(here: Path, names: tuple[str, str], declares: bool) -> None:
    """Who is on the roster is found in every gradebook, also if `submission.yaml` says the same again."""
    (here / "roster.csv").write_text("ID,Name\n2026001,{}\n2026002,{}\n".format(*names), encoding="utf-8")
    members = read_class(a_folder(here / "class", "2026001/", "2026002/"), roster=here / "roster.csv")
    declared = {one.id: {"id": one.id, "name": one.name} if declares else {} for one in members.submissions}
    a_graded_folder(
        here / "graded",
        *(
            a_graded(one.id, name=one.name, id_from=one.id_from, declared=declared[one.id])
            for one in members.submissions
        ),
    )
    if not any(names):
        sheet = WORKSHEET.replace("Status", "ID number").replace("Submitted for grading", "2026001")
        sheet = sheet.replace("ren@uni.example,No submission", "ren@uni.example,2026002")
        (here / "worksheet.csv").write_text(sheet, encoding="utf-8")

    said = [exported(name, "--dry-run").stdout for name in ("canvas", "moodle", "moodle-worksheet")]

    assert ["2 grades to change."] * 3 == [text.splitlines()[0] for text in said]


def test_a_hook_is_told_how_to_grade(tmp_path: Path) -> None:
    """Shared and own options reach the results, also those of an empty upload without metadata."""
    (tmp_path / "submission").mkdir()
    shown = ("--visibility", "after_published", "--leaderboard", "--budget", "31")
    done = invoked("hook", "gradescope", "--root", tmp_path, *shown)
    results = results_in(tmp_path)

    assert (0, 0) == (done.exit_code, results["score"])
    assert results["output"].startswith("Failed: ")
    assert "The grader's own training was shortened from 600 steps to 200" in results["output"]
    assert ("after_published", [{"name": "Points", "value": 0}]) == (
        results["visibility"],
        results["leaderboard"],
    )


@pytest.mark.parametrize("platform", names("hook"))
def test_a_hook_has_its_own_options_and_the_shared_ones(platform: str) -> None:
    """A platform's folder is all that makes it a command; the help lists it."""
    page = invoked("hook", platform, "--help").stdout

    assert f"  {platform} " in invoked("hook", "--help").stdout
    assert f"Usage: root hook {platform} [OPTIONS]" in page
    assert all(f"  {option} " in page for option in ("--rubric", "--budget", "--require-isolation", "--lang"))
    assert any(own in page for own in ("--root", "--url", "SUBMISSION"))


@pytest.mark.parametrize("platform", names("pack"))
def test_a_zip_for_a_platform(tmp_path: Path, platform: str) -> None:
    """It is written, with the rubric that was named, and explained; the help names the platform."""
    out = tmp_path / "packed.zip"
    done = invoked("pack", platform, "gradient_clipping", "--out", out)

    assert 0 == done.exit_code
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert [] != [path for path in archive.namelist() if path.endswith("rubric/gradient_clipping.yaml")]
    assert done.stdout.startswith(f"Written: {out}, ")
    assert 2 < len(done.stdout.splitlines())
    assert platform in invoked("pack", "--help").stdout


def test_a_platform_that_is_not_there(tmp_path: Path) -> None:
    """The nearest is named."""
    done = invoked("pack", "gradscope", "gradient_clipping", "--out", tmp_path / "x.zip")

    assert 2 == done.exit_code
    assert "There is no command `gradscope`. Did you mean `gradescope`?" in done.stderr
