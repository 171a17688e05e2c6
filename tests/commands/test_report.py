"""Tests of `grader.commands.report`: stored reports in another format."""

from pathlib import Path

import pytest
from builders_graded import a_graded_folder
from builders_reports import FAILED, PASSED

from grader.commands.report import report
from grader.errors import UsageError
from grader.formats import junit, markdown


def test_a_file_beside_each_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page is the format's."""
    report(a_graded_folder(tmp_path, FAILED, PASSED), "markdown", None)

    assert markdown.page(FAILED) == (tmp_path / "ito" / "report.md").read_text(encoding="utf-8")
    assert markdown.page(PASSED) == (tmp_path / "garcia" / "report.md").read_text(encoding="utf-8")
    assert f"Written: {tmp_path}/<id>/report.md, from 2 reports." == " ".join(
        capsys.readouterr().out.replace("\n", "").split()
    )


def test_one_file_for_a_class_elsewhere(tmp_path: Path) -> None:
    """The stored reports stay alone."""
    folder = a_graded_folder(tmp_path / "graded", FAILED, PASSED)
    report(folder, "junit", tmp_path / "ci")

    assert junit.page((PASSED, FAILED)) == (tmp_path / "ci" / "junit.xml").read_text(encoding="utf-8")
    assert ["garcia", "ito"] == sorted(path.name for path in folder.iterdir())


def test_a_format_that_is_not_there(tmp_path: Path) -> None:
    """The nearest is named, and nothing is written."""
    with pytest.raises(UsageError) as caught:
        report(a_graded_folder(tmp_path, FAILED), "markdwn", None)

    assert "There is no format `markdwn`." == caught.value.message
    assert "markdown" in caught.value.hint
