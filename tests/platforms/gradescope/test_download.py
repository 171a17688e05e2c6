"""Gradescope's export."""

from pathlib import Path

import pytest
from builders_folders import a_folder, metadata

from grader.errors import UsageError
from grader.platforms.downloads import Reading, list_folder
from grader.platforms.gradescope.download import read
from grader.submissions.people import Person
from grader.submissions.submission import Submission

ANA, BO = ("Ana García", "201", "ana@example.edu"), ("Bo Li", "202", "bo@example.edu")


def an_export(folder: Path, text: str, *names: str) -> Reading:
    a_folder(folder, *names)
    (folder / "submission_metadata.yml").write_text(text, encoding="utf-8")
    reading = read(list_folder(folder))

    assert reading is not None
    return reading


def test_a_class(tmp_path: Path) -> None:
    """One student's number is the id, a group has the folder's name and all its people."""
    text = metadata(submission_1=[ANA], submission_2=[BO, ("Carla", "203", "")])

    reading = an_export(tmp_path, text, "submission_1/model.keras", "submission_2/work.zip")

    assert (
        Submission(
            id="201",
            path=tmp_path / "submission_1",
            people=(Person("Ana García", "201", "ana@example.edu"),),
            platform_name="submission_1",
            id_from="roster",
        ),
        Submission(
            id="submission_2",
            path=tmp_path / "submission_2" / "work.zip",
            people=(Person("Bo Li", "202", "bo@example.edu"), Person("Carla", "203")),
            platform_name="submission_2",
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 1\n", "`submission_metadata.yml` must have a key for each folder."),
        (
            "submission_1:\n%YAML 1.9\n:submitters:\n",
            "The YAML of `submission_metadata.yml` cannot be read: unknown version of YAML.",
        ),
    ],
)
def test_metadata_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    """It is an error for whoever grades, not a guess."""
    with pytest.raises(UsageError) as caught:
        an_export(tmp_path, text, "submission_1/")

    assert message == caught.value.message
