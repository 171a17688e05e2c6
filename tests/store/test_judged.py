"""Tests of `grader.store.judged`: findings are kept for the program that made them."""

from pathlib import Path

import builders_evidence as build
import pytest

from grader.evidence import Problem
from grader.outcomes import outline_of
from grader.report import passed
from grader.store import sealed
from grader.store.judged import Judged, read_judged

JUDGED = Judged(
    program="this",
    outline=outline_of(build.some_evidence()),
    outcomes={"a": passed("It holds."), "b": Problem(who="student", message="No file.")},
)


def test_findings_come_back_to_the_program_that_made_them(tmp_path: Path) -> None:
    """Findings and problems are told apart; another program looks again."""
    (tmp_path / "judged.json").write_text(sealed.page(JUDGED), encoding="utf-8")

    assert read_judged(tmp_path / "judged.json", "this") == JUDGED
    assert read_judged(tmp_path / "judged.json", "another") is None
    assert read_judged(tmp_path / "missing.json", "this") is None


@pytest.mark.parametrize(("old", "new"), [("It holds", "It fails"), ("passed", "failed"), ("}}}", "}}")])
def test_damaged_findings_are_not_believed(tmp_path: Path, old: str, new: str) -> None:
    """A report is never made of them."""
    (tmp_path / "judged.json").write_text(sealed.page(JUDGED).replace(old, new), encoding="utf-8")

    assert read_judged(tmp_path / "judged.json", "this") is None
