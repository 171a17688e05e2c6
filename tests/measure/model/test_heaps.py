"""Global heaps that the HDF5 library would walk for ever."""

import struct

import pytest
from builders_models import a_dense, a_keras_file, a_sequential, an_h5_file, hdf5, old, the_weights

from grader.errors import SubmissionError
from grader.measure.model.heaps import MARK, OBJECT, heaps_are_sound
from grader.measure.model.read import read_model

TEXT = hdf5(the_weights(), {"layers": {"name": "a text of variable length"}})


def a_heap(*objects: tuple[int, int], size: int = 4096) -> bytes:
    """A heap with these objects, each as its index and its length."""
    heap = bytearray(MARK + struct.pack("<Q", size) + bytes(max(0, size - 16)))
    place = 16
    for index, length in objects:
        OBJECT.pack_into(heap, place, index, 1, length)
        place += length if index == 0 else 16 + -(-length // 8) * 8
    return bytes(heap)


def test_a_file_without_texts_is_sound() -> None:
    """It has no heap."""
    assert MARK not in hdf5(the_weights())
    assert heaps_are_sound(hdf5(the_weights()))


def test_the_heaps_of_a_real_file_are_sound() -> None:
    """The library's own files pass."""
    assert MARK in TEXT
    assert heaps_are_sound(TEXT)
    assert 8 == read_model("model.keras", a_keras_file(weights=TEXT)).parameters


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (a_heap((1, 5), (2, 16), (0, 4096 - 16 - 24 - 32)), True),
        (a_heap((1, 5), (0, 0)), False),
        (a_heap((1, 5)), False),
        (a_heap((1, 10**9)), False),
        (a_heap((0, 10**9)), False),
        (a_heap((0, 4080))[:-1], False),
        (a_heap((0, 4080), size=4096)[:20], False),
        (MARK, False),
        (MARK + struct.pack("<Q", 3), False),
        (b"GCOL of a student's text", True),
    ],
)
def test_a_chain_goes_on_to_the_end(content: bytes, sound: bool) -> None:
    """An object of size 0 would be its own successor, a large one leads out of the heap."""
    assert sound == heaps_are_sound(content)


def test_a_file_with_a_broken_heap_is_damaged() -> None:
    """The sentence is that of every other damage, and it comes at once."""
    good = an_h5_file(old(a_sequential(old(a_dense(2, batch_input_shape=[None, 3])))))
    start = good.index(MARK) + 16
    free = start
    while struct.unpack_from("<H", good, free)[0]:
        free += 16 + -(-struct.unpack_from("<Q", good, free + 8)[0] // 8) * 8
    bad = good[: free + 8] + bytes(8) + good[free + 16 :]

    with pytest.raises(SubmissionError) as caught:
        read_model("model.h5", bad)

    assert "`model.h5` is damaged or cut short: its HDF5 part cannot be read." == str(caught.value.message)
