"""What whoever grades should read of a class and its roster."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from grader.messages.wording import counted, listed, quoted
from grader.submissions.roster import Student
from grader.submissions.roster.claims import Claim
from grader.submissions.roster.names import may_be_one

_MOST_SAID = 5


def sentences(
    students: Sequence[Student], claimed: Sequence[Claim], clear: Sequence[Claim], absent: Sequence[Student]
) -> tuple[str, ...]:
    """How many have submitted, and whom a person should look at.

    Args:
        students: of the roster.
        claimed: every submitter, with the students who that may be.
        clear: those of them who can be only one student, whom nobody else can be.
        absent: the students who nobody can be.
    """
    rivals = set(claimed) - set(clear)
    return (
        _counts(students, clear, absent),
        *_strangers([claim for claim in claimed if not claim.students]),
        *_limited([_ambiguous(claim) for claim in claimed if len(claim.students) > 1]),
        *_limited(_shared([claim for claim in claimed if claim.student and claim in rivals])),
        *_limited([_renamed(claim) for claim in clear if _is_renamed(claim)]),
    )


def _counts(students: Sequence[Student], clear: Sequence[Claim], absent: Sequence[Student]) -> str:
    ways = Counter(claim.by for claim in clear)
    found = f", found by {listed([f'{way} ({count})' for way, count in ways.items()])}" if ways else ""
    one, other = ("has" if count == 1 else "have" for count in (len(clear), len(absent)))
    return (
        f"Of {counted(len(students), 'student')} on the roster, {len(clear)} {one} submitted{found}; "
        f"{len(absent)} {other} not."
    )


def _strangers(strangers: Sequence[Claim]) -> tuple[str, ...]:
    if not strangers:
        return ()
    verb = "is" if len(strangers) == 1 else "are"
    more = len(strangers) - _MOST_SAID
    names = [_submitter(claim) for claim in strangers[:_MOST_SAID]]
    shown = listed([*names, *([f"{more} more"] if more > 0 else [])])
    return (f"{counted(len(strangers), 'submitter')} {verb} not on the roster: {shown}.",)


def _ambiguous(claim: Claim) -> str:
    return (
        f"{_submitter(claim)} could be {' or '.join(map(_student, claim.students))}, and was left as it is."
    )


def _shared(claimed: Sequence[Claim]) -> list[str]:
    rivals: dict[Student, list[str]] = defaultdict(list)
    for claim in claimed:
        rivals[claim.students[0]].append(_submitter(claim))
    return [
        f"{listed(names)} could each be of {_student(student)}, and were left as they are."
        for student, names in rivals.items()
    ]


def _is_renamed(claim: Claim) -> bool:
    return bool(claim.submission.people) and not may_be_one(claim.person.name, claim.students[0].name)


def _renamed(claim: Claim) -> str:
    return (
        f"{_submitter(claim)} has another name on the roster, {_student(claim.students[0])}, "
        f"where it was found by {claim.by}."
    )


def _submitter(claim: Claim) -> str:
    names = (claim.person.name, claim.person.login, claim.person.email) if claim.submission.people else ()
    name = next(filter(None, names), "")
    own = quoted(claim.submission.id)
    return f"{own} ({quoted(name)})" if name and name != claim.submission.id else own


def _student(student: Student) -> str:
    return f"{quoted(student.name or student.id)} (line {student.line})"


def _limited(found: Sequence[str]) -> tuple[str, ...]:
    more = len(found) - _MOST_SAID
    return (*found[:_MOST_SAID], *((f"So it is with {more} more.",) if more > 0 else ()))
