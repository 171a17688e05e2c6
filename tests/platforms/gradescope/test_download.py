"""Gradescope's export and its metadata."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders_folders import a_folder, make_file, metadata
from builders_platforms import a_reading
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.downloads import Reading, list_folder
from grader.platforms.gradescope.download import LARGEST_METADATA, METADATA, read, read_metadata
from grader.submissions.handed_in import HandedIn
from grader.submissions.people import Person
from grader.submissions.submission import Submission

TEN = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)
ANA, BO = ("Ana García", "201", "ana@example.edu"), ("Bo Li", "202", "bo@example.edu")


def write(folder: Path, text: str | bytes) -> Path:
    return make_file(folder, METADATA, text if isinstance(text, bytes) else text.encode())


def an_export(folder: Path, text: str, *names: str) -> Reading:
    write(folder, text)
    return a_reading(read, folder, *names)


def test_a_class(tmp_path: Path) -> None:
    """One student's number is the id, a group has the folder's name and all its people."""
    text = metadata(submission_1=[ANA], submission_2=[BO, ("Carla", "203", "")])

    reading = an_export(tmp_path, text, "submission_1/model.keras", "submission_2/work.zip")

    assert (
        Submission(
            id="201",
            path=tmp_path / "submission_1",
            people=(Person("Ana García", "201", "ana@example.edu"),),
            handed_in=HandedIn(TEN),
            id_from="roster",
        ),
        Submission(
            id="submission_2",
            path=tmp_path / "submission_2" / "work.zip",
            people=(Person("Bo Li", "202", "bo@example.edu"), Person("Carla", "203")),
            handed_in=HandedIn(TEN),
            id_from="platform",
        ),
    ) == reading.submissions
    assert {"submission_metadata.yml", "submission_1", "submission_2"} == reading.used
    assert ("", ()) == (reading.doubt, reading.remarks)


def test_a_folder_that_the_metadata_does_not_know(tmp_path: Path) -> None:
    """It is graded all the same, and its report says so."""
    reading = an_export(
        tmp_path, metadata(submission_1=[ANA], submission_3=[]), "submission_2/", "submission_3/"
    )

    notes = ("`submission_metadata.yml` does not say who handed it in.",)
    assert [notes, notes] == [tuple(map(str, submission.notes)) for submission in reading.submissions]
    assert (
        "1 submission of `submission_metadata.yml` has no folder here: `submission_1`.",
    ) == reading.remarks


def test_many_entries_without_a_folder(tmp_path: Path) -> None:
    """A few are named, and if none is there it is doubted."""
    people = {f"submission_{number}": [ANA] for number in range(5)}

    reading = an_export(tmp_path, metadata(**people))

    (remark,) = reading.remarks
    assert (
        "5 submissions of `submission_metadata.yml` have no folder here: `submission_0`, `submission_1`, "
        "`submission_2` and 2 more."
    ) == remark
    assert reading.doubt


def test_a_number_that_two_submissions_have_is_no_id(tmp_path: Path) -> None:
    """Ids are unique whatever the metadata says, and an empty number is none."""
    nobody = ("Dan", "", "")
    text = metadata(
        submission_1=[ANA], submission_2=[ANA], submission_3=[nobody], x=[("X", "submission_1", "")]
    )

    reading = an_export(tmp_path, text, "submission_1/", "submission_2/", "submission_3/", "x/")

    assert ["submission_1", "submission_2", "submission_3", "x"] == [one.id for one in reading.submissions]


def test_without_metadata_it_is_none(tmp_path: Path) -> None:
    """The folders' names alone say nothing."""
    assert read(list_folder(a_folder(tmp_path, "submission_1/"))) is None


