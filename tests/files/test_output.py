"""Writing files whole."""

import errno
import os
import stat
from pathlib import Path

import pytest
from builders_folders import unless_root

from grader.errors import UsageError
from grader.files import prepare_folder, write_whole

ROOM = "Free some room or name another folder."


def test_an_output_folder_is_made(tmp_path: Path) -> None:
    """With the folders around it, once or again, and nothing is left in it."""
    folder = tmp_path / "a" / "b"

    prepare_folder(folder)
    prepare_folder(folder)

    assert [] == list(folder.iterdir())


@pytest.mark.parametrize(
    ("name", "reason"),
    [("file", "File exists"), ("file/inside", "Not a directory"), ("x" * 300, "File name too long")],
)
def test_an_output_folder_that_cannot_be_made(tmp_path: Path, name: str, reason: str) -> None:
    """The sentence names it, with the system's reason."""
    (tmp_path / "file").touch()

    with pytest.raises(UsageError) as caught:
        prepare_folder(tmp_path / name)

    assert f"The output folder `{tmp_path / name}` cannot be written: {reason}." == caught.value.message
    assert "Name another folder." == caught.value.hint


@pytest.mark.hostile_row(76)
@unless_root
def test_an_output_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is tried before any work is done."""
    folder = tmp_path / "out"
    folder.mkdir(mode=0o500)

    with pytest.raises(UsageError) as caught:
        prepare_folder(folder)

    assert f"The output folder `{folder}` cannot be written: Permission denied." == caught.value.message


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """As UTF-8, with the line ends that it has, and nothing beside it."""
    path = tmp_path / "a" / "report.json"

    write_whole(path, "García\r\n王\n")

    assert "García\r\n王\n".encode() == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new text stands in the place of the old."""
    path = tmp_path / "grades.csv"
    write_whole(path, "old and long")

    write_whole(path, "new")

    assert "new" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_whoever_may_read_the_folder_may_read_the_file(tmp_path: Path) -> None:
    """Its mode is that of any new file."""
    (tmp_path / "usual").touch()

    write_whole(tmp_path / "report.json", "{}")

    usual, ours = ((tmp_path / name).stat().st_mode for name in ("usual", "report.json"))
    assert stat.filemode(usual) == stat.filemode(ours)


@pytest.mark.hostile_row(71)
def test_text_that_is_no_utf_8_is_written_with_escapes(tmp_path: Path) -> None:
    """A lone surrogate from a file's name does not lose the report."""
    write_whole(tmp_path / "grades.csv", "bad\udcff")

    assert rb"bad\udcff" == (tmp_path / "grades.csv").read_bytes()


@pytest.mark.hostile_row(52)
@pytest.mark.parametrize("target", ["secret", "gone"])
def test_a_link_is_replaced_and_not_followed(tmp_path: Path, target: str) -> None:
    """What lies in a shared folder beforehand does not lead us to another file."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    path = tmp_path / "report.json"
    path.symlink_to(target)

    write_whole(path, "{}")

    assert not path.is_symlink()
    assert "{}" == path.read_text(encoding="utf-8")
    assert "secret" == (tmp_path / "secret").read_text(encoding="utf-8")
    assert {"secret", "report.json"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.hostile_row(76)
@pytest.mark.parametrize(
    ("name", "reason"),
    [("folder", "Is a directory"), ("file/inside", "File exists"), ("x" * 300, "File name too long")],
)
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str, reason: str) -> None:
    """The sentence names it, what was there stays, and nothing is left behind."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old", encoding="utf-8")

    with pytest.raises(UsageError) as caught:
        write_whole(tmp_path / name, "new")

    assert f"`{tmp_path / name}` cannot be written: {reason}." == caught.value.message
    assert ROOM == caught.value.hint
    assert {"folder", "file"} == {path.name for path in tmp_path.iterdir()}
    assert "old" == (tmp_path / "file").read_text(encoding="utf-8")


def test_an_odd_path_is_shown_safely(tmp_path: Path) -> None:
    """An escape in the name of a folder does not reach the screen."""
    (tmp_path / "a\x1b").touch()

    with pytest.raises(UsageError) as caught:
        write_whole(tmp_path / "a\x1b" / "report.json", "{}")

    assert rf"`{tmp_path}/a\x1b/report.json` cannot be written: File exists." == caught.value.message


@pytest.mark.hostile_row(76)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_write_that_ends_early_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """An interrupt or a full disk in the middle: the old file stays, and nothing lies beside it."""

    def fail(_: int) -> None:
        raise error

    (tmp_path / "report.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((KeyboardInterrupt, UsageError)) as caught:
        write_whole(tmp_path / "report.json", "new")

    assert ["report.json"] == [path.name for path in tmp_path.iterdir()]
    assert "old" == (tmp_path / "report.json").read_text(encoding="utf-8")
    if isinstance(caught.value, UsageError):
        assert caught.value.message.endswith("cannot be written: No space left on device.")
        assert ROOM == caught.value.hint


@pytest.mark.hostile_row(76)
@unless_root
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The sentence names the file, with the system's reason."""
    folder = tmp_path / "out"
    folder.mkdir(mode=0o500)

    with pytest.raises(UsageError) as caught:
        write_whole(folder / "report.json", "{}")

    assert f"`{folder / 'report.json'}` cannot be written: Permission denied." == caught.value.message


@pytest.mark.hostile_row(76)
def test_another_mistake_leaves_nothing_behind(tmp_path: Path) -> None:
    """Our own mistake, or an interrupt, ends the writing between its two steps."""
    with pytest.raises(TypeError):
        write_whole(tmp_path / "report.json", None)  # type: ignore[arg-type]

    assert [] == list(tmp_path.iterdir())


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    """An archive has no encoding."""
    write_whole(tmp_path / "x.zip", b"\r\n\xff\0")

    assert b"\r\n\xff\0" == (tmp_path / "x.zip").read_bytes()
