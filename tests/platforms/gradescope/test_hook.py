"""Tests of `grader.platforms.gradescope.hook`: Gradescope's folder, as it really looks."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.platforms.gradescope.hook import hook
from grader.platforms.hooks import Options
from grader.rubric.lookup import DEFAULT

pytestmark = pytest.mark.usefixtures("workers")


def a_root(tmp_path: Path, examples: Path, story: str) -> Path:
    shutil.copytree(examples / story, tmp_path / "submission")
    return tmp_path


def results(root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return found


def test_a_submission_that_fails_has_its_verdict(tmp_path: Path, examples: Path) -> None:
    """The hook has done its work, so it exits 0, also in a trial without metadata."""
    root = a_root(tmp_path, examples, "dan_without_log")

    code = hook(root, Options(DEFAULT))

    assert 0 == code
    assert str(results(root)["output"]).startswith("Failed: ")


def test_a_submission_without_files_has_its_verdict(tmp_path: Path) -> None:
    """An empty upload is the student's to mend."""
    (tmp_path / "submission").mkdir()

    assert 0 == hook(tmp_path, Options(DEFAULT))
    assert 0 == results(tmp_path)["score"]


@pytest.mark.parametrize("metadata", ["", "[]", "{", '{"users": 3}', '{"users": ["Ana"]}', "[" * 100_000])
def test_metadata_that_gradescope_did_not_write_is_refused(tmp_path: Path, metadata: str) -> None:
    """It is the operator's file, so it is said before anything is graded."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission_metadata.json").write_text(metadata, encoding="utf-8")

    with pytest.raises(
        UsageError, match=r"submission_metadata\.json` must be the JSON that Gradescope writes"
    ):
        hook(tmp_path, Options(DEFAULT))

    assert not (tmp_path / "results" / "results.json").exists()


def test_a_grader_that_is_killed_leaves_a_partial_result(tmp_path: Path, examples: Path) -> None:
    """As soon as it has begun there is one, which says what it means if it stays."""
    root = a_root(tmp_path, examples, "ana_passes")
    file = root / "results" / "results.json"
    command = [sys.executable, "-m", "grader", "hook", "gradescope", "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not file.exists():
            time.sleep(0.005)
        process.kill()

    assert str(results(root)["output"]).startswith("Not finished: 0 of 10 points.")
    assert ["results.json"] == [path.name for path in file.parent.iterdir()]
