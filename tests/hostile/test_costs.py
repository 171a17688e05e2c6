"""Files that would cost the operator: each is the student's to mend, at once, and never a mistake of ours."""

import io
import json
import math
import struct
import time
import zipfile
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import pytest
from builders_golden import said
from builders_models import (
    a_dense,
    a_functional,
    a_keras_file,
    a_layer,
    a_sequential,
    a_tensor,
    an_input,
    called,
    compiled,
    hdf5,
    the_weights,
)
from PIL import Image

from grader.evidence import File
from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.part import Part
from grader.evidence.problem import Problem
from grader.measure.model.hdf5 import MARK, OBJECT
from grader.measure.request import Candidate, Intake, Taken
from grader.measure.worker import READING_SECONDS, read, stopped_after
from grader.messages.message import say
from grader.rubric import Files, Plan
from grader.submissions.preference import Preference

MARKED = {"shared_object_id": [1]}


def measured(part: str, content: bytes, seconds: float = READING_SECONDS) -> Part | Problem:
    """What a worker says of one file, in which it finds no mistake of its own."""
    tracebacks: list[str] = []
    file = File(role=part, name=part, bytes=len(content), sha256="")
    candidate = Candidate(file=file, preference=Preference(0, 1, part, 0, part))
    plan = Plan(files=Files(figure=("*.png",)))
    reply, _ = read(Intake(parts={part: (Taken(candidate, content),)}), plan, tracebacks, seconds)
    assert [] == tracebacks
    return reply.parts[part]


def is_the_students(found: Part | Problem) -> bool:
    """Whether a part is missing for the student to mend; what is said is pinned in this room's file."""
    return isinstance(found, Problem) and found.who == "student" and said(found.message)


def of(*layers: dict[str, Any]) -> bytes:
    return a_keras_file(a_sequential(an_input(3), *layers))


@pytest.mark.hostile_row(90)
@pytest.mark.parametrize(
    "content",
    [
        of(a_dense(2, **MARKED)),
        of(a_dense(2, note=MARKED)),
        of(a_layer("Activation", activation={"class_name": "ReLU", "config": {"max_value": MARKED}})),
        a_keras_file(a_functional(called(a_dense(2), a_tensor("input", 0, 3), mask=MARKED))),
        a_keras_file(a_functional(called(a_dense(2), a_tensor("input", 0, 3), **MARKED))),
    ],
)
def test_an_argument_of_the_name_of_a_mark(content: bytes) -> None:
    """Keras marks shared objects by a whole number beside their class, and nothing else has this name."""
    assert is_the_students(measured("model", content))


@pytest.mark.hostile_row(90)
def test_such_an_argument_of_an_activation() -> None:
    """Any argument may stand there; Keras does not take this one and says so."""
    activation = {"class_name": "ReLU", "config": {**MARKED, "max_value": 6.0}}

    assert isinstance(measured("model", of(a_layer("Activation", activation=activation), a_dense(2))), Model)


@pytest.mark.hostile_row(90)
def test_minus_five_steps() -> None:
    """The number of steps is then not known."""
    network = json.dumps(compiled(a_sequential()))
    found = measured(
        "model", a_keras_file(network, hdf5({**the_weights(), "optimizer/vars/0": np.int64(-5)}))
    )

    assert isinstance(found, Model)
    assert found.optimizer is not None
    assert found.optimizer.iterations is None


@pytest.mark.hostile_row(91)
@pytest.mark.parametrize(
    ("first", "second"),
    [(0.5, 1.7e308), (1e154, 0.25), (math.nan, math.nan), (math.inf, math.inf), (0.5, -0.25)],
)
def test_moments_that_cannot_be_compared(first: float, second: float) -> None:
    """Too large to be added up, or of a training that diverged: the rest of the file is read as ever."""
    kernel, bias = np.zeros((3, 2)), np.zeros(2)
    state = [np.int64(7), np.float32(0.001), kernel + first, kernel + second, bias + first, bias + second]
    arrays = {f"optimizer/vars/{number}": array for number, array in enumerate(state)}
    found = measured("model", a_keras_file(compiled(a_sequential()), hdf5({**the_weights(), **arrays})))

    assert isinstance(found, Model)
    assert found.optimizer is not None
    assert (7, None) == (found.optimizer.iterations, found.optimizer.moments)


@pytest.mark.hostile_row(90)
def test_a_column_of_truth_values() -> None:
    """Each is a cell that is no number, which a check of the column says."""
    found = measured("log", b"epoch;step;loss;grad_norm\n0;1;1,5;True\n0;2;1,25;False\n")

    assert isinstance(found, Log)
    (column,) = found.norms()
    assert (2, ["true", "false"]) == (column.unreadable_count, [cell.text for cell in column.unreadable])


