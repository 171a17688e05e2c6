"""The bytes of one log, decoded to text where they are text, and which form of text it is."""

import codecs
import json
import re
from dataclasses import dataclass

from grader.measure.log.cells import is_number
from grader.messages.message import Message, say

LINES_TO_SNIFF = 20
CHARACTERS_TO_SNIFF = 100_000

# Marks at the start that give the encoding; those of UTF-32 first, because they begin like those of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Document:
    r"""One file to be read as a log.

    Attributes:
        name: the file's name without folders; for the sentences, and for a series without a name.
        content: the bytes.
        text: the decoded text, each line ending in `\n`; None where the bytes are not text.
        notes: what had to be understood to decode it.
    """

    name: str
    content: bytes
    text: str | None
    notes: tuple[Message, ...] = ()

    def opening(self) -> list[str]:
        """The first lines that are not blank, at most 20; what a form is recognised by."""
        lines = (self.text or "")[:CHARACTERS_TO_SNIFF].split("\n")
        return [line for line in lines if line.strip()][:LINES_TO_SNIFF]


def open_document(name: str, content: bytes) -> Document:
    """Decode a log: by its byte order mark, else as UTF-8, else as Windows-1252 with a note.

    Windows-1252 is what spreadsheets in Western Europe write. It decodes almost any bytes,
    so it is only tried where no control character speaks against text.
    """
    text, notes = _decode(content)
    if text is not None:
        # Keras' CSVLogger on Windows can end a line with CR CR LF.
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return Document(name, content, text, notes)


def _decode(content: bytes) -> tuple[str | None, tuple[Message, ...]]:
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    text = _decoded(content, encoding)
    if text is not None and "\0" not in text:
        return text, ()
    western = _decoded(content, "cp1252") if encoding == "utf-8" else None
    if western is not None and not _CONTROL.search(western):
        return western, (
            say("The log is not in UTF-8; it was read as Windows-1252, and its numbers are the same."),
        )
    return None, ()


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def is_json(document: Document) -> bool:
    """Whether the text begins as JSON does, and its first line is not a whole object followed by another."""
    return _starts_as_json(document) and not is_json_lines(document)


def is_json_lines(document: Document) -> bool:
    """Whether each of the first two lines is an object of its own."""
    opening = document.opening()
    return (
        len(opening) > 1
        and all(line.lstrip().startswith("{") for line in opening[:2])
        and _is_whole(opening[0])
    )


def is_numbers(document: Document) -> bool:
    """Whether the first lines have one number each, and nothing else."""
    opening = document.opening()
    return bool(opening) and all(is_number(line) for line in opening)


def is_delimited(document: Document) -> bool:
    """Whether it is text of none of the other forms."""
    return bool(document.opening()) and not _starts_as_json(document) and not is_numbers(document)


def _starts_as_json(document: Document) -> bool:
    return (document.text or "").lstrip().startswith(("{", "["))


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
