"""Tests of `grader.grading.deciding`: what one decision writes, and nothing else."""

import os
from pathlib import Path

import pytest
from builders_grading import a_cache, a_graded_folder, below, report_in, rows_in
from builders_reports import a_norm_item, a_report, an_accuracy_item, an_item

from grader.errors import UsageError
from grader.grading.deciding import decide, write_class_pages, write_index
from grader.grading.decisions import DECISIONS, Wish, record
from grader.grading.graded_folder import GRADES, grades_of, read_reports, read_run
from grader.grading.judging import Drawers
from grader.grading.verdict import settled
from grader.reports import html
from grader.reports.html_class import MOST_ON_A_PAGE, Entry
from grader.reports.rows import INDEX, SEARCH
from grader.submissions.roster import Student

ITEMS = (an_item(), a_norm_item(), an_accuracy_item())
ANA, BEN, CEM = (
    settled(a_report(*ITEMS, id=name, name=name, points_to_pass=7.5)) for name in ("ana", "ben", "cem")
)
PASS_BEN = Wish("ben", item="norm", verb="pass", by="Dr. Kim").of(BEN)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A graded class of three, and one who has not submitted."""
    return a_graded_folder(tmp_path, ANA, BEN, CEM, absent=(Student("7", "Zoë"),))


def changed(graded: Path, before: dict[str, bytes]) -> set[str]:
    """The files that are not as they were."""
    now = below(graded)
    return {name for name in before | now if before.get(name) != now.get(name)}


def test_a_decision_writes_what_it_changes(graded: Path) -> None:
    """The record, one report with its two pages, and one row: the table is as if made anew."""
    before, run = below(graded), read_run(graded)

    with Drawers(1) as drawers:
        (one,) = decide(graded, run, [PASS_BEN], drawers)

    assert ("failed", "passed") == (one.before.verdict, one.after.verdict)
    assert {DECISIONS, GRADES, "ben/report.json", "ben/report.html", "ben/teacher.html"} == (
        changed(graded, before)
    )
    assert html.page(one.after) == (graded / "ben" / html.FILE).read_text("utf-8")
    reports = tuple(report for _, report in read_reports(graded, run))
    assert grades_of(run, reports) == (graded / GRADES).read_text("utf-8")


def test_what_a_killed_program_had_only_recorded_is_made_good(graded: Path) -> None:
    """By the next decision about whomever, and by none at all."""
    record(graded, [PASS_BEN])
    later = (graded / GRADES).stat().st_mtime_ns + 1
    os.utime(graded / DECISIONS, ns=(later, later))

    decide(graded, read_run(graded), [], None)

    assert "passed" == report_in(graded, "ben").verdict
    assert ["failed", "passed", "failed", "not submitted"] == [row["verdict"] for row in rows_in(graded)]
    assert () == decide(graded, read_run(graded), [], None)


def test_while_a_class_is_graded_its_pages_wait(graded: Path) -> None:
    """That run holds what they are drawn from; the next decision writes them, and what else there is."""
    with Drawers(1) as drawers:
        with a_cache(graded):
            decide(graded, read_run(graded), [PASS_BEN], drawers)
            assert "passed" == report_in(graded, "ben").verdict
            assert not (graded / "ben" / html.FILE).exists()
        decide(graded, read_run(graded), [], drawers)

    assert html.page(report_in(graded, "ben")) == (graded / "ben" / html.FILE).read_text("utf-8")
    assert () == decide(graded, read_run(graded), [], None)


def test_what_cannot_be_written_is_recorded_all_the_same(graded: Path) -> None:
    """Whoever decides reads so, and the next decision writes it."""
    (graded / GRADES).unlink()
    (graded / GRADES).mkdir()
    with pytest.raises(UsageError, match="is recorded"):
        decide(graded, read_run(graded), [PASS_BEN], None)

    (graded / GRADES).rmdir()
    decide(graded, read_run(graded), [], None)

    assert ["failed", "passed", "failed", "not submitted"] == [row["verdict"] for row in rows_in(graded)]


@pytest.mark.parametrize("table", [None, b"", b"\xff", b"id,grade\nana,1\n", b"name\nana\n"])
def test_a_table_that_is_no_longer_there_is_made_again(graded: Path, table: bytes | None) -> None:
    """Somebody has taken it away, or saved something else in its place."""
    (graded / GRADES).unlink()
    if table is not None:
        (graded / GRADES).write_bytes(table)

    decide(graded, read_run(graded), [PASS_BEN], None)

    assert ["failed", "passed", "failed", "not submitted"] == [row["verdict"] for row in rows_in(graded)]


def test_a_column_of_somebody_else_stays(graded: Path) -> None:
    """Also in the row that changes."""
    lines = (graded / GRADES).read_text("utf-8").splitlines()
    (graded / GRADES).write_text("".join(f"{line},mine\n" for line in lines), "utf-8")

    decide(graded, read_run(graded), [PASS_BEN], None)

    assert ["mine"] * 4 == [row["mine"] for row in rows_in(graded)]


def test_a_report_that_is_gone_decides_nothing(graded: Path) -> None:
    """The file is named before anything is written."""
    (graded / "ben" / "report.json").unlink()
    before = below(graded)

    with pytest.raises(UsageError, match=r"report\.json"):
        decide(graded, read_run(graded), [PASS_BEN], None)

    assert before == below(graded)


def test_the_page_of_the_class_has_what_was_decided(graded: Path) -> None:
    """It is written once, after all decisions."""
    decide(graded, read_run(graded), [PASS_BEN], None)
    write_index(graded, read_run(graded))

    assert "1 passed, 2 failed" in (graded / "index.html").read_text("utf-8")


def test_pages_of_a_larger_class_do_not_stay(tmp_path: Path) -> None:
    """Nor what their search reads; what else lies there does."""
    one = Entry(a_report(an_item()), "garcia")
    (tmp_path / "index-8.html").mkdir()
    (tmp_path / "index-x.html").touch()
    write_class_pages(tmp_path, [one] * (MOST_ON_A_PAGE + 1), ())
    large = set(below(tmp_path))
    write_class_pages(tmp_path, [one], ())

    assert {INDEX, "index-2.html", SEARCH, "index-x.html"} == large
    assert {INDEX, "index-x.html"} == set(below(tmp_path))
    assert (tmp_path / "index-8.html").is_dir()
