"""Tests of `grader.grading.store.entry`: evidence as it is kept."""

from pathlib import Path

import builders_evidence as build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import DamagedError
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.store.entry import Entry, page, read_entry
from grader.report import Fact, Isolation, Origin

NOTHING = Problem(who="student", message="No file for the log was found.")
EVIDENCE = build.some_evidence(notes=("A zip was opened.",))
ORIGIN = Origin(
    seconds=1.5,
    isolation=Isolation(level="full", sentence="Nothing was open."),
    limits=(Fact(name="Time", value="90 s"),),
)
PAGE = page(ORIGIN, EVIDENCE)


def an_entry(folder: Path, content: bytes = PAGE) -> Entry | None:
    file = folder / "entry.jsonl"
    file.write_bytes(content)
    return read_entry(file)


def everything_in(folder: Path, content: bytes) -> Evidence | None:
    """The evidence in a file; None where it is noticed that it is damaged."""
    try:
        entry = an_entry(folder, content)
        return entry.evidence() if entry is not None else None
    except DamagedError:
        return None


@pytest.mark.parametrize("evidence", [EVIDENCE, build.some_evidence(log=NOTHING, model=NOTHING)])
def test_evidence_comes_back(tmp_path: Path, evidence: Evidence) -> None:
    """Whole, and with how it was measured."""
    entry = an_entry(tmp_path, page(ORIGIN, evidence))

    assert entry is not None
    assert (evidence, ORIGIN) == (entry.evidence(), entry.origin)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PAGE) - 1))
def test_a_file_that_was_cut_off_is_no_entry(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    """Wherever it ends, before any part is read."""
    assert an_entry(tmp_path_factory.getbasetemp(), PAGE[:length]) is None


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(PAGE) - 1), st.integers(0, 7))
def test_a_changed_bit_gives_no_other_evidence(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    """It is noticed, or it is in a line feed and changes nothing."""
    damaged = bytearray(PAGE)
    damaged[place] ^= 1 << bit

    found = everything_in(tmp_path_factory.getbasetemp(), bytes(damaged))

    assert found is None or (found == EVIDENCE and PAGE[place : place + 1] == b"\n")
