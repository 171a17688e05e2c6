"""Tests of `grader.files.temporary_store`: contents come back as they were, and leave nothing behind."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.files.temporary_store import TemporaryStore


@given(st.lists(st.binary(max_size=50)))
def test_each_content_comes_back(contents: list[bytes]) -> None:
    """Whatever was read in between."""
    store = TemporaryStore()
    places = []
    for content in contents:
        places.append(store.add(content))
        assert contents[0] == store.read(places[0])
    assert contents == [store.read(place) for place in places]
    store.close()


def test_no_room_for_temporary_files_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contents lie in the folder, where they have no name."""
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    store = TemporaryStore(out)
    store.add(b"report")

    assert [] == list(out.iterdir())
    store.close()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The contents lie among temporary files, as for a folder that is only read."""
    store = TemporaryStore(tmp_path / "missing")

    assert b"report" == store.read(store.add(b"report"))
    store.close()
