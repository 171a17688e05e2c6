"""Tests of `grader.cli.pack`: one zip, and what to do with it."""

import zipfile
from pathlib import Path

import pytest
from builders_command_line import invoked

from grader.cli.pack import pack
from grader.errors import UsageError
from grader.platforms.packing import names
from grader.rubric.lookup import DEFAULT


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


def test_a_zip_for_a_platform(tmp_path: Path) -> None:
    """With the rubric that was named."""
    done = invoked("pack", "github", "gradient_clipping", "--out", tmp_path / "x.zip")

    assert 0 == done.exit_code
    assert ".github/grading/rubric/gradient_clipping.yaml" in zipfile.ZipFile(tmp_path / "x.zip").namelist()


def test_the_help_names_the_platforms() -> None:
    """All for which something can be packed."""
    said = " ".join(invoked("pack", "--help").stdout.split())

    assert [] == [name for name in names() if name not in said]
