"""Tests of `grader.submissions.handed_in`: times as platforms write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.handed_in import latest, time_of

TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T10:00:00.000000Z",
        "2026-03-01 10:00:00.000000000 Z",
        "2026-03-01 10:00:00 UTC",
        "2026-03-01T02:00:00.000000-08:00",
        "2026-03-01 11:00 +0100",
    ],
)
def test_a_time_with_its_offset(text: str) -> None:
    """Gradescope's hook, its export, and what a teacher writes."""
    assert TEN == time_of(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-03-01", "2026-03-01T10:00:00", "tomorrow", "2026-02-30T10:00:00Z"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
        *(None, 1772359200, ["2026-03-01T10:00:00Z"]),
    ],
)
def test_anything_else_is_no_time(text: object) -> None:
    """Without an offset nobody knows when it is."""
    assert time_of(text) is None


@given(st.integers(0, 6 * 10**9), st.integers(-14 * 60, 14 * 60))
def test_every_zone_is_read_back(seconds: int, minutes: int) -> None:
    """What Python writes is the same time again."""
    there = datetime.fromtimestamp(10**9 + seconds, timezone(timedelta(minutes=minutes)))

    assert there == time_of(there.isoformat())


@given(st.text(max_size=40))
def test_no_text_stops_the_reading(text: str) -> None:
    """It is a time, or none."""
    assert time_of(text) is None or time_of(text) == latest([None, text, {}])
