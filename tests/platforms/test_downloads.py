"""How the class in a folder is read: the form that is recognised, the roster, and what is said of both."""

from pathlib import Path

import pytest
from builders_folders import a_folder, a_zip, metadata
from builders_platforms import without_entries
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.messages.wording import quoted
from grader.platforms import modules
from grader.platforms.downloads import layouts, open_class, read_class
from grader.submissions.class_folder import Listing, find_submissions, list_folder, names_of

CANVAS = ("garciaana_12_34_model.keras", "itoren_LATE_7_36_work.zip", "okafor_9_37_model.keras")
MOODLE = ("Ana_12_assignsubmission_file_/model.keras", "Bo_7_assignsubmission_file_/model.keras")
FORMS = modules("download")
GITHUB = ("hw-ana/.git/HEAD", "hw-bo/.git/HEAD")


def test_layouts() -> None:
    """A new form is a layout by being there, and has a title."""
    assert ("auto", "folders", *FORMS) == layouts()
    assert {"canvas", "github", "gradescope", "moodle", "teams"} <= set(layouts())
    assert all(form.TITLE.startswith(("a ", "an ")) for form in FORMS.values())


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
    assert found.submissions == read_class(folder.parent, layout).submissions
    assert len(found.submissions) == 1 or found.submissions == read_class(folder.parent).submissions


@pytest.mark.parametrize(
    "names",
    [
        ("ana/model.keras", "bo/model.keras", "notes.txt"),
        ("ana.zip", "bo.zip"),
        ("ana/model.keras",),
        ("ana/model.keras", "ana/model_12_34_x.keras"),
        ("hw-ana/", "hw-bo/"),
    ],
)
def test_a_plain_folder_is_no_download(tmp_path: Path, names: tuple[str, ...]) -> None:
    """It has a folder or a zip for each student, and nothing is said."""
    a_folder(tmp_path, *names)

    found = read_class(tmp_path)

    assert (find_submissions(tmp_path), ()) == (without_entries(found.submissions), found.sentences)
    assert found == read_class(tmp_path, "folders")


@pytest.mark.parametrize("layout", ["auto", "folders", "canvas"])
def test_a_folder_that_is_not_there(tmp_path: Path, layout: str) -> None:
    """It is said as for a plain folder."""
    with pytest.raises(UsageError, match="There is no folder"):
        read_class(tmp_path / "gone", layout)


def test_files_folders_and_links_are_told_apart(tmp_path: Path) -> None:
    """They are sorted; hidden ones and what systems leave behind are not there."""
    a_folder(tmp_path, "b.txt", "a.zip", "folder/", ".git/", ".DS_Store", "__MACOSX/", "Thumbs.db")
    (tmp_path / "link").symlink_to("folder")

    junk = (".DS_Store", ".git", "Thumbs.db", "__MACOSX")
    assert Listing(tmp_path, ("a.zip", "b.txt"), ("folder",), ("link",), junk) == list_folder(tmp_path)


NAMES = st.one_of(
    st.sampled_from([*CANVAS, "Ana_12_assignsubmission_file_x", "hw_1_2_a.zip", "notes.txt", "ana.zip"]),
    st.from_regex(r"[a-z]{1,3}_[1-3]_[1-3]_[a-z]{1,2}(\.zip)?", fullmatch=True),
)


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
        # Loose files may be anybody's.
        assert not plain or any(submission.files for submission in plain)
        return

    ids = [submission.id for submission in found.submissions]
    readings = filter(None, (form.read(list_folder(folder)) for form in FORMS.values()))
    used = {name for reading in readings for name in reading.used}
    inside = {name for submission in plain for name in names_of(submission, folder)}
    graded = {name for submission in found.submissions for name in names_of(submission, folder)}
    assert plain == found.submissions or inside <= used | graded
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


