"""Who on a roster a submitter is: nobody, one student, or several who it could be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.submissions.roster import Student
from grader.submissions.roster.names import keys_with_accents
from grader.submissions.submission import Person, Submission


@dataclass(frozen=True)
class Claim:
    """One submitter of one submission, and the students who that may be.

    Attributes:
        submission: what was handed in.
        person: who handed it in, as the platform says.
        students: who that may be on the roster.
        by: what they were found by: `id`, `e-mail`, `login`, `name`; "" where nobody was found.
    """

    submission: Submission
    person: Person
    students: tuple[Student, ...]
    by: str

    @property
    def student(self) -> Student | None:
        """The student, where it can be only one."""
        return self.students[0] if len(self.students) == 1 else None


def submitters(submission: Submission) -> tuple[Person, ...]:
    """Who handed it in; the name of a plain folder may be anything that tells who."""
    own = submission.id
    return submission.people or (Person(name=own, id=own, email=own, login=own),)


def claims(submissions: Sequence[Submission], students: Sequence[Student]) -> tuple[Claim, ...]:
    """Look every submitter up: by id, then e-mail address, then login, then name."""
    find = _finder(students)
    return tuple(
        Claim(submission, person, *find(person))
        for submission in submissions
        for person in submitters(submission)
    )


def _finder(students: Sequence[Student]) -> Callable[[Person], tuple[tuple[Student, ...], str]]:
    first_ids = _index((student.id, student) for student in students if student.id in student.ids)
    all_ids = _index((own, student) for student in students for own in student.ids)
    emails = _index((student.email, student) for student in students)
    logins = _index((student.login, student) for student in students)
    names = _index((key, student) for student in students for key in keys_with_accents(student.name))

    def find(person: Person) -> tuple[tuple[Student, ...], str]:
        # Where the login is an e-mail address, a platform may have it in either place.
        addresses = (person.email, person.login)
        for by, index, keys in (
            ("id", first_ids, (person.id,)),
            ("id", all_ids, (person.id,)),
            ("e-mail", emails, addresses),
            ("login", logins, addresses),
            ("name", names, keys_with_accents(person.name)),
        ):
            found = {student for key in keys for student in index.get(_key(key), ())}
            if found:
                return tuple(sorted(found, key=lambda student: student.line)), by
        return (), ""

    return find


def _index(pairs: Iterable[tuple[str, Student]]) -> Mapping[str, set[Student]]:
    index: dict[str, set[Student]] = defaultdict(set)
    for key, student in pairs:
        if key:
            index[_key(key)].add(student)
    return index


def _key(text: str) -> str:
    return text.strip().casefold()
