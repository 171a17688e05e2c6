"""Tests of `grader.cli.commands.before`: what a report said before it was judged again."""

from pathlib import Path

import builders_reports as build
import pytest

from grader.cli.commands.before import Before, read_before, report_before
from grader.cli.commands.book import write_report
from grader.report import Pair

REPORT = build.a_report(
    build.an_item(),
    build.a_norm_item(),
    verdict="review",
    pairs=(Pair(id="ben", part="log", message="It is the same log."),),
)


def test_what_decides_a_grade_is_read(tmp_path: Path) -> None:
    """The verdict, the points, each item's, and who it was like."""
    write_report(tmp_path, "ana", REPORT)
    before = read_before(tmp_path / "ana")

    assert before is not None
    assert (REPORT.verdict, REPORT.score, REPORT.max_score) == (
        before.verdict,
        before.score,
        before.max_score,
    )
    assert [(item.id, item.status, item.points, item.max_points) for item in REPORT.items] == [
        (item.id, item.status, item.points, item.max_points) for item in before.items
    ]
    assert ["ben"] == [pair.id for pair in before.pairs]
    assert report_before(tmp_path / "ana") == REPORT


@pytest.mark.parametrize("text", [None, "", "[]", '{"verdict": "passed"}', '{"verdict": "well"}', "\0"])
def test_what_cannot_be_read_was_not_there(tmp_path: Path, text: str | None) -> None:
    """The submission then has no report to be compared with."""
    if text is not None:
        (tmp_path / "report.json").write_text(text, encoding="utf-8")

    assert (None, None) == (read_before(tmp_path), report_before(tmp_path))


def test_every_field_is_one_of_a_report() -> None:
    """A field that a report loses is missed here."""
    assert set(Before.model_fields) <= set(type(REPORT).model_fields)
