"""Tests of `grader.grading.store.judged`: findings are kept for the program that made them."""

import hashlib
from pathlib import Path

import builders_evidence as build
import pytest

from grader.evidence.problem import Problem
from grader.grading.findings import outline_of
from grader.grading.store import sealed
from grader.grading.store.judged import Judged, read_judged
from grader.messages.phrase import Phrase, say
from grader.report import passed

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


def test_findings_come_back_as_phrases(tmp_path: Path) -> None:
    """A report of them can be said in another language."""
    said = passed(say("The cap is {cap}.", cap="1.0"))
    judged = JUDGED.model_copy(update={"outcomes": {"a": said}})
    (tmp_path / "judged.json").write_text(sealed.page(judged), encoding="utf-8")
    again = read_judged(tmp_path / "judged.json", "this")

    assert again is not None
    assert sealed.page(judged) == sealed.page(again)
    assert isinstance(again.outcomes["a"].message, Phrase)


@pytest.mark.parametrize("data", ["[]", "null", '{"phrases": 1}', '{"phrases": {"a": 1}}', "{}"])
def test_what_is_no_findings_is_not_read(tmp_path: Path, data: str) -> None:
    """Whatever lies there under a hash of its own."""
    sha256 = hashlib.sha256(data.encode()).hexdigest()
    (tmp_path / "judged.json").write_text(f'{{"sha256": "{sha256}", "data": {data}}}', encoding="utf-8")

    assert read_judged(tmp_path / "judged.json", "this") is None


@pytest.mark.parametrize(("old", "new"), [("It holds", "It fails"), ("passed", "failed"), ("}}}", "}}")])
def test_damaged_findings_are_not_believed(tmp_path: Path, old: str, new: str) -> None:
    """A report is never made of them."""
    (tmp_path / "judged.json").write_text(sealed.page(JUDGED).replace(old, new), encoding="utf-8")

    assert read_judged(tmp_path / "judged.json", "this") is None
