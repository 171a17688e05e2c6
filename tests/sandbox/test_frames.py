"""Tests of `grader.sandbox.frames`."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import WorkerError
from grader.sandbox.frames import FrameReader, write_frame


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_messages_come_out_as_they_went_in(messages: list[bytes]) -> None:
    """Any messages, the empty one too, are read back whole and in order."""
    out, into = os.pipe()
    reader = FrameReader(out, 1000)
    for message in messages:
        write_frame(into, message)
    os.close(into)

    read = reader.read()
    os.close(out)

    assert messages == read
    assert reader.closed


def test_half_a_message_is_not_waited_for() -> None:
    """What has come so far is kept, and completed by what comes later."""
    out, into = os.pipe()
    reader = FrameReader(out, 1000)
    os.write(into, b"\0\0\0\x04ab")
    first = reader.read()
    os.write(into, b"cd\0\0")
    second = reader.read()

    assert [] == first
    assert [b"abcd"] == second
    assert not reader.closed
    os.close(out)
    os.close(into)


def test_a_message_over_the_size_is_refused_before_it_comes() -> None:
    """An announced length is enough to refuse."""
    out, into = os.pipe()
    reader = FrameReader(out, 1000)
    os.write(into, b"\xff\xff\xff\xff")

    with pytest.raises(WorkerError) as caught:
        reader.read()

    assert "The worker announced a reply of 4294967295 bytes; the limit is 1000 bytes." == str(
        caught.value.message
    )
    os.close(out)
    os.close(into)
