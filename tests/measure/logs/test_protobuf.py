"""The wire format of event files."""

import pytest

from grader.measure.logs.protobuf import fields, records


def test_fields() -> None:
    """Numbers, bytes, four bytes and eight bytes are told apart."""
    message = b"\x08\x96\x01" + b"\x12\x03abc" + b"\x1d1234" + b"\x2112345678"

    assert [(1, 150), (2, b"abc"), (3, b"1234"), (4, b"12345678")] == list(fields(message))


@pytest.mark.parametrize("message", [b"\x08", b"\x08\x80", b"\x12\x05abc", b"\x1d123", b"\x0b", b"\x80" * 20])
def test_damaged_messages(message: bytes) -> None:
    """A message that is cut off or of an unknown kind is an error."""
    with pytest.raises(ValueError, match=r"cut off|unknown wire type"):
        list(fields(message))


def test_records() -> None:
    """Records are read until one is cut off."""
    record = (3).to_bytes(8, "little") + b"sum." + b"abc" + b"sum."

    assert [b"abc", b"abc"] == list(records(record * 2 + record[:-1]))
    assert [] == list(records((2**64 - 1).to_bytes(8, "little") + bytes(20)))
    assert [] == list(records(b""))
