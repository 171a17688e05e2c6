"""Rows: what is kept of a submission whose report lies on the disk."""

from builders_reports import ERROR, FAILED, LIKE, PASSED, REVIEW, a_report, an_item, rows_of

from grader.report import FILES
from grader.reports.rows import GROUPS, language_of, row_of, tally


def test_a_row_has_what_a_table_says() -> None:
    """Points that nobody has decided are no zero, and each similar submission is named once."""
    row = row_of(LIKE)

    assert ("mori", "mori", "review", "2 of 2") == (row.id, row.who, row.verdict, row.points)
    assert ("ito", "smith") == row.others
    assert (None, "- of 7.5") == (row_of(ERROR).earned, row_of(ERROR).points)


def test_submissions_have_groups_by_reason() -> None:
    """Doubts come before pairs, and files that cannot be used before what has failed otherwise."""
    broken = an_item(id="files-log", kind=FILES, status="failed")
    lost = a_report(broken, verdict="failed")
    waiting = a_report(an_item(status="review", is_by_hand=True), verdict="review")
    reports = (REVIEW, LIKE, waiting, ERROR, lost, FAILED, PASSED)

    assert list(GROUPS) == [row.group for row in rows_of(reports)]


def test_a_class_of_nobody() -> None:
    """It is told in English."""
    assert "en" == language_of([])
    assert "0 submissions: 0 passed, 0 failed." == tally([])
