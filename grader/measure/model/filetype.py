"""What was handed in as the model: a file, known by its first bytes and never by its name, or a folder."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from grader.errors import SubmissionError
from grader.measure.model.reading import SAVE_AGAIN, SAVE_STATE, Reading, refusal
from grader.messages.message import Message, say
from grader.messages.wording import quoted
from grader.submissions.archives import ZIP_DAMAGE, ZIP_ENTRY

Form = Literal["keras", "h5", "pytorch", "safetensors"]

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"
OLD_PYTORCH = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20"
GIT_LFS = b"version https://git-lfs"
# The last bytes of the file that lists the arrays of a checkpoint.
CHECKPOINT = bytes.fromhex("57fb808b247547db")
# The length of a JSON object, and that.
_SAFETENSORS = rb".{3}\0{5}\{"
_PICKLE = "/data.pkl"
# Far more than the tensors of a network and its optimizer.
_MOST_ENTRIES = 40_000
# How each kind of file begins that has been submitted in place of a model.
OTHERS = (
    (rb"PK\x05\x06", say("an empty zip archive")),
    (re.escape(OLD_PYTORCH), say("a file of PyTorch")),
    (rb"\x80[\x02-\x05]", say("a pickle")),
    (rb"\x93NUMPY", say("a NumPy array")),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", say("an image")),
    (rb"%PDF", say("a PDF document")),
    (rb"\x1f\x8b", say("a gzip archive")),
    (rb"7z\xbc\xaf\x27\x1c", say("a 7z archive")),
    (rb"Rar!", say("a RAR archive")),
    (rb".{4}TFL3", say("a TensorFlow Lite model")),
    # A small version, then a text; the length of its head, then that.
    (rb"\x08[\x01-\x1f][\x12\x1a\x22]", say("an ONNX model")),
    (_SAFETENSORS, say("a file of safetensors")),
)
TEXT_BYTES = 512
_WEB_PAGE = say("an HTML page")

_SAVED_MODEL = "saved_model.pb"
# The members of a `.keras` file.
METADATA, CONFIG, WEIGHTS = MEMBERS = ("metadata.json", "config.json", "model.weights.h5")


def recognise(reading: Reading, content: bytes, *, pytorch: bool = False) -> Form:
    """Whether the file is a `.keras` archive or an HDF5 file; anything else is refused.

    Where models of `pytorch` are asked for, theirs are files as well.
    """
    if not content:
        raise refusal(say("`{file}` is empty; it should be a saved Keras model.", file=reading.name))
    most = reading.limits.of_rubric.model_file
    if len(content) > most:
        raise refusal(
            say(
                "`{file}` has {bytes} bytes; at most {file_bytes} are read.",
                file=reading.name,
                bytes=len(content),
                file_bytes=most,
            ),
            say(
                "Save the model without the optimizer's state: call `model.compile()` once more before "
                "`model.save`, or submit a smaller network."
            ),
        )
    name = reading.name.lower()
    if pytorch and content.startswith(ZIP) and _is_of_pytorch(content):
        return "pytorch"
    if pytorch and re.match(_SAFETENSORS, content, re.DOTALL):
        return "safetensors"
    if pytorch and content.startswith(OLD_PYTORCH):
        raise refusal(
            say(
                "`{file}` is in the form of PyTorch before 1.6, which is one long pickle.", file=reading.name
            ),
            say(
                'Save it again with `torch.save(model.state_dict(), "model.pt")`, without '
                "`_use_new_zipfile_serialization=False`, and submit that file."
            ),
        )
    if content.startswith(ZIP):
        if name.endswith((".h5", ".hdf5")):
            reading.note(say("The file is a `.keras` archive although its name ends in `.h5`."))
        return "keras"
    if content.startswith(HDF5):
        if name.endswith(".keras"):
            reading.note(say("The file is HDF5 although its name ends in `.keras`; it was read as `.h5`."))
        return "h5"
    raise _neither(reading, content, pytorch=pytorch)


def _is_of_pytorch(content: bytes) -> bool:
    """Whether a zip archive has PyTorch's pickle in its folder."""
    if _PICKLE.encode() not in content or content.count(ZIP_ENTRY) > _MOST_ENTRIES:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.endswith(_PICKLE) for name in archive.namelist())
    except ZIP_DAMAGE:
        return True