@pytest.mark.hostile_row(90)
@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_arrays_packed_in_another_way(method: int) -> None:
    """Nothing of them is unpacked: LZMA takes as much memory as its first bytes say."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("loss.npy", b"x" * 2000)

    assert is_the_students(measured("log", buffer.getvalue()))


def in_chunks(shape: tuple[int, ...], chunks: tuple[int, ...]) -> bytes:
    """A model with one more array, which can grow and is all zeros."""
    buffer = io.BytesIO(hdf5(the_weights()))
    with h5py.File(buffer, "r+") as file:
        file.create_dataset(
            "layers/flatten/vars/0", shape, "f4", maxshape=(None,) * len(shape), chunks=chunks
        )
    return a_keras_file(weights=buffer.getvalue())


@pytest.mark.hostile_row(92)
@pytest.mark.parametrize(
    ("shape", "chunks"),
    [((1,), (2**27,)), ((1,), (2**12 + 1,)), ((1000, 1), (1, 100)), ((10_000,), (1,)), ((2000,), (255,))],
)
def test_chunks_that_do_not_fit_their_array(shape: tuple[int, ...], chunks: tuple[int, ...]) -> None:
    """HDF5 unpacks whole chunks, and looks at each."""
    assert is_the_students(measured("model", in_chunks(shape, chunks)))


@pytest.mark.hostile_row(92)
@pytest.mark.parametrize(
    ("shape", "chunks"),
    [((1,), (2**12,)), ((784, 300), (98, 75)), ((2000,), (256,)), ((0,), (1,))],
)
def test_chunks_that_fit_their_array(shape: tuple[int, ...], chunks: tuple[int, ...]) -> None:
    """Those that h5py chooses, and of small arrays those that are small."""
    assert isinstance(measured("model", in_chunks(shape, chunks)), Model)


def heaps_in_heaps(count: int) -> bytes:
    """Global heaps inside the objects of one another, each a sound chain to the end of the file."""
    base = hdf5(the_weights())
    end = len(base) + 16 + 32 * count
    heaps = bytearray(MARK + struct.pack("<Q", end - len(base)))
    for _ in range(count):
        inner = len(base) + len(heaps) + OBJECT.size
        heaps += OBJECT.pack(1, 0, 16) + MARK + struct.pack("<Q", end - inner)
    return a_keras_file(weights=base + bytes(heaps))


def twice(count: int) -> bytes:
    """A JSON log whose last two keys of many are equal."""
    keys = ",".join(f'"{number:x}":0' for number in range(count))
    return f'{{{keys},"z":0,"z":0}}'.encode()


def in_scans(count: int) -> bytes:
    """A progressive JPEG of 25 million pixels whose last scan comes again and again."""
    buffer = io.BytesIO()
    Image.new("L", (5000, 5000), 128).save(buffer, "JPEG", progressive=True)
    content = buffer.getvalue()
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * count + content[-2:]


@pytest.mark.hostile_row(92)
@pytest.mark.parametrize(
    ("part", "content"),
    [
        pytest.param("model", lambda: heaps_in_heaps(45_000), id="heaps"),
        pytest.param("log", lambda: twice(140_000), id="keys"),
        pytest.param("figure", lambda: in_scans(2000), id="scans"),
    ],
)
def test_what_would_be_read_again_and_again(part: str, content: Callable[[], bytes]) -> None:
    """Each takes minutes where a part of it is looked at for every other part."""
    made = content()
    begun = time.process_time()

    assert is_the_students(measured(part, made))
    assert time.process_time() - begun < 3


@pytest.mark.hostile_row(92)
def test_a_progressive_jpeg_is_read() -> None:
    """With the scans that programs make."""
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(buffer, "JPEG", progressive=True)

    assert isinstance(measured("figure", buffer.getvalue()), Figure)


@pytest.mark.hostile_row(93)
@pytest.mark.parametrize(
    ("part", "content"),
    [
        pytest.param("log", lambda: b"step,loss\n" + b"1,0.5 %\n" * 190_000, id="log"),
        pytest.param("figure", lambda: in_scans(20), id="figure"),
        pytest.param("model", lambda: of(*(a_dense(2, f"d{number}") for number in range(190))), id="model"),
    ],
)
def test_a_file_that_takes_the_time_of_a_worker(part: str, content: Callable[[], bytes]) -> None:
    """The student is told, as of any other file that cannot be read, so it is kept and not tried again."""
    assert is_the_students(measured(part, content(), seconds=0.004))


@pytest.mark.hostile_row(93)
def test_time_that_others_take_is_not_counted() -> None:
    """Waiting costs no processor time; what fails in time keeps its own error, and nothing comes later."""
    with stopped_after(0.05, say("log")):
        time.sleep(0.2)
    with pytest.raises(KeyError), stopped_after(10, say("log")):
        raise KeyError
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
