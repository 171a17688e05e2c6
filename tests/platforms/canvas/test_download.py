"""Canvas' names of files."""

import unicodedata
from pathlib import Path

import pytest
from builders_folders import a_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.messages.message import say
from grader.platforms.canvas.download import CanvasFile, read, readings
from grader.platforms.downloads import list_folder
from grader.submissions.people import Person
from grader.submissions.submission import Submission

modest = settings(max_examples=150, deadline=None)
NUMBERS = st.integers(1, 10**9).map(str)
# A digit in a name could be taken for a number, as it is by Canvas itself.
WORDS = st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("garciaana_12_34_model.keras", ("12", "garciaana", False, 34, "model.keras", 0)),
        ("garciaana_LATE_12_34_model.keras", ("12", "garciaana", True, 34, "model.keras", 0)),
        ("garciaana_late_12_34_model.keras", ("12", "garciaana", True, 34, "model.keras", 0)),
        ("o_neilbo_12_34_my_1_log.csv", ("12", "o_neilbo", False, 34, "my_1_log.csv", 0)),
        ("_12_34_model.keras", ("12", "", False, 34, "model.keras", 0)),
        ("müller_lüdenscheidtpaula_12_34_a b.h5", ("12", "müller_lüdenscheidtpaula", False, 34, "a b.h5", 0)),
        ("李伟_12_34_model.keras", ("12", "李伟", False, 34, "model.keras", 0)),
        ("नमिता_12_34_model.keras", ("12", "नमिता", False, 34, "model.keras", 0)),
        ("group1_12_34_model.keras", ("12", "group1", False, 34, "model.keras", 0)),
        ("anon_aB3xZ_34_model.keras", ("anon_aB3xZ", "", False, 34, "model.keras", 0)),
        ("LATE_anon_aB3xZ_34_model.keras", ("anon_aB3xZ", "", True, 34, "model.keras", 0)),
        ("anon_aB3xZ_text.html", ("anon_aB3xZ", "", False, 0, "text.html", 0)),
        ("garciaana_12_text.html", ("12", "garciaana", False, 0, "text.html", 0)),
        ("garciaana_LATE_12_link.html", ("12", "garciaana", True, 0, "link.html", 0)),
        ("garciaana_12_34_model-1.keras", ("12", "garciaana", False, 34, "model.keras", 1)),
        ("garciaana_12_34_model-12.keras", ("12", "garciaana", False, 34, "model.keras", 12)),
        ("garciaana_12_34_model-2.weights.h5", ("12", "garciaana", False, 34, "model.weights.h5", 2)),
        (
            "garciaana_12_34_model-0f8fad5b-d9cb-469f-a165-70867728950e.keras",
            ("12", "garciaana", False, 34, "model.keras", 8),
        ),
        ("garciaana_12_34_run-2024.csv", ("12", "garciaana", False, 34, "run-2024.csv", 0)),
        ("garciaana_12_34_a\nb.csv", ("12", "garciaana", False, 34, "a\nb.csv", 0)),
    ],
)
def test_a_name_says(stored: str, expected: tuple[str, str, bool, int, str, int]) -> None:
    """Who, whether late, the number and the student's own name of the file."""
    assert (CanvasFile(stored, *expected),) == readings(stored)


@pytest.mark.parametrize(
    ("stored", "users"),
    [
        ("garciaana_777_1_700_9005_model.keras", ["777", "1", "700"]),
        ("garciaana_777_1_LATE_700_9005_model.keras", ["777", "700"]),
        ("garciaana_777_1_\u203f_700_9005_model.keras", ["777", "700"]),
        ("garciaana_777_1_\U0001d400_700_9005_model.keras", ["777", "700"]),
        ("_700_9005_a_777_1_model.keras", ["700", "777"]),
        ("garciaana_12_34_20_epochs.csv", ["12", "34"]),
        ("garciaana_12_34_text.html", ["12", "34"]),
        ("anon_ab3xz_34_1_model.keras", ["anon_ab3xz", "34"]),
        ("garciaana_12_12_34_model.keras", ["12"]),
    ],
)
def test_a_name_that_fits_several_students(stored: str, users: list[str]) -> None:
    """Every one of them is known; letters without a small form and ties are part of a name, too."""
    assert users == [file.user for file in readings(stored)]


@pytest.mark.parametrize(
    "stored",
    [
        "model.keras",
        "notes.txt",
        "garciaana_12_model.keras",
        "garciaana_12_34_",
        "Garcia Ana_12_34_model.keras",
        "GarciaAna_12_34_model.keras",
        "garcia-ana_12_34_model.keras",
        "garciaana_012_34_model.keras",
        "garciaana_0_34_model.keras",
        "hw_2024_01_ana.zip",
        "garciaana_\u0661\u0662_34_model.keras",
        "anon_ab_34_model.keras",
        "",
    ],
)
def test_another_name_says_nothing(stored: str) -> None:
    """Canvas writes no capitals, spaces, hyphens or leading zeros there."""
    assert () == readings(stored)


