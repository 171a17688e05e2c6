"""Tests of `grader.platforms.hooks`: a submission in, a page for each stage out."""

from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_folders import make_file
from builders_platforms import results_in
from builders_reports import FAILED, HOSTILE, REVIEW
from builders_rubric import a_file

from grader.evidence import File
from grader.grading.decisions import Decisions, Wish
from grader.grading.stages import Stage
from grader.platforms.hooks import write_results
from grader.report import Isolation


def test_the_last_page_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each stage is told, what waits for a person with its reason; the exit code is the last one's.

    Partial results are called so, a page may have none, and nothing in an id acts on a screen.
    """
    (tmp_path / "results").mkdir()
    held = Isolation(level="limited", sentence="A worker could connect by TCP.")
    isolated = REVIEW.model_copy(update={"isolation": held})
    stages = (Stage(FAILED, finished=False), Stage(HOSTILE, finished=True), Stage(isolated, finished=True))
    pages = {
        "results/results.json": lambda report, finished: f"{report.verdict} {finished}",
        "at_last": lambda report, finished: report.verdict if finished else None,
        "never": lambda *_, **__: None,
    }
    code = write_results(tmp_path, stages, pages)

    assert 3 == code
    assert ["review True", "review"] == [
        (tmp_path / name).read_text(encoding="utf-8") for name in ("results/results.json", "at_last")
    ]
    assert not (tmp_path / "never").exists()
    assert [
        "ito: partial results, 4.5 of 7.5 points",
        "\\ud800\\t=1: passed, 2 of 2 points",
        "okafor: review, 4.5 of 7.5 points",
        f"  {REVIEW.items[1].title}: {REVIEW.items[1].message} {REVIEW.items[1].hint}",
        "  Isolation: limited. A worker could connect by TCP.",
    ] == capsys.readouterr().out.splitlines()


def test_what_was_decided_about_the_same_files_holds_for_a_hook(tmp_path: Path) -> None:
    """Whatever the platform calls the submission; other files get nothing.

    A wrong folder is refused, and no result of before stays.
    """
    rubric, log = a_file(tmp_path), b"step,variable_norm_after\n1,0.9\n2,1.8\n"
    make_file(tmp_path, "wrong/results/results.json")
    for name in ("class/ana", "same/submission", "other/submission", "wrong/submission"):
        make_file(tmp_path / name, "log.csv", log.replace(b"1.8", b"1.9") if "other" in name else log)
    graded = tmp_path / "graded"
    invoked("grade", tmp_path / "class", "--rubric", rubric, "--no-pages", "--out", graded)
    decided = invoked("decide", graded, "ana", "--item", "norm_within_cap", "--pass", "--comment", "Shown.")

    codes = [
        invoked("hook", "gradescope", "--root", tmp_path / root, "--rubric", rubric, "--decided", folder)
        for root, folder in (("same", graded), ("other", graded), ("wrong", tmp_path / "none"))
    ]

    assert [0, 0, 0, 2] == [decided.exit_code, *(done.exit_code for done in codes)]
    same, other = (results_in(tmp_path / root) for root in ("same", "other"))
    assert not (tmp_path / "wrong" / "results" / "results.json").exists()
    assert (2, 0) == (same["score"], other["score"])
    assert "Shown." in same["tests"][0]["output"]
    assert "Shown." not in other["tests"][0]["output"]


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("Ana García", True),
        ("García López, Ana", True),
        ("Ben Li, Ana García", True),
        ("", True),
        # A login of GitHub.
        ("coder42", True),
        ("Ben Li", False),
    ],
)
def test_what_was_said_to_one_student_is_not_for_another(name: str, is_known: bool) -> None:
    """Who hands in a copy of the files gets no comment that was written to somebody else."""
    files = (File(role="log", name="log.csv", bytes=1, sha256="00"),)
    theirs = FAILED.model_copy(update={"id": "garcia", "files": files})
    decisions = Decisions((Wish("garcia", verb="pass", by="Dr. Kim").of(theirs),))

    own = theirs.model_copy(update={"id": "7"})
    after = decisions.about_the_files_of(own, name, {"garcia": "Ana García"})

    assert ("7", is_known) == (after.id, after.verdict == "passed")
