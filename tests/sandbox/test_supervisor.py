"""Tests of `grader.sandbox.supervisor`; how it ends workers is in `test_worker`."""

from pathlib import Path

from grader.sandbox.limits import MOST_ON_DISK
from grader.sandbox.supervisor import bytes_below


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
