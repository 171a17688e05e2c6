"""A class as its roster names it, and what whoever grades reads of it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.matching import ClassList, match
from grader.submissions.people import Person
from grader.submissions.roster import Student
from grader.submissions.submission import Submission

ANA = Student("1", "Ana García", ("1",), "ana@x.edu", "", 2)
BO = Student("2", "Bo Li", ("2",), "bo@x.edu", "", 3)
CARLA = Student("3", "Carla Ito", ("3",), "", "", 4)
CLASS = (ANA, BO, CARLA)


def a_submission(own: str, *people: Person) -> Submission:
    return Submission(own, Path(own), people=people)


def test_a_student_has_the_id_and_name_of_the_roster() -> None:
    """What the platform says else is kept, and who has not submitted is known."""
    ana = a_submission("77", Person(name="garcíaana", id="77"))
    plain = a_submission("bo@x.edu")

    matching = match([ana, plain], CLASS)

    assert (
        Submission("1", Path("77"), people=(Person("Ana García", "77", "ana@x.edu"),), id_from="roster"),
        Submission(
            "2",
            Path("bo@x.edu"),
            people=(Person("Bo Li", "bo@x.edu", "bo@x.edu", "bo@x.edu"),),
            id_from="roster",
        ),
    ) == matching.submissions
    assert ["Ana García", "Bo Li"] == [submission.name for submission in matching.submissions]
    assert ["ana@x.edu", "bo@x.edu"] == [submission.email for submission in matching.submissions]
    assert (CARLA,) == matching.absent


def test_a_group_keeps_its_id() -> None:
    """It has the names of the roster, of whom one may have none, and all of it has submitted."""
    li, dan, nameless = Person(id="2", name="li"), Person(id="9", name="Dan"), Person(login="x")
    group = a_submission("g", li, dan, nameless, Person(id="1"))

    matching = match([group], CLASS)

    assert ["g"] == [submission.id for submission in matching.submissions]
    assert "Bo Li, Dan, Ana García" == matching.submissions[0].name
    assert (CARLA,) == matching.absent


@pytest.mark.parametrize(
    "others",
    [
        [a_submission("x", Person(email="bo@x.edu"))],
        [a_submission("3", Person(email="bo@x.edu")), a_submission("y", Person(id="3"))],
    ],
)
def test_ids_stay_unique(others: list[Submission]) -> None:
    """A folder of nobody that is called like a student's id keeps its name, and so do all who give way."""
    stranger = a_submission("2", Person(name="Dan", id="77"))

    matching = match([stranger, *others], CLASS)

    assert ["2", *(one.id for one in others)] == [submission.id for submission in matching.submissions]
    assert ["Dan", "Bo Li"] == [submission.name for submission in matching.submissions[:2]]


PEOPLE = st.builds(
    Person,
    name=st.sampled_from(["", "Ana", "Bo Li", "Li Bo"]),
    id=st.sampled_from(["", "1", "2", "3"]),
    email=st.sampled_from(["", "a@x", "b@x"]),
    login=st.sampled_from(["", "a", "b@x"]),
)
STUDENTS = st.lists(
    st.builds(
        lambda own, person: Student(own, person.name, (own, person.id), person.email, person.login, int(own)),
        st.sampled_from("1234567"),
        PEOPLE,
    ),
    unique_by=lambda student: student.id,
    max_size=4,
)
SUBMISSIONS = st.lists(
    st.builds(
        lambda own, people: a_submission(own, *people),
        st.sampled_from(["1", "2", "a", "b", "bo_li"]),
        st.lists(PEOPLE, max_size=2),
    ),
    unique_by=lambda submission: submission.id,
    max_size=4,
)


@settings(max_examples=150)
@given(SUBMISSIONS, STUDENTS)
def test_nobody_is_lost_or_doubled(submissions, students) -> None:
    """Whatever is said of whom: the files stay, ids are unique, and who is absent has no submission."""
    matching = match(submissions, students)

    ids = [submission.id for submission in matching.submissions]
    assert [one.path for one in submissions] == [one.path for one in matching.submissions]
    assert len(ids) == len(set(ids))
    assert set(matching.absent) <= set(students)
    assert not {student.id for student in matching.absent} & {
        new.id for new, old in zip(matching.submissions, submissions, strict=True) if new.id != old.id
    }


LOOKED_UP = (
    Student("1", "Ana García", ("1", "s100"), "ana@x.edu", "ana-g", 2),
    Student("2", "Li Bo", ("2",), "", "bo@x.edu", 3),
    Student("3", "Bo Li", ("3", "1"), "", "", 4),
)


