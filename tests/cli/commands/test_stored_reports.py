"""Tests of `grader.cli.commands.stored_reports`: reports are read strictly."""

from pathlib import Path

import pytest
from builders_graded import a_graded_folder
from builders_reports import FAILED, PASSED

from grader.cli.commands.stored_reports import LARGEST, read_reports
from grader.errors import UsageError


def test_each_report_by_its_folder(tmp_path: Path) -> None:
    """In order of the names; other files are nothing to it."""
    a_graded_folder(tmp_path, FAILED, PASSED)
    (tmp_path / "grades.csv").touch()
    (tmp_path / "empty").mkdir()

    assert {tmp_path / "garcia": PASSED, tmp_path / "ito": FAILED} == read_reports(tmp_path)
    assert ["garcia", "ito"] == [path.name for path in read_reports(tmp_path)]


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_reports(tmp_path: Path, name: str) -> None:
    """It says which folder is meant."""
    with pytest.raises(UsageError) as caught:
        read_reports(tmp_path / name)

    assert f"There is no `report.json` in a subfolder of `{tmp_path / name}`." == caught.value.message
    assert "Name the folder that `grader grade` has written to." == caught.value.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "must be what `grader grade` writes. Received: Invalid JSON"),
        (b"{}", "must be what `grader grade` writes. Received: Field required (`program`)."),
        (b"\xff", "must be what `grader grade` writes. Received: "),
        (b" " * (LARGEST + 1), "must be at most 20 MB."),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """The file is named."""
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "report.json").write_bytes(content)

    with pytest.raises(UsageError) as caught:
        read_reports(tmp_path)

    assert caught.value.message.startswith(f"`{tmp_path / 'ana' / 'report.json'}` {message}")
    assert "Grade the submission again." == caught.value.hint
