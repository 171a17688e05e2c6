"""Finds whose submission is whose on a roster, and who has not submitted."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.submissions.roster import Student
from grader.submissions.roster.claims import claims, submitters
from grader.submissions.roster.sentences import sentences
from grader.submissions.submission import Person, Submission


@dataclass(frozen=True)
class Matching:
    """A class as its roster names it.

    Attributes:
        submissions: in the order given. One of a student on the roster has that student's id and name,
            one of a group keeps its id and has the names, any other is as it was.
        absent: the students of whom no submission can be, in the order of the roster.
        sentences: what whoever grades should read of this.
    """

    submissions: tuple[Submission, ...]
    absent: tuple[Student, ...]
    sentences: tuple[str, ...]


def match(submissions: Sequence[Submission], students: Sequence[Student]) -> Matching:
    """Match submissions with a roster.

    A submitter who could be several students is left alone, and so are several who could be one student.

    Args:
        submissions: with unique ids.
        students: with unique ids.
    """
    claimed = claims(submissions, students)
    counts = Counter(claim.student for claim in claimed)
    clear = tuple(claim for claim in claimed if claim.student and counts[claim.student] == 1)
    known: dict[str, dict[Person, Student]] = defaultdict(dict)
    for claim in clear:
        known[claim.submission.id][claim.person] = claim.students[0]
    named = tuple(_named(submission, known[submission.id]) for submission in submissions)
    mentioned = {student for claim in claimed for student in claim.students}
    absent = tuple(student for student in students if student not in mentioned)
    return Matching(_kept_apart(named, submissions), absent, sentences(students, claimed, clear, absent))


def _named(submission: Submission, known: Mapping[Person, Student]) -> Submission:
    if not known:
        return submission
    people = submitters(submission)
    names = {person: student.name or person.name for person, student in known.items()}
    named = tuple(replace(person, name=names.get(person, person.name)) for person in people)
    if len(people) > 1:
        return replace(submission, people=named)
    return replace(submission, people=named, id=known[people[0]].id, id_from="roster")


def _kept_apart(named: Sequence[Submission], before: Sequence[Submission]) -> tuple[Submission, ...]:
    """The submissions with unique ids: an id of the roster may be that of a submission of somebody else.

    Whoever takes the own id again may meet another one there, who then takes the own id, too.
    """
    ids = Counter(submission.id for submission in named)
    apart = tuple(
        submission if ids[submission.id] == 1 else replace(submission, id=first.id, id_from=first.id_from)
        for submission, first in zip(named, before, strict=True)
    )
    return apart if apart == tuple(named) else _kept_apart(apart, before)
