"""What whoever grades reads of a class and its roster."""

from pathlib import Path

from grader.submissions.roster import Student
from grader.submissions.roster.matching import match
from grader.submissions.roster.sentences import sentences
from grader.submissions.submission import Person, Submission

ANA = Student("1", "Ana García", ("1",), "ana@x.edu", "", 2)
BO = Student("2", "Bo Li", ("2",), "", "", 3)
TWIN = Student("3", "Li Bo", ("3",), "", "", 4)


def a_submission(own: str, *people: Person) -> Submission:
    return Submission(own, Path(own), people=people)


def said(*submissions: Submission, students: tuple[Student, ...] = (ANA, BO)) -> tuple[str, ...]:
    return match(submissions, students).sentences


def test_how_many_have_submitted() -> None:
    """And by what they were found."""
    ana, bo = a_submission("x", Person(id="1")), a_submission("li_bo")

    assert (
        "Of 2 students on the roster, 2 have submitted, found by id (1) and name (1); 0 have not.",
    ) == said(ana, bo)
    assert ("Of 2 students on the roster, 1 has submitted, found by id (1); 1 has not.",) == said(ana)
    assert ("Of 1 student on the roster, 0 have submitted; 1 has not.",) == said(students=(ANA,))
    assert ("Of 0 students on the roster, 0 have submitted; 0 have not.",) == sentences([], [], [], [])


def test_who_is_not_on_the_roster() -> None:
    """A few are named, with the name that the platform knows."""
    one = a_submission("77", Person(name="Dan", id="77"))
    many = [a_submission(name) for name in "abcdefg"]

    assert "1 submitter is not on the roster: `77` (`Dan`)." == said(one)[1]
    assert "7 submitters are not on the roster: `a`, `b`, `c`, `d`, `e` and 2 more." == said(*many)[1]


def test_who_could_be_several() -> None:
    """Each with the line of the roster."""
    assert (
        "`bo li` could be `Bo Li` (line 3) or `Li Bo` (line 4), and was left as it is."
        == said(a_submission("bo li"), students=(BO, TWIN))[1]
    )


def test_many_who_could_be_several() -> None:
    """Five are named."""
    names = ("bo li", "Bo_Li", "bo-li", "BO LI", "bo.li", "li.bo", "li-bo")

    found = said(*map(a_submission, names), students=(BO, TWIN))

    assert 7 == len(found)
    assert "So it is with 2 more." == found[-1]


def test_several_who_could_be_one() -> None:
    """All are named."""
    found = said(a_submission("1"), a_submission("ana@x.edu"))

    assert (
        "`1` and `ana@x.edu` could each be of `Ana García` (line 2), and were left as they are.",
    ) == found[1:]


def test_a_name_that_is_another_one() -> None:
    """A number may be that of somebody else on another platform, so a person should look."""
    other = a_submission("1", Person(name="itoren", id="1"))

    assert (
        "`1` (`itoren`) has another name on the roster, `Ana García` (line 2), where it was found by id.",
    ) == said(other)[1:]
    assert () == said(a_submission("1", Person(name="garcíaana", id="1")))[1:]
