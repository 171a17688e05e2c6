"""Tests of `grader.grading.store.entry`: evidence as it is kept."""

from pathlib import Path

import builders_evidence as build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import DamagedError
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.problem import Problem
from grader.grading.store.entry import PARTS, Entry, page, read_entry
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


def test_parts_are_read_one_by_one(tmp_path: Path) -> None:
    """A damaged log does not keep the accuracy from being read; it is noticed when the log is asked for."""
    entry = an_entry(tmp_path, PAGE.replace(b'"form":"csv"', b'"form":"CSV"'))

    assert entry is not None
    assert EVIDENCE.accuracy == entry.accuracy
    assert isinstance(entry.log, Log)
    assert not entry.large_were_read
    with pytest.raises(DamagedError):
        _ = entry.log.form
    with pytest.raises(DamagedError):
        entry.evidence()


def test_an_entry_knows_whether_something_large_was_read(tmp_path: Path) -> None:
    """That is when something of it was asked for."""
    entry = an_entry(tmp_path)

    assert entry is not None
    log = entry.log
    assert (False, "csv", True) == (entry.large_were_read, log.form, entry.large_were_read)


def test_a_part_that_is_missing_is_a_problem_at_once(tmp_path: Path) -> None:
    """A check that needs it gets the sentence."""
    entry = an_entry(tmp_path, page(ORIGIN, build.some_evidence(log=NOTHING)))

    assert entry is not None
    assert NOTHING == entry.log


def test_there_is_no_other_part(tmp_path: Path) -> None:
    """A name that evidence does not have is an error of the program."""
    entry = an_entry(tmp_path)

    with pytest.raises(AttributeError):
        _ = entry.calibration  # type: ignore[union-attr]  # that is what is tested
    assert "accuracy" in PARTS


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


def test_a_file_that_vanishes_is_noticed(tmp_path: Path) -> None:
    """Between its first line and a part."""
    entry = an_entry(tmp_path)
    (tmp_path / "entry.jsonl").unlink()

    assert entry is not None
    with pytest.raises(DamagedError):
        _ = entry.accuracy
    assert read_entry(tmp_path / "entry.jsonl") is None
