"""NumPy's files, without pickle."""

import io
import math
import zipfile
from typing import Any

import numpy as np
import pytest
from builders_logs import ADVICE, npy, npz, read, refused, values

from grader.measure.log.table import Limits


@pytest.mark.parametrize(
    "array",
    [
        np.array([2.0, 1.0, 0.5]),
        np.array([2.0, 1.0, 0.5], dtype=np.float32),
        np.array([2.0, 1.0, 0.5], dtype=">f8"),
        np.array([[2.0, 1.0, 0.5]]),
        np.array([[[2.0]], [[1.0]], [[0.5]]]),
        np.asfortranarray([[2.0, 1.0, 0.5]]),
    ],
)
def test_one_series(array: Any) -> None:
    """An array along one axis is a series, whatever its numbers are made of."""
    log = read(npy(array), "grad_norm.npy")

    assert {"value": [2.0, 1.0, 0.5]} == values(log)
    assert ("numpy", 3, "gradient_norm") == (log.form, log.rows, log.columns[0].name)


def test_nan_is_a_value() -> None:
    """NaN and infinity are values."""
    column = read(npy(np.array([np.nan, np.inf, 1.0])), "loss.npy").columns[0]

    assert (0, 1, 2) == column.rows
    assert math.isnan(column.values[0])


def test_named_series() -> None:
    """The arrays of a zip and the fields of a structured array are columns."""
    fields = np.array([(1, 0.5), (2, 0.25)], dtype=[("step", "i4"), ("loss", "f8")])

    assert {"step": [1.0, 2.0], "loss": [0.5, 0.25]} == values(read(npy(fields)))
    assert {"step": [1.0, 2.0], "loss": [0.5, 0.25]} == values(read(npz(step=[1, 2], loss=[0.5, 0.25])))
    assert {"value": [2.5]} == values(read(npz([2.5]), "grad_norm.npz"))


def test_unequal_lengths() -> None:
    """Series of epochs and of steps stand beside each other."""
    assert {"loss": [2.0], "grad_norm": [2.0, 1.0]} == values(read(npz(loss=[2.0], grad_norm=[2.0, 1.0])))


def test_odd_arrays_are_left_out() -> None:
    """What is no series is left out of a zip, with a note."""
    log = read(npz(loss=[1.0], images=np.zeros((2, 2)), names=["a"], config=np.array([{}], dtype=object)))

    assert {"loss": [1.0]} == values(log)
    assert ("Not a series of numbers, so left out: `images`, `names` and `config`.",) == tuple(
        map(str, log.notes)
    )


DAMAGED = npy(np.ones(3))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            npy(np.zeros((5, 8, 2))),
            "The log has an array of shape (5, 8, 2); a log is one series of numbers.",
        ),
        (npy(np.array(["a"])), "The log has no numbers in it, but str32."),
        (npy(np.array([True])), "The log has no numbers in it, but bool."),
        (npy(np.array([1j])), "The log has no numbers in it, but complex128."),
        (npy(np.array([])), "The log is an empty array."),
        (
            npy(np.array([{}], dtype=object)),
            "The log has Python objects in it, which are never opened, because a pickle can run code.",
        ),
        (DAMAGED[:-1], "The log is a NumPy file that is cut off or damaged."),
        (DAMAGED.replace(b"(3,)", b"(4,)"), "The log is a NumPy file that is cut off or damaged."),
        (
            DAMAGED.replace(b"(3,), }" + b" " * 12, b"(9999999999999,), }"),
            "The log is a NumPy file that is cut off or damaged.",
        ),
        (DAMAGED[:20], "The log is a damaged NumPy file."),
        (DAMAGED.replace(b"'descr'", b"'other'"), "The log is a damaged NumPy file."),
        (DAMAGED.replace(b"NUMPY\x01", b"NUMPY\x09"), "The log is a damaged NumPy file."),
        (
            npz(images=np.zeros((2, 2))),
            "The array `images` in the log has an array of shape (2, 2); a log is one series of numbers.",
        ),
    ],
)
def test_refusals(content: bytes, sentence: str) -> None:
    """What is no series says what it is."""
    refusal = refused(content)

    assert sentence == str(refusal.message).replace(" `log.csv`", "")
    assert str(ADVICE) == str(refusal.hint)


def test_damaged_zip() -> None:
    """A zip whose members cannot be unpacked is refused."""
    content = bytearray(npz(loss=np.arange(1000.0)))
    content[100:200] = bytes(100)
    refusal = refused(bytes(content))

    assert "The log `log.csv` is a damaged zip of arrays." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


def test_bomb() -> None:
    """A zip that unpacks to more than the limit is not unpacked to its end."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("loss.npy", npy(np.zeros(100_000)))
    refusal = refused(stream.getvalue(), limits=Limits(cells=1000))

    assert "The log `log.csv` unpacks to more than 8,000 bytes; at most these are read." == str(
        refusal.message
    )
    assert "Submit the log of one run, with only the series that are asked for." == str(refusal.hint)


def test_rows_are_counted() -> None:
    """The rows of an array are counted."""
    refusal = refused(npy(np.ones(9)), limits=Limits(rows=8))

    assert "The log `log.csv` has 9 rows; at most 8 are read." == str(refusal.message)
