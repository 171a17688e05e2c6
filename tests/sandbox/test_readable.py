"""Tests of `grader.sandbox.readable`: what is granted around what is hidden."""

import sys
import sysconfig
from pathlib import Path

import pytest

from grader.sandbox.readable import HIDDEN, PACKAGE, Readable, readable


def granted(parts: tuple[Readable, ...], path: Path) -> bool:
    """Whether a file can be read: it, or a folder that it lies in, is granted with what is below."""
    places = {part.path for part in parts if not part.names_only}
    return any(str(place) in places for place in (path, *path.parents))


def test_python_and_the_packages_are_granted() -> None:
    """The standard library, what is installed, the program, and what is lent."""
    parts = readable(("/proc/version",))

    assert granted(parts, Path(sysconfig.get_path("stdlib")).resolve() / "os.py")
    assert granted(parts, Path(pytest.__file__).resolve())
    assert granted(parts, PACKAGE.resolve() / "errors.py")
    assert granted(parts, Path("/proc/version"))


def test_the_labels_are_not_granted() -> None:
    """The folder of the data that ships is left out, wherever the program is installed."""
    parts = readable()

    assert HIDDEN.is_dir()
    assert not granted(parts, HIDDEN.resolve() / "fashion_mnist.npz")
    assert Readable(str(PACKAGE.resolve()), names_only=True) in parts


@pytest.mark.parametrize("closed", [Path.home(), Path.cwd(), Path("/etc"), Path("/var"), Path("/usr/share")])
def test_what_belongs_to_others_is_not_granted(closed: Path) -> None:
    """Homes, the current folder, settings, temporary files and installed data stay closed."""
    assert not granted(readable(), closed / "anything")


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
