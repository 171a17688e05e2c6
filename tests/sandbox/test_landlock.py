"""Tests of `grader.sandbox.landlock`: what is granted, and what a worker behind it alone can do."""

import os
import socket
import sys
import sysconfig
from pathlib import Path

import pytest
from builders_workers import attempt, sandbox

from grader.sandbox.landlock import HIDDEN, PACKAGE, Readable, readable, version

pytestmark = pytest.mark.usefixtures("workers")
needs_it = pytest.mark.skipif(version() == 0, reason="this kernel has no Landlock")
ALONE = sandbox(only={"Landlock", "no new privileges"})


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A file that everybody may read and write."""
    path = tmp_path / "elsewhere"
    path.write_text("a secret", encoding="ascii")
    path.chmod(0o666)
    return path


@needs_it
@pytest.mark.parametrize("action", ["read", "write", "remove"])
def test_a_file_elsewhere_is_closed(elsewhere: Path, action: str) -> None:
    """A file that the user could open is neither read, written nor removed."""
    assert "EACCES" == attempt(action, str(elsewhere), inside=ALONE)
    assert "a secret" == elsewhere.read_text(encoding="ascii")


@needs_it
@pytest.mark.hostile_row(104)
@pytest.mark.parametrize(
    ("action", "path"),
    [
        ("read", "/etc/passwd"),
        ("read", "/proc/version"),
        ("read", "/proc/1/environ"),
        ("read", "/proc/{grader}/environ"),
        ("read", str(PACKAGE / "datasets" / "fashion_mnist.npz")),
        ("list", "/home"),
        ("list", "/"),
        ("list", str(Path(__file__).parents[2])),
    ],
)
def test_what_could_be_of_use_is_closed(action: str, path: str) -> None:
    """Users, other processes, the grader's token and the labels cannot be read, nor folders be listed."""
    assert "EACCES" == attempt(action, path.format(grader=os.getpid()), inside=ALONE)


@needs_it
@pytest.mark.parametrize("path", [os.__file__, pytest.__file__, str(PACKAGE / "errors.py"), "/proc/meminfo"])
def test_what_python_needs_is_open(path: str) -> None:
    """The standard library, the packages and the program itself can be imported late."""
    assert attempt("read", path, inside=ALONE).isdigit()


@needs_it
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


def granted(parts: tuple[Readable, ...], path: Path) -> bool:
    """Whether a file can be read: it, or a folder that it lies in, is granted with what is below."""
    places = {part.path for part in parts if not part.names_only}
    return any(str(place) in places for place in (path, *path.parents))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Path(sysconfig.get_path("stdlib")) / "os.py", True),
        (Path(pytest.__file__), True),
        (PACKAGE / "errors.py", True),
        (Path("/proc/version"), True),
        (HIDDEN / "fashion_mnist.npz", False),
        *((folder / "anything", False) for folder in (Path.home(), Path.cwd(), Path("/etc"))),
        *((folder / "anything", False) for folder in (Path("/var"), Path("/usr/share"))),
    ],
)
def test_what_is_granted(path: Path, expected: bool) -> None:
    """Python, the packages, the program and what is lent; no labels, and nothing that belongs to others."""
    parts = readable(("/proc/version",))

    assert expected == granted(parts, path.resolve())
    assert HIDDEN.is_dir()
    assert Readable(str(PACKAGE.resolve()), names_only=True) in parts


def test_a_hidden_folder_is_left_out_of_what_is_around_it(tmp_path: Path) -> None:
    """Everything beside it is granted piece by piece, and no link leads around."""
    hidden = tmp_path / "packages" / "program" / "labels"
    hidden.mkdir(parents=True)
    (tmp_path / "packages" / "other").mkdir()
    (tmp_path / "packages" / "program" / "code.py").touch()
    (tmp_path / "packages" / "same").symlink_to(tmp_path / "packages")
    (tmp_path / "packages" / "labels again").symlink_to(hidden)

    parts = readable((str(tmp_path / "packages"),), hidden)

    below = {part for part in parts if part.path.startswith(str(tmp_path))}
    assert {
        Readable(str(tmp_path / "packages"), names_only=True),
        Readable(str(tmp_path / "packages" / "program"), names_only=True),
        Readable(str(tmp_path / "packages" / "program" / "code.py")),
        Readable(str(tmp_path / "packages" / "other")),
    } == below


def test_a_folder_of_the_path_is_granted_only_if_packages_are_installed_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m` puts the current folder on the path; what a teacher has there is not for a worker."""
    (tmp_path / "class").mkdir()
    (tmp_path / "packages" / "some-1.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "class"), str(tmp_path / "packages"), ""])

    parts = readable()

    assert granted(parts, tmp_path / "packages" / "some.py")
    assert not granted(parts, tmp_path / "class" / "model.keras")
