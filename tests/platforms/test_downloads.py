"""How a folder of submissions is read: the form that is recognised, and what is said of it."""

from pathlib import Path

import pytest
from builders_folders import a_folder, metadata
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.downloads import layouts, read_download
from grader.submissions.submission import find_submissions

CANVAS = ("garciaana_12_34_model.keras", "itoren_LATE_7_36_work.zip", "okafor_9_37_model.keras")
MOODLE = ("Ana_12_assignsubmission_file_/model.keras", "Bo_7_assignsubmission_file_/model.keras")
GITHUB = ("hw-ana/.git/HEAD", "hw-bo/.git/HEAD")


def not_read(form: str, reason: str, layout: str) -> str:
    return f"Not read as {form}, because {reason}. Use `--layout {layout}` to read it that way."


def an_export(folder: Path) -> Path:
    a_folder(folder, "submission_1/model.keras", "submission_2/model.keras")
    two = [("Ana", "201", "a@example.edu"), ("Bo", "202", "b@example.edu")]
    text = metadata(submission_1=two, submission_2=[("Carla", "203", "c@example.edu")])
    (folder / "submission_metadata.yml").write_text(text, encoding="utf-8")
    return folder


def test_layouts() -> None:
    """A new form is a layout by being there."""
    assert ("auto", "folders", "canvas", "github", "gradescope", "moodle") == layouts()


@pytest.mark.parametrize(
    ("names", "layout", "sentence"),
    [
        (
            (*CANVAS, "notes.txt"),
            "canvas",
            "Read as a Canvas download: 3 students, 1 late, 1 file that belongs to nobody: `notes.txt`.",
        ),
        (CANVAS[:1], "canvas", "Read as a Canvas download: 1 student."),
        (
            (*MOODLE, "a.txt", "b.txt"),
            "moodle",
            "Read as a Moodle download: 2 students, 2 files that belong to nobody: `a.txt` and `b.txt`.",
        ),
        (GITHUB, "github", "Read as a folder of GitHub Classroom's repositories: 2 students."),
    ],
)
def test_a_download_is_recognised(tmp_path: Path, names: tuple[str, ...], layout: str, sentence: str) -> None:
    """One sentence says how it was read, also where it is the only folder of the one that was named."""
    folder = a_folder(tmp_path / "outer" / "inner", *names)

    found = read_download(folder)

    assert (layout, (sentence,)) == (found.layout, found.sentences)
    assert [name for name in names if name.endswith(".txt")] == list(found.strays)
    assert found == read_download(folder, layout)
    assert found == read_download(folder.parent, layout)
    assert len(found.submissions) == 1 or found == read_download(folder.parent)


