"""What a file is, by its first bytes and never by its name."""

from typing import Literal

from grader.errors import SubmissionError
from grader.measure.model.reading import SAVE_AGAIN, Reading
from grader.messages.message import Message, say

Form = Literal["keras", "h5"]

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"
GIT_LFS = b"version https://git-lfs"
TENSORFLOW_LITE = b"TFL3"

# Each of these is a kind of file that has been submitted in place of a model.
OTHERS = (
    (b"PK\x05\x06", say("an empty zip archive")),
    (b"\x80\x02", say("a pickle")),
    (b"\x80\x03", say("a pickle")),
    (b"\x80\x04", say("a pickle")),
    (b"\x80\x05", say("a pickle")),
    (b"\x93NUMPY", say("a NumPy array")),
    (b"\x89PNG", say("an image")),
    (b"\xff\xd8\xff", say("an image")),
    (b"GIF8", say("an image")),
    (b"%PDF", say("a PDF document")),
    (b"\x1f\x8b", say("a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", say("a 7z archive")),
    (b"Rar!", say("a RAR archive")),
)
TEXT_BYTES = 512
_WEB_PAGE = say("an HTML page")


def recognise(reading: Reading, content: bytes) -> Form:
    """Say whether the file is a `.keras` archive or an HDF5 file.

    Raises:
        SubmissionError: it is neither, or empty, or too large.
    """
    if not content:
        raise SubmissionError(
            say("`{file}` is empty; a saved Keras model was asked for.", file=reading.name), SAVE_AGAIN
        )
    if len(content) > reading.limits.file_bytes:
        raise SubmissionError(
            say(
                "`{file}` has {bytes} bytes; at most {file_bytes} are read.",
                file=reading.name,
                bytes=len(content),
                file_bytes=reading.limits.file_bytes,
            ),
            say(
                "Save the model without the optimizer's state: `model.compile()` once more before "
                "`model.save`, or submit a smaller network."
            ),
        )
    if content.startswith(ZIP):
        form: Form = "keras"
    elif content.startswith(HDF5):
        form = "h5"
    else:
        raise _neither(reading, content)
    _note_the_name(reading, form)
    return form


def _note_the_name(reading: Reading, form: Form) -> None:
    name = reading.name.lower()
    if form == "h5" and name.endswith(".keras"):
        reading.note(say("The file is HDF5 although its name ends in `.keras`; it was read as `.h5`."))
    if form == "keras" and name.endswith((".h5", ".hdf5")):
        reading.note(
            say("The file is a `.keras` archive although its name ends in `.h5`; it was read as `.keras`.")
        )


def _neither(reading: Reading, content: bytes) -> SubmissionError:
    if content.startswith(GIT_LFS):
        return SubmissionError(
            say(
                "`{file}` is a Git LFS pointer of {bytes} bytes, not the model itself.",
                file=reading.name,
                bytes=len(content),
            ),
            say("Run `git lfs pull` in your repository and submit the model file that it fetches."),
        )
    if content[4:8] == TENSORFLOW_LITE:
        return _wrong_kind(reading, say("a TensorFlow Lite model"))
    for magic, kind in OTHERS:
        if content.startswith(magic):
            return _wrong_kind(reading, kind)
    return _wrong_kind(reading, _text_or_bytes(content[:TEXT_BYTES]))


def _wrong_kind(reading: Reading, kind: Message) -> SubmissionError:
    message = say(
        "`{file}` is {kind}; a model saved by Keras as `.keras` or `.h5` was asked for.",
        file=reading.name,
        kind=kind,
    )
    if kind == _WEB_PAGE:
        return SubmissionError(
            message, say("Download the file itself, not the page that shows it, and submit that.")
        )
    return SubmissionError(message, SAVE_AGAIN)


def _text_or_bytes(head: bytes) -> Message:
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if stripped.startswith((b"<!doctype html", b"<html")):
        return _WEB_PAGE
    if stripped.startswith((b"{", b"[")):
        return say("JSON text without weights")
    if all(byte >= 0x20 or byte in b"\t\r\n" for byte in head):
        return say("a text file")
    return say("no file that Keras writes")
