"""Bytes to text."""

import codecs

import pytest

from grader.measure.log.document import open_document

UTF_16 = codecs.BOM_UTF16_BE + "época,loss\n".encode("utf-16-be")


@pytest.mark.hostile_row(55)
@pytest.mark.parametrize(
    ("content", "text"),
    [
        *(
            ("época,loss\n".encode(encoding), "época,loss\n")
            for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252")
        ),
        (UTF_16, "época,loss\n"),
        *((newline.join(["a", "b", ""]).encode(), "a\nb\n") for newline in ("\n", "\r\n", "\r\r\n", "\r")),
        *((content, "") for content in (b"a\0b", b"\xff\xfea", b"\xff\xfe\0\0a", b"\x81\x8d")),
        *((content, "") for content in (b"\xff\x01\x02", b"\xef\xbb\xbf\xffa")),
    ],
)
def test_text(content: bytes, text: str) -> None:
    """By its mark, as UTF-8 or as Windows-1252, with any line ends; NULs and half a character are no text."""
    document = open_document("log.csv", content)

    assert text == document.text
    # That a text is not UTF-8 is noted.
    assert (content == "época,loss\n".encode("cp1252")) == len(document.notes)


def test_opening() -> None:
    """The opening is the first twenty lines that are not blank."""
    document = open_document("log.csv", b"\n \n" + b"a\n\n" * 30)

    assert ["a"] * 20 == document.opening()
    assert "log.csv" == document.name
