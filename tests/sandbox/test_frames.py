"""Tests of `grader.sandbox.frames`."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import WorkerError
from grader.sandbox.frames import FrameReader, write_frame


@pytest.fixture
def pipe() -> Iterator[tuple[FrameReader, int]]:
    """What reads at most 1000 bytes in 8 messages from a pipe, and the end to write to."""
    out, into = os.pipe()
    yield FrameReader(out, 1000, 8), into
    os.close(out)
    os.close(into)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_messages_come_out_as_they_went_in(messages: list[bytes]) -> None:
    """Any messages, the empty one too, are read back whole and in order."""
    out, into = os.pipe()
    reader = FrameReader(out, 2400, 8)
    for message in messages:
        write_frame(into, message)
    os.close(into)

    read = []
    while not reader.closed:
        read += reader.read()
    os.close(out)

    assert messages == read
    assert reader.closed


def test_half_a_message_is_not_waited_for(pipe: tuple[FrameReader, int]) -> None:
    """What has come so far is kept, and completed by what comes later."""
    reader, into = pipe
    os.write(into, b"\0\0\0\x04ab")
    first = reader.read()
    os.write(into, b"cd\0\0")
    second = reader.read()

    assert [] == first
    assert [b"abcd"] == second
    assert not reader.closed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xff\xff\xff", "The worker announced replies of 4294967295 bytes; the limit is 1000 bytes."),
        (
            b"\0\0\x02\0" + bytes(512) + b"\0\0\x02\0",
            "The worker announced replies of 1024 bytes; the limit is 1000 bytes.",
        ),
        (bytes(4 * 9), "The worker sent more than 8 replies."),
    ],
    ids=["one", "in all", "empty ones"],
)
def test_more_than_is_allowed_is_refused_before_it_comes(
    pipe: tuple[FrameReader, int], content: bytes, said: str
) -> None:
    """An announced length is enough to refuse, of one message or of all; so is the number of messages."""
    reader, into = pipe
    os.write(into, content)

    with pytest.raises(WorkerError) as caught:
        reader.read()

    assert said == str(caught.value.message)


def test_what_may_come_is_counted_anew(pipe: tuple[FrameReader, int]) -> None:
    """For each request there may be as many messages."""
    reader, into = pipe

    for _ in range(3):
        reader.begin_anew()
        os.write(into, bytes(4 * 8))
        assert 8 == len(reader.read())
