"""Tests of `grader.cli.commands.book`: who is graded already, and what is written."""

from pathlib import Path

import builders_evidence as build
import builders_reports
import pytest
from builders_folders import make_file
from builders_store import a_rubric, a_store, below

from grader.cli.commands.book import Book, write_grades, write_report
from grader.cli.commands.class_list import ClassList
from grader.grading.classes import Judge
from grader.report import Origin
from grader.reports import json_report
from grader.rubric import Plan
from grader.submissions.roster import Student
from grader.submissions.submission import find_submissions

ABSENT = (Student("7", "Zoë"),)


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """A class of two."""
    for name in ("ana", "ben"):
        make_file(tmp_path, f"class/{name}/training_log.csv", name.encode())
    return tmp_path / "class"


def a_book(out: Path, submissions: Path) -> Book:
    store = a_store(out)
    return Book(out, ClassList(find_submissions(submissions), ABSENT), Judge(a_rubric(), store), store)


def keep_all(out: Path, submissions: Path) -> None:
    """As if they were measured."""
    store = a_store(out)
    for submission in find_submissions(submissions):
        assert store.keep(store.key(submission), build.some_evidence(), Origin(seconds=2.0))


def test_everybody_waits_at_first(tmp_path: Path, submissions: Path) -> None:
    """Closing then leaves the class without a grade, but with those who are absent."""
    book = a_book(tmp_path / "out", submissions)

    assert list(find_submissions(submissions)) == book.take_what_is_kept()
    assert [] == book.close(Plan(), "images")
    assert (
        "7,Zoë,not submitted,,,"
        == (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8").splitlines()[-1]
    )


def test_what_is_kept_is_graded_without_measuring(tmp_path: Path, submissions: Path) -> None:
    """Reports, grades and the run are written."""
    keep_all(tmp_path / "out", submissions)
    book = a_book(tmp_path / "out", submissions)

    assert [] == book.take_what_is_kept()
    reports = book.close(Plan(), "images")

    run = a_store(tmp_path / "out").last_run()
    assert run is not None
    assert ["ana", "ben"] == [report.id for report in reports]
    assert [("ana", "ana"), ("ben", "ben")] == [(work.id, work.place) for work in run.submissions]
    assert ABSENT == run.absent
    assert json_report.page(reports[0]) == (tmp_path / "out" / "ana" / "report.json").read_text(
        encoding="utf-8"
    )
    assert 4 == len((tmp_path / "out" / "grades.csv").read_text(encoding="utf-8").splitlines())


def test_one_that_changed_waits(tmp_path: Path, submissions: Path) -> None:
    """The other does not."""
    keep_all(tmp_path / "out", submissions)
    make_file(submissions, "ben/training_log.csv", b"ben's second")

    waiting = a_book(tmp_path / "out", submissions).take_what_is_kept()

    assert ["ben"] == [submission.id for submission in waiting]


def test_a_report_is_written_once(tmp_path: Path) -> None:
    """One that lies there already is left as it is; a damaged one is not."""
    file = tmp_path / "ana" / "report.json"
    write_report(tmp_path, "ana", builders_reports.PASSED)
    first = file.stat()
    write_report(tmp_path, "ana", builders_reports.PASSED)
    again = file.stat()
    file.write_bytes(b"\xff")

    write_report(tmp_path, "ana", builders_reports.PASSED)

    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)
    assert {"ana/report.json": json_report.page(builders_reports.PASSED).encode()} == below(tmp_path)


def test_a_link_in_the_place_of_a_report_is_replaced(tmp_path: Path) -> None:
    """Also where it leads to the same text."""
    write_report(tmp_path, "ana", builders_reports.PASSED)
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "report.json").symlink_to(tmp_path / "ana" / "report.json")

    write_report(tmp_path, "ben", builders_reports.PASSED)

    assert not (tmp_path / "ben" / "report.json").is_symlink()


def test_the_grades_are_written(tmp_path: Path) -> None:
    """As they are."""
    write_grades(tmp_path, "id\n")

    assert b"id\n" == (tmp_path / "grades.csv").read_bytes()
