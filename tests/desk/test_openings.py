"""Tests of `grader.desk.openings`: who has a submission open."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.desk.openings import EXPIRES, FILE, Opening, begin, end, opening


def test_others_see_who_has_it_open(tmp_path: Path) -> None:
    """Until it is left; whoever has it open is no other, and another one cannot end it."""
    begin(tmp_path, "a", "Dr. Lee")
    end(tmp_path, "b")
    begin(tmp_path, "b", "Dr. Kim")

    assert opening(tmp_path, "a") is None
    assert "Dr. Lee" == opening(tmp_path, "b").by
    end(tmp_path, "a")
    assert opening(tmp_path, "b") is None


def test_it_counts_from_the_first_page_until_some_time_after_the_last(tmp_path: Path) -> None:
    """A desk that was killed holds nothing for ever."""
    begin(tmp_path, "a", "Dr. Lee")
    first = opening(tmp_path, "b")
    begin(tmp_path, "a", "Dr. Lee")
    again = opening(tmp_path, "b")
    assert (first.since, True) == (again.since, again.until > first.until)

    over = first.model_copy(update={"until": datetime.now(UTC) - timedelta(seconds=1)})
    (tmp_path / FILE).write_text(over.model_dump_json(), "utf-8")

    assert opening(tmp_path, "b") is None
    assert timedelta(minutes=5) < EXPIRES < timedelta(hours=1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 9_000,
        b" " * 20_000,
        b'{"desk":"b","by":"x","since":"2026-01-01T00:00:00","until":"9999-01-01T00:00:00"}',
    ],
    ids=["empty", "half", "bytes", "nested", "long", "no zone"],
)
def test_a_damaged_file_says_nothing(tmp_path: Path, content: bytes) -> None:
    """It stands in nobody's way."""
    (tmp_path / FILE).write_bytes(content)

    assert opening(tmp_path, "a") is None
    begin(tmp_path, "a", "Dr. Lee")
    assert isinstance(opening(tmp_path, "b"), Opening)


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    """Others are not told, and that is all."""
    (tmp_path / "file").write_text("", "utf-8")

    begin(tmp_path / "file", "a", "Dr. Lee")

    assert opening(tmp_path / "file", "b") is None
