"""The class that a folder and a roster make."""

from pathlib import Path

import pytest
from builders_folders import a_folder, metadata

from grader.errors import UsageError
from grader.platforms.class_list import ClassList, read_class
from grader.submissions.submission import find_submissions

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)
    Points Possible,,,,,7.5
"García, Ana",12,s12,ana,DL,
"Ito, Ren",7,s7,ren,DL,
"Okafor, Chi",9,s9,chi,DL,
"""


def test_a_plain_folder_without_a_roster_is_as_before(tmp_path: Path) -> None:
    """Nothing is said, and nobody is absent."""
    a_folder(tmp_path, "ana/model.keras", "bo.zip")

    assert ClassList(find_submissions(tmp_path)) == read_class(tmp_path)


def test_a_canvas_download_with_the_gradebook(tmp_path: Path) -> None:
    """The numbers are those of the gradebook, and the names are as it writes them."""
    names = ("garcíaana_12_34_model.keras", "itoren_LATE_7_36_work.zip", "notes.txt")
    folder = a_folder(tmp_path / "class", *names)
    (tmp_path / "grades.csv").write_text(GRADEBOOK, encoding="utf-8-sig")

    found = read_class(folder, roster=tmp_path / "grades.csv")

    assert [("12", "García, Ana", False), ("7", "Ito, Ren", True)] == [
        (submission.id, submission.name, submission.late) for submission in found.submissions
    ]
    assert ["9"] == [student.id for student in found.absent]
    assert (
        "Read as a Canvas download: 2 students, 1 late, 1 file that belongs to nobody: `notes.txt`.",
        "Of 3 students on the roster, 2 have submitted, found by id (2); 1 has not.",
    ) == found.sentences


def test_a_moodle_download_with_the_participants(tmp_path: Path) -> None:
    """Moodle's list has no numbers of participants, so names are compared, in any order."""
    names = ("Ana García_12_assignsubmission_file_/", "Li Wei_7_assignsubmission_file_/")
    folder = a_folder(tmp_path / "class", *names)
    lines = (
        "First name;Last name;ID number;Email address",
        "Ana;García;s1;ana@x.edu",
        "Wei;Li;s2;wei@x.edu",
        "Chi;Okafor;s3;chi@x.edu",
    )
    (tmp_path / "roster.csv").write_text("\r\n".join(lines), encoding="utf-16")

    found = read_class(folder, roster=tmp_path / "roster.csv")

    assert [("s1", "Ana García"), ("s2", "Wei Li")] == [(one.id, one.name) for one in found.submissions]
    assert ["s3"] == [student.id for student in found.absent]
    assert (
        "Of 3 students on the roster, 2 have submitted, found by name (2); 1 has not." == found.sentences[1]
    )


def test_an_export_of_gradescope_with_its_roster(tmp_path: Path) -> None:
    """Both of a group have submitted."""
    folder = a_folder(tmp_path / "class", "submission_1/", "submission_2/")
    group = [("Ana", "201", "ana@x.edu"), ("Bo", "", "bo@x.edu")]
    text = metadata(submission_1=group, submission_2=[("Carla", "203", "")])
    (folder / "submission_metadata.yml").write_text(text, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(
        "First Name,Last "
        "Name,SID,Email,Sections\nAna,G,201,ana@x.edu,\nBo,L,202,BO@x.edu,\nCarla,I,203,c@x.edu,\n",
        encoding="utf-8",
    )

    found = read_class(folder, roster=tmp_path / "roster.csv")

    assert [("203", "Carla I"), ("submission_1", "Ana G, Bo L")] == [
        (one.id, one.name) for one in found.submissions
    ]
    assert () == found.absent
    assert (
        "Of 3 students on the roster, 3 have submitted, found by id (2) and e-mail (1); 0 have not."
        == found.sentences[1]
    )


def test_repositories_with_the_roster_of_the_classroom(tmp_path: Path) -> None:
    """Logins are matched whatever their letter case."""
    folder = a_folder(tmp_path / "hw-submissions", "hw-Ana-G/.git/", "hw-ren/.git/")
    (tmp_path / "roster.csv").write_text(
        'identifier,github_username,github_id,name\nana@x.edu,ana-g,1,"Ana G"\nbo@x.edu,"","",""\n',
        encoding="utf-8",
    )

    found = read_class(folder, roster=tmp_path / "roster.csv")

    assert [("1", "Ana G"), ("ren", "")] == [(one.id, one.name) for one in found.submissions]
    assert ["bo@x.edu"] == [student.id for student in found.absent]
    assert (
        "Read as a folder of GitHub Classroom's repositories: 2 students.",
        "Of 2 students on the roster, 1 has submitted, found by login (1); 1 has not.",
        "1 submitter is not on the roster: `ren`.",
    ) == found.sentences


def test_a_plain_folder_with_a_roster(tmp_path: Path) -> None:
    """Folders are named by ids, addresses or names; the layout that is asked for is taken."""
    folder = a_folder(tmp_path / "class", "1/", "bo@x.edu.zip", "ito_carla/", "x_1_2_notes.txt")
    (tmp_path / "roster.csv").write_text(
        "id,name,email\n1,Ana,a@x.edu\n2,Bo,bo@x.edu\n3,Carla Ito,\n", encoding="utf-8"
    )

    found = read_class(folder, "folders", tmp_path / "roster.csv")

    assert [("1", "Ana"), ("2", "Bo"), ("3", "Carla Ito")] == [
        (one.id, one.name) for one in found.submissions
    ]
    (said,) = found.sentences
    assert (
        "Of 3 students on the roster, 3 have submitted, found by id (1), e-mail (1) and name (1); 0 have not."
    ) == said


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """It is said before the folder is read."""
    with pytest.raises(UsageError, match="There is no roster"):
        read_class(tmp_path / "gone", roster=tmp_path / "gone.csv")
