"""Tests of `grader.files.zipped`: an archive that is the same every time."""

import io
import zipfile

from grader.files.zipped import zipped


def test_what_goes_in_comes_out() -> None:
    """Text as UTF-8, bytes as they are, in order, with the right to be run where it is asked for."""
    archive = zipfile.ZipFile(io.BytesIO(zipped({"b/run": "#!é\n", "a": b"\xff"}, programs={"b/run"})))

    assert ["b/run", "a"] == archive.namelist()
    assert ("#!é\n".encode(), b"\xff") == (archive.read("b/run"), archive.read("a"))
    assert [0o100755, 0o100644] == [entry.external_attr >> 16 for entry in archive.infolist()]
    assert archive.testzip() is None


def test_it_is_the_same_every_time() -> None:
    """No time and no order of a file system is in it."""
    assert zipped({"a": "1"}) == zipped({"a": "1"})
