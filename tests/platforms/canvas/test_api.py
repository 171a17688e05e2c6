"""`grader export canvas-api`, against a small Canvas that answers as the documents of the real one say."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_canvas import ASSIGNMENT, COURSE, TOKEN, ACanvas, a_canvas
from builders_command_line import invoked
from builders_grading import a_graded_folder
from builders_platforms import a_graded
from builders_reports import REVIEW, a_pair
from typer.testing import Result

from grader.report import Report
from grader.reports import plain_text

pytest.importorskip("canvasapi", reason="The extra `canvas` is not installed.")

ANA, REN, CHI = a_graded("garciaana_101_88_model"), a_graded("2026002", 7.5), a_graded("chi")
WAITING = REVIEW.model_copy(update={"id": "Ana Smith", "name": "Ana Smith"})


@pytest.fixture
def canvas() -> Iterator[ACanvas]:
    """A Canvas with a course of six."""
    with a_canvas() as made:
        yield made


def exported(
    canvas: ACanvas,
    folder: Path,
    *reports: Report,
    options: tuple[str, ...] = ("--push",),
    token: str = TOKEN,
) -> Result:
    """What is said of sending these reports."""
    graded = a_graded_folder(folder / "graded", *reports)
    place = ("--url", canvas.address, "--course", str(COURSE), "--assignment", str(ASSIGNMENT))
    return invoked("export", "canvas-api", graded, *place, *options, CANVAS_TOKEN=token)


def test_a_dry_run_names_everyone(canvas: ACanvas, tmp_path: Path) -> None:
    """Who is changed from what to what, whose comment is sent, who is left alone; and Canvas has the same."""
    done = exported(canvas, tmp_path, ANA, REN, CHI, WAITING, a_graded("zhou"), options=("--dry-run",))

    assert 0 == done.exit_code, done.stderr
    assert [
        "1 grade to change, 1 unchanged, 2 left alone, 1 unmatched. 2 comments to send.",
        "Comment: `García, Ana`: the report.",
        "Comment: `Ito, Ren`: the report.",
        "Change: `García, Ana`: (empty) → 8.",
        "Left alone: chi: the student is excused.",
        "Left alone: Ana Smith: it needs review.",
        "Unmatched: zhou.",
        "Nothing was sent.",
    ] == done.stdout.splitlines()
    assert [] == canvas.changes


def test_scores_and_comments_are_sent(canvas: ACanvas, tmp_path: Path) -> None:
    """The comment is the student's page; a second run sends nothing; the history has it."""
    pair = a_pair("other-student")
    done = exported(canvas, tmp_path, ANA.model_copy(update={"pairs": (pair,)}), REN)

    assert (0, "Sent for 2 of 2 students.") == (done.exit_code, done.stdout.splitlines()[-1]), done.stderr
    assert (8.0, 6.5) == (canvas.score(101), canvas.score(102))
    assert [plain_text.page(ANA).strip()] == canvas.comments(101)
    assert "other-student" not in canvas.comments(101)[0]
    assert 2 == len(canvas.changes)
    assert "exported to canvas-api: 8" in invoked("history", tmp_path / "graded", ANA.id).stdout
    again = exported(canvas, tmp_path, ANA, REN)
    assert "0 grades to change, 2 unchanged. 0 comments to send.\nSent for 0 of 0 students.\n" == again.stdout


def test_scores_alone(canvas: ACanvas, tmp_path: Path) -> None:
    """No student gets a comment who should not."""
    exported(canvas, tmp_path, ANA, REN, options=("--push", "--no-comments"))

    assert (8.0, [], []) == (canvas.score(101), canvas.comments(101), canvas.comments(102))


def test_those_who_handed_in_nothing(canvas: ACanvas, tmp_path: Path) -> None:
    """A zero for Bo Li alone: Ana handed in after the download, Jo has not been given the assignment."""
    done = exported(canvas, tmp_path, REN, options=("--push", "--missing", "zero"))

    assert 0.0 == canvas.score(105)
    assert (None, 8.0) == (canvas.score(101), canvas.score(104))
    assert "Left alone: `García, Ana`: the platform has a submission that is not here." in done.stdout
    assert "Left alone: `May, Jo`: the assignment is not for this student." in done.stdout
    exported(canvas, tmp_path, REN, options=("--push", "--missing", "empty"))
    assert (None, None) == (canvas.score(105), canvas.score(104))


