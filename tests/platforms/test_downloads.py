"""How the class in a folder is read: the form that is recognised, the roster, and what is said of both."""

from pathlib import Path

import pytest
from builders_folders import a_folder, metadata
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms import modules
from grader.platforms.downloads import Listing, layouts, list_folder, read_class
from grader.submissions.matching import ClassList
from grader.submissions.submission import find_submissions

CANVAS = ("garciaana_12_34_model.keras", "itoren_LATE_7_36_work.zip", "okafor_9_37_model.keras")
MOODLE = ("Ana_12_assignsubmission_file_/model.keras", "Bo_7_assignsubmission_file_/model.keras")
FORMS = modules("download")
GITHUB = ("hw-ana/.git/HEAD", "hw-bo/.git/HEAD")


def test_layouts() -> None:
    """A new form is a layout by being there, and has a title."""
    assert ("auto", "folders", *FORMS) == layouts()
    assert {"canvas", "github", "gradescope", "moodle"} <= set(layouts())
    assert all(form.TITLE.startswith("a ") for form in FORMS.values())


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        ((*CANVAS, "notes.txt"), "canvas"),
        (CANVAS[:1], "canvas"),
        ((*MOODLE, "a.txt", "b.txt"), "moodle"),
        (GITHUB, "github"),
    ],
)
def test_a_download_is_recognised(tmp_path: Path, names: tuple[str, ...], layout: str) -> None:
    """One sentence says how it was read, also where it is the only folder of the one that was named."""
    folder = a_folder(tmp_path / "outer" / "inner", *names)

    found = read_class(folder)

    (said,) = found.sentences
    assert said.startswith(f"Read as {FORMS[layout].TITLE}: ")
    assert [layout] == [name for name, form in FORMS.items() if form.read(list_folder(folder))]
    assert found == read_class(folder, layout)
    assert found == read_class(folder.parent, layout)
    assert len(found.submissions) == 1 or found == read_class(folder.parent)


@pytest.mark.parametrize(
    "names",
    [
        ("ana/model.keras", "bo/model.keras", "notes.txt"),
        ("ana.zip", "bo.zip"),
        ("ana/model.keras",),
        ("ana/model.keras", "ana/model_12_34_x.keras"),
        ("hw-ana/", "hw-bo/"),
        ("class/ana/model.keras", "class/bo/model.keras"),
    ],
)
def test_a_plain_folder_is_no_download(tmp_path: Path, names: tuple[str, ...]) -> None:
    """It has a folder or a zip for each student, and nothing is said."""
    a_folder(tmp_path, *names)

    assert ClassList(find_submissions(tmp_path)) == read_class(tmp_path) == read_class(tmp_path, "folders")


@pytest.mark.parametrize("layout", ["auto", "folders", "canvas"])
def test_a_folder_that_is_not_there(tmp_path: Path, layout: str) -> None:
    """It is said as for a plain folder."""
    with pytest.raises(UsageError, match="There is no folder"):
        read_class(tmp_path / "gone", layout)


def test_files_folders_and_links_are_told_apart(tmp_path: Path) -> None:
    """They are sorted; hidden ones and what systems leave behind are not there."""
    a_folder(tmp_path, "b.txt", "a.zip", "folder/", ".git/", ".DS_Store", "__MACOSX/", "Thumbs.db")
    (tmp_path / "link").symlink_to("folder")

    assert Listing(tmp_path, ("a.zip", "b.txt"), ("folder",), ("link",)) == list_folder(tmp_path)


NAMES = st.one_of(
    st.sampled_from([*CANVAS, "Ana_12_assignsubmission_file_x", "hw_1_2_a.zip", "notes.txt", "ana.zip"]),
    st.from_regex(r"[a-z]{1,3}_[1-3]_[1-3]_[a-z]{1,2}(\.zip)?", fullmatch=True),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, unique=True, max_size=6), st.lists(st.sampled_from("abc"), unique=True))
