"""Tests of `grader.platforms.github.hook`: a step of a workflow, with the files that a runner gives it."""

import base64
import json
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.platforms.github.hook import hook
from grader.platforms.hooks import Options
from grader.rubric.lookup import DEFAULT

pytestmark = pytest.mark.usefixtures("workers")


def test_a_step_has_its_output_and_its_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What another line of the step wrote stays; the last result is the only one."""
    submission, output, summary = tmp_path / "repository", tmp_path / "output", tmp_path / "summary"
    submission.mkdir()
    output.write_text("before=1", encoding="utf-8")
    environment = {
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_REPOSITORY": "class/homework-ana",
        "GITHUB_ACTOR": "ana",
    }
    code = hook(submission, Options(DEFAULT, budget=60.0), environment)
    before, result = output.read_text(encoding="utf-8").splitlines()
    content = json.loads(base64.b64decode(result.removeprefix("result=")))

    assert 0 == code
    assert ("before=1", "fail", 10) == (before, content["status"], content["max_score"])
    assert summary.read_text(encoding="utf-8").startswith("## Failed: 0 of 10 points")
    assert "ana (class/homework-ana)." in summary.read_text(encoding="utf-8")
    assert (
        capsys.readouterr().out.splitlines()[-1].startswith("::notice title=Graded::Failed: 0 of 10 points")
    )


def test_without_a_runner_it_only_speaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a teacher's machine there is no file to write."""
    code = hook(tmp_path, Options(DEFAULT), {})

    assert 0 == code
    assert "::error title=" in capsys.readouterr().out
    assert [] == list(tmp_path.iterdir())


def test_a_file_of_the_runner_that_cannot_be_read(tmp_path: Path) -> None:
    """It is said before anything is graded."""
    with pytest.raises(UsageError) as caught:
        hook(tmp_path, Options(DEFAULT), {"GITHUB_OUTPUT": str(tmp_path)})

    assert f"`{tmp_path}` cannot be read (IsADirectoryError)." == caught.value.message
    assert "Run this in a GitHub workflow." == caught.value.hint
