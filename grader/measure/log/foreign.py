"""Names the files that are handed in for a log and are none, so that the sentence says what they are."""

import io
import zipfile

from grader.errors import SubmissionError
from grader.measure.log.table import Limits
from grader.measure.log.wording import ADVICE, shown
from grader.messages.message import Message, say, together

_PULL = say("Run `git lfs pull` and submit the file itself.")
_LOAD = together(say("A pickle is never opened here, because it can run code."), ADVICE)
_EXPORT = say("Save the table as CSV (`File`, `Save as`) and submit that.")

# The first bytes of a file, what they say that it is, and what to do if it is not just another log.
_STARTS: tuple[tuple[bytes, Message, Message], ...] = (
    (b"version https://git-lfs", say("a pointer of Git LFS, not the file itself"), _PULL),
    (b"\x89HDF\r\n\x1a\n", say("an HDF5 file, such as a model or its weights"), ADVICE),
    (b"\x80\x02", say("a pickle"), _LOAD),
    (b"\x80\x03", say("a pickle"), _LOAD),
    (b"\x80\x04", say("a pickle"), _LOAD),
    (b"\x80\x05", say("a pickle"), _LOAD),
    (b"(dp", say("a pickle"), _LOAD),
    (b"(lp", say("a pickle"), _LOAD),
    (b"\x89PNG\r\n", say("an image"), ADVICE),
    (b"\xff\xd8\xff", say("an image"), ADVICE),
    (b"GIF8", say("an image"), ADVICE),
    (b"RIFF", say("an image or a sound"), ADVICE),
    (b"%PDF", say("a PDF document"), ADVICE),
    (b"{\\rtf", say("a document of a word processor"), ADVICE),
    (b"\xd0\xcf\x11\xe0", say("an old Office document"), _EXPORT),
    (b"\x1f\x8b", say("a compressed file"), say("Unpack it and submit the log itself.")),
    (b"BZh", say("a compressed file"), say("Unpack it and submit the log itself.")),
    (b"\xfd7zXZ", say("a compressed file"), say("Unpack it and submit the log itself.")),
    (b"7z\xbc\xaf", say("an archive"), say("Unpack it and submit the log itself.")),
    (b"Rar!", say("an archive"), say("Unpack it and submit the log itself.")),
    (b"SQLite format 3", say("a database"), ADVICE),
    (b"PAR1", say("a Parquet file"), say("Save the table with `DataFrame.to_csv` and submit that.")),
    (
        b"<",
        say("a web page or XML"),
        together(say("Download the file itself, not the page that shows it."), ADVICE),
    ),
)


def refuse_foreign(name: str, content: bytes, limits: Limits) -> None:
    """Refuse what is known not to be a log, by its size and its first bytes.

    A zip of NumPy arrays passes; any other zip does not.

    Raises:
        SubmissionError: it is too large, empty or a file of another kind.
    """
    if len(content) > limits.bytes:
        raise SubmissionError(
            say(
                "The log {name} has {count} bytes; at most {bytes} are read.",
                name=shown(name),
                count=f"{len(content):,}",
                bytes=f"{limits.bytes:,}",
            ),
            say("Submit the log of one run, with only the columns that are asked for."),
        )
    start = content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SubmissionError(say("The log {name} is empty.", name=shown(name)), ADVICE)
    for first, what, hint in _STARTS:
        if content.startswith(first) or start.startswith(first):
            raise SubmissionError(say("The log {name} is {what}.", name=shown(name), what=what), hint)
    if content.startswith(b"PK\x03\x04"):
        _refuse_zip(name, content)


def refuse_unknown(name: str, content: bytes) -> SubmissionError:
    """The refusal of bytes that no reader recognises."""
    if b"\0" in content:
        return SubmissionError(
            say("The log {name} is not text: it has NUL bytes in it.", name=shown(name)), ADVICE
        )
    return SubmissionError(
        say("The log {name} is not text that can be read as UTF-8.", name=shown(name)), ADVICE
    )


def _refuse_zip(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise SubmissionError(
            say("The log {name} is a damaged zip archive.", name=shown(name)), ADVICE
        ) from None
    if members and all(member.endswith(".npy") for member in members):
        return
    if any(member.startswith("xl/") for member in members):
        raise SubmissionError(say("The log {name} is an Excel workbook.", name=shown(name)), _EXPORT)
    if "model.weights.h5" in members or "config.json" in members:
        raise SubmissionError(say("The log {name} is a Keras model.", name=shown(name)), ADVICE)
    raise SubmissionError(
        say("The log {name} is a zip archive.", name=shown(name)), say("Unpack it and submit the log itself.")
    )
