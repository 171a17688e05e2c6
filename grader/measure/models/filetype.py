"""What a file is, by its first bytes and never by its name."""

from typing import Literal

from grader.errors import SubmissionError
from grader.measure.models.reading import Reading
from grader.measure.models.wording import SAVE_AGAIN

Form = Literal["keras", "h5"]

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"
GIT_LFS = b"version https://git-lfs"
TENSORFLOW_LITE = b"TFL3"

# Each of these is a kind of file that has been submitted in place of a model.
OTHERS = (
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x80\x02", "a pickle"),
    (b"\x80\x03", "a pickle"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
TEXT_BYTES = 512


def recognise(reading: Reading, content: bytes) -> Form:
    """Say whether the file is a `.keras` archive or an HDF5 file.

    Raises:
        SubmissionError: it is neither, or empty, or too large.
    """
    if not content:
        raise SubmissionError(f"`{reading.name}` is empty; a saved Keras model was asked for.", SAVE_AGAIN)
    if len(content) > reading.limits.file_bytes:
        raise SubmissionError(
            f"`{reading.name}` has {len(content)} bytes; at most {reading.limits.file_bytes} are read.",
            "Save the model without the optimizer's state: `model.compile()` once more before `model.save`, "
            "or submit a smaller network.",
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
        reading.note("The file is HDF5 although its name ends in `.keras`; it was read as `.h5`.")
    if form == "keras" and name.endswith((".h5", ".hdf5")):
        reading.note(
            "The file is a `.keras` archive although its name ends in `.h5`; it was read as `.keras`."
        )


def _neither(reading: Reading, content: bytes) -> SubmissionError:
    if content.startswith(GIT_LFS):
        return SubmissionError(
            f"`{reading.name}` is a Git LFS pointer of {len(content)} bytes, not the model itself.",
            "Run `git lfs pull` in your repository and submit the model file that it fetches.",
        )
    if content[4:8] == TENSORFLOW_LITE:
        return _wrong_kind(reading, "a TensorFlow Lite model")
    for magic, kind in OTHERS:
        if content.startswith(magic):
            return _wrong_kind(reading, kind)
    return _wrong_kind(reading, _text_or_bytes(content[:TEXT_BYTES]))


def _wrong_kind(reading: Reading, kind: str) -> SubmissionError:
    message = f"`{reading.name}` is {kind}; a model saved by Keras as `.keras` or `.h5` was asked for."
    if kind == "an HTML page":
        return SubmissionError(
            message, "Download the file itself, not the page that shows it, and submit that."
        )
    return SubmissionError(message, SAVE_AGAIN)


def _text_or_bytes(head: bytes) -> str:
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if stripped.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if stripped.startswith((b"{", b"[")):
        return "JSON text without weights"
    if all(byte >= 0x20 or byte in b"\t\r\n" for byte in head):
        return "a text file"
    return "no file that Keras writes"
