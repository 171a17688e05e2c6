"""Tests of `grader.grading.store.run`: who was graded."""

from pathlib import Path

from grader.grading.store import sealed
from grader.grading.store.run import Run, Work, read_run
from grader.rubric import Plan
from grader.submissions.roster import Student

RUN = Run(
    plan=Plan(),
    data="00",
    submissions=(Work(id="bad\udcff", name="Zoë", place="bad-1", key="k"),),
    absent=(Student("7", "Ana", ids=("7", "8"), line=3),),
)


def test_a_run_comes_back(tmp_path: Path) -> None:
    """With ids of any bytes, and with those who are absent."""
    (tmp_path / "run.json").write_text(sealed.page(RUN), encoding="utf-8")

    assert read_run(tmp_path / "run.json") == RUN


def test_a_damaged_run_is_none(tmp_path: Path) -> None:
    """As one that is missing."""
    (tmp_path / "run.json").write_text(sealed.page(RUN).replace("bad-1", "bad-2"), encoding="utf-8")

    assert read_run(tmp_path / "run.json") is None
    assert read_run(tmp_path / "missing.json") is None
