"""Blackboard's names of files, and the texts of attempts."""

from pathlib import Path

import pytest
from builders_folders import a_folder
from builders_platforms import read_alone

from grader.platforms.blackboard.download import parse
from grader.platforms.downloads import read_class
from grader.platforms.shapes import Named
from grader.submissions.people import Person


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            "UML Exercise 1  Requirements_aca12aa_attempt_2013-11-14-14-15-40.txt",
            Named("UML Exercise 1  Requirements_aca12aa", Person(login="aca12aa"), "2013-11-14-14-15-40"),
        ),
        (
            "HW_11_ana_attempt_2026-03-01-00-00-00_a_b.csv",
            Named("HW_11_ana", Person(login="ana"), "2026-03-01-00-00-00", "a_b.csv"),
        ),
        *((name, None) for name in ("ana_attempt_2026.txt", "HW_ana_model.keras")),
    ],
)
def test_a_name_says(stored: str, expected: Named | None) -> None:
    """Whose it is, when it was handed in, and the student's own name of a file; or nothing."""
    assert expected == parse(stored)


def test_a_class(tmp_path: Path) -> None:
    """The newest attempt counts; two logins that end alike are two students; a text alone is a submission."""
    days = [f"HW 11_ana_attempt_2026-03-0{day}-10-00-00" for day in (1, 2)]
    found, older = read_alone(
        "blackboard",
        tmp_path,
        *(f"{day}{end}" for day in days for end in (".txt", "_model.keras", "_log.csv")),
        "HW 11_j_doe_attempt_2026-03-01-10-00-00.txt",
        "HW 11_k_doe_attempt_2026-03-01-10-00-00_x.zip",
    )

    assert {
        "ana": {"model.keras", "log.csv"},
        "HW 11_j_doe": {"HW 11_j_doe_attempt_2026-03-01-10-00-00.txt"},
        "HW 11_k_doe": {"HW 11_k_doe_attempt_2026-03-01-10-00-00_x.zip"},
    } == found
    assert {f"{days[0]}{end}" for end in (".txt", "_model.keras", "_log.csv")} == older


def test_the_text_of_an_attempt_names_its_student(tmp_path: Path) -> None:
    """Whatever the language of the site; what does not fit the file's name is not believed."""
    texts = {
        "j_doe": "Naam: Jo Doe (j_doe)\nBestand: x\n",
        "ana": "Name: Ana (boss)",
        "bo": "\xff\0",
    }
    for login, text in texts.items():
        name = f"HW_{login}_attempt_2026-03-01-10-00-00"
        a_folder(tmp_path, f"{name}_x.zip")
        (tmp_path / f"{name}.txt").write_bytes(text.encode("latin-1"))

    people = {one.people[0].login: one.people[0].name for one in read_class(tmp_path).submissions}

    assert {"j_doe": "Jo Doe", "ana": "", "bo": ""} == people
