"""Tests of `grader.cli.decide`: what a person decides, in every output."""

import sys
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_grading import a_graded_folder, below, report_in, rows_in
from builders_platforms import CANVAS, WORKSHEET, a_gradebook, cells_of
from builders_reports import a_norm_item, a_report, an_accuracy_item, an_item

from grader.grading.decisions import Decisions
from grader.grading.verdict import settled
from grader.reports import html, markdown

ITEMS = (an_item(), a_norm_item(), an_accuracy_item())
ANA, BEN = (settled(a_report(*ITEMS, id=name, name=name, points_to_pass=7.5)) for name in ("ana", "ben"))


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A graded class of two, of whom nobody passed."""
    return a_graded_folder(tmp_path / "graded", ANA, BEN)


def decide(graded: Path, *options: str) -> str:
    """What the command prints, which ends well."""
    result = invoked("decide", graded, *options, "--no-pages")
    assert 0 == result.exit_code
    return result.stdout


def test_a_decision_is_in_every_output(graded: Path) -> None:
    """Report, table, pages and the record have it; another student's are as they were."""
    before = (graded / "ben" / "report.json").read_bytes()

    told = decide(graded, "ana", "--item", "norm", "--pass", "--comment", "You did clip.", "--by", "Dr. Kim")

    report = report_in(graded, "ana")
    assert ("passed", 7.5) == (report.verdict, report.score)
    assert ["passed", "failed"] == [row["verdict"] for row in rows_in(graded)]
    assert "ana: failed -> passed, 4.5 of 7.5 -> 7.5 of 7.5" in told
    for page in (html.page(report), html.teacher_page(report), markdown.page(report)):
        assert "Dr. Kim decided this on " in page
        assert "You did clip." in page
    assert before == (graded / "ben" / "report.json").read_bytes()
    assert ["norm"] == [one.item for one in Decisions.read(graded).every]


def test_an_item_by_hand_is_exported_once_it_is_decided(tmp_path: Path) -> None:
    """Until then both gradebooks keep what they have; the table has who decided, and the comment."""
    caption = an_item(id="caption", status="review", points=0.0, max_points=2.5, is_by_hand=True)
    items = an_item(), a_norm_item(status="passed", points=3.0), an_accuracy_item(), caption
    report = settled(a_report(*items, id="2026001", name="Ana García", points_to_pass=10.0))
    graded = a_graded_folder(tmp_path / "graded", report)
    files = {"gradebook": a_gradebook(tmp_path, CANVAS), "worksheet": tmp_path / "worksheet.csv"}
    files["worksheet"].write_text(WORKSHEET, "utf-8")

    def exported() -> list[list[str]]:
        found = []
        for command, option, column in (
            ("canvas", "gradebook", "Homework 11"),
            ("moodle-worksheet", "worksheet", "Grade"),
        ):
            out, source = tmp_path / "filled.csv", files[option]
            where = (f"--{option}", source, "--column", column, "--out", out)
            assert 0 == invoked("export", command, graded, *where).exit_code
            rows = cells_of(out.read_text("utf-8"))
            found.append(next(row for row in rows if "García" in "".join(row)))
        return found

    before = exported()
    decide(
        graded, "2026001", "--item", "caption", "--points", "1.25", "--comment", "=Why?", "--by", "Dr. Kim"
    )
    canvas, worksheet = exported()

    assert ["", ""] == [before[0][5], before[1][4]]
    assert ["8.75", "8.75"] == [canvas[5], worksheet[4]]
    (row,) = rows_in(graded)
    assert ("8.75", "1.25", "'=Why?", "Dr. Kim") == (
        *(row["score"], row["caption"]),
        *(row["comment"], row["decided_by"]),
    )


def test_what_is_undone_is_as_it_was_found(graded: Path) -> None:
    """The record keeps both."""
    before = below(graded)
    decide(graded, "ana", "--fail", "--reason", "Copied.", "--by", "Dr. Kim")
    decide(graded, "ana", "--undo", "--by", "Dr. Kim")

    after = below(graded)

    assert 2 == len(after.pop("decisions.jsonl").splitlines())
    assert before == after
    assert "Copied." in decide(graded, "--list")
    assert "\n" == decide(graded, "ben", "--list")


def test_a_dry_run_says_what_would_change(graded: Path) -> None:
    """Nothing is written, and nothing is recorded."""
    before = below(graded)

    told = decide(graded, "ana", "--points", "7.5", "--dry-run")

    assert "ana: failed -> passed" in told
    assert before == below(graded)


