"""Tests of `grader.sandbox.lifetime`: nothing that was started goes on."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.lifetime import remove_folder

PROGRAM = """
import os, signal, time
from grader.sandbox.lifetime import adopt_orphans, die_with_parent, end_all
print(repr(adopt_orphans()), flush=True)
first = os.fork()
if first == 0:
    print(repr(die_with_parent(signal.SIGKILL)), flush=True)
    os.setsid()
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(60)
            os._exit(0)
    time.sleep(60)
time.sleep(0.2)
end_all(first, 5)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("alone")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems adopt no orphans")
def test_a_tree_of_processes_is_ended() -> None:
    """The group, and the daemons that left it, are dead and reaped."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=30
    )

    assert ["''", "''", "alone"] == done.stdout.splitlines()


def test_a_folder_is_removed(tmp_path: Path) -> None:
    """With what is in it; one that is gone already is no matter."""
    (tmp_path / "own" / "inner").mkdir(parents=True)
    (tmp_path / "own" / "inner" / "file").touch()

    remove_folder(str(tmp_path / "own"))
    remove_folder(str(tmp_path / "own"))

    assert not (tmp_path / "own").exists()
