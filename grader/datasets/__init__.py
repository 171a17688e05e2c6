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

from grader.errors import RubricError
from grader.messages.english import names

SHIPPED = {"fashion_mnist": "8efe85025fa720a70b0a192a4bd38a4396cc5ff75cfb86bfaf1cb09431bfcf1e"}
ARRAYS = ("x_train", "y_train", "x_test", "y_test")

# What numpy and zipfile raise on a file that is no archive of arrays, or a damaged one.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, RuntimeError),
)


@dataclass(frozen=True)
class Dataset:
    """Images and labels under the name in the rubric; only the parent ever holds `y_test`.

    Images are uint8 pixels or floats, shape (n, height, width) or (n, height, width, channels); labels are
    integer classes from 0, shape (n,).
    """

    name: str
    sha256: str
    x_train: NDArray[np.generic]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.generic]
    y_test: NDArray[np.int64]

    @property
    def classes(self) -> int:
        """How many classes the labels name."""
        return int(max(self.y_train.max(), self.y_test.max())) + 1


@dataclass(frozen=True)
class DataFile:
    """The file of a data set, not unpacked: evidence in the cache is found by its hash alone."""

    name: str
    content: bytes
    sha256: str


def load_dataset(name: str) -> Dataset:
    """Load a shipped data set by its name, or an `.npz` by its path.

    A file that is not there, was changed, or does not hold the four arrays raises `RubricError`.
    """
    return unpacked(read_data(name))


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


def unpacked(file: DataFile) -> Dataset:
    """The arrays in the file of a data set; see `load_dataset`."""
    name = file.name
    try:
        # An `.npy` file loads too, as an array that is no archive; what is no array at all loads as bytes.
        archive = np.load(io.BytesIO(file.content), allow_pickle=False)
        present = archive.files if isinstance(archive, NpzFile) else []
        arrays = {array: np.asarray(archive[array]) for array in ARRAYS if array in present}
    except _DAMAGE:
        raise RubricError(
            f"`{name}` must be an `.npz` file of plain arrays, as `numpy.savez` writes it."
        ) from None
    missing = [array for array in ARRAYS if array not in arrays]
    if missing:
        raise RubricError(f"`{name}` must hold the arrays {names(ARRAYS)}. It lacks {names(missing)}.")
    for part in ("train", "test"):
        _check(name, f"x_{part}", f"y_{part}", arrays[f"x_{part}"], arrays[f"y_{part}"])
    if arrays["x_train"].shape[1:] != arrays["x_test"].shape[1:]:
        raise RubricError(
            f"In `{name}`, one image of `x_train` and one of `x_test` must have the same shape."
        )
    labels = {array: arrays[array].astype(np.int64) for array in ("y_train", "y_test")}
    return Dataset(name, file.sha256, **{**arrays, **labels})


def _check(name: str, images: str, labels: str, x: NDArray[np.generic], y: NDArray[np.generic]) -> None:
    if x.ndim < 2 or x.dtype.kind not in "uif" or len(x) == 0:
        raise RubricError(
            f"In `{name}`, `{images}` must be numbers of shape (images, ...). It has shape {x.shape} "
            f"and type {x.dtype}."
        )
    whole = y.dtype.kind in "ui" and y.size > 0
    least, largest = (int(y.min()), int(y.max())) if whole else (-1, -1)
    if y.ndim != 1 or len(y) != len(x) or not 0 <= least <= largest <= 255:
        values = f", with values from {least} to {largest}" if whole else ""
        flat = f"`{labels}.ravel()`" if y.shape[1:] == (1,) else f"`{labels}.argmax(axis=1)`"
        raise RubricError(
            f"In `{name}`, `{labels}` must be {len(x)} whole numbers from 0 to 255, one for each "
            f"image. It has shape {y.shape} and type {y.dtype}{values}.",
            f"Save {flat} instead." if y.ndim == 2 else "",
        )
