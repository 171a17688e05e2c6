"""Tests of `grader.grading.store.lock`: one run at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading.store.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from grader.grading.store.lock import locked
with locked(Path(sys.argv[1]), Path(sys.argv[1], ".grader")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_so(tmp_path: Path) -> None:
    """It stops, with the number of the first; once that is killed the folder is free again."""
    first = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert "held\n" == first.stdout.readline()

    with pytest.raises(UsageError) as caught, locked(tmp_path, tmp_path / ".grader"):
        pass
    first.kill()
    first.communicate()

    assert f"Another run (process {first.pid}) is writing into `{tmp_path}`." == caught.value.message
    assert "Wait until it has ended, or name another folder with `--out`." == caught.value.hint
    with locked(tmp_path, tmp_path / ".grader"):
        assert f"{os.getpid()}\n" == (tmp_path / ".grader" / "lock").read_text(encoding="ascii")


def test_the_lock_ends_with_its_block(tmp_path: Path) -> None:
    """However it ends."""
    with pytest.raises(KeyboardInterrupt), locked(tmp_path, tmp_path / "new"):
        raise KeyboardInterrupt

    with locked(tmp_path, tmp_path / "new"):
        assert (tmp_path / "new" / "lock").exists()


@pytest.mark.parametrize(("name", "reason"), [("file", "File exists"), ("file/below", "Not a directory")])
def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, name: str, reason: str) -> None:
    """Before anything is graded."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageError) as caught, locked(tmp_path, tmp_path / name):
        pass

    assert f"The output folder `{tmp_path}` cannot be written: {reason}." == caught.value.message
    assert "Name another folder." == caught.value.hint


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    """Nothing is written where it leads."""
    (tmp_path / "target").write_text("mine", encoding="utf-8")
    (tmp_path / "lock").symlink_to(tmp_path / "target")

    with pytest.raises(UsageError), locked(tmp_path, tmp_path):
        pass

    assert "mine" == (tmp_path / "target").read_text(encoding="utf-8")