AGAIN = "Download the export again, or use `--layout folders` to grade the folders without names."
SUBMITTERS = "submission_1:\n  :submitters:\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked as Windows does"])
def test_submitters_are_read(tmp_path: Path, mark: bytes) -> None:
    """Names, numbers and addresses as text; the rest does not matter, and no tag makes an object."""
    text = metadata(submission_1=[("Ana García", "0012", "ana@example.edu")], submission_2=[])

    assert {
        "submission_1": (Person("Ana García", "0012", "ana@example.edu"),),
        "submission_2": (),
    } == read_metadata(write(tmp_path, mark + text.encode()))


@pytest.mark.parametrize(
    ("lines", "person"),
    [
        ("- :name: Null\n    :sid: null\n    :email:\n", Person("Null")),
        ("- :name: Ana\n    :sid: 0012\n    :email: ~\n", Person("Ana", "0012")),
        ('- :name: " Ana\\u00e9 "\n    :role: {a: [1]}\n', Person("Anaé")),
        ("- {}\n", Person()),
    ],
)
def test_what_a_submitter_may_leave_out(tmp_path: Path, lines: str, person: Person) -> None:
    """Nothing is made of nothing, and a student may be called Null."""
    assert (person,) == read_metadata(write(tmp_path, f"{SUBMITTERS}  {lines}"))["submission_1"]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", "must have a key for each folder."),
        ("- a\n", "must have a key for each folder."),
        ("a: 1\n", "The entry of `a` in `submission_metadata.yml` has no list of `:submitters:`."),
        ("a: {}\n", "has no list of `:submitters:`."),
        ("a:\n  :submitters: x\n", "has no list of `:submitters:`."),
        (f"{SUBMITTERS}  - Ana\n", "has no list of `:submitters:`."),
        (f"{SUBMITTERS}  - :name: [Ana]\n", "in `submission_metadata.yml` must be text."),
        ("a:\n  :submitters: []\na:\n  :submitters: []\n", "(submission_metadata.yml:3)."),
        ("a:\n  :submitters: []\n---\nb: {}\n", "(submission_metadata.yml:3)."),
        ("a:\n\t:submitters: []\n", "(submission_metadata.yml:2)."),
        ("a: {b: [}\n", "(submission_metadata.yml:1)."),
        (f"a: {'[' * 5000}", "are nested too deeply."),
        ("submission_1:\n%YAML 1.9\n:submitters:\n", "cannot be read: unknown version of YAML."),
        (b"a: 1\nb: \xff\n", "must be UTF-8; 0xFF is not (submission_metadata.yml:2)."),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str | bytes, end: str) -> None:
    """The file is named, the folder or the line at fault, and what to do."""
    with pytest.raises(UsageError) as caught:
        read_metadata(write(tmp_path, text))

    assert caught.value.message.endswith(end)
    assert AGAIN == caught.value.hint


def test_a_character_that_is_not_yaml(tmp_path: Path) -> None:
    """The parser's own words for it are kept short and shown, not printed."""
    with pytest.raises(UsageError) as caught:
        read_metadata(write(tmp_path, "a: \x1b[2J\n"))

    assert caught.value.message.startswith("The YAML of `submission_metadata.yml` cannot be read: ")
    assert "\x1b" not in caught.value.message


def test_too_large_a_file(tmp_path: Path) -> None:
    """It is not read; both numbers are said."""
    with pytest.raises(UsageError) as caught:
        read_metadata(write(tmp_path, b"#" * (LARGEST_METADATA + 1)))

    assert (
        "`submission_metadata.yml` has more than 8,388,608 bytes; at most that many are read."
        == caught.value.message
    )
    assert (
        "Take the parts `:results:` and `:history:` out of it if it is too large, "
        "or use `--layout folders` to grade the folders without names."
    ) == caught.value.hint


@given(st.text(st.sampled_from("a: -\n[]{}&*!|>'\"#%:submitters:\\U\t,?"), max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory, text) -> None:
    """No other error comes out."""
    path = write(tmp_path_factory.getbasetemp(), text)

    try:
        found = read_metadata(path)
    except UsageError as error:
        assert error.message.endswith(".")  # noqa: PT017  (either is right)
    else:
        assert all(isinstance(people, tuple) for people in found.values())
