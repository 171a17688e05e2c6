"""The forms of downloads."""

from pathlib import Path

import pytest
from builders_folders import a_folder, metadata

from grader.platforms.download_forms import Listing, forms, list_folder, some


def test_forms() -> None:
    """Every file of the folder is a form with a title."""
    assert {
        "canvas": "a Canvas download",
        "github": "a folder of GitHub Classroom's repositories",
        "gradescope": "a Gradescope export",
        "moodle": "a Moodle download",
    } == {name: form.TITLE for name, form in forms().items()}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("canvas", ["garciaana_12_34_model.keras"]),
        ("github", ["hw-ana/.git/config", "hw-bo/.git/config"]),
        ("gradescope", ["submission_metadata.yml", "submission_1/model.keras"]),
        ("moodle", ["Ana García_12_assignsubmission_file/model.keras"]),
        (None, ["ana/model.keras", "bo/model.keras", "carla.zip", "notes.txt"]),
    ],
)
def test_one_form_reads(tmp_path: Path, form: str | None, names: list[str]) -> None:
    """No download is of two forms, and a plain folder is of none."""
    a_folder(tmp_path, *names)
    if form == "gradescope":
        text = metadata(submission_1=[("Ana", "1", "a@b.edu")])
        (tmp_path / "submission_metadata.yml").write_text(text, encoding="utf-8")

    found = [name for name, module in forms().items() if module.read(list_folder(tmp_path))]

    assert ([form] if form else []) == found


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
    assert "`a`" == str(some(["a"]))
    assert "`a`, `b` and `c`" == str(some(["a", "b", "c"]))
    assert "`a`, `b`, `c` and 2 more" == str(some(["a", "b", "c", "d", "e"]))
