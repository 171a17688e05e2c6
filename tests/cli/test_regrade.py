"""Tests of `grader.cli.regrade`: another rubric for a class whose evidence is kept."""

import contextlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import builders_class
import builders_evidence as build
import pytest
from builders_command_line import invoked
from builders_grading import a_cache, a_submission, below, keep, report_in, rows_in
from builders_rubric import a_file

from grader.cli.regrade import regrade
from grader.datasets import load_dataset
from grader.errors import UsageError
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.cache import FILE, Measured
from grader.grading.graded_folder import Run, write_class
from grader.grading.judged_class import JudgedClass
from grader.grading.judging import Judges
from grader.report import Origin
from grader.rubric.loading import load_rubric
from grader.submissions.roster import Student

RUBRIC = """\
version: 1
title: Homework
likeness: note
items:
- model_accuracy: {at_least: 0.87, tolerance: 0}
  title: Accuracy
  points: 3
- hidden_layers: {units: [300, 100]}
  title: Layers
  points: 1
"""
LOWER = RUBRIC.replace("0.87", "0.85")
ABSENT = (Student("7", "Zoë"),)
DEAD = Problem(who="operator", message="The worker ended early.")
COPIED = builders_class.a_loss(builders_class.a_series(1))


def some_work(accuracy: float, *, copied: bool = False) -> Evidence:
    loss = COPIED if copied else builders_class.a_loss(builders_class.a_series(int(accuracy * 1000)))
    return build.some_evidence(accuracy=build.an_accuracy(accuracy), log=build.a_log(loss))


CLASS = {"ana": some_work(0.88), "ben": some_work(0.86, copied=True), "cem": some_work(0.84, copied=True)}


def measured(evidence: Evidence) -> bytes:
    """What a process that judges gets."""
    return Measured(evidence=evidence, origin=Origin(seconds=2.0)).model_dump_json().encode()


def a_graded_folder(folder: Path, works: Mapping[str, Evidence] = CLASS, text: str = RUBRIC) -> Path:
    """An output folder as `grader grade` leaves it."""
    out, rubric = folder / "out", load_rubric(a_file(folder, text))
    keep(out, **works)
    submissions = tuple(map(a_submission, works))
    with Judges(rubric) as judges:
        futures = [judges.judge(one.whose, measured(works[one.id])) for one in submissions]
        with JudgedClass(rubric) as judged:
            for one, future in zip(submissions, futures, strict=True):
                judged.add(one.id, future.result())
            reports = list(judged.reports(works))
    data = load_dataset(rubric.plan.data).sha256
    targets = rubric.targets
    run = Run(plan=rubric.plan, data=data, targets=targets, submissions=submissions, absent=ABSENT)
    write_class(out, run, list(zip(submissions, reports, strict=True)))
    return out


def regraded(out: Path, text: str = LOWER, *, dry_run: bool = False) -> int:
    """The exit code of regrading by a rubric with this text."""
    return regrade(out, str(a_file(out.parent, text)), dry_run=dry_run, pages=False)


def test_what_changes_is_said_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who, what, and why; the absent stay in the table, and all is as a fresh grading makes it."""
    out = a_graded_folder(tmp_path)

    code = regraded(out)

    assert 0 == code
    assert [
        "ben: failed -> passed, 1 of 4 -> 4 of 4",
        f"  model_accuracy: failed -> passed. {report_in(out, 'ben').items[0].message}",
        "1 of 3 submissions changed.",
    ] == _lines(capsys)
    assert [("passed", "4"), ("passed", "4"), ("failed", "1"), ("not submitted", "")] == [
        (row["verdict"], row["score"]) for row in rows_in(out)
    ]
    (tmp_path / "fresh").mkdir()
    fresh = a_graded_folder(tmp_path / "fresh", text=LOWER)
    assert [report_in(fresh, name) for name in CLASS] == [report_in(out, name) for name in CLASS]
    assert rows_in(fresh) == rows_in(out)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says the same, and that."""
    out = a_graded_folder(tmp_path)
    before = below(out), (out / FILE).read_bytes()

    assert 0 == regraded(out, dry_run=True)

    lines = _lines(capsys)
    assert before == (below(out), (out / FILE).read_bytes())
    assert "ben: failed -> passed, 1 of 4 -> 4 of 4" == lines[0]
    assert ["1 of 3 submissions would change.", "Nothing was written."] == lines[-2:]


