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


def test_what_has_no_room_is_noticed_when_it_is_kept(tmp_path: Path) -> None:
    """Who reads later would take it for a bug; closing goes well all the same."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    store = TemporaryStore(tmp_path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            store.add(b"report")
        store.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The contents lie among temporary files, as for a folder that is only read."""
    store = TemporaryStore(tmp_path / "missing")

    assert b"report" == store.read(store.add(b"report"))
    store.close()
