"""Tests of `grader.sandbox.landlock`: what a worker behind it alone can and cannot do with files."""

import os
import socket
from pathlib import Path

import pytest
from builders_workers import attempt, sandbox

from grader.sandbox.landlock import version

pytestmark = [
    pytest.mark.usefixtures("workers"),
    pytest.mark.skipif(version() == 0, reason="this kernel has no Landlock"),
]
ALONE = sandbox(only={"Landlock", "no new privileges"})
PACKAGE = Path(__file__).parents[2] / "grader"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A file that everybody may read and write."""
    path = tmp_path / "elsewhere"
    path.write_text("a secret", encoding="ascii")
    path.chmod(0o666)
    return path


@pytest.mark.parametrize("action", ["read", "write", "remove"])
def test_a_file_elsewhere_is_closed(elsewhere: Path, action: str) -> None:
    """A file that the user could open is neither read, written nor removed."""
    assert "EACCES" == attempt(action, str(elsewhere), inside=ALONE)
    assert "a secret" == elsewhere.read_text(encoding="ascii")


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/proc/1/environ", "/proc/version", str(PACKAGE / "datasets" / "fashion_mnist.npz")],
)
def test_what_could_be_of_use_is_closed(path: str) -> None:
    """Neither users, nor other processes, nor the labels of the test images can be read."""
    assert "EACCES" == attempt("read", path, inside=ALONE)


@pytest.mark.parametrize("folder", ["/home", "/", str(PACKAGE.parent)])
def test_folders_elsewhere_are_not_listed(folder: str) -> None:
    """A worker does not see which files there are."""
    assert "EACCES" == attempt("list", folder, inside=ALONE)


def test_the_parent_keeps_its_variables_to_itself() -> None:
    """The grader's own environment, where a token may be, cannot be read."""
    assert "EACCES" == attempt("read", f"/proc/{os.getpid()}/environ", inside=ALONE)


@pytest.mark.parametrize("path", [os.__file__, pytest.__file__, str(PACKAGE / "errors.py"), "/proc/meminfo"])
def test_what_python_needs_is_open(path: str) -> None:
    """The standard library, the packages and the program itself can be imported late."""
    assert attempt("read", path, inside=ALONE).isdigit()


def test_its_own_folder_is_open() -> None:
    """A worker writes files in the folder that it works in, and makes no folder, link or pipe there."""
    assert "7" == attempt("write", "own", inside=ALONE)
    assert "EACCES" == attempt("pipe", inside=ALONE)
    assert "EACCES" == attempt("symlink", "own", inside=ALONE)


@pytest.mark.skipif(version() < 4, reason="this Landlock knows nothing of the network")
def test_tcp_is_closed() -> None:
    """No connection is made, not even to this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert "EACCES" == attempt("connect", server.getsockname()[1], inside=ALONE)


@pytest.mark.skipif(version() < 6, reason="this Landlock knows nothing of signals")
def test_no_signal_reaches_the_grader() -> None:
    """Other processes of the same user are out of reach."""
    assert "EPERM" == attempt("signal", os.getpid(), inside=ALONE)
    assert "None" == attempt("signal itself", inside=ALONE)
