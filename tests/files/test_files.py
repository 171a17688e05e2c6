"""Files of our own: written whole, read back strictly, zipped the same way every time."""

import errno
import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from builders_folders import unless_root

from grader.errors import UsageError
from grader.evidence import File
from grader.files import UnreadableError, prepare_folder, read_own, write_whole, zipped

ROOM = "Free some room, or name a folder that you may write to."


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

    assert f"The output folder `{tmp_path / name}` cannot be written: {reason}." == str(caught.value.message)
    assert "Name another folder." == caught.value.hint


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ("García\r\n王\n", "García\r\n王\n".encode()),
        (b"\r\n\xff\0", b"\r\n\xff\0"),
        pytest.param("bad\udcff", rb"bad\udcff", marks=pytest.mark.hostile_row(71), id="no UTF-8"),
    ],
)
def test_a_file_is_written_whole(tmp_path: Path, content: str | bytes, written: bytes) -> None:
    """Text as UTF-8 with its line ends, a lone surrogate as its escape, bytes as they are, and alone."""
    path = tmp_path / "a" / "report.json"

    write_whole(path, "old and long")
    write_whole(path, content)

    assert written == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_whoever_may_read_the_folder_may_read_the_file(tmp_path: Path) -> None:
    """Its mode is that of any new file."""
    (tmp_path / "usual").touch()

    write_whole(tmp_path / "report.json", "{}")

    usual, ours = ((tmp_path / name).stat().st_mode for name in ("usual", "report.json"))
    assert stat.filemode(usual) == stat.filemode(ours)


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

    assert f"`{tmp_path / name}` cannot be written: {reason}." == str(caught.value.message)
    assert ROOM == str(caught.value.hint)
    assert {"folder", "file"} == {path.name for path in tmp_path.iterdir()}
    assert "old" == (tmp_path / "file").read_text(encoding="utf-8")


def test_an_odd_path_is_shown_safely(tmp_path: Path) -> None:
    """An escape in the name of a folder does not reach the screen."""
    (tmp_path / "a\x1b").touch()

    with pytest.raises(UsageError, match=r"/a\\x1b/report.json` cannot be written: File exists\."):
        write_whole(tmp_path / "a\x1b" / "report.json", "{}")


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
        assert str(caught.value.message).endswith("cannot be written: No space left on device.")
        assert ROOM == str(caught.value.hint)


@pytest.mark.hostile_row(76)
@unless_root
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is tried before any work is done; the sentence names the folder or the file."""
    folder = tmp_path / "out"
    folder.mkdir(mode=0o500)

    with pytest.raises(UsageError) as at_first:
        prepare_folder(folder)
    with pytest.raises(UsageError) as later:
        write_whole(folder / "report.json", "{}")

    assert f"The output folder `{folder}` cannot be written: Permission denied." == at_first.value.message
    assert f"`{folder / 'report.json'}` cannot be written: Permission denied." == str(later.value.message)


FILE = File(role="log", name="log.csv", bytes=3, sha256="00")


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    """From JSON."""
    write_whole(tmp_path / "file.json", FILE.model_dump_json())

    assert FILE == read_own(File, tmp_path / "file.json", 1_000_000, "grader grade")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    """Also where root may read everything."""
    with pytest.raises(UnreadableError, match="cannot be read: File name too long"):
        read_own(File, tmp_path / ("x" * 300), 2_000_000, "grader grade")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must be what `grader grade` writes. Received: Invalid JSON: EOF while parsing a value"),
        (b"[]", "must be what `grader grade` writes. Received: Input should be an object."),
        (b'{"\\u001b": 1}', "must be what `grader grade` writes. Received: Field required (`role`)."),
        (b" " * 2_000_001, "has more than 2,000,000 bytes; at most that many are read."),
        (None, "does not exist."),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    """The sentence needs only the file's name before it."""
    if content is not None:
        write_whole(tmp_path / "file.json", content)

    with pytest.raises(UnreadableError) as caught:
        read_own(File, tmp_path / "file.json", 2_000_000, "grader grade")

    assert str(caught.value).startswith(message)


def test_an_archive_is_the_same_every_time() -> None:
    """Text as UTF-8, bytes as they are, in order, with the right to be run; no time is in it."""
    packed = zipped({"b/run": "#!é\n", "a": b"\xff"}, programs={"b/run"})
    archive = zipfile.ZipFile(io.BytesIO(packed))

    assert packed == zipped({"b/run": "#!é\n", "a": b"\xff"}, programs={"b/run"})
    assert ["b/run", "a"] == archive.namelist()
    assert ("#!é\n".encode(), b"\xff") == (archive.read("b/run"), archive.read("a"))
    assert [0o100755, 0o100644] == [entry.external_attr >> 16 for entry in archive.infolist()]
    assert archive.testzip() is None