@pytest.mark.parametrize(
    ("person", "found", "by"),
    [
        (Person(id="1"), "1", "id"),
        (Person(id="S100"), "1", "id"),
        (Person(id="9", email="ANA@x.edu"), "1", "e-mail"),
        (Person(login="ana@x.edu"), "1", "e-mail"),
        (Person(login="Ana-G"), "1", "login"),
        (Person(email="bo@x.edu"), "2", "login"),
        (Person(name="garcíaana"), "1", "name"),
        (Person(name="Li Bo", id="3"), "3", "id"),
    ],
)
def test_a_person_is_looked_up(person: Person, found: str, by: str) -> None:
    """By id, the main one before others, then address, login and name; the first that finds counts."""
    matching = match([a_submission("x", person)], LOOKED_UP)

    assert [found] == [submission.id for submission in matching.submissions]
    assert f"found by {by} (1)" in matching.sentences[0]


@pytest.mark.parametrize(
    ("person", "absent"),
    [
        (Person(name="Li Bo"), ["1"]),
        (Person(name="Carla", id="9", email="c@x.edu", login="carla"), ["1", "2", "3"]),
        (Person(), ["1", "2", "3"]),
    ],
)
def test_a_person_who_may_be_nobody_or_several(person: Person, absent: list[str]) -> None:
    """The submission stays as it is; whoever it may be is not absent."""
    matching = match([a_submission("x", person)], LOOKED_UP)

    assert (a_submission("x", person),) == matching.submissions
    assert absent == [student.id for student in matching.absent]


def test_a_plain_folder_is_looked_up_by_its_name() -> None:
    """It may be anything that tells who, spelled as on the roster."""
    ways = {"s100": "id", "ana@x.edu": "e-mail", "ana-g": "login", "García, Ana": "name"}
    for folder, by in ways.items():
        assert f"found by {by} (1)" in match([a_submission(folder)], LOOKED_UP).sentences[0]
    assert "found by" not in match([a_submission("garcia_ana")], LOOKED_UP).sentences[0]


def test_nobody_on_a_roster_is_found() -> None:
    """An empty text is no key."""
    nobody = Student("", "", ("",), "", "", 2)

    assert (nobody,) == match([a_submission("", Person())], [nobody]).absent


LI = Student("2", "Bo Li", ("2",), "", "", 3)
TWIN = Student("3", "Li Bo", ("3",), "", "", 4)


def said(*submissions: Submission, students: tuple[Student, ...] = (ANA, LI)) -> tuple[str, ...]:
    return match(submissions, students).sentences


def test_how_many_have_submitted() -> None:
    """And by what they were found."""
    ana, bo = a_submission("x", Person(id="1")), a_submission("li_bo")

    assert (
        "Of 2 students on the roster, 2 have submitted, found by id (1) and name (1); 0 have not.",
    ) == said(ana, bo)
    assert ("Of 2 students on the roster, 1 has submitted, found by id (1); 1 has not.",) == said(ana)
    assert ("Of 1 student on the roster, 0 have submitted; 1 has not.",) == said(students=(ANA,))
    assert ("Of 0 students on the roster, 0 have submitted; 0 have not.",) == said(students=())
    assert CLASS == match([], CLASS).absent


def test_who_is_not_on_the_roster() -> None:
    """A few are named, with the name that the platform knows."""
    one = a_submission("77", Person(name="Dan", id="77"))
    many = [a_submission(name) for name in "abcdefg"]

    assert "1 submitter is not on the roster: `77` (`Dan`)." == said(one)[1]
    assert "7 submitters are not on the roster: `a`, `b`, `c`, `d`, `e` and 2 more." == said(*many)[1]


def test_who_could_be_several_is_left_alone() -> None:
    """None of them is said to be absent; each has the line of the roster, and of many, five are named."""
    names = ("bo li", "Bo_Li", "bo-li", "BO LI", "bo.li", "li.bo", "li-bo")
    submissions = tuple(map(a_submission, names))
    matching = match(submissions, (LI, TWIN))

    assert ClassList(submissions, (), matching.sentences) == matching
    assert 7 == len(matching.sentences)
    assert "`bo li` could be `Bo Li` (line 3) or `Li Bo` (line 4); not matched." == matching.sentences[1]
    assert "The same applies to 2 more." == matching.sentences[-1]


def test_several_who_could_be_one_are_left_alone() -> None:
    """A folder and an archive of one student are for a person to look at."""
    several = tuple(map(a_submission, ("1", "ana@x.edu", "Ana García")))
    matching = match(several, CLASS)

    assert several == matching.submissions
    assert (BO, CARLA) == matching.absent
    assert (
        "`1`, `ana@x.edu` and `Ana García` could each be `Ana García` (line 2); not matched.",
    ) == matching.sentences[1:]


def test_a_name_that_is_another_one() -> None:
    """A number may be that of somebody else on another platform, so a person should look."""
    other = a_submission("1", Person(name="itoren", id="1"))

    assert (
        "`1` (`itoren`) was found by id, but has another name on the roster: `Ana García` (line 2).",
    ) == said(other)[1:]
    assert () == said(a_submission("1", Person(name="garcíaana", id="1")))[1:]