def test_many_are_decided_at_once(graded: Path, tmp_path: Path) -> None:
    """The file says who decided, or `--by` does."""
    source = tmp_path / "decisions.csv"
    source.write_text("id,item,decision,by\nana,norm,pass,\nben,,fail,Dr. Lee\n", "utf-8")

    told = decide(graded, "--from", str(source), "--by", "Dr. Kim")

    assert "2 decisions recorded." in told
    assert ["Dr. Kim", "Dr. Lee"] == [one.by for one in Decisions.read(graded).every]
    assert ["passed", "failed"] == [row["verdict"] for row in rows_in(graded)]


@pytest.mark.parametrize(
    ("line", "hint"), [("ben,,80", ""), ("anna,,3", "`ana`"), ("ben,nrom,1", "`norm`"), ("ben,norm,x", "`x`")]
)
@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["", "dry run"])
def test_one_line_that_cannot_be_decided_stops_all(
    graded: Path, tmp_path: Path, line: str, hint: str, more: tuple[str, ...]
) -> None:
    """It is named, also where it is about nobody or about no item, and nothing is decided."""
    source, before = tmp_path / "decisions.csv", below(graded)
    source.write_text(f"id,item,points\nana,,3\n{line}\n", "utf-8")

    result = invoked("decide", graded, "--from", source, *more)

    assert (2, before) == (result.exit_code, below(graded))
    assert "decisions.csv:3" in result.stderr
    assert hint in result.stderr


def test_many_are_decided_in_a_dry_run(graded: Path, tmp_path: Path) -> None:
    """It says what each line would change, and nothing is recorded."""
    source, before = tmp_path / "decisions.csv", below(graded)
    source.write_text("id,item,decision\nana,norm,pass\nben,,pass\n", "utf-8")

    told = decide(graded, "--from", str(source), "--dry-run", "--by", "Dr. Kim")

    assert before == below(graded)
    assert ["ana: failed -> passed", "ben: failed -> passed"] == [
        line.partition(",")[0] for line in told.splitlines() if " -> passed," in line
    ]
    assert "0 -> 3 points, as Dr. Kim decided" in told


def test_who_is_called_by_name_is_found_by_the_hint(tmp_path: Path) -> None:
    """Teachers know names better than numbers."""
    report = ANA.model_copy(update={"id": "2026001", "name": "Ana García"})
    result = invoked("decide", a_graded_folder(tmp_path, report, BEN), "garcía", "--pass")

    assert (2, True) == (result.exit_code, "`2026001`" in result.stderr)


@pytest.mark.parametrize(
    "options",
    [
        ("anna", "--pass"),
        ("ana", "--item", "nrom", "--pass"),
        ("ana",),
        ("--pass",),
        ("ana", "--pass", "--fail"),
        ("ana", "--pass", "--points", "3"),
        ("ana", "--points", "7.6"),
        ("ana", "--points", "nan"),
        ("ana", "--from", "decisions.csv"),
        ("--from", "missing.csv"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_decided_is_refused(graded: Path, options: tuple[str, ...]) -> None:
    """Nothing is recorded, and the command says what to do."""
    result = invoked("decide", graded, *options)

    assert 2 == result.exit_code
    assert result.stderr
    assert Decisions() == Decisions.read(graded)


def test_a_damaged_line_and_a_stranger_are_named(graded: Path) -> None:
    """Neither stops a decision about somebody else."""
    decide(graded, "ana", "--pass")
    record = graded / "decisions.jsonl"
    damaged = record.read_text("utf-8").replace('"ana"', '"zoe"') + "half\n"
    record.write_text(damaged + damaged, "utf-8")

    result = invoked("decide", graded, "ben", "--pass", "--no-pages")

    assert "decisions.jsonl:2" in result.stderr
    assert "decisions.jsonl:4" in result.stderr
    assert ["failed", "passed"] == [row["verdict"] for row in rows_in(graded)]


@pytest.mark.parametrize(
    "command",
    [("decide", "ana", "--pass"), ("forget", "ana"), ("desk", "--no-browser")],
    ids=lambda command: command[0],
)
def test_where_a_folder_cannot_be_locked_nothing_is_lost(
    graded: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Such as on Windows itself: one sentence says where the program runs."""
    before = below(graded)
    monkeypatch.setitem(sys.modules, "fcntl", None)

    result = invoked(command[0], graded, *command[1:])

    assert (2, before) == (result.exit_code, below(graded))
    assert result.stderr.startswith("Grades cannot be written on Windows itself.\nRun the program on Linux")
