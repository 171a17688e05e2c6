"""Google Classroom's names of files."""

from pathlib import Path

import pytest
from builders_platforms import read_alone

from grader.platforms.google_classroom.download import parse
from grader.platforms.shapes import Named
from grader.submissions.people import Person


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            "Ana García-Li - hw 11 - model.keras",
            Named("Ana García-Li", Person(name="Ana García-Li"), own="hw 11 - model.keras"),
        ),
        *((name, None) for name in ("hw11 - model.keras", "Ana - x", "Ana - b - x", "Ana García.zip")),
    ],
)
def test_a_name_says(stored: str, expected: Named | None) -> None:
    """A name of two words at least, and the file; or nothing."""
    assert expected == parse(stored)


def test_a_class(tmp_path: Path) -> None:
    """The files of one name are one student's, and no file of one student alone is a class."""
    names = ("Ana García - model.keras", "Ana García - log.csv", "Bo Li - work.zip")

    found, _ = read_alone("google_classroom", tmp_path, *names)

    assert {"Ana García": {"model.keras", "log.csv"}, "Bo Li": {"Bo Li - work.zip"}} == found
