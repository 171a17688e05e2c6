"""The arrays that a rubric names."""

import hashlib
import io
import zipfile
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders_folders import make_file
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy

from grader.datasets import ARRAYS, SHIPPED, DataFile, Dataset, load_dataset, read_data, unpacked
from grader.errors import RubricError
from grader.evidence.values import Task

NO_ARCHIVE = "`mine.npz` must be an `.npz` file of plain arrays, as `numpy.savez` writes it."


def arrays(**changed: Any) -> dict[str, Any]:
    """Three training images and two test images of 4 x 5 pixels, with any array replaced."""
    usual = {
        "x_train": np.zeros((3, 4, 5), np.uint8),
        "y_train": np.array([0, 1, 2], np.uint8),
        "x_test": np.zeros((2, 4, 5), np.uint8),
        "y_test": np.array([0, 4], np.int32),
    }
    return usual | changed


def packed(named: dict[str, Any]) -> bytes:
    """Arrays as numpy packs them."""
    buffer = io.BytesIO()
    np.savez(buffer, **named)
    return buffer.getvalue()


def mine(folder: Path, content: bytes) -> Dataset:
    """Load `mine.npz`, with this content, from the folder."""
    make_file(folder, "mine.npz", content)
    with chdir(folder):
        return load_dataset("mine.npz")


def refused(folder: Path, content: bytes) -> RubricError:
    """The error with which `mine.npz` is refused."""
    with pytest.raises(RubricError) as caught:
        mine(folder, content)
    return caught.value


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_what_was_made(name: str) -> None:
    """The file has the hash that is written down, and the images that the README promises."""
    dataset = load_dataset(name)

    assert (SHIPPED[name], 10) == (dataset.sha256, dataset.classes)
    assert ((12_000, 28, 28), (10_000, 28, 28)) == (dataset.x_train.shape, dataset.x_test.shape)
    assert np.uint8 == dataset.x_test.dtype
    assert [1000] * 10 == np.bincount(dataset.y_test).tolist()


def test_a_file_that_was_changed_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence has the beginnings of both hashes."""
    monkeypatch.setitem(SHIPPED, "fashion_mnist", "0" * 64)

    with pytest.raises(RubricError) as caught:
        load_dataset("fashion_mnist")

    assert (
        "The data set `fashion_mnist` was changed after it was installed: its SHA-256 is 8efe85025fa7…, "
        "not 000000000000…." == caught.value.message
    )
    assert "Install the program again." == caught.value.hint


def test_a_teacher_names_an_own_file(tmp_path: Path) -> None:
    """By a relative path or the whole one; the labels become 64-bit integers."""
    dataset = mine(tmp_path / "data", packed(arrays()))

    assert "mine.npz" == dataset.name
    assert 5 == dataset.classes
    assert (2, 4, 5) == dataset.x_test.shape
    assert [np.int64, np.int64] == [dataset.y_train.dtype, dataset.y_test.dtype]
    assert dataset.sha256 == load_dataset(str(tmp_path / "data" / "mine.npz")).sha256


def test_images_may_be_flat(tmp_path: Path) -> None:
    """A row of features is image enough."""
    content = packed(arrays(x_train=np.zeros((3, 20)), x_test=np.zeros((2, 20))))

    assert (3, 20) == mine(tmp_path, content).x_train.shape


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnist", "`data` names `mnist`, which cannot be read: No such file or directory."),
        ("mine.npz", "`data` names `mine.npz`, which cannot be read: No such file or directory."),
        ("folder.npz", "`data` names `folder.npz`, which cannot be read: Is a directory."),
    ],
)
def test_a_file_that_is_not_there(tmp_path: Path, name: str, message: str) -> None:
    """The sentence has the system's reason; an unpacked archive is no file either."""
    (tmp_path / "folder.npz").mkdir()
    with chdir(tmp_path), pytest.raises(RubricError) as caught:
        load_dataset(name)

    assert message == caught.value.message


def an_npy(array: Any) -> bytes:
    """One array as an `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def zipped(content: bytes) -> bytes:
    """An archive in which each of the four arrays has this content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ARRAYS:
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