def _neither(reading: Reading, content: bytes, *, pytorch: bool) -> SubmissionError:
    if content.startswith(GIT_LFS):
        return refusal(
            say(
                "`{file}` is a Git LFS pointer of {bytes} bytes, not the model itself.",
                file=reading.name,
                bytes=len(content),
            ),
            say("Run `git lfs pull` in your repository and submit the model file that it fetches."),
        )
    kind = _kind(content)
    message = say(
        "`{file}` is {kind}; it should be a model that Keras saved as `.keras` or `.h5`.",
        file=reading.name,
        kind=kind,
    )
    if pytorch:
        message = say(
            "`{file}` is {kind}; it should be weights that PyTorch saved as `.pt` or `.safetensors`.",
            file=reading.name,
            kind=kind,
        )
    if kind == _WEB_PAGE:
        return refusal(message, say("Download the file itself, not the page that shows it, and submit that."))
    return refusal(message, SAVE_STATE if pytorch else SAVE_AGAIN)


def _kind(content: bytes) -> Message:
    for start, kind in OTHERS:
        if re.match(start, content, re.DOTALL):
            return kind
    if content.endswith(CHECKPOINT):
        return say("a part of a TensorFlow checkpoint")
    head = content[:TEXT_BYTES]
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if stripped.startswith((b"<!doctype html", b"<html")):
        return _WEB_PAGE
    if stripped.startswith((b"{", b"[")):
        is_notebook = b'"nbformat"' in content
        return say("a Jupyter notebook") if is_notebook else say("JSON text without weights")
    if all(byte >= 0x20 or byte in b"\t\r\n" for byte in head):
        return say("a text file")
    return say("not a file that Keras writes")


@dataclass(frozen=True)
class SavedFolder:
    """A folder that is a model; Keras would follow links in it, so none is opened."""

    path: PurePosixPath  # relative; "." is the submission's own folder
    unpacked: bool  # an unpacked `.keras` file, else a SavedModel

    def holds(self, name: str) -> bool:
        """Whether the file of this name is a part of the model."""
        path = PurePosixPath(name)
        if not path.is_relative_to(self.path):
            return False
        if not self.unpacked or self.path.suffix.lower() == ".keras":
            return self.path != PurePosixPath()
        inside = path.relative_to(self.path).parts
        return inside[0] == "assets" or (len(inside) == 1 and inside[0] in MEMBERS)

    def refusal(self) -> SubmissionError:
        """Why it is not taken as the model."""
        own = self.path == PurePosixPath()
        shown = say("The submission's folder") if own else quoted(self.path.name)
        if not self.unpacked:
            sentence = say(
                "{shown} is a SavedModel, which is a folder; submit a `.keras` or `.h5` file.", shown=shown
            )
            return refusal(sentence)
        found = (
            say("{shown} has the parts of a `.keras` file in it, but not the file itself.", shown=shown)
            if own
            else say("{shown} is an unpacked `.keras` file, not the file itself.", shown=shown)
        )
        return refusal(found, say("Submit the `.keras` file as Keras wrote it, without unpacking it."))


def folders(names: Sequence[str]) -> tuple[SavedFolder, ...]:
    """The folders among a submission's files that are models, the outermost first."""
    known = frozenset(names)
    found: list[SavedFolder] = []
    for path in map(PurePosixPath, names):
        if path.name == _SAVED_MODEL:
            found.append(SavedFolder(path.parent, unpacked=False))
        elif path.name == CONFIG and str(path.with_name(WEIGHTS)) in known:
            found.append(SavedFolder(path.parent, unpacked=True))
        unpacked = [parent for parent in path.parents if parent.suffix.lower() == ".keras"]
        found += [SavedFolder(parent, unpacked=True) for parent in unpacked]
    return tuple(sorted(dict.fromkeys(found), key=lambda folder: (len(folder.path.parts), str(folder.path))))
