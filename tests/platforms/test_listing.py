"""What a person sees in a folder."""

from pathlib import Path

import pytest
from builders_downloads import a_folder

from grader.platforms.listing import Listing, list_folder, some


def test_files_folders_and_links_are_told_apart(tmp_path: Path) -> None:
    """They are sorted; hidden ones and what systems leave behind are not there."""
    a_folder(tmp_path, "b.txt", "a.zip", "folder/", ".git/", ".DS_Store", "__MACOSX/", "Thumbs.db")
    (tmp_path / "link").symlink_to("folder")

    listing = list_folder(tmp_path)

    assert Listing(tmp_path, ("a.zip", "b.txt"), ("folder",), ("link",)) == listing
    assert 4 == listing.size


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is for the caller to say so."""
    with pytest.raises(OSError, match="gone"):
        list_folder(tmp_path / "gone")


def test_some_names() -> None:
    """Three are named, the others counted."""
    assert "`a`" == some(["a"])
    assert "`a`, `b` and `c`" == some(["a", "b", "c"])
    assert "`a`, `b`, `c` and 2 more" == some(["a", "b", "c", "d", "e"])
