"""Bytes to text."""

import codecs

import pytest

from grader.measure.log.document import open_document


@pytest.mark.hostile_row(55)
@pytest.mark.parametrize(
    "content",
    [
        "época,loss\n".encode(),
        "época,loss\n".encode("utf-8-sig"),
        "época,loss\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "época,loss\n".encode("utf-16-be"),
        "época,loss\n".encode("utf-32"),
        "época,loss\n".encode("cp1252"),
    ],
)
def test_encodings(content: bytes) -> None:
    """Text is decoded by its mark, as UTF-8, or as Windows-1252."""
    assert "época,loss\n" == open_document("log.csv", content).text


def test_note_on_windows_1252() -> None:
    """That a text is not UTF-8 is noted."""
    assert 1 == len(open_document("log.csv", "época".encode("cp1252")).notes)
    assert () == open_document("log.csv", "época".encode()).notes


@pytest.mark.hostile_row(55)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r\r\n", "\r"])
def test_newlines(newline: str) -> None:
    """Every way to end a line is a newline."""
    assert "a\nb\n" == open_document("log.csv", newline.join(["a", "b", ""]).encode()).text


@pytest.mark.hostile_row(55)
@pytest.mark.parametrize(
    "content", [b"a\0b", b"\xff\xfea", b"\xff\xfe\0\0a", b"\x81\x8d", b"\xff\x01\x02", b"\xef\xbb\xbf\xff"]
)
def test_no_text(content: bytes) -> None:
    """NUL bytes, half a character and control characters are no text."""
    assert "" == open_document("log.csv", content).text


def test_opening() -> None:
    """The opening is the first twenty lines that are not blank."""
    document = open_document("log.csv", b"\n \n" + b"a\n\n" * 30)

    assert ["a"] * 20 == document.opening()
    assert "log.csv" == document.name
