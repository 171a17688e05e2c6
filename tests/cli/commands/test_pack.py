"""Tests of `grader.cli.commands.pack`: one zip, and what to do with it."""

import zipfile
from pathlib import Path

import pytest

from grader.cli.commands.pack import pack
from grader.errors import UsageError
from grader.rubric.shelf import DEFAULT


def test_a_zip_is_written_and_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How large it is, and what the platform must be told."""
    out = tmp_path / "autograder.zip"
    pack("gradescope", DEFAULT, out)
    said = capsys.readouterr().out

    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert "setup.sh" in archive.namelist()
    assert said.startswith(f"Written: {out}, ")
    assert (
        "Upload it in Gradescope under Configure Autograder, as Zip file upload.\n"
        "Choose 1 CPU with 1.5 GB of memory or more: a submission takes 0.9 GB, and with the 0.75 GB that "
        "Gradescope gives where nothing is chosen, TensorFlow is killed.\n"
        "Leave the time limit at 10 minutes; the grader keeps within 570 s.\n"
    ) in said


def test_a_platform_that_is_not_there(tmp_path: Path) -> None:
    """The nearest is named."""
    with pytest.raises(UsageError) as caught:
        pack("gradscope", DEFAULT, tmp_path / "x.zip")

    assert "There is no platform `gradscope`." == caught.value.message
    assert "gradescope" in caught.value.hint
