"""Who on a roster a submitter is."""

from pathlib import Path

import pytest

from grader.submissions.roster import Student
from grader.submissions.roster.claims import claims, submitters
from grader.submissions.submission import Person, Submission

ANA = Student("1", "Ana García", ("1", "s100"), "ana@x.edu", "ana-g", 2)
BO = Student("2", "Li Bo", ("2",), "", "bo@x.edu", 3)
TWIN = Student("3", "Bo Li", ("3", "1"), "", "", 4)
CLASS = (ANA, BO, TWIN)


def a_submission(own: str, *people: Person) -> Submission:
    return Submission(own, Path(own), people=people)


@pytest.mark.parametrize(
    ("person", "students", "by"),
    [
        (Person(id="1"), (ANA,), "id"),
        (Person(id="S100"), (ANA,), "id"),
        (Person(id="9", email="ANA@x.edu"), (ANA,), "e-mail"),
        (Person(login="ana@x.edu"), (ANA,), "e-mail"),
        (Person(login="Ana-G"), (ANA,), "login"),
        (Person(email="bo@x.edu"), (BO,), "login"),
        (Person(name="garcíaana"), (ANA,), "name"),
        (Person(name="Li Bo"), (BO, TWIN), "name"),
        (Person(name="Li Bo", id="3"), (TWIN,), "id"),
        (Person(name="Carla", id="9", email="c@x.edu", login="carla"), (), ""),
        (Person(), (), ""),
    ],
)
def test_a_person_is_looked_up(person: Person, students: tuple[Student, ...], by: str) -> None:
    """By id, the first one before others, then address, login and name; the first that finds counts."""
    (claim,) = claims([a_submission("x", person)], CLASS)

    assert (students, by) == (claim.students, claim.by)
    assert (students[0] if len(students) == 1 else None) == claim.student


@pytest.mark.parametrize(
    ("folder", "by"),
    [
        ("s100", "id"),
        ("ana@x.edu", "e-mail"),
        ("ana-g", "login"),
        ("garcia_ana", ""),
        ("García, Ana", "name"),
    ],
)
def test_a_plain_folder_is_looked_up_by_its_name(folder: str, by: str) -> None:
    """It may be anything that tells who."""
    (claim,) = claims([a_submission(folder)], CLASS)

    assert by == claim.by


def test_each_of_a_group_is_looked_up() -> None:
    """In the order of the platform."""
    group = a_submission("g", Person(id="2"), Person(id="1"))

    assert [BO, ANA] == [claim.student for claim in claims([group], CLASS)]
    assert group.people == submitters(group)


def test_nobody_on_a_roster_is_found() -> None:
    """An empty text is no key."""
    nobody = Student("", "", ("",), "", "", 2)

    assert [()] == [claim.students for claim in claims([a_submission("", Person())], [nobody])]
