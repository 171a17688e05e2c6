"""Texts of a student on their whole way: log, declaration and names of files, to every page that there is."""

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

import pytest
from builders_folders import make_file
from builders_markdown import KINDS, shown
from builders_reports import in_a_terminal, rows_of
from rich.console import Console

from grader.grading.judge import judge
from grader.measure.reply import FilesReply, as_evidence
from grader.measure.request import pack
from grader.measure.worker import work
from grader.platforms.gradescope import hook as gradescope
from grader.report import Report, Whose
from grader.reports import csv_grades, json_report, terminal
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import find_rubric
from grader.submissions.submission import Submission

TEXTS = [
    pytest.param('=HYPERLINK("http://x")', marks=pytest.mark.hostile_row(62, 66)),
    pytest.param("=cmd|' /C x'!A0", marks=pytest.mark.hostile_row(66)),
    pytest.param("\uff1d1+1", marks=pytest.mark.hostile_row(66)),
    pytest.param("<img src=x onerror=alert(1)>", marks=pytest.mark.hostile_row(62)),
    pytest.param("[a](javascript:alert(1)) | `x` @everyone", marks=pytest.mark.hostile_row(62)),
    pytest.param("\x1b[2J\x1b]0;t\x07", marks=pytest.mark.hostile_row(62, 69)),
    pytest.param("\x1b]8;;http://x\x1b\\grade: 100\x1b]8;;\x1b\\", marks=pytest.mark.hostile_row(69)),
    pytest.param("\u202e001 :edarg", marks=pytest.mark.hostile_row(69)),
    pytest.param("[/red] [link=http://x]grade: 100[/link]", marks=pytest.mark.hostile_row(70)),
    pytest.param("{0} %s ${HOME} \\N{BULLET}", marks=pytest.mark.hostile_row(48)),
    pytest.param("a\nb\r\nc\td", marks=pytest.mark.hostile_row(48)),
    pytest.param("x" * 5000, marks=pytest.mark.hostile_row(48)),
]


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    """The homework's own."""
    return load_rubric(find_rubric("gradient_clipping"))


def report_on(folder: Path, own: str, rubric: Rubric) -> Report:
    """What the program says of a submission without a model, so that no TensorFlow is needed."""
    messages, replies = iter(pack(Submission(own, folder), rubric.plan)), list[bytes]()
    work(lambda: next(messages), replies.append)
    evidence = as_evidence(FilesReply.model_validate_json(replies[-1]))
    return judge(rubric, evidence, Whose(own))


def submitted(folder: Path, text: str) -> Path:
    """A submission that has the text wherever a student can write one."""
    log = io.StringIO()
    csv.writer(log).writerows([["epoch", "loss", "accuracy", text], [0, 0.5, 0.5, 1], [1, text, text, text]])
    make_file(folder, "training_log.csv", log.getvalue().encode())
    name = text.translate({ord("/"): "_", 0: "_"})[:100]
    make_file(folder, f"{name}.csv", b"epoch,loss\n0,1\n")
    declared = {"name": text[:200], "id": text[:200], "norm": {"column": text[:200]}}
    make_file(folder, "submission.yaml", json.dumps(declared).encode())
    return folder


def acting(page: str) -> list[str]:
    """The characters that a terminal or an eye would not show as themselves."""
    return [
        letter
        for letter in page
        if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl")
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_student_writes_is_only_text(tmp_path: Path, rubric: Rubric, text: str) -> None:
    """In a spreadsheet no formula, on a screen nothing that acts and no markup, in JSON the text itself."""
    report = report_on(submitted(tmp_path, text), text, rubric)

    table = list(csv.reader(io.StringIO(csv_grades.page([report]))))
    words = [cell for row in table for cell in row if not re.fullmatch(r"-?[0-9.]*", cell)]
    console = Console(width=100, record=True, force_terminal=False, file=io.StringIO())
    console.print(in_a_terminal(report))
    console.print(terminal.class_table(rows_of([report])))
    screen = console.export_text()
    pages = [json_report.page(report), gradescope.page(report, finished=True)]

    assert [] == [
        cell for cell in words if cell.lstrip(' "').startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
    ]
    assert 2 == len(table)
    assert [] == acting(screen)
    assert [[], []] == [acting(page) for page in pages]
    assert text == json.loads(pages[0])["id"]
    results = json.loads(pages[1])
    for one in (results, *results["tests"]):
        assert "md" == one["output_format"]
        assert shown(one["output"])[0] <= KINDS
    if "[/red]" in text:
        assert "[/red] [link=http://x]grade: 100[/link]" in screen
