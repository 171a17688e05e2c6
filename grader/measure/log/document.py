"""The bytes of one log: decoded to text, or refused where they are known to be something else."""

import codecs
import io
import re
import zipfile
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.measure.log.table import ADVICE, refusal
from grader.messages.message import Message, say, together
from grader.messages.wording import quoted

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

_UNPACK = say("Unpack it and submit the log itself.")
_EXPORT = say("Save the table as CSV (`File`, `Save as`) and submit that.")
# What other files begin with, what they are, and what to do if it is not just another log.
_OTHERS: tuple[tuple[tuple[bytes, ...], Message, Message], ...] = (
    (
        (b"version https://git-lfs",),
        say("a pointer of Git LFS, not the file itself"),
        say("Run `git lfs pull` and submit the file itself."),
    ),
    ((b"\x89HDF\r\n\x1a\n",), say("an HDF5 file, such as a model or its weights"), ADVICE),
    (
        (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"(dp", b"(lp"),
        say("a pickle"),
        together(say("A pickle is never opened here, because it can run code."), ADVICE),
    ),
    ((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8"), say("an image"), ADVICE),
    ((b"RIFF",), say("an image or a sound"), ADVICE),
    ((b"%PDF",), say("a PDF document"), ADVICE),
    ((b"{\\rtf",), say("a document of a word processor"), ADVICE),
    ((b"\xd0\xcf\x11\xe0",), say("an old Office document"), _EXPORT),
    ((b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), say("a compressed file"), _UNPACK),
    ((b"7z\xbc\xaf", b"Rar!"), say("an archive"), _UNPACK),
    ((b"SQLite format 3",), say("a database"), ADVICE),
    ((b"PAR1",), say("a Parquet file"), say("Save the table with `DataFrame.to_csv` and submit that.")),
    (
        (b"<",),
        say("a web page or XML"),
        together(say("Download the file itself, not the page that shows it."), ADVICE),
    ),
)


@dataclass(frozen=True)
class Document:
    """One file to be read as a log."""

    name: str  # for sentences, and for a series without a name
    content: bytes
    text: str  # its lines end in a line feed alone; empty where the bytes are not text
    notes: tuple[Message, ...] = ()

    def opening(self) -> list[str]:
        """The first lines that are not blank, by which a form is recognised."""
        lines = self.text[:CHARACTERS_TO_SNIFF].split("\n")
        return [line for line in lines if line.strip()][:LINES_TO_SNIFF]


def open_document(name: str, content: bytes) -> Document:
    """Decode a log: by its byte order mark, else as UTF-8, else as Windows-1252 with a note.

    Windows-1252 is what spreadsheets in Western Europe write. It decodes almost any bytes, so it is only
    taken where no control character speaks against text.
    Refused if its first bytes show that it is no log; of zips, only those of NumPy arrays pass.
    """
    _refuse_foreign(name, content)
    text, notes = decoded(content)
    # Keras' CSVLogger on Windows can end a line with CR CR LF.
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return Document(name, content, text, notes)


def decoded(content: bytes) -> tuple[str, tuple[Message, ...]]:
    """The text of a file, empty where it is none, with a note where it is not in UTF-8."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
        if "\0" not in text:
            return text, ()
    except UnicodeDecodeError:
        pass
    if encoding == "utf-8":
        try:
            western = content.decode("cp1252")
        except UnicodeDecodeError:
            return "", ()
        if not _CONTROL.search(western):
            note = say("The log is not in UTF-8; it was read as Windows-1252, and its numbers are the same.")
            return western, (note,)
    return "", ()


def foreign(content: bytes) -> tuple[Message, Message] | None:
    """What a file is that is known to be neither a log nor other text, by how it begins, and what to do."""
    start = content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    for starts, what, hint in _OTHERS:
        if content.startswith(starts) or start.startswith(starts):
            return what, hint
    return None


def _refuse_foreign(name: str, content: bytes) -> None:
    start = content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise refusal(say("{name} is empty.", name=quoted(name)))
    if known := foreign(content):
        raise _foreign(name, *known)
    if content.startswith(b"PK\x03\x04"):
        _refuse_zip(name, content)
    if start.startswith(b"{") and b'"nbformat"' in content and b'"cells"' in content:
        sentence = say(
            "{name} is a Jupyter notebook; this homework does not take what it prints as a log.",
            name=quoted(name),
        )
        raise refusal(sentence)


def _refuse_zip(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _foreign(name, say("a damaged zip archive"), ADVICE) from None
    if members and all(member.endswith(".npy") for member in members):
        return
    if any(member.startswith("xl/") for member in members):
        raise _foreign(name, say("an Excel workbook"), _EXPORT)
    if "model.weights.h5" in members or "config.json" in members:
        raise _foreign(name, say("a Keras model"), ADVICE)
    raise _foreign(name, say("a zip archive"), _UNPACK)


def _foreign(name: str, what: Message, hint: Message) -> SubmissionError:
    return refusal(say("{name} is {what}.", name=quoted(name), what=what), hint)


def unknown(document: Document) -> SubmissionError:
    """The refusal of bytes that no form recognises."""
    name = quoted(document.name)
    if b"\0" in document.content:
        return refusal(say("{name} is not text: it has NUL bytes in it.", name=name))
    return refusal(say("{name} is not text that can be read as UTF-8.", name=name))
