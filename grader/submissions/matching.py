"""Finds whose submission is whose on a roster, and who has not submitted."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.messages.english import in_english
from grader.messages.wording import counted, quoted
from grader.submissions.people import Keys, Person, finder, keys_of, may_be_one, name_keys
from grader.submissions.roster import Student
from grader.submissions.submission import Submission

_MOST_SAID = 5


@dataclass(frozen=True)
class ClassList:
    """A class as it is graded: its submissions with unique ids, and the students of whom none can be.

    The sentences say how folder and roster were read, for whoever grades; the account says what became of
    each entry of the folder.
    """

    submissions: tuple[Submission, ...]
    absent: tuple[Student, ...] = ()
    sentences: tuple[str, ...] = ()
    account: str = ""


@dataclass(frozen=True)
class _Claim:
    """One submitter of one submission, the students who that may be, and what they were found by."""

    submission: Submission
    person: Person
    students: tuple[Student, ...]
    by: str

    @property
    def student(self) -> Student | None:
        """The student, where it can be only one."""
        return self.students[0] if len(self.students) == 1 else None


def match(submissions: Sequence[Submission], students: Sequence[Student]) -> ClassList:
    """Match submissions with a roster, each with unique ids; the submissions stay in their order.

    One of a student on the roster gets that student's id and name, one of a group keeps its id and gets the
    names. A submitter who could be several students is left alone, and so are several who could be one.
    """
    claims = tuple(_claims(submissions, students))
    counts = Counter(claim.student for claim in claims)
    clear = tuple(claim for claim in claims if claim.student and counts[claim.student] == 1)
    known: dict[str, dict[Person, Student]] = defaultdict(dict)
    for claim in clear:
        known[claim.submission.id][claim.person] = claim.students[0]
    named = tuple(_named(submission, known[submission.id]) for submission in submissions)
    mentioned = {student for claim in claims for student in claim.students}
    absent = tuple(student for student in students if student not in mentioned)
    return ClassList(_kept_apart(named, submissions), absent, _sentences(students, claims, clear, absent))


def _claims(submissions: Sequence[Submission], students: Sequence[Student]) -> Iterator[_Claim]:
    """Look every submitter up: by id, then e-mail address, then login, then name."""
    find = finder([_keys(one.ids, [one.email], [one.login], one.name) for one in students])
    for submission in submissions:
        for person in _submitters(submission):
            # Where the login is an e-mail address, a platform may have it in either place.
            addresses = (person.email, person.login)
            positions, by = find(_keys([person.id], addresses, addresses, person.name))
            yield _Claim(submission, person, tuple(students[position] for position in positions), by)


def _submitters(submission: Submission) -> tuple[Person, ...]:
    """Who handed it in; the name of a plain folder may be anything that tells who."""
    own = without_copy(submission.id)
    return submission.people or (Person(name=own, id=own, email=own, login=own),)


def without_copy(name: str) -> str:
    """A name without the number that a browser or a system adds to a copy: `ana (2)` is `ana`."""
    return re.sub(r"\s*\(\d{1,2}\)$", "", name) or name


def _keys(ids: Sequence[str], emails: Sequence[str], logins: Sequence[str], name: str) -> Keys:
    names = name_keys(name, accents=True)
    return keys_of(main_ids=ids[:1], ids=ids, emails=emails, logins=logins, names=names)


def _named(submission: Submission, known: Mapping[Person, Student]) -> Submission:
    if not known:
        return submission
    people = _submitters(submission)
    named = tuple(_known(person, known.get(person)) for person in people)
    if len(people) > 1:
        return replace(submission, people=named)
    return replace(submission, people=named, id=known[people[0]].id, id_from="roster")


def _known(person: Person, student: Student | None) -> Person:
    """A submitter with what the roster says of them."""
    if student is None:
        return person
    return replace(person, name=student.name or person.name, email=student.email or person.email)


def _kept_apart(named: Sequence[Submission], before: Sequence[Submission]) -> tuple[Submission, ...]:
    """Give those that share an id the ids again that they had before, which others may have got meanwhile."""
    ids = Counter(submission.id for submission in named)
    apart = tuple(
        submission if ids[submission.id] == 1 else replace(submission, id=first.id, id_from=first.id_from)
        for submission, first in zip(named, before, strict=True)
    )
    return apart if apart == tuple(named) else _kept_apart(apart, before)


def _sentences(
    students: Sequence[Student], claims: Sequence[_Claim], clear: Sequence[_Claim], absent: Sequence[Student]
) -> tuple[str, ...]:
    """How many have submitted, and whom a person should look at; only `clear` claims leave no doubt."""
    rivals = set(claims) - set(clear)
    several = [
        f"{_submitter(claim)} could be {in_english(list(map(_student, claim.students)), 'or')}; not matched."
        for claim in claims
        if len(claim.students) > 1
    ]
    renamed = [
        f"{_submitter(claim)} was found by {claim.by}, but has another name on the roster: {_student(only)}."
        for claim in clear
        for only in claim.students
        if claim.submission.people and not may_be_one(claim.person.name, only.name)
    ]
    return (
        _counts(students, clear, absent),
        *_strangers([claim for claim in claims if not claim.students]),
        *_limited(several),
        *_limited(_shared([claim for claim in claims if claim.student and claim in rivals])),
        *_limited(renamed),
    )


def _counts(students: Sequence[Student], clear: Sequence[_Claim], absent: Sequence[Student]) -> str:
    ways = Counter(claim.by for claim in clear)
    found = f", found by {in_english([f'{way} ({count})' for way, count in ways.items()])}" if ways else ""
    one, other = ("has" if count == 1 else "have" for count in (len(clear), len(absent)))
    return (
        f"Of {counted(len(students), 'student')} on the roster, {len(clear)} {one} submitted{found}; "
        f"{len(absent)} {other} not."
    )


def _strangers(strangers: Sequence[_Claim]) -> tuple[str, ...]:
    if not strangers:
        return ()
    verb = "is" if len(strangers) == 1 else "are"
    more = len(strangers) - _MOST_SAID
    names = [_submitter(claim) for claim in strangers[:_MOST_SAID]]
    shown = in_english([*names, *([f"{more} more"] if more > 0 else [])])
    return (f"{counted(len(strangers), 'submitter')} {verb} not on the roster: {shown}.",)


def _shared(claims: Sequence[_Claim]) -> list[str]:
    rivals: dict[Student, list[str]] = defaultdict(list)
    for claim in claims:
        rivals[claim.students[0]].append(_submitter(claim))
    return [
        f"{in_english(submitters)} could each be {_student(student)}; not matched."
        for student, submitters in rivals.items()
    ]


def _submitter(claim: _Claim) -> str:
    names = (claim.person.name, claim.person.login, claim.person.email) if claim.submission.people else ()
    name = next(filter(None, names), "")
    own = quoted(claim.submission.id)
    return f"{own} ({quoted(name)})" if name and name != claim.submission.id else own


def _student(student: Student) -> str:
    return f"{quoted(student.name or student.id)} (line {student.line})"


def _limited(found: Sequence[str]) -> tuple[str, ...]:
    more = len(found) - _MOST_SAID
    return (*found[:_MOST_SAID], *((f"The same applies to {more} more.",) if more > 0 else ()))
