"""Names the files that are handed in for a log and are none, so that the sentence says what they are."""

import io
import zipfile

from grader.errors import SubmissionError
from grader.measure.logs.limits import Limits
from grader.measure.logs.wording import ADVICE, shown

_PULL = "Run `git lfs pull` and submit the file itself."
_LOAD = "A pickle is never opened here, because it can run code. "
_EXPORT = "Save the table as CSV (`File`, `Save as`) and submit that."

# The first bytes of a file, what they say that it is, and what to do if it is not just another log.
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself", _PULL),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, such as a model or its weights", ADVICE),
    (b"\x80\x02", "a pickle", _LOAD + ADVICE),
    (b"\x80\x03", "a pickle", _LOAD + ADVICE),
    (b"\x80\x04", "a pickle", _LOAD + ADVICE),
    (b"\x80\x05", "a pickle", _LOAD + ADVICE),
    (b"(dp", "a pickle", _LOAD + ADVICE),
    (b"(lp", "a pickle", _LOAD + ADVICE),
    (b"\x89PNG\r\n", "an image", ADVICE),
    (b"\xff\xd8\xff", "an image", ADVICE),
    (b"GIF8", "an image", ADVICE),
    (b"RIFF", "an image or a sound", ADVICE),
    (b"%PDF", "a PDF document", ADVICE),
    (b"{\\rtf", "a document of a word processor", ADVICE),
    (b"\xd0\xcf\x11\xe0", "an old Office document", _EXPORT),
    (b"\x1f\x8b", "a compressed file", "Unpack it and submit the log itself."),
    (b"BZh", "a compressed file", "Unpack it and submit the log itself."),
    (b"\xfd7zXZ", "a compressed file", "Unpack it and submit the log itself."),
    (b"7z\xbc\xaf", "an archive", "Unpack it and submit the log itself."),
    (b"Rar!", "an archive", "Unpack it and submit the log itself."),
    (b"SQLite format 3", "a database", ADVICE),
    (b"PAR1", "a Parquet file", "Save the table with `DataFrame.to_csv` and submit that."),
    (b"<", "a web page or XML", "Download the file itself, not the page that shows it. " + ADVICE),
)


def refuse_foreign(name: str, content: bytes, limits: Limits) -> None:
    """Refuse what is known not to be a log, by its size and its first bytes.

    A zip of NumPy arrays passes; any other zip does not.

    Raises:
        SubmissionError: it is too large, empty or a file of another kind.
    """
    if len(content) > limits.bytes:
        raise SubmissionError(
            f"The log {shown(name)} has {len(content):,} bytes; at most {limits.bytes:,} are read.",
            "Submit the log of one run, with only the columns that are asked for.",
        )
    start = content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SubmissionError(f"The log {shown(name)} is empty.", ADVICE)
    for first, what, hint in _STARTS:
        if content.startswith(first) or start.startswith(first):
            raise SubmissionError(f"The log {shown(name)} is {what}.", hint)
    if content.startswith(b"PK\x03\x04"):
        _refuse_zip(name, content)


def refuse_unknown(name: str, content: bytes) -> SubmissionError:
    """The refusal of bytes that no reader recognises."""
    if b"\0" in content:
        return SubmissionError(f"The log {shown(name)} is not text: it has NUL bytes in it.", ADVICE)
    return SubmissionError(f"The log {shown(name)} is not text that can be read as UTF-8.", ADVICE)


def _refuse_zip(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise SubmissionError(f"The log {shown(name)} is a damaged zip archive.", ADVICE) from None
    if members and all(member.endswith(".npy") for member in members):
        return
    if any(member.startswith("xl/") for member in members):
        raise SubmissionError(f"The log {shown(name)} is an Excel workbook.", _EXPORT)
    if "model.weights.h5" in members or "config.json" in members:
        raise SubmissionError(f"The log {shown(name)} is a Keras model.", ADVICE)
    raise SubmissionError(f"The log {shown(name)} is a zip archive.", "Unpack it and submit the log itself.")