X = "In `mine.npz`, `{}` must be numbers of shape (examples, ...). It has {}."
COUNT = "In `mine.npz`, `y_train` must be numbers, one label for each of the 3 examples. It has {}."
CLASSES = (
    "In `mine.npz`, `y_train` must be whole numbers from 0 to 255, one for each example, or one-hot. "
    "It has {}."
)
ALIKE = (
    "In `mine.npz`, an example of `x_train` and one of `x_test` must have the same shape and type. They have"
)
LACKS = "`mine.npz` must hold the arrays `x_train`, `y_train`, `x_test` and `y_test`. It lacks {}."
UNLABELLED = {name: array for name, array in arrays().items() if name != "y_test"}
OBJECTS = "`mine.npz` has an array of Python objects, which is never opened: a pickle can run code."
NAN = np.array([[1.0, np.nan, np.inf]] * 3)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # Nothing is unpickled, and a damaged archive is said to be none.
        *((content, NO_ARCHIVE) for content in (b"", b"PK\x03\x04", packed(arrays())[:-40])),
        *((content, f"{NO_ARCHIVE} It is text, such as a CSV.") for content in (b"pixels", b"a,b\n1,2\n")),
        (an_npy(np.zeros(3)), f"{NO_ARCHIVE} It is a single array (`.npy`)."),
        (packed(arrays(x_train=np.array([object()]))), OBJECTS),
        (packed(arrays(y_test=np.array(["a", 2], object))), OBJECTS),
        (an_npy(np.array([object()])), NO_ARCHIVE),
        (zipped(an_npy(np.zeros(3))[:-4]), NO_ARCHIVE),
        (zipped(b"\x93NUMPY\x01\x00\xff"), NO_ARCHIVE),
        # An archive may hold anything under an array's name; it comes as bytes.
        (zipped(b"pixels"), X.format("x_train", "shape () and type |S6")),
        (
            packed(UNLABELLED),
            f"{LACKS.format('`y_test`')} It holds `x_test`, `x_train` and `y_train`.",
        ),
        (packed({"images": NAN}), LACKS.format("`x_train`, `y_train`, `x_test` and `y_test`")),
        *(
            (packed(arrays(**{name: images})), X.format(name, found))
            for name, images, found in (
                ("x_train", np.zeros(3), "shape (3,) and type float64"),
                ("x_train", np.full((3, 4), "a"), "shape (3, 4) and type <U1"),
                ("x_test", np.zeros((0, 4, 5)), "shape (0, 4, 5) and type float64"),
            )
        ),
        (
            packed(arrays(x_train=NAN, x_test=NAN[:2])),
            "In `mine.npz`, `x_train` has 6 numbers that are NaN or infinite.",
        ),
        *(
            (packed(arrays(y_train=labels)), sentence.format(found))
            for labels, sentence, found in (
                (np.array([0, 1]), COUNT, "shape (2,) and type int64, with values from 0 to 1"),
                (np.zeros(0, np.uint8), COUNT, "shape (0,) and type uint8"),
                (np.zeros((3, 2, 2)), COUNT, "shape (3, 2, 2) and type float64, with values from 0 to 0"),
                (np.array(["a"] * 3), COUNT, "shape (3,) and type <U1"),
                (
                    np.array([-1, 1, 256]),
                    CLASSES,
                    "shape (3,) and type int64, with values from -1 to 256",
                ),
                (
                    np.zeros((3, 10), np.uint8),
                    CLASSES,
                    "shape (3, 10) and type uint8, with values from 0 to 0",
                ),
            )
        ),
        *(
            (packed(arrays(x_test=x_test)), f"{ALIKE} (4, 5) of uint8 and {found}.")
            for x_test, found in (
                (np.zeros((2, 5, 4), np.uint8), "(5, 4) of uint8"),
                (np.zeros((2, 4, 5)), "(4, 5) of float64"),
            )
        ),
    ],
)
def test_what_is_no_data_set(tmp_path: Path, content: bytes, expected: str) -> None:
    """The sentence has what was asked and what was found."""
    assert expected == refused(tmp_path, content).message


def of_task(task: Task, y_train: Any, y_test: Any) -> tuple[Any, ...]:
    """The labels of both parts as a task has them, and how many outputs a network needs."""
    content = packed(arrays(y_train=np.array(y_train), y_test=np.array(y_test)))
    dataset = unpacked(DataFile("mine.npz", content, ""), task)
    return dataset.y_train.tolist(), dataset.y_test.tolist(), dataset.outputs