def test_no_student_is_lost(tmp_path_factory, names, folders) -> None:
    """Whatever is recognised, everything that is a submission in a plain folder is part of one here."""
    folder = tmp_path_factory.mktemp("class")
    a_folder(folder, *names, *(f"{name}/" for name in folders))
    try:
        plain = find_submissions(folder)
    except UsageError:
        plain = ()

    try:
        found = read_class(folder)
    except UsageError:
        assert () == plain
        return

    ids = [submission.id for submission in found.submissions]
    readings = filter(None, (form.read(list_folder(folder)) for form in FORMS.values()))
    used = {name for reading in readings for name in reading.used}
    assert plain == found.submissions or {submission.path.name for submission in plain} <= used
    assert len(ids) == len(set(ids))


GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)
    Points Possible,,,,,7.5
"García, Ana",12,s12,ana,DL,
"Ito, Ren",7,s7,ren,DL,
"Okafor, Chi",9,s9,chi,DL,
"""


@pytest.mark.parametrize(
    ("names", "roster", "expected"),
    [
        pytest.param(
            ("garcíaana_12_34_model.keras", "itoren_LATE_7_36_work.zip"),
            GRADEBOOK.encode("utf-8-sig"),
            ([("12", "García, Ana"), ("7", "Ito, Ren")], ["9"], "id (2)"),
            id="Canvas, with the gradebook",
        ),
        pytest.param(
            ("Ana García_12_assignsubmission_file_/", "Li Wei_7_assignsubmission_file_/"),
            (
                "First name;Last name;ID number;Email address\r\nAna;García;s1;ana@x.edu\r\n"
                "Wei;Li;s2;wei@x.edu\r\nChi;Okafor;s3;chi@x.edu"
            ).encode("utf-16"),
            ([("s1", "Ana García"), ("s2", "Wei Li")], ["s3"], "name (2)"),
            id="Moodle, whose list has no numbers of participants",
        ),
        pytest.param(
            ("submission_1/", "submission_2/", "submission_metadata.yml"),
            (
                b"First Name,Last Name,SID,Email,Sections\nAna,G,201,ana@x.edu,\nBo,L,202,BO@x.edu,\n"
                b"Carla,I,203,c@x.edu,\n"
            ),
            ([("203", "Carla I"), ("submission_1", "Ana G, Bo L")], [], "id (2) and e-mail (1)"),
            id="Gradescope, where both of a group have submitted",
        ),
        pytest.param(
            ("hw-Ana-G/.git/", "hw-ren/.git/"),
            b'identifier,github_username,github_id,name\nana@x.edu,ana-g,1,"Ana G"\nbo@x.edu,"","",""\n',
            ([("1", "Ana G"), ("ren", "")], ["bo@x.edu"], "login (1)"),
            id="GitHub Classroom, logins in any letter case",
        ),
        pytest.param(
            ("1/", "bo@x.edu.zip", "ito_carla/", "x_1_2_notes.txt"),
            b"id,name,email\n1,Ana,a@x.edu\n2,Bo,bo@x.edu\n3,Carla Ito,\n",
            ([("1", "Ana"), ("2", "Bo"), ("3", "Carla Ito")], [], "id (1), e-mail (1) and name (1)"),
            id="folders named by ids, addresses or names",
        ),
    ],
)
def test_a_class_with_its_roster(
    tmp_path: Path, names: tuple[str, ...], roster: bytes, expected: tuple[object, list[str], str]
) -> None:
    """Each platform's own list says whose the submissions are, and who has not submitted."""
    folder = a_folder(tmp_path / "class", *names)
    if "submission_metadata.yml" in names:
        group = [("Ana", "201", "ana@x.edu"), ("Bo", "", "bo@x.edu")]
        people = metadata(submission_1=group, submission_2=[("Carla", "203", "")])
        (folder / "submission_metadata.yml").write_text(people, encoding="utf-8")
    (tmp_path / "roster.csv").write_bytes(roster)

    found = read_class(folder, roster=tmp_path / "roster.csv")

    students, absent, way = expected
    assert students == [(submission.id, submission.name) for submission in found.submissions]
    assert absent == [student.id for student in found.absent]
    assert f"found by {way}; " in " ".join(found.sentences)


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """It is said before the folder is read."""
    with pytest.raises(UsageError, match=r"The roster .* does not exist"):
        read_class(tmp_path / "gone", roster=tmp_path / "gone.csv")
