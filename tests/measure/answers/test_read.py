"""Answers: an `.npz` of numbers is read as data, and everything else is refused with a sentence."""

import io
import pickle
import struct
import zipfile
from functools import partial
from typing import Any

import numpy as np
import pytest
from builders_golden import refusal_of, said
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.answers import MOST_ARRAYS, Answers, Array
from grader.measure.answers import LARGEST
from grader.measure.answers.read import MOST_NUMBERS, read
from grader.rubric import Plan

NUMBERS = np.arange(6.0).reshape(2, 3)


def read_answers(content: bytes) -> Answers:
    return read("work/answers.npz", content, Declaration(), Plan())


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    """An array with a header of our own."""
    padded = header.encode("latin-1").ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded + data


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        *(
            (NUMBERS.astype(kind), kind)
            for kind in ("float16", "float32", "float64", "int8", "int64", "uint8")
        ),
        (NUMBERS.astype(">f4"), "float32"),
        (np.asfortranarray(NUMBERS), "float64"),
        (NUMBERS[:, ::-1], "float64"),
    ],
)
def test_numbers_of_every_type(array: Any, dtype: str) -> None:
    """Also those of another byte order, in columns, or backwards."""
    found = read_answers(npz(a=array)).arrays["a"]

    assert (dtype, (2, 3)) == (found.dtype, found.shape)
    assert array.ravel().tolist() == list(found.values)


def test_names_and_numbers_that_are_none() -> None:
    """Names have slashes, numbers may be NaN or infinite, arrays empty or one number."""
    arrays = read_answers(
        npz(**{"a/b/c": np.array([np.nan, np.inf]), "d": np.zeros((0, 4)), "e": np.array(2.5)})
    ).arrays

    assert ["a/b/c", "d", "e"] == list(arrays)
    assert ((0, 4), (), (2.5,)) == (arrays["d"].shape, arrays["e"].shape, tuple(arrays["e"].values))
    assert ["nan", "inf"] == [str(one) for one in arrays["a/b/c"].values]


ODD = {
    "objects": {"a": np.array([None]), "b": np.array([{"x": 1}])},
    "other types": {
        "a": np.array(["x"]),
        "b": np.array([1j]),
        "c": np.zeros(2, "V2"),
        "d": np.zeros(2, [("x", "f8")]),
        "e": np.zeros(2, np.longdouble),
        "f": np.array(["2026-11-29"], "M8[D]"),
    },
}


@pytest.mark.hostile_row(106)
@pytest.mark.parametrize("kind", ODD)
def test_an_array_that_is_none_of_numbers(kind: str) -> None:
    """It is named with what it is; the others are read."""
    answers = read_answers(npz(good=NUMBERS, **ODD[kind]))

    assert {"good"} == set(answers.arrays)
    assert set(ODD[kind]) == set(answers.odd)
    for name, what in answers.odd.items():
        said(f"{name} {what}")


class Bomb:
    """Would do something if it were unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit",)


DAMAGED_HEADERS = (
    "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 9), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-2, -3), }",
    f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({'1, ' * 20}6), }}",
    "{'descr': '<f8', 'fortran_order': 7, 'shape': (2, 3), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2.5, 3), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (6,), }",
    "{'descr': '<f99', 'fortran_order': False, 'shape': (6,), }",
    "{'descr': '|V0', 'fortran_order': False, 'shape': (6,), }",
    "{'descr': ('<f8', (3,)), 'fortran_order': False, 'shape': (2,), }",
    "__import__('os').abort()",
    "[" * 100,
    "",
)


@pytest.mark.hostile_row(106)
@pytest.mark.parametrize("header", DAMAGED_HEADERS)
def test_headers_that_lie(header: str) -> None:
    """Nothing is believed: the array is odd, and no memory is asked for."""
    answers = read_answers(zipped({"a.npy": npy(header, NUMBERS.tobytes())}))

    assert {"a"} == set(answers.odd)


def encrypted() -> bytes:
    content = bytearray(npz(a=NUMBERS))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


def some_zeros(count: int) -> bytes:
    return npy(HEADER.replace("(2, 3)", f"({count},)"), bytes(8 * count))


REFUSED = {
    "one array": npy(HEADER, NUMBERS.tobytes()),
    "a pickle": pickle.dumps(Bomb()),
    "a file of PyTorch": zipped({"archive/data.pkl": pickle.dumps(Bomb()), "archive/version": b"3"}),
    "another zip": zipped({"model/config.json": b"{}"}),
    "text": b"case,gradient\n1,2\n",
    "nothing": b"",
    "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(99),
    "MATLAB": b"MATLAB 5.0 MAT-file" + bytes(99),
    "bytes": b"\x01\x02\x00\x03",
    "a bomb": zipped({"a.npy": npy(HEADER) + bytes(3 * LARGEST)}, zipfile.ZIP_DEFLATED),
    "too many numbers": zipped({"a.npy": some_zeros(MOST_NUMBERS + 1)}),
    "too many arrays": zipped({f"{number}.npy": npy(HEADER) for number in range(MOST_ARRAYS + 1)}),
    "LZMA": zipped({"a.npy": npy(HEADER)}, zipfile.ZIP_LZMA),
    "encrypted": encrypted(),
    "cut": npz(a=NUMBERS)[:150],
}


@pytest.mark.hostile_row(106)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused(kind: str) -> None:
    """Each with a sentence and a hint; nothing is unpickled."""
    said(*refusal_of(partial(read_answers, REFUSED[kind])))


@pytest.mark.hostile_row(106)
def test_names_that_act_are_only_names() -> None:
    """A path out of the folder, a command of a terminal, a very long one, one that is there twice."""
    names = (
        "../../etc/passwd.npy",
        "a\x1b[2Jb.npy",
        "x" * 5000 + ".npy",
        "/abs.npy",
        "C:\\a.npy",
        "nan.npy",
        ".npy",
    )
    content = npy(HEADER, NUMBERS.tobytes())
    answers = read_answers(zipped(dict.fromkeys(names, content)))

    assert len(names) == len(answers.arrays)
    assert all(len(name) <= 200 and name.isprintable() for name in answers.arrays)


WHOLE = npz(a=NUMBERS, b=np.float32(3))


@settings(max_examples=150)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=8), st.booleans())
def test_no_damage_is_more_than_a_refusal(place: int, noise: bytes, cut: bool) -> None:
    """A file that is cut anywhere, or has other bytes in it, is read or refused."""
    damaged = WHOLE[:place] if cut else WHOLE[:place] + noise + WHOLE[place + len(noise) :]
    try:
        answers = read_answers(damaged)
    except SubmissionError as error:
        assert str(error.message).startswith("`answers.npz` ")  # noqa: PT017  (either is right)
    else:
        assert all(isinstance(one, Array) for one in answers.arrays.values())
