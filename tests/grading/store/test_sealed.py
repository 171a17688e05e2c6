"""Tests of `grader.grading.store.sealed`: what is damaged is not read."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.frozen import Frozen
from grader.grading.store import sealed
from grader.report import Fact


class Names(Frozen):
    """Something to keep."""

    names: tuple[str, ...]
    share: float = 0.0


KEPT = Names(names=("Zoë", "bad\udcff", "a\nb"), share=float("inf"))
PAGE = sealed.page(KEPT).encode()


def test_what_was_kept_is_read(tmp_path: Path) -> None:
    """Names that are no UTF-8 and numbers that are not finite come back; the file is one line of JSON."""
    (tmp_path / "names.json").write_bytes(PAGE)

    assert sealed.read(Names, tmp_path / "names.json") == KEPT
    assert PAGE.isascii()
    assert b"\n" not in PAGE
    assert {"sha256", "data"} == set(json.loads(PAGE))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PAGE) - 1))
def test_what_was_cut_off_is_not_read(length: int) -> None:
    """Wherever it ends."""
    assert sealed.parse(Names, PAGE[:length]) is None


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(PAGE) - 1), st.integers(0, 7))
def test_what_was_changed_is_not_read(place: int, bit: int) -> None:
    """A single bit is enough, in the data or in the hash."""
    damaged = bytearray(PAGE)
    damaged[place] ^= 1 << bit

    assert sealed.parse(Names, bytes(damaged)) is None


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_anything_else_is_not_read(content: bytes) -> None:
    """Whatever lies there, nothing is raised."""
    assert sealed.parse(Names, content) is None


def test_what_is_of_another_kind_is_not_read() -> None:
    """An older version of the program kept other fields."""
    assert sealed.parse(Names, sealed.page(Fact(name="a", value="b")).encode()) is None


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_what_is_not_there_is_not_read(tmp_path: Path, name: str) -> None:
    """Neither a file that is missing nor a folder in its place."""
    assert sealed.read(Names, tmp_path / name) is None
