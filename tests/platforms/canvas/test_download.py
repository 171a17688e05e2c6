"""Canvas' names of files."""

import re
import unicodedata
from pathlib import Path

import pytest
from builders_platforms import a_reading
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.messages.message import say
from grader.platforms.canvas.download import CanvasFile, read, readings
from grader.submissions.handed_in import HandedIn
from grader.submissions.people import Person
from grader.submissions.submission import Submission

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
NUMBERS = st.integers(1, 10**9).map(str)
# A digit in a name could be taken for a number, as it is by Canvas itself.
WORDS = st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("garciaana_12_34_model.keras", ("12", "garciaana", False, 34, "model.keras")),
        ("garciaana_LATE_12_34_model.keras", ("12", "garciaana", True, 34, "model.keras")),
        ("garciaana_late_12_34_model.keras", ("12", "garciaana", True, 34, "model.keras")),
        ("o_neilbo_12_34_my_1_log.csv", ("12", "o_neilbo", False, 34, "my_1_log.csv")),
        ("_12_34_model.keras", ("12", "", False, 34, "model.keras")),
        ("müller_lüdenscheidtpaula_12_34_a b.h5", ("12", "müller_lüdenscheidtpaula", False, 34, "a b.h5")),
        ("李伟_12_34_model.keras", ("12", "李伟", False, 34, "model.keras")),
        ("नमिता_12_34_model.keras", ("12", "नमिता", False, 34, "model.keras")),
        ("group1_12_34_model.keras", ("12", "group1", False, 34, "model.keras")),
        ("anon_aB3xZ_34_model.keras", ("anon_aB3xZ", "", False, 34, "model.keras")),
        ("LATE_anon_aB3xZ_34_model.keras", ("anon_aB3xZ", "", True, 34, "model.keras")),
        ("anon_aB3xZ_text.html", ("anon_aB3xZ", "", False, 0, "text.html")),
        ("garciaana_12_text.html", ("12", "garciaana", False, 0, "text.html")),
        ("garciaana_LATE_12_link.html", ("12", "garciaana", True, 0, "link.html")),
        ("garciaana_12_34_model-1.keras", ("12", "garciaana", False, 34, "model.keras")),
        ("garciaana_12_34_model-12.keras", ("12", "garciaana", False, 34, "model.keras")),
        ("garciaana_12_34_model-2.weights.h5", ("12", "garciaana", False, 34, "model.weights.h5")),
        (f"garciaana_12_34_model-{UUID}.keras", ("12", "garciaana", False, 34, "model.keras")),
        ("garciaana_12_34_run-2024.csv", ("12", "garciaana", False, 34, "run-2024.csv")),
        ("garciaana_12_34_a\nb.csv", ("12", "garciaana", False, 34, "a\nb.csv")),
    ],
)
def test_a_name_says(stored: str, expected: tuple[str, str, bool, int, str]) -> None:
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
        *("model.keras", "notes.txt", "hw_2024_01_ana.zip", "", "anon_ab_34_model.keras"),
        *(f"{name}_12_34_model.keras" for name in ("Garcia Ana", "GarciaAna", "garcia-ana")),
        *(f"garciaana_{number}_34_model.keras" for number in ("012", "0", "\u0661\u0662")),
        *("garciaana_12_model.keras", "garciaana_12_34_"),
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


@settings(max_examples=150)
@given(WORDS, st.booleans(), NUMBERS, NUMBERS, st.text(min_size=1, max_size=20))
def test_what_canvas_writes_is_read(name, late, user, number, own) -> None:
    """Whatever the student calls the file, except for what Canvas puts behind the name itself."""
    stored = "_".join([name, *(["LATE"] if late else []), user, number, own])

    parts = readings(stored)[0]

    assert (name, late, user, int(number)) == (parts.name, parts.late, parts.user, parts.number)
    assert unicodedata.normalize("NFC", own) == parts.own or re.search(r"-(\d|[0-9a-f]{8}-)", own)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_name_is_read_or_not(stored) -> None:
    """Nothing is raised, and a name that is read has a student and a file."""
    assert all(parts.user and parts.own for parts in readings(stored))


def test_a_class(tmp_path: Path) -> None:
    """Each student has the own files, under the student's own names, and a zip alone is the submission."""
    model, log = "garciaana_12_34_model.keras", "garciaana_12_35_training_log.csv"
    reading = a_reading(read, tmp_path, model, log, "itoren_LATE_7_36_work.zip", "notes.txt")

    assert (
        Submission(
            id="12",
            path=tmp_path,
            files=(("model.keras", model), ("training_log.csv", log)),
            people=(Person(name="garciaana", id="12"),),
            id_from="platform",
        ),
        Submission(
            id="7",
            path=tmp_path / "itoren_LATE_7_36_work.zip",
            notes=(say("Canvas marks it as late."),),
            people=(Person(name="itoren", id="7"),),
            handed_in=HandedIn(is_marked_late=True),
            id_from="platform",
        ),
    ) == reading.submissions
    assert "notes.txt" not in reading.used
    assert "" == reading.doubt


def test_the_newest_of_a_file_is_taken(tmp_path: Path) -> None:
    """By the file's number, and it is said; one that came only once stays, and a zip is one archive."""
    newest, log = "garciaana_12_90_model-2.keras", "garciaana_12_35_training_log.csv"
    older = ("garciaana_12_34_model.keras", "garciaana_12_70_model-1.keras")
    zips = ("itoren_7_40_hw.zip", "itoren_7_41_hw-1.zip")
    ana, ren = a_reading(read, tmp_path, newest, *older, log, *zips).submissions

    assert (("model.keras", newest), ("training_log.csv", log)) == ana.files
    assert [f"`model.keras` was uploaded 3 times. The newest was taken: `{newest}`."] == list(
        map(str, ana.notes)
    )
    assert "itoren_7_41_hw-1.zip" == ren.path.name


def test_anonymous_students_have_no_number(tmp_path: Path) -> None:
    """Canvas' five characters are the id of the submission, and of nobody."""
    reading = a_reading(read, tmp_path, "anon_aB3xZ_34_model.keras", "anon_Q9wer_35_model.keras")

    assert ["anon_Q9wer", "anon_aB3xZ"] == [submission.id for submission in reading.submissions]
    assert {(Person(),)} == {submission.people for submission in reading.submissions}
    assert "" == reading.doubt


def test_a_hidden_file_alone_is_still_the_students(tmp_path: Path) -> None:
    """No student is given the files of the others."""
    (only,) = a_reading(read, tmp_path, "garciaana_12_34_.DS_Store").submissions

    assert ((".DS_Store", "garciaana_12_34_.DS_Store"),) == only.files
