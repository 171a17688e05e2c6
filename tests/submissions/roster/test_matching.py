"""A class as its roster names it."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.roster import Student
from grader.submissions.roster.matching import Matching, match
from grader.submissions.submission import Person, Submission

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
        Submission("1", Path("77"), people=(Person(name="Ana García", id="77"),), id_from="roster"),
        Submission(
            "2",
            Path("bo@x.edu"),
            people=(Person("Bo Li", "bo@x.edu", "bo@x.edu", "bo@x.edu"),),
            id_from="roster",
        ),
    ) == matching.submissions
    assert ["Ana García", "Bo Li"] == [submission.name for submission in matching.submissions]
    assert (CARLA,) == matching.absent


def test_a_group_keeps_its_id() -> None:
    """It has the names of the roster, and all of it has submitted."""
    group = a_submission("g", Person(id="2", name="li"), Person(id="9", name="Dan"), Person(id="1"))

    matching = match([group], CLASS)

    assert ["g"] == [submission.id for submission in matching.submissions]
    assert "Bo Li, Dan, Ana García" == matching.submissions[0].name
    assert (CARLA,) == matching.absent


def test_who_could_be_several_is_left_alone() -> None:
    """None of them is said to be absent."""
    twins = (Student("1", "Wei Li", ("1",), line=2), Student("2", "Li Wei", ("2",), line=3))
    submission = a_submission("li_wei")

    matching = match([submission], twins)

    assert Matching((submission,), (), matching.sentences) == matching


def test_several_who_could_be_one_are_left_alone() -> None:
    """A folder and an archive of one student are for a person to look at."""
    both = (a_submission("ana@x.edu"), a_submission("Ana García"))

    matching = match(both, CLASS)

    assert both == matching.submissions
    assert (BO, CARLA) == matching.absent


def test_ids_stay_unique() -> None:
    """A folder of nobody that is called like a student's id keeps its name, and so does the student's."""
    stranger = a_submission("2", Person(name="Dan", id="77"))
    bo = a_submission("x", Person(email="bo@x.edu"))

    matching = match([stranger, bo], CLASS)

    assert ["2", "x"] == [submission.id for submission in matching.submissions]
    assert ["Dan", "Bo Li"] == [submission.name for submission in matching.submissions]


def test_ids_stay_unique_where_one_gives_way_to_another() -> None:
    """All of them keep their own in the end."""
    stranger = a_submission("2", Person(name="Dan", id="77"))
    bo = a_submission("3", Person(email="bo@x.edu"))
    carla = a_submission("y", Person(id="3"))

    matching = match([stranger, bo, carla], CLASS)

    assert ["2", "3", "y"] == [submission.id for submission in matching.submissions]


def test_an_empty_class() -> None:
    """Everybody is absent."""
    assert CLASS == match([], CLASS).absent


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


@settings(max_examples=150, deadline=None)
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
