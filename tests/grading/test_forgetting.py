"""Tests of `grader.grading.forgetting`: nothing of one student stays, and all of the others does."""

import json
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_desk import in_review
from builders_grading import a_cache, a_graded_folder, below, keep, report_in, rows_in
from builders_pages import drawable
from builders_reports import a_pair

from grader.grading.cache import DAMAGED, FILE
from grader.grading.deciding import decide
from grader.grading.decisions import Decisions, Wish
from grader.grading.graded_folder import ERRORS, read_run
from grader.grading.history import note_exported
from grader.grading.verdict import settled
from grader.messages.message import say
from grader.report import Report
from grader.submissions.roster import Student

BEN, CEM = in_review("ben"), in_review("cem")


def like(report: Report, other: str) -> Report:
    """The report, which resembles that of another one."""
    notes = (say("The file is that of {other}.", other=f"`{other}`"), say("7 more."))
    return settled(
        report.model_copy(update={"pairs": (a_pair(other),), "pairs_decide": True, "teacher_notes": notes})
    )


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A class in which ana resembles ben, with everything that the commands leave there."""
    ana = like(in_review("ana-7"), "ben")
    absent = (Student("gone", "Zoë"),)
    ana = ana.model_copy(update={"name": "Ana Secret"})
    a_graded_folder(tmp_path, ana, absent=absent)
    (tmp_path / "ana-7").rename(tmp_path / "earlier")
    out = a_graded_folder(
        tmp_path, ana.model_copy(update={"name": "Ana Secret"}), like(BEN, "ana-7"), CEM, absent=absent
    )
    keep(out, **{"ana-7": drawable(), "older": drawable(), "ben": drawable(), "cem": drawable()})
    with a_cache(out) as cache:
        cache.write("rerun", b'{"loss": []}')
    made = [
        Wish("ana-7", verb="pass", by="Kim").of(ana),
        Wish("ben", verb="fail", by="Kim", reason="ana-7.").of(BEN),
    ]
    decide(out, read_run(out), made, None)
    note_exported(out, "canvas", [("ana-7", "7.5"), ("ben", "0")])
    log = "2026-11-29 15:00:00,000 {}\nTraceback\n  7\n"
    (out / ERRORS).write_text(
        log.format("ana-7") + log.format("ben") + log.format("The command failed."), "utf-8"
    )
    (out / DAMAGED).write_bytes(b"x")
    for name in ("index.html", "junit.xml"):
        (out / name).write_text("Ana Secret", "utf-8")
    return out


def test_one_student_is_gone_everywhere(graded: Path) -> None:
    """And the command says what it removed; what others have stays."""
    told = invoked("forget", graded, "ana-7").stdout

    left = below(graded)
    assert [] == [name for name, content in left.items() if b"Ana Secret" in content or "ana-7/" in name]
    # The teacher's own words about somebody else stay.
    assert ["ben"] == [one.submission for one in Decisions.read(graded).every]
    assert {"decisions.jsonl", "ben/report.json", "ben/report.html", "ben/teacher.html", "grades.csv"} >= {
        name for name, content in left.items() if b"ana-7" in content
    }
    assert ((), 1) == (report_in(graded, "ben").pairs, len(report_in(graded, "ben").teacher_notes))
    assert ["ben", "cem", "gone"] == [row["id"] for row in rows_in(graded)]
    assert 2 == left[ERRORS].count(b"Traceback")
    with a_cache(graded) as cache:
        assert [False, False, True, True, True] == [
            cache.has(key) for key in ("ana-7", "older", "ben", "cem", "rerun")
        ]
    assert DAMAGED not in left
    assert ["ana-7/", "earlier/"] == [word for word in ("ana-7/", "earlier/") if word in told]
    assert "2 measurements in the cache" in told
    assert 2 == invoked("forget", graded, "ana-7").exit_code


def test_the_file_of_the_cache_has_nothing_of_it_either(tmp_path: Path) -> None:
    """What was deleted is overwritten."""
    out = a_graded_folder(tmp_path, BEN, CEM)
    keep(out, ben=drawable(), cem=drawable(9))
    with a_cache(out) as cache:
        kept = cache._execute("SELECT content FROM measurements WHERE key = 'ben'")[0][0]
    # The end, because two submissions begin alike.
    assert kept[-90:-50] in (out / FILE).read_bytes()

    assert 0 == invoked("forget", out, "ben").exit_code

    assert kept[-90:-50] not in (out / FILE).read_bytes()


def test_a_dry_run_removes_nothing(graded: Path) -> None:
    """It says the same."""
    before = below(graded)

    told = invoked("forget", graded, "ana-7", "--dry-run").stdout

    assert before == below(graded)
    assert "Would remove: 2 measurements in the cache" in told


def test_who_has_not_submitted_is_forgotten_too(graded: Path) -> None:
    """The roster's name and id are data as well."""
    assert 0 == invoked("forget", graded, "gone").exit_code

    assert ["ana-7", "ben", "cem"] == [row["id"] for row in rows_in(graded)]
    assert "gone" not in (graded / "run.json").read_text("utf-8")


def test_who_was_in_an_earlier_run_only_is_forgotten(graded: Path) -> None:
    """A folder that is on no list is found by its report."""
    a_graded_folder(graded, CEM)

    invoked("forget", graded, "ben")

    assert not (graded / "ben").exists()
    assert (graded / "cem").exists()


def test_nobody_of_that_name_is_an_error(graded: Path) -> None:
    """The nearest id is named, and nothing is removed."""
    before = below(graded)
    result = invoked("forget", graded, "benn")

    assert (2, before) == (result.exit_code, below(graded))
    assert "`ben`" in result.stderr


def test_whoever_is_forgotten_last_leaves_an_empty_class(tmp_path: Path) -> None:
    """The folder can be graded into again."""
    out = a_graded_folder(tmp_path, BEN)
    for name in ("index.html", "index-2.html", "index-search.js"):
        (out / name).write_text("ben", "utf-8")

    assert 0 == invoked("forget", out, "ben").exit_code
    assert [] == [name for name, content in below(out).items() if b"ben" in content]
    assert [] == json.loads((out / "run.json").read_text("utf-8"))["submissions"]
