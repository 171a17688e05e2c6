"""Tests of `grader.grading.graded_folder`: what counts is the list of the last run."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from builders_grading import a_graded_folder, below, report_in
from builders_reports import FAILED, PASSED

from grader.errors import UsageError
from grader.files import write_whole
from grader.grading.decisions import Wish, record
from grader.grading.graded_folder import (
    _LARGEST_REPORT,
    RUN,
    grades_of,
    read_graded,
    read_reports,
    read_run,
    verdict_in,
    write_report,
)
from grader.grading.verdict import settled
from grader.messages.message import say
from grader.reports import json_report
from grader.submissions.handed_in import NOT_KNOWN, HandedIn
from grader.submissions.roster import Student

TEN = datetime(2026, 11, 30, 10, tzinfo=timezone(timedelta(hours=-8)))
ABSENT = (Student("7", "Zoë", ids=("7", "s7"), line=3),)


def test_each_report_by_its_folder(tmp_path: Path) -> None:
    """The run comes back as it was written, and its reports in its order."""
    a_graded_folder(tmp_path, FAILED, PASSED, absent=ABSENT)
    run = read_run(tmp_path)

    assert (ABSENT, "images") == (run.absent, run.data)
    reports = [(one.folder, report) for one, report in read_reports(tmp_path, run)]
    assert [("ito", FAILED), ("garcia", PASSED)] == reports


def test_the_times_of_a_submission_are_kept(tmp_path: Path) -> None:
    """Whoever judges again knows them; a run that an earlier version wrote has none."""
    a_graded_folder(tmp_path, PASSED)
    run = read_run(tmp_path)
    late = run.submissions[0].model_copy(update={"handed_in": HandedIn(TEN, TEN, is_marked_late=True)})
    write_whole(tmp_path / RUN, run.model_copy(update={"submissions": (late,)}).model_dump_json())

    assert NOT_KNOWN == run.submissions[0].whose.handed_in
    assert late.whose == read_run(tmp_path).submissions[0].whose


def test_the_folders_of_an_earlier_run_are_not_read(tmp_path: Path) -> None:
    """One who has withdrawn, or has another id since a roster was given, does not count twice."""
    a_graded_folder(tmp_path, FAILED, PASSED)
    renamed = PASSED.model_copy(update={"id": "s12"})
    a_graded_folder(tmp_path, renamed)

    assert [renamed] == [report for _, report in read_reports(tmp_path, read_run(tmp_path))]


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_a_run(tmp_path: Path, name: str) -> None:
    """The folder is named."""
    with pytest.raises(UsageError) as caught:
        read_run(tmp_path / name)

    assert f"`{tmp_path / name}`" in caught.value.message


def test_a_run_that_graded_nobody_has_no_reports(tmp_path: Path) -> None:
    """It was interrupted at once, or nobody has submitted."""
    a_graded_folder(tmp_path)

    with pytest.raises(UsageError):
        read_graded(tmp_path)


OLDER = PASSED.model_dump_json().replace('"version":2', '"version":1').encode()
REPORT = "garcia/report.json"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("run.json", content) for content in (b"", b"{", b"{}", b"\xff")),
        *((REPORT, content) for content in (None, b"{", b"{}", b"\xff", OLDER, b" " * (_LARGEST_REPORT + 1))),
    ],
)
def test_what_is_no_list_or_no_report_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    """The file is named; a report of an older version is not read as if it were today's."""
    path = a_graded_folder(tmp_path, PASSED) / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError) as caught:
        list(read_reports(tmp_path, read_run(tmp_path)))

    assert f"`{path}` " in caught.value.message
    assert caught.value.hint in {"Run `grader grade` again.", "Grade the submission again."}


def test_what_was_decided_goes_before_what_a_file_says(tmp_path: Path) -> None:
    """Also where the program was killed before it wrote the report, or somebody decided while it graded."""
    a_graded_folder(tmp_path, settled(FAILED))
    record(tmp_path, [Wish("ito", verb="pass", by="Dr. Kim").of(FAILED)])

    ((_, read),) = read_reports(tmp_path, read_run(tmp_path))
    a_graded_folder(tmp_path, settled(FAILED))

    assert "passed" == read.verdict
    assert read == report_in(tmp_path, "ito")


def test_the_table_has_the_class(tmp_path: Path) -> None:
    """Who was graded and who is absent, in the order of the run, each with what a teacher knows them by."""
    absent = (replace(ABSENT[0], email="zoe@uni.example"),)
    run = read_run(a_graded_folder(tmp_path, FAILED, PASSED, absent=absent))
    first = run.submissions[0].model_copy(update={"email": "=a@uni.example", "entry": "hw_11"})
    run = run.model_copy(update={"submissions": (first, *run.submissions[1:])})

    rows = list(csv.DictReader(io.StringIO(grades_of(run, (FAILED, PASSED)))))

    assert [("'=a@uni.example", "hw_11"), ("", ""), ("zoe@uni.example", "")] == [
        (row["email"], row["folder"]) for row in rows
    ]
    assert [FAILED.id, PASSED.id, "7"] == [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("content", "verdict"),
    [(None, "failed"), (b"", ""), (b'{"title": "\\n  \\"verdict\\": \\"passed\\""}', "")],
    ids=["ours", "empty", "another's"],
)
def test_a_verdict_is_read_without_the_rest(tmp_path: Path, content: bytes | None, verdict: str) -> None:
    """No text in a report can say it in its place."""
    said = FAILED.model_copy(update={"title": say('\n  "verdict": "passed"'), "name": '"verdict": "passed"'})
    write_report(tmp_path, "ito", said)
    path = tmp_path / "ito" / "report.json"
    if content is not None:
        path.write_bytes(content)

    assert verdict == verdict_in(path)
    assert "" == verdict_in(tmp_path)


def test_a_report_is_written_once(tmp_path: Path) -> None:
    """One that is there already stays; a damaged one and a link, even to the same text, are replaced."""
    file, link = tmp_path / "ana" / "report.json", tmp_path / "ben" / "report.json"
    write_report(tmp_path, "ana", PASSED)
    first = file.stat()
    write_report(tmp_path, "ana", PASSED)
    again = file.stat()
    file.write_bytes(b"\xff")
    link.parent.mkdir()
    link.symlink_to(file)

    for folder in ("ana", "ben"):
        write_report(tmp_path, folder, PASSED)

    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)
    text = json_report.page(PASSED).encode()
    assert {"ana/report.json": text, "ben/report.json": text} == below(tmp_path)
    assert not link.is_symlink()
