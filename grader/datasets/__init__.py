"""The arrays that a rubric names: the sample of Fashion-MNIST that ships, or a teacher's own `.npz`."""

import hashlib
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from grader.datasets.labels import Labels, as_asked
from grader.errors import RubricError
from grader.evidence.values import Task
from grader.messages.english import names

SHIPPED = {"fashion_mnist": "8efe85025fa720a70b0a192a4bd38a4396cc5ff75cfb86bfaf1cb09431bfcf1e"}
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
PARTS = ("train", "test")
SAVE = 'Save them with `numpy.savez("data.npz", x_train=..., y_train=..., x_test=..., y_test=...)`.'

# What numpy and zipfile raise on a file that is no archive of arrays, or a damaged one.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, RuntimeError),
)


@dataclass(frozen=True)
class Dataset:
    """Examples and labels under the name in the rubric; only the parent ever holds `y_test`.

    Examples are numbers of shape (n, ...): images, tables, sequences. Labels are integer classes from 0,
    shape (n,); of a regression float64 and of several labels uint8, shape (n, outputs).
    """

    name: str
    sha256: str
    x_train: NDArray[np.generic]
    y_train: NDArray[np.generic]
    x_test: NDArray[np.generic]
    y_test: NDArray[np.generic]

    @property
    def classes(self) -> int:
        """How many classes the labels name."""
        return max(int(self.y_train.max()), int(self.y_test.max())) + 1

    @property
    def outputs(self) -> int:
        """How many numbers a label is, or how many classes there are."""
        return self.y_train.shape[1] if self.y_train.ndim > 1 else self.classes


@dataclass(frozen=True)
class DataFile:
    """The file of a data set, not unpacked: evidence in the cache is found by its hash alone."""

    name: str
    content: bytes
    sha256: str


def load_dataset(name: str, task: Task = "classification") -> Dataset:
    """Load a shipped data set by its name, or an `.npz` by its path, for this task.

    A file that is not there, was changed, or does not hold four arrays that fit raises `RubricError`.
    """
    return unpacked(read_data(name), task)


def with_training_images(dataset: Dataset, file: Path) -> Dataset:
    """The data set with the training images of an `.npz` file; raises `RubricError` if those do not fit."""
    whole = load_dataset(str(file))
    if whole.x_train.shape[1:] != dataset.x_test.shape[1:] or whole.classes != dataset.classes:
        raise RubricError(
            f"The images in `{file.name}` must have the shape and the classes of those in `{dataset.name}`."
        )
    return replace(dataset, x_train=whole.x_train, y_train=whole.y_train)


def read_data(name: str) -> DataFile:
    """Read the file of a data set; see `load_dataset`."""
    try:
        content = (Path(__file__).with_name(f"{name}.npz") if name in SHIPPED else Path(name)).read_bytes()
    except OSError as error:
        raise RubricError(f"`data` names `{name}`, which cannot be read: {error.strerror}.") from None
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != (shipped := SHIPPED.get(name, sha256)):
        raise RubricError(
            f"The data set `{name}` was changed after it was installed: its SHA-256 is "
            f"{sha256[:12]}…, not {shipped[:12]}….",
            "Install the program again.",
        )
    return DataFile(name, content, sha256)


def unpacked(file: DataFile, task: Task = "classification") -> Dataset:
    """The arrays in the file of a data set; see `load_dataset`."""
    name = file.name
    arrays = _arrays(name, file.content)
    missing = [array for array in ARRAYS if array not in arrays]
    if missing:
        held = f" It holds {names(sorted(arrays))}." if arrays else ""
        raise RubricError(
            f"`{name}` must hold the arrays {names(ARRAYS)}. It lacks {names(missing)}.{held}", SAVE
        )
    for part in PARTS:
        _check_examples(name, f"x_{part}", arrays[f"x_{part}"])
    train, test = arrays["x_train"], arrays["x_test"]
    if train.shape[1:] != test.shape[1:] or (train.dtype.kind == "f") != (test.dtype.kind == "f"):
        raise RubricError(
            f"In `{name}`, an example of `x_train` and one of `x_test` must have the same shape and type. "
            f"They have {train.shape[1:]} of {train.dtype} and {test.shape[1:]} of {test.dtype}.",
            "Prepare both in the same way.",
        )
    labels = {f"y_{part}": Labels(name, f"y_{part}", arrays[f"y_{part}"]) for part in PARTS}
    for part in PARTS:
        labels[f"y_{part}"].check_count(len(arrays[f"x_{part}"]))
    return Dataset(name, file.sha256, **{**arrays, **as_asked(task, **labels)})


def _arrays(name: str, content: bytes) -> dict[str, NDArray[np.generic]]:
    """What of the four arrays is in the file."""
    found = ""
    try:
        # An `.npy` file loads too, as an array that is no archive; what is no array at all loads as bytes.
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if isinstance(archive, NpzFile):
            return {array: np.asarray(archive[array]) for array in ARRAYS if array in archive.files}
        found = " It is a single array (`.npy`)."
    except _DAMAGE as error:
        if content[:1] == b"P" and "Object arrays" in str(error):
            raise RubricError(
                f"`{name}` has an array of Python objects, which is never opened: a pickle can run code.",
                "Save arrays of numbers; pad sequences to one length (`keras.utils.pad_sequences`).",
            ) from None
        if content and not content.startswith((b"PK", b"\x93NUMPY")) and b"\0" not in content[:1000]:
            found = " It is text, such as a CSV."
    raise RubricError(
        f"`{name}` must be an `.npz` file of plain arrays, as `numpy.savez` writes it.{found}", SAVE
    )


def _check_examples(name: str, array: str, x: NDArray[np.generic]) -> None:
    if x.ndim < 2 or x.dtype.kind not in "uif" or x.size == 0:
        column = f" Save `{array}.reshape(-1, 1)`." if x.ndim == 1 and x.dtype.kind in "uif" else ""
        raise RubricError(
            f"In `{name}`, `{array}` must be numbers of shape (examples, ...). It has shape {x.shape} "
            f"and type {x.dtype}.",
            column.strip(),
        )
    if broken := _not_finite(x):
        raise RubricError(
            f"In `{name}`, `{array}` has {broken:,} numbers that are NaN or infinite.",
            "Leave those examples out, or fill in the numbers that are missing.",
        )


def _not_finite(x: NDArray[np.generic]) -> int:
    return 0 if x.dtype.kind != "f" else int(x.size - np.isfinite(x).sum())