def test_accents_may_be_stored_apart() -> None:
    """Some systems do so; the name is composed, and the file is opened by the name that it has."""
    stored = unicodedata.normalize("NFD", "garcíaana_12_34_modèle.keras")

    (parts,) = readings(stored)

    assert (stored, "garcíaana", "modèle.keras") == (parts.stored, parts.name, parts.own)


@modest
@given(WORDS, st.booleans(), NUMBERS, NUMBERS, st.text(min_size=1, max_size=20))
def test_what_canvas_writes_is_read(name, late, user, number, own) -> None:
    """Whatever the student calls the file, except for what Canvas puts behind the name itself."""
    stored = "_".join([name, *(["LATE"] if late else []), user, number, own])

    parts = readings(stored)[0]

    assert (name, late, user, int(number)) == (parts.name, parts.late, parts.user, parts.number)
    assert parts.resubmission or unicodedata.normalize("NFC", own) == parts.own


@modest
@given(st.text(max_size=60))
def test_any_name_is_read_or_not(stored) -> None:
    """Nothing is raised, and a name that is read has a student and a file."""
    assert all(parts.user and parts.own for parts in readings(stored))


def test_a_class(tmp_path: Path) -> None:
    """Each student has the own files, under the student's own names, and a zip alone is the submission."""
    folder = a_folder(
        tmp_path / "class",
        "garciaana_12_34_model.keras",
        "garciaana_12_35_training_log.csv",
        "itoren_LATE_7_36_work.zip",
        "notes.txt",
    )

    reading = read(list_folder(folder))

    assert reading is not None
    assert (
        Submission(
            id="12",
            path=folder,
            files=(
                ("model.keras", "garciaana_12_34_model.keras"),
                ("training_log.csv", "garciaana_12_35_training_log.csv"),
            ),
            people=(Person(name="garciaana", id="12"),),
            platform_name="12",
            id_from="platform",
        ),
        Submission(
            id="7",
            path=folder / "itoren_LATE_7_36_work.zip",
            notes=(say("Canvas marks it as late."),),
            people=(Person(name="itoren", id="7"),),
            late=True,
            platform_name="7",
            id_from="platform",
        ),
    ) == reading.submissions
    assert "notes.txt" not in reading.used
    assert "" == reading.doubt


def test_the_newest_of_a_file_is_taken(tmp_path: Path) -> None:
    """By the file's number, and it is said; a file that was not handed in again stays."""
    a_folder(
        tmp_path,
        "garciaana_12_90_model-2.keras",
        "garciaana_12_34_model.keras",
        "garciaana_12_70_model-1.keras",
        "garciaana_12_35_training_log.csv",
    )

    reading = read(list_folder(tmp_path))

    assert reading is not None
    only = reading.submissions[0]
    assert (
        ("model.keras", "garciaana_12_90_model-2.keras"),
        ("training_log.csv", "garciaana_12_35_training_log.csv"),
    ) == only.files
    assert (
        "`model.keras` was uploaded 3 times. The newest was taken: `garciaana_12_90_model-2.keras`.",
    ) == tuple(map(str, only.notes))
    assert 2 == only.resubmission


def test_only_the_newest_zip_counts(tmp_path: Path) -> None:
    """A zip that was handed in again is still one archive."""
    a_folder(tmp_path, "garciaana_12_34_hw.zip", "garciaana_12_70_hw-1.zip", "itoren_7_40_hw.zip")

    reading = read(list_folder(tmp_path))

    assert reading is not None
    assert ["garciaana_12_70_hw-1.zip", "itoren_7_40_hw.zip"] == [
        submission.path.name for submission in reading.submissions
    ]


def test_anonymous_students_have_no_number(tmp_path: Path) -> None:
    """Canvas' five characters are the id of the submission, and of nobody."""
    a_folder(tmp_path, "anon_aB3xZ_34_model.keras", "anon_Q9wer_35_model.keras")

    reading = read(list_folder(tmp_path))

    assert reading is not None
    assert ["anon_Q9wer", "anon_aB3xZ"] == [submission.id for submission in reading.submissions]
    assert {(Person(),)} == {submission.people for submission in reading.submissions}
    assert "" == reading.doubt


def test_a_hidden_file_alone_is_still_the_students(tmp_path: Path) -> None:
    """No student is given the files of the others."""
    a_folder(tmp_path, "garciaana_12_34_.DS_Store")

    reading = read(list_folder(tmp_path))

    assert reading is not None
    assert ((".DS_Store", "garciaana_12_34_.DS_Store"),) == reading.submissions[0].files
