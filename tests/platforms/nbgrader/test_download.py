"""nbgrader's folders of students and assignments."""

from pathlib import Path

import pytest
from builders_folders import a_folder
from builders_platforms import read_alone

from grader.platforms.downloads import read_class


def test_a_class(tmp_path: Path) -> None:
    """The student's folder gives the id, that of the assignment the files."""
    names = ("ana/ps11/model.keras", "ana/ps11/timestamp.txt", "bo/ps11/x.csv")

    found, _ = read_alone("nbgrader", tmp_path, *names)

    assert {"ana": {"model.keras", "timestamp.txt"}, "bo": {"x.csv"}} == found


@pytest.mark.parametrize("layout", ["auto", "nbgrader"])
def test_a_whole_course(tmp_path: Path, layout: str) -> None:
    """Only what was submitted is read; a folder `submitted` with files of students is a plain one."""
    a_folder(tmp_path / "course", "source/ps1/x.ipynb", "submitted/ana/ps1/x.csv", "gradebook.db")
    a_folder(tmp_path / "submitted", "ana/model.keras", "ana/figures/x.png", "bo/model.keras")

    assert ["ana"] == [one.path.parent.name for one in read_class(tmp_path / "course", layout).submissions]
    assert ["ana", "bo"] == [one.path.name for one in read_class(tmp_path / "submitted").submissions]