def test_a_class_one_folder_too_high(tmp_path: Path) -> None:
    """It is read where it is, and what lies on the way is accounted for."""
    students = [f"{who}/{name}" for who in ("ana", "bo") for name in ("model.keras", "log.csv")]
    inside = [*students, "cy/log.csv", "dan.rar", "notes.txt", ".DS_Store"]
    a_folder(tmp_path, ".DS_Store", "grades.xlsx", *(f"outer/HW11/{name}" for name in inside))

    found = read_class(tmp_path)

    assert ["ana", "bo", "cy", "dan"] == [submission.id for submission in found.submissions]
    assert ("The class is in `HW11`, the only folder.",) == found.sentences
    assert (
        f"8 entries in {quoted(tmp_path.name)}: 3 graded, 1 cannot be read (`dan.rar`), "
        "2 taken for your own (`notes.txt` and `grades.xlsx`), 2 left behind by systems (`.DS_Store`)."
    ) == found.account


def test_a_document_called_like_a_missing_student(tmp_path: Path) -> None:
    """It is that student's submission, which cannot be read; one that is called like a present one is not."""
    folder = a_folder(tmp_path / "class", "ana/x.csv", "Bo Li.pdf", "ana.txt", "cy (1).zip", "notes.txt")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nana,Ana\n7,Bo Li\ncy,Cy\ndan,Dan\n", encoding="utf-8")

    found = read_class(folder, roster=roster)

    paths = {submission.id: submission.path.name for submission in found.submissions}
    assert {"ana": "ana", "7": "Bo Li.pdf", "cy": "cy (1).zip"} == paths
    assert ["dan"] == [student.id for student in found.absent]
    assert "2 graded, 1 cannot be read (`Bo Li.pdf`), 2 taken for your own" in found.account


@pytest.mark.parametrize("copies", [("ana", "ana (2)"), ("hw11.zip", "hw11 (1).zip", "HW11 (2).zip")])
def test_copies_are_not_thrown_away(tmp_path: Path, copies: tuple[str, ...]) -> None:
    """A browser numbers the files of several students like that, so each is graded, and it is said."""
    a_folder(tmp_path, *(name if "." in name else f"{name}/" for name in copies))

    found = read_class(tmp_path)

    assert len(copies) == len(found.submissions)
    assert ["may be one student's; each was graded." in sentence for sentence in found.sentences] == [True]


def test_what_came_beside_a_download(tmp_path: Path) -> None:
    """It is graded by its own name."""
    a_folder(tmp_path, *CANVAS, "dan.rar", "notes.txt")

    found = read_class(tmp_path)

    assert ["12", "7", "9", "dan"] == [submission.id for submission in found.submissions]
    assert "Beside it, and graded by their own names: `dan.rar`." in found.sentences[0]
    assert "3 graded, 1 cannot be read (`dan.rar`), 1 taken for your own (`notes.txt`)." in found.account


def test_a_download_with_a_strange_folder_is_not_torn_apart(tmp_path: Path) -> None:
    """As a plain folder, each file would be a submission; so it is asked how to read it."""
    a_folder(tmp_path, *CANVAS, "feedback/")

    with pytest.raises(UsageError) as caught:
        read_class(tmp_path)

    assert "`--layout canvas`" in str(caught.value.hint)


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """It is said before the folder is read."""
    with pytest.raises(UsageError, match=r"The roster .* does not exist"):
        read_class(tmp_path / "gone", roster=tmp_path / "gone.csv")


def test_a_download_is_read_as_it_comes(tmp_path: Path) -> None:
    """Packed, its submissions are the same, as long as it is open; an error names what was typed."""
    archive = tmp_path / "canvas_submissions.zip"
    archive.write_bytes(a_zip(*((name, b"x") for name in (*CANVAS, "__MACOSX/._x"))))
    single = tmp_path / "ana.zip"
    single.write_bytes(a_zip(("model.keras", b"x"), ("training_log.csv", b"x")))

    with open_class(archive) as found:
        assert ["12", "7", "9"] == [submission.id for submission in found.submissions]
        assert "4 entries in `canvas_submissions`: 3 graded, 1 left behind" in found.account
        assert all(submission.path.exists() for submission in found.submissions)
    with (
        pytest.raises(UsageError, match=r"ana\.zip` looks like one submission") as caught,
        open_class(single),
    ):
        pass

    assert "`grader check`" in str(caught.value.hint)
    assert not any(submission.path.exists() for submission in found.submissions)