@pytest.mark.parametrize(
    ("task", "y_train", "y_test", "expected"),
    [
        # As Keras gives those of CIFAR-10, as one column a class, and as floats.
        ("classification", [[0], [2], [1]], [[1], [0]], ([0, 2, 1], [1, 0], 3)),
        ("classification", np.eye(3), np.eye(3)[1:], ([0, 1, 2], [1, 2], 3)),
        ("classification", [0.0, 1.0, 2.0], [1.0, 0.0], ([0, 1, 2], [1, 0], 3)),
        ("binary", [True, False, True], [False, True], ([1, 0, 1], [0, 1], 2)),
        ("classification", np.eye(3), [2, 0], ([0, 1, 2], [2, 0], 3)),
        ("binary", [[0.0], [1.0], [1.0]], [[0.0], [1.0]], ([0, 1, 1], [0, 1], 2)),
        ("binary", [[1, 0], [0, 1], [0, 1]], [[1, 0], [0, 1]], ([0, 1, 1], [0, 1], 2)),
        ("regression", [1, 2, -3], [4.5, 0], ([[1.0], [2.0], [-3.0]], [[4.5], [0.0]], 1)),
        (
            "regression",
            [[1.0, 2], [3, 4], [5, 6]],
            [[0, 1.5]] * 2,
            ([[1, 2], [3, 4], [5, 6]], [[0, 1.5]] * 2, 2),
        ),
        ("multilabel", [[1, 1], [0, 0], [0, 1]], [[1, 0]] * 2, ([[1, 1], [0, 0], [0, 1]], [[1, 0]] * 2, 2)),
    ],
)
def test_labels_of_each_task(task: Task, y_train: Any, y_test: Any, expected: tuple[Any, ...]) -> None:
    """A column, one-hot rows and whole floats are classes; numbers and several labels have columns."""
    assert expected == of_task(task, y_train, y_test)


@pytest.mark.parametrize(
    ("task", "y_train", "y_test", "remedy"),
    [
        ("classification", [0.5, 1.25, 3.0], [0.5, 1.0], "Write `task: regression`."),
        ("classification", [[0.2, 0.8]] * 3, [[0.5, 0.5]] * 2, "Write `task: regression`."),
        ("classification", [[1, 1], [0, 0], [0, 1]], [[1, 0]] * 2, "Write `task: multilabel`."),
        ("classification", [1, 2, 3], [1, 3], "Subtract 1 from all labels, and tell your students."),
        (
            "classification",
            [-1, 1, 1],
            [1, -1],
            "Save `(y_train > 0).astype(int)` instead, and tell your students.",
        ),
        ("binary", [0, 1, 2], [1, 0], "Write `task: classification`."),
        ("binary", [1, 2, 2], [1, 1], "Subtract 1 from all labels, and tell your students."),
        ("binary", [0.1, 0.9, 0.5], [1, 0], "Write `task: regression`."),
        ("regression", np.eye(3), np.eye(3)[1:], "Write `task: classification`."),
        ("regression", [np.nan, 1, 2], [1, 2], "Leave the examples without a label out."),
        ("multilabel", [0, 1, 1], [0, 1], "Write `task: binary`."),
        ("multilabel", [0, 1, 2], [0, 1], "Write `task: classification`."),
        ("multilabel", [[0, 2]] * 3, [[0, 1]] * 2, ""),
        ("multilabel", [[0, 1]] * 3, [[0, 1, 1]] * 2, ""),
    ],
)
def test_labels_of_another_task(task: Task, y_train: Any, y_test: Any, remedy: str) -> None:
    """They are a mistake of the rubric, which says what to write or to save instead."""
    with pytest.raises(RubricError) as caught:
        of_task(task, y_train, y_test)

    assert remedy == caught.value.hint


@given(
    x=hypothesis_numpy.arrays(
        st.sampled_from([np.uint8, np.float32, np.int64, bool, "U2"]),
        hypothesis_numpy.array_shapes(min_dims=1, max_dims=3, max_side=4),
    ),
    y=hypothesis_numpy.arrays(
        st.sampled_from([np.uint8, np.float64, np.int32, bool, "U2"]),
        hypothesis_numpy.array_shapes(min_dims=1, max_dims=3, max_side=4),
    ),
    task=st.sampled_from(["classification", "binary", "regression", "multilabel"]),
)
def test_any_arrays_are_read_or_refused(x: Any, y: Any, task: Task) -> None:
    """Whatever they hold, what comes of it is a data set whose labels fit it, or a mistake of the rubric."""
    content = packed({"x_train": x, "y_train": y, "x_test": x, "y_test": y})
    try:
        dataset = unpacked(DataFile("mine.npz", content, ""), task)
    except RubricError:
        return

    assert len(dataset.x_train) == len(dataset.y_train) > 0
    assert dataset.outputs <= 256
    if dataset.y_train.ndim == 1:
        assert 0 <= dataset.y_train.min() <= dataset.y_train.max() < dataset.classes


def test_a_file_is_read_before_it_is_unpacked(tmp_path: Path) -> None:
    """Its hash is that of the arrays, and of a file that holds none it is known, too."""
    shipped = read_data("fashion_mnist")
    (tmp_path / "none.npz").write_bytes(b"no arrays")
    none = read_data(str(tmp_path / "none.npz"))

    assert (shipped.sha256, shipped.sha256) == (SHIPPED["fashion_mnist"], unpacked(shipped).sha256)
    assert hashlib.sha256(b"no arrays").hexdigest() == none.sha256
    with pytest.raises(RubricError, match=r"none\.npz` must be an `\.npz` file of plain arrays"):
        unpacked(none)
