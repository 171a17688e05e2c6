"""Files that are no logs are called by their name."""

import io
import pickle
import zipfile

import pytest
from builders_logs import ADVICE, npz, read, refused

from grader.measure.log.table import Limits


def zip_of(*members: str) -> bytes:
    """A zip with empty members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member in members:
            archive.writestr(member, "")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"\n \t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\xff\xfe", b"\0\0\0"]
)
def test_empty(content: bytes) -> None:
    """A file without anything in it is empty."""
    refusal = refused(content)

    assert "The log `log.csv` is empty." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "a pointer of Git LFS, not the file itself",
        ),
        (b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file, such as a model or its weights"),
        (pickle.dumps({"loss": [1.0]}), "a pickle"),
        (pickle.dumps({"loss": [1.0]}, protocol=2), "a pickle"),
        (pickle.dumps({"loss": [1.0]}, protocol=0), "a pickle"),
        (b"\x89PNG\r\n\x1a\n\0", "an image"),
        (b"\xff\xd8\xff\xe0\0", "an image"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"{\\rtf1}", "a document of a word processor"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
        (b"\x1f\x8b\x08\0", "a compressed file"),
        (b"SQLite format 3\0", "a database"),
        (b"PAR1\0", "a Parquet file"),
        (b"<!DOCTYPE html>\n<html>", "a web page or XML"),
        (b"\xef\xbb\xbf\n  <html>", "a web page or XML"),
        ("<html>".encode("utf-16"), "a web page or XML"),
        (zip_of("a.csv"), "a zip archive"),
        (b"PK\x03\x04 and nothing more", "a damaged zip archive"),
        (zip_of("xl/workbook.xml", "[Content_Types].xml"), "an Excel workbook"),
        (zip_of("config.json", "model.weights.h5"), "a Keras model"),
        (zip_of("a.npy", "b.txt"), "a zip archive"),
    ],
)
def test_kinds(content: bytes, what: str) -> None:
    """The sentence says what the file is, and the hint what to do."""
    refusal = refused(content)

    assert f"The log `log.csv` is {what}." == str(refusal.message)
    assert refusal.hint


def test_hints() -> None:
    """The hint fits the file."""
    assert "Run `git lfs pull` and submit the file itself." == str(refused(b"version https://git-lfs.").hint)
    assert (
        str(refused(b"\x80\x04.").hint) == f"A pickle is never opened here, because it can run code. {ADVICE}"
    )
    assert "Save the table as CSV (`File`, `Save as`) and submit that." == str(
        refused(zip_of("xl/a.xml")).hint
    )
    assert "Unpack it and submit the log itself." == str(refused(zip_of("a.csv")).hint)
    assert str(refused(b"<html>").hint) == f"Download the file itself, not the page that shows it. {ADVICE}"


def test_zip_of_arrays_passes() -> None:
    """A zip of arrays is NumPy's, and no foreign file."""
    assert 2 == read(npz(loss=[1.0, 0.5])).rows


def test_too_large() -> None:
    """A file over the limit is not looked into."""
    refusal = refused(b"loss\n1.0\n", limits=Limits(bytes=8))

    assert "The log `log.csv` has 9 bytes; at most 8 are read." == str(refusal.message)
    assert "Submit the log of one run, with only the columns that are asked for." == str(refusal.hint)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"epoch,loss\n0,\0\n", "The log `log.csv` is not text: it has NUL bytes in it."),
        (b"\x81\x8d\xff", "The log `log.csv` is not text that can be read as UTF-8."),
    ],
)
def test_no_text(content: bytes, sentence: str) -> None:
    """Bytes that are no text are refused as such."""
    refusal = refused(content)

    assert str(sentence) == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


@pytest.mark.hostile_row(61)
def test_name_is_harmless() -> None:
    """The file's name is shown without its folders, shortened, with nothing in it that acts."""
    assert "The log `a\\x1b'.csv` is empty." == str(refused(b"", "folder/a\x1b`.csv").message)