def test_nothing_changes_by_the_same_rubric(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a file nor a grade."""
    out = a_graded_folder(tmp_path)
    regraded(out, RUBRIC)
    before = below(out)
    capsys.readouterr()

    assert 0 == regraded(out, RUBRIC)

    assert before == below(out)
    assert ["0 of 3 submissions changed."] == _lines(capsys)


def test_pairs_that_become_a_teachers_are_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are named as the reason."""
    out = a_graded_folder(tmp_path)

    assert 3 == regraded(out, RUBRIC.replace("likeness: note", "likeness: review\npass_at: 0.25"))

    assert [
        "ben: failed -> review, 1 of 4",
        "  It resembles `cem`; a teacher will review it.",
        "cem: failed -> review, 1 of 4",
        "  It resembles `ben`; a teacher will review it.",
        "2 of 3 submissions changed.",
    ] == _lines(capsys)


@pytest.mark.parametrize("measures", ["rerun: {steps: 20}", "probe: {batches: 5}", 'files: {log: ["*.csv"]}'])
def test_a_rubric_that_measures_something_else_is_refused(tmp_path: Path, measures: str) -> None:
    """Nothing is written; its limits are no matter."""
    out = a_graded_folder(tmp_path)
    before = below(out)

    with pytest.raises(UsageError) as caught:
        regraded(out, f"{LOWER}{measures}\n")

    assert "must be measured again" in caught.value.message
    assert "Run `grader grade` with it." == caught.value.hint
    assert before == below(out)
    assert 0 == regraded(out, f"{LOWER}limits: {{seconds: 5}}\n")


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    """It is not made, either, nor is a cache."""
    with pytest.raises(UsageError):
        regraded(tmp_path / "out")

    assert [tmp_path / "hw.yaml"] == list(tmp_path.iterdir())


def test_without_the_cache_every_report_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It may be deleted at any time; the list of the class is another file."""
    out = a_graded_folder(tmp_path)
    (out / FILE).unlink()
    before = [report_in(out, name) for name in CLASS], rows_in(out)

    assert 0 == regraded(out)

    assert before == ([report_in(out, name) for name in CLASS], rows_in(out))
    assert [f"{name}: not judged" for name in CLASS] == [
        line.partition(",")[0] for line in _lines(capsys)[:3]
    ]


def test_only_those_of_the_last_run_are_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report of one who has withdrawn stays on the disk, and is in no table."""
    out = a_graded_folder(tmp_path)
    gone = (out / "ana" / "report.json").read_bytes()
    a_graded_folder(tmp_path, {"ben": CLASS["ben"], "cem": CLASS["cem"]})

    regraded(out)

    assert gone == (out / "ana" / "report.json").read_bytes()
    assert ["ben", "cem", "7"] == [row["id"] for row in rows_in(out)]
    assert "1 of 2 submissions changed." in capsys.readouterr().out


def test_who_was_not_fully_graded_keeps_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row stays, and the pairs that others have with it stay."""
    works = {**CLASS, "cem": CLASS["cem"].having("rerun", DEAD).having("accuracy", DEAD)}
    out = a_graded_folder(tmp_path, works)
    before = report_in(out, "cem")

    code = regraded(out)

    lines = _lines(capsys)
    assert 3 == code
    assert lines[-2].startswith("cem: not judged")
    assert before == report_in(out, "cem")
    assert ["passed", "passed", "error", "not submitted"] == [row["verdict"] for row in rows_in(out)]
    assert ["cem"] == [pair.id for pair in report_in(out, "ben").pairs]


def test_damaged_evidence_keeps_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would have to be measured again."""
    out = a_graded_folder(tmp_path)
    with contextlib.closing(sqlite3.connect(out / FILE)) as connection, connection:
        connection.execute("UPDATE measurements SET content = X'00' WHERE key = 'ana'")
    before = report_in(out, "ana")

    regraded(out)

    assert _lines(capsys)[0].startswith("ana: not judged")
    assert before == report_in(out, "ana")


@pytest.mark.parametrize("content", [None, b"{"])
def test_a_report_that_is_gone_is_written_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    """Its evidence is kept."""
    out = a_graded_folder(tmp_path)
    file = out / "ana" / "report.json"
    before = file.read_bytes()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    regraded(out, RUBRIC)

    assert ["ana: passed, 4 of 4 (no earlier report)", "1 of 3 submissions changed."] == _lines(capsys)
    assert before == file.read_bytes()


def test_a_run_at_work_is_not_disturbed(tmp_path: Path) -> None:
    """The command line says who is, with exit code 2."""
    out = a_graded_folder(tmp_path)
    rubric = a_file(tmp_path, LOWER)
    command = ("regrade", out, "--rubric", rubric)
    with a_cache(out):
        refused = invoked(*command)
    done = invoked(*command, "--dry-run")

    assert (2, "") == (refused.exit_code, refused.stdout)
    assert refused.stderr.splitlines()[0].endswith(f"is writing into `{out}`.")
    assert (0, "") == (done.exit_code, done.stderr)
    assert done.stdout.endswith("1 of 3 submissions would change.\nNothing was written.\n")


def test_what_a_decision_overrides_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run writes nothing, and says what the rubric finds beside what somebody decided."""
    out = a_graded_folder(tmp_path)
    for item, verb in (("model_accuracy", "--pass"), ("", "--fail")):
        about = ("--item", item) if item else ()
        invoked("decide", out, "cem" if item else "ana", *about, verb, "--by", "Dr. Kim", "--no-pages")
    before = below(out)

    regraded(out, RUBRIC.replace("0.87", "0.95"), dry_run=True)

    told = capsys.readouterr().out
    assert (
        "cem: model_accuracy stays passed, 3 points, as Dr. Kim decided; the rubric finds failed, 0." in told
    )
    assert "ana: stays failed, as Dr. Kim decided." in told
    assert before == below(out)
