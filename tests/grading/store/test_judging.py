"""Tests of `grader.grading.store.judging`: what is known is not looked for again."""

from pathlib import Path

import builders_evidence as build
import pytest

from grader.analysis.targets import Targets
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.errors import DamagedError
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.findings import outline_of
from grader.grading.store.entry import Entry, page, read_entry
from grader.grading.store.judged import Judged
from grader.grading.store.judging import Judging
from grader.grading.store.keys import program_sha256
from grader.report import Origin, passed

LOGGED, ACCURATE = LoggedAccuracy(at_least=0.5), ModelAccuracy(at_least=0.5)
IDENTITIES = {LOGGED: "logged", ACCURATE: "accurate"}
EVIDENCE = build.some_evidence()
KNOWN = Judged(
    program=program_sha256(), outline=outline_of(EVIDENCE), outcomes={"logged": passed("Known before.")}
)


def judging(evidence: Entry | Evidence = EVIDENCE, known: Judged | None = None) -> Judging:
    return Judging(evidence, Targets(), IDENTITIES, known)


def a_damaged_entry(folder: Path, part: bytes) -> Entry:
    """Of which a part cannot be read."""
    content = page(Origin(), EVIDENCE)
    (folder / "entry.jsonl").write_bytes(content.replace(part, part.swapcase()))
    entry = read_entry(folder / "entry.jsonl")
    assert entry is not None
    return entry


def test_all_is_news_at_first() -> None:
    """What was asked, and what the report says beside the items."""
    one = judging()
    found = one(LOGGED)

    assert found.status == "passed"  # type: ignore[union-attr]  # a finding, or the test fails
    assert one.news == Judged(program=program_sha256(), outline=one.outline, outcomes={"logged": found})


def test_what_is_known_is_not_looked_for() -> None:
    """It is no news, either."""
    one = judging(known=KNOWN)

    assert passed("Known before.") == one(LOGGED)
    assert one.news is None


def test_news_join_what_was_known() -> None:
    """The rubric may go back to an earlier threshold."""
    one = judging(known=KNOWN)
    one(ACCURATE)

    assert one.news is not None
    assert {"logged", "accurate"} == set(one.news.outcomes)


def test_a_mistake_of_the_program_is_no_news() -> None:
    """It may be mended, and the check is asked again."""
    column = build.a_column("val_accuracy", [0.9]).model_copy(update={"values": ("a text",)})
    one = judging(build.some_evidence(log=build.a_log(column)))
    found = one(LOGGED)

    assert isinstance(found, Problem)
    assert "operator" == found.who
    assert one.news is not None
    assert {} == one.news.outcomes


def test_kept_evidence_is_judged_as_fresh_evidence(tmp_path: Path) -> None:
    """Of each check."""
    (tmp_path / "entry.jsonl").write_bytes(page(Origin(), EVIDENCE))
    entry = read_entry(tmp_path / "entry.jsonl")

    assert entry is not None
    kept, fresh = judging(entry), judging()
    assert [fresh(LOGGED), fresh(ACCURATE)] == [kept(LOGGED), kept(ACCURATE)]
    assert fresh.outline == kept.outline


def test_damage_is_noticed_where_a_check_explains_itself(tmp_path: Path) -> None:
    """A low accuracy is explained by the log; a damaged one is no mistake of the check."""
    strict = ModelAccuracy(at_least=0.99)
    entry = a_damaged_entry(tmp_path, b'"form":"csv"')
    one = Judging(entry, Targets(), {strict: "strict"}, KNOWN)

    with pytest.raises(DamagedError):
        one(strict)
