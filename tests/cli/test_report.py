"""Tests of `grader.cli.report`: stored reports in another format."""

import json
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_grading import a_graded_folder, keep
from builders_pages import YARDSTICK, drawable
from builders_reports import FAILED, PASSED

from grader.cli.report import report
from grader.messages.message import say
from grader.reports import html, junit, markdown, names
from grader.reports.charts import draw
from grader.submissions.roster import Student


def test_a_file_beside_each_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page is the format's."""
    report(a_graded_folder(tmp_path, FAILED, PASSED), "markdown", None)

    assert markdown.page(FAILED) == (tmp_path / "ito" / "report.md").read_text(encoding="utf-8")
    assert markdown.page(PASSED) == (tmp_path / "garcia" / "report.md").read_text(encoding="utf-8")
    assert f"Written: {tmp_path}/<id>/report.md, from 2 reports." == (capsys.readouterr().out.strip())


def test_one_file_for_a_class_elsewhere(tmp_path: Path) -> None:
    """The stored reports stay alone."""
    folder = a_graded_folder(tmp_path / "graded", FAILED, PASSED)
    report(folder, "junit", tmp_path / "ci")

    assert junit.page((FAILED, PASSED)) == (tmp_path / "ci" / "junit.xml").read_text(encoding="utf-8")
    assert ["garcia", "grades.csv", "history.jsonl", "ito", "run.json"] == sorted(
        path.name for path in folder.iterdir()
    )


def test_the_pages_of_a_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pages link to one another; the pictures come from the evidence that lies there, if it does."""
    folder = a_graded_folder(tmp_path, FAILED, PASSED, targets=YARDSTICK, absent=(Student("7", "Zoë"),))
    report(folder, "html", None)
    alone = (folder / "ito" / "report.html").read_text(encoding="utf-8")
    keep(folder, ito=drawable())
    capsys.readouterr()
    report(folder, "html", None)

    drawn = (folder / "ito" / "report.html").read_text(encoding="utf-8")
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert html.page(FAILED) == alone
    assert html.page(FAILED, draw(drawable(), YARDSTICK)) == drawn
    assert '<a href="ito/teacher.html">' in index
    assert "Zoë" in index
    assert f"Written: {folder}/index.html, {folder}/<id>/report.html and teacher.html, from 2 reports." == (
        capsys.readouterr().out.strip()
    )


@pytest.mark.parametrize(
    ("options", "message", "hinted"),
    [
        (("--format", "markdwn"), "There is no format `markdwn`.", ("markdown",)),
        ((), "No format was named.", names()),
    ],
)
def test_a_format_must_be_named(
    tmp_path: Path, options: tuple[str, ...], message: str, hinted: tuple[str, ...]
) -> None:
    """The nearest is said, or all; it is no bug of the program."""
    done = invoked("report", a_graded_folder(tmp_path, FAILED), *options)

    assert 2 == done.exit_code
    assert message == done.stderr.splitlines()[0]
    assert all(name in done.stderr for name in hinted)


def test_a_stored_report_in_another_language(tmp_path: Path) -> None:
    """Nothing is measured or judged again; page and findings are in the language."""
    said = FAILED.model_copy(update={"summary": say(""), "notes": (say("It was ignored."),)})
    report(a_graded_folder(tmp_path, said), "plain_text", None, "ko")
    page = (tmp_path / "ito" / "report.txt").read_text(encoding="utf-8")

    assert "\n참고\n  - 사용하지 않았습니다.\n" in page
    assert "\n미통과: 4.5 / 7.5점; 통과하지 못한 항목 1개.\n" in page


def test_stored_pages_in_another_language(tmp_path: Path) -> None:
    """Their pictures, too, which were drawn when the pages were in English."""
    folder = a_graded_folder(tmp_path, FAILED, targets=YARDSTICK)
    keep(folder, ito=drawable())
    report(folder, "html", None)
    report(folder, "html", None, "ko")
    page = (folder / "ito" / "report.html").read_text(encoding="utf-8")

    assert '<html lang="ko">' in page
    assert ">처음 60 step</text>" in page
    assert '<html lang="ko">' in (folder / "index.html").read_text(encoding="utf-8")


def test_the_schema_of_the_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """No folder is needed for it."""
    report(Path("schema"))

    assert "Report" == json.loads(capsys.readouterr().out)["title"]
