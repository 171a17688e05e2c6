"""Moodle's names of folders and files."""

import unicodedata
from pathlib import Path

import pytest
from builders_platforms import a_reading
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.platforms.moodle.download import MoodleEntry, parse, read
from grader.submissions.people import Person
from grader.submissions.submission import Submission


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("Ana García_123_assignsubmission_file", ("123", "Ana García", "file", "")),
        ("Ana García_123_assignsubmission_file_", ("123", "Ana García", "file", "")),
        ("Ana García_123_assignsubmission_onlinetext", ("123", "Ana García", "onlinetext", "")),
        ("Group 1-Ana_123_assignsubmission_file_", ("123", "Group 1-Ana", "file", "")),
        ("Ana_Maria_9_123_assignsubmission_file_", ("123", "Ana_Maria_9", "file", "")),
        ("Participant_123_assignsubmission_file_a_b.csv", ("123", "Participant", "file", "a_b.csv")),
        ("李伟_123_assignsubmission_file_model.keras", ("123", "李伟", "file", "model.keras")),
        ("_123_assignsubmission_file_", ("123", "", "file", "")),
    ],
)
def test_a_name_says(stored: str, expected: tuple[str, str, str, str]) -> None:
    """The participant, the name, what was handed in, and the file."""
    assert MoodleEntry(stored, *expected) == parse(stored)


@pytest.mark.parametrize(
    "stored",
    [
        *("ana", "Ana_assignsubmission_file_", "Ana_0_assignsubmission_file_"),
        *("Ana_123_assignfeedback_file_", "Ana_123_assignsubmission_"),
    ],
)
def test_another_name_says_nothing(stored: str) -> None:
    """There is a number without leading zeros and a kind of submission."""
    assert parse(stored) is None


@settings(max_examples=150)
@given(
    st.text(min_size=1, max_size=20).filter(str.strip),
    st.integers(1, 10**9).map(str),
    st.text(max_size=20).filter(lambda own: "_assignsubmission_" not in own),
)
def test_what_moodle_writes_is_read(name, participant, own) -> None:
    """Moodle writes spaces for the underscores in a name; what is read of it is composed."""
    name = unicodedata.normalize("NFC", name.replace("_", " ")).strip() or "x"

    parts = parse(f"{name}_{participant}_assignsubmission_file_{own}")

    assert parts is not None
    assert (name, participant, own) == (parts.name, parts.participant, parts.own)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_name_is_read_or_not(stored) -> None:
    """Nothing is raised."""
    parts = parse(stored)

    assert parts is None or parts.participant.isdigit()


def test_a_class(tmp_path: Path) -> None:
    """The folder is the submission, a zip alone in it too, and a text counts where there is no file."""
    reading = a_reading(
        read,
        tmp_path,
        "Ana García_12_assignsubmission_file_/model.keras",
        "Ana García_12_assignsubmission_onlinetext_/onlinetext.html",
        "Bo Li_7_assignsubmission_file/work.zip",
        "Carla_8_assignsubmission_onlinetext/onlinetext.html",
    )

    assert [
        Submission(own, tmp_path / path, people=(Person(name=name, id=own),), id_from="platform")
        for own, path, name in (
            ("12", "Ana García_12_assignsubmission_file_", "Ana García"),
            ("7", "Bo Li_7_assignsubmission_file/work.zip", "Bo Li"),
            ("8", "Carla_8_assignsubmission_onlinetext", "Carla"),
        )
    ] == list(reading.submissions)
    assert 4 == len(reading.used)


def test_a_class_without_folders(tmp_path: Path) -> None:
    """Each file has its owner's name in front, and keeps its own."""
    ana, bo, carla = a_reading(
        read,
        tmp_path,
        "Ana_12_assignsubmission_file_model.keras",
        "Ana_12_assignsubmission_file_log.csv",
        "Ana_12_assignsubmission_onlinetext_onlinetext.html",
        "Bo_7_assignsubmission_file_work.zip",
        "Carla_8_assignsubmission_file_.hidden",
    ).submissions

    files = tuple((own, f"Ana_12_assignsubmission_file_{own}") for own in ("log.csv", "model.keras"))
    assert files == ana.files
    assert (tmp_path / "Bo_7_assignsubmission_file_work.zip", ()) == (bo.path, bo.files)
    assert ((".hidden", "Carla_8_assignsubmission_file_.hidden"),) == carla.files


@pytest.mark.parametrize("word", ["Participant", "Teilnehmerin"])
def test_blind_marking_gives_no_names(tmp_path: Path, word: str) -> None:
    """A word that everybody has is nobody's name."""
    names = (f"{word}_12_assignsubmission_file_/", f"{word}_7_assignsubmission_file_/")
    found = a_reading(read, tmp_path, *names).submissions

    assert [(Person(id="12"),), (Person(id="7"),)] == [one.people for one in found]


def test_a_number_with_two_names_is_nobodys(tmp_path: Path) -> None:
    """Two students are never taken for one; accents that are stored in two ways are no two names."""
    both = ("Ana_12_assignsubmission_file_model.keras", "Bo_12_assignsubmission_file_model.keras")
    jose = [f"{unicodedata.normalize(form, 'José')}_7_assignsubmission_file_a" for form in ("NFC", "NFD")]
    reading = a_reading(read, tmp_path, *both, *jose, "José_7_assignsubmission_file_b")

    assert reading.doubt
    assert ["7"] == [submission.id for submission in reading.submissions]
    assert set(both) == reading.contested


def test_a_submission_that_is_there_twice(tmp_path: Path) -> None:
    """Whichever is graded is named."""
    prefix = "Ana_12_assignsubmission_file"
    (only,) = a_reading(
        read, tmp_path, f"{prefix}/a.keras", f"{prefix}_/b.keras", f"{prefix}_c.keras"
    ).submissions

    assert prefix == only.path.name
    assert [prefix in str(note) for note in only.notes] == [True]
