"""Tests of `grader.sandbox.supervisor`; how it ends workers is in `test_worker`."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.limits import MOST_ON_DISK
from grader.sandbox.supervisor import bytes_below, remove_folder


def test_what_is_on_disk_is_counted(tmp_path: Path) -> None:
    """Blocks count, in folders too; a hole in a file costs nothing."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "full").write_bytes(bytes(range(256)) * 4096)
    with (tmp_path / "hole").open("wb") as stream:
        stream.truncate(1 << 30)

    assert (1 << 20) <= bytes_below(str(tmp_path)) < (2 << 20)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link to a large folder is a link."""
    (tmp_path / "link").symlink_to("/")

    assert bytes_below(str(tmp_path)) < 100_000


def test_what_cannot_be_counted_is_too_much(tmp_path: Path) -> None:
    """A path that is too long to open counts as over the limit; a folder that is gone counts nothing."""
    assert MOST_ON_DISK < bytes_below(str(tmp_path / ("d" * 5000)))
    assert 0 == bytes_below(str(tmp_path / "gone"))


PROGRAM = """
import os, signal, time
from grader.sandbox.layers import die_with_parent
from grader.sandbox.supervisor import adopt_orphans, end_all
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