def test_points_are_scaled(canvas: ACanvas, tmp_path: Path) -> None:
    """Canvas says how many there are."""
    canvas.assignment["points_possible"] = 20.0

    assert "has 20 points; the reports have 10" in exported(canvas, tmp_path, ANA).stderr
    exported(canvas, tmp_path, ANA, options=("--push", "--scale-to", "20"))
    assert 16.0 == canvas.score(101)


@pytest.mark.parametrize(
    ("part", "answer", "said"),
    [
        ("search_users", 401, "does not let the owner of the token read or grade the course 77"),
        ("search_users", 403, "does not let the owner of the token read or grade the course 77"),
        ("/courses/77", 404, "Canvas does not have the course 77 with the assignment 4711."),
        ("submissions", 500, "Canvas refused the course 77"),
        ("/courses/77", "<html>", "is none of Canvas'"),
        ("/courses/77", "[]", "is none of Canvas'"),
        ("/assignments/4711", "{}", "is none of Canvas'"),
        ("search_users", '{"a": "b"}', "is none of Canvas'"),
        ("submissions", None, "Canvas cannot be reached for the course 77"),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    canvas: ACanvas, tmp_path: Path, part: str, answer: int | str | None, said: str
) -> None:
    """With who must do what; nothing is sent."""
    canvas.answers[part] = [answer]
    done = exported(canvas, tmp_path, ANA)

    assert 2 == done.exit_code, done.stdout
    assert said in done.stderr
    assert [] == canvas.changes


def test_a_wrong_call(canvas: ACanvas, tmp_path: Path) -> None:
    """A token that is wrong or missing, an address to which none goes in the clear, nothing asked for."""
    place = ("--course", "77", "--assignment", "4711")
    graded = a_graded_folder(tmp_path / "graded", ANA)
    calls = [
        invoked("export", "canvas-api", graded, "--url", url, *place, "--push", CANVAS_TOKEN=TOKEN)
        for url in ("http://canvas.example.edu", "https://a.example/courses/1", "canvas.example.edu", "")
    ]

    assert [2] * 4 == [call.exit_code for call in calls]
    assert all("must be like `https://canvas.example.edu`" in call.stderr for call in calls)
    assert "Canvas does not know the token." in exported(canvas, tmp_path, ANA, token="x").stderr  # noqa: S106
    assert "must have `CANVAS_TOKEN`" in exported(canvas, tmp_path, ANA, token="").stderr
    assert "Send with `--push`" in exported(canvas, tmp_path, ANA, options=()).stderr


@pytest.mark.parametrize("kind", ["pass_fail", "not_graded"])
def test_an_assignment_without_points(canvas: ACanvas, tmp_path: Path, kind: str) -> None:
    """Canvas would take no points for it."""
    canvas.assignment["grading_type"] = kind

    assert f"is not graded in points ({kind})" in exported(canvas, tmp_path, ANA).stderr


def test_canvas_asks_to_wait(canvas: ACanvas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same is asked again after a pause; who is never heard says so."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    canvas.answers["PUT"] = [429, 429]
    done = exported(canvas, tmp_path, ANA)
    canvas.answers["search_users"] = [429] * 6

    assert (0, 8.0, [1.0, 2.0]) == (done.exit_code, canvas.score(101), pauses), done.stderr
    assert "Canvas has no time for so many requests" in exported(canvas, tmp_path, ANA).stderr


def test_the_network_goes_half_way(canvas: ACanvas, tmp_path: Path) -> None:
    """What was sent is said and on record, and the next run sends the rest."""
    canvas.answers["PUT /api/v1/courses/77/assignments/4711/submissions/105"] = [None]
    reports = (ANA, a_graded("Bo Li"))
    done = exported(canvas, tmp_path, *reports)

    assert (2, "Sent for 1 of 2 students.") == (done.exit_code, done.stdout.splitlines()[-1])
    assert "Canvas cannot be reached for the submission of `Li, Bo`" in done.stderr
    assert "exported to canvas-api: 8" in invoked("history", tmp_path / "graded", ANA.id).stdout
    assert "exported" not in invoked("history", tmp_path / "graded", "Bo Li").stdout
    assert exported(canvas, tmp_path, *reports).stdout.endswith("Sent for 1 of 1 student.\n")
    assert (8.0, 1) == (canvas.score(105), len(canvas.comments(101)))
