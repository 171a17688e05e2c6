"""Teams' folders of students, assignments and versions."""

from pathlib import Path

import pytest
from builders_folders import a_folder
from builders_platforms import read_alone

from grader.errors import UsageError
from grader.platforms.downloads import read_class
from grader.submissions.submission import own_files


def test_a_class(tmp_path: Path) -> None:
    """The newest version counts, by its number; who has no folder of the assignment has handed in nothing."""
    found, _ = read_alone(
        "teams",
        tmp_path,
        *(f"Ana García/HW 11/Version {number}/model{number}.keras" for number in (2, 10)),
        *("Bo Li/HW 11/Version 1/x.zip", "Cy/"),
    )

    assert {"Ana García": {"model10.keras"}, "Bo Li": {"x.zip"}} == found


def test_a_course_with_several_assignments(tmp_path: Path) -> None:
    """One has to be chosen; who has nothing for it is named, and drafts are nobody's."""
    handed_in = ("Ana/HW 1/Version 1/x.csv", "Ana/HW 2/Version 1/y.csv", "Bo/HW 2/Version 1/z.csv")
    folder = a_folder(
        tmp_path / "class" / "Student Work",
        *(f"Submitted files/{name}" for name in handed_in),
        "Working files/Ana/HW 1/draft.csv",
    )

    with pytest.raises(UsageError, match="holds the assignments `HW 1` and `HW 2`") as caught:
        read_class(folder)
    found = read_class(folder, assignment="HW 1")
    outer = read_class(folder.parent, assignment="HW 1")

    assert "`--assignment 'HW 1'`" in str(caught.value.hint)
    assert [("Ana", ("x.csv",))] == [(one.id, tuple(own_files(one))) for one in found.submissions]
    assert found.submissions == outer.submissions
    assert "Nothing was handed in for `HW 1` by `Bo`." in found.sentences
    assert "1 graded, 1 from the platform (`Bo`), 1 taken for your own (`Working files`)." in found.account