def test_an_export_of_gradescope_is_recognised(tmp_path: Path) -> None:
    """Students and submissions are two numbers where there are groups."""
    found = read_download(an_export(tmp_path))

    assert ("Read as a Gradescope export: 2 submissions of 3 students.",) == found.sentences
    assert ["203", "submission_1"] == [submission.id for submission in found.submissions]


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
def test_a_plain_folder_is_as_before(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A folder or a zip for each student, and nothing is said."""
    a_folder(tmp_path, *names)

    found = read_download(tmp_path)

    assert ("folders", find_submissions(tmp_path), (), ()) == (
        found.layout,
        found.submissions,
        found.strays,
        found.sentences,
    )
    assert found == read_download(tmp_path, "folders")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (
            (*CANVAS, "ana/model.keras"),
            not_read("a Canvas download", "the folder `ana` is not named like that", "canvas"),
        ),
        (
            (*CANVAS, "ana.zip"),
            not_read("a Canvas download", "the `.zip` file `ana.zip` is not named like that", "canvas"),
        ),
        (
            (*CANVAS, "a.txt", "b.txt", "c.txt", "d.txt"),
            not_read("a Canvas download", "4 of 7 names are not of that form, such as `a.txt`", "canvas"),
        ),
        (
            (*GITHUB, "hw-carla/model.keras"),
            not_read(
                "a folder of GitHub Classroom's repositories",
                "the folder `hw-carla` is not named like that",
                "github",
            ),
        ),
        (
            ("hw_1_1001_ana.zip", "hw_1_1002_bo.zip"),
            not_read("a Canvas download", "all 2 archives would be of one student, `hw`", "canvas"),
        ),
    ],
)
def test_what_speaks_against_a_form_is_said(tmp_path: Path, names: tuple[str, ...], sentence: str) -> None:
    """Then it is a plain folder, and no student is lost."""
    a_folder(tmp_path, *names)

    found = read_download(tmp_path)

    assert ("folders", (sentence,), find_submissions(tmp_path)) == (
        found.layout,
        found.sentences,
        found.submissions,
    )


def test_two_forms_in_one_folder_are_none(tmp_path: Path) -> None:
    """Each is named."""
    a_folder(tmp_path, *CANVAS, *MOODLE)

    found = read_download(tmp_path)

    assert "folders" == found.layout
    assert (
        not_read(
            "a Canvas download", "the folder `Ana_12_assignsubmission_file_` is not named like that", "canvas"
        ),
        not_read(
            "a Moodle download",
            "the `.zip` file `itoren_LATE_7_36_work.zip` is not named like that",
            "moodle",
        ),
    ) == found.sentences


def test_a_folder_that_two_forms_fit_is_none(tmp_path: Path) -> None:
    """Each fits but for what could be a teacher's own file; it is for a person to say which."""
    names = ("anna_1_2_model.keras", "Bo_7_assignsubmission_file_model.keras")
    folder = a_folder(tmp_path / "class", *names)

    with pytest.raises(UsageError) as caught:
        read_download(folder)

    assert (
        f"No submission was found in `{folder}`: it has no subfolder and no `.zip` file."
        == caught.value.message
    )
    assert (
        "Not read as a download, because it could be a Canvas download or a Moodle download. "
        "Use `--layout canvas` or `--layout moodle` to read it that way."
    ) == caught.value.hint


def test_a_link_speaks_against_a_form(tmp_path: Path) -> None:
    """A plain folder says of it that links are not followed."""
    a_folder(tmp_path, *MOODLE)
    (tmp_path / "link").symlink_to("gone")

    found = read_download(tmp_path)

    assert ["link", *sorted(name.partition("/")[0] for name in MOODLE)] == sorted(
        (submission.id for submission in found.submissions), key=lambda own: (own != "link", own)
    )
    assert (
        not_read("a Moodle download", "the link `link` is not named like that", "moodle"),
    ) == found.sentences


def test_what_is_asked_for_is_done(tmp_path: Path) -> None:
    """Whatever speaks against it; folders that are left out are named."""
    a_folder(tmp_path, *CANVAS, "ana/model.keras", "bo/model.keras", "a.txt")

    found = read_download(tmp_path, "canvas")

    assert ["12", "7", "9"] == [submission.id for submission in found.submissions]
    assert (
        (
            "Read as a Canvas download: 3 students, 1 late, 1 file that belongs to nobody: `a.txt`, "
            "2 folders that belong to nobody: `ana` and `bo`."
        ),
    ) == found.sentences


def test_a_layout_that_does_not_fit(tmp_path: Path) -> None:
    """Nothing is graded then."""
    a_folder(tmp_path, "ana/", "bo/")

    with pytest.raises(UsageError) as caught:
        read_download(tmp_path, "moodle")

    assert (
        f"`{tmp_path}` is not a Moodle download: none of its 2 names is of that form." == caught.value.message
    )
    assert (
        "Leave out `--layout` to have the layout recognised, or use `--layout folders`." == caught.value.hint
    )


def test_metadata_without_folders(tmp_path: Path) -> None:
    """There is nothing to grade."""
    (tmp_path / "submission_metadata.yml").write_text(metadata(submission_1=[]), encoding="utf-8")

    with pytest.raises(UsageError, match="is not a Gradescope export: none of its 1 names is of that form"):
        read_download(tmp_path, "gradescope")
    with pytest.raises(UsageError) as caught:
        read_download(tmp_path)

    assert (
        "Not read as a Gradescope export, because no folder is named in it. "
        "Use `--layout gradescope` to read it that way."
    ) == caught.value.hint


def test_a_layout_that_there_is_not(tmp_path: Path) -> None:
    """All of them are named."""
    with pytest.raises(UsageError) as caught:
        read_download(tmp_path, "blackboard")

    assert (
        "`--layout` must be one of `auto`, `folders`, `canvas`, `github`, `gradescope` and `moodle`. "
        "Received: `blackboard`."
    ) == caught.value.message
    assert "Leave it out to have the layout recognised." == caught.value.hint


@pytest.mark.parametrize("layout", ["auto", "folders", "canvas"])
def test_a_folder_that_is_not_there(tmp_path: Path, layout: str) -> None:
    """It is said as for a plain folder."""
    with pytest.raises(UsageError) as caught:
        read_download(tmp_path / "gone", layout)

    assert f"There is no folder `{tmp_path / 'gone'}`." == caught.value.message


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
        found = read_download(folder)
    except UsageError:
        assert () == plain
        return

    ids = [submission.id for submission in found.submissions]
    lost = {submission.path.name for submission in plain} & set(found.strays)
    assert set() == lost
    assert len(ids) == len(set(ids))
