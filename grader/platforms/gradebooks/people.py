"""Whose report belongs to which row of a gradebook: by id, then by login, then by a name that only one has.

What a student declares in `submission.yaml` proves nothing: it could name somebody else.
So it is used only where a teacher asks for it, and only after everything else.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from grader.report import Report


@dataclass(frozen=True)
class Person:
    """A row of a gradebook.

    Attributes:
        shown: how the person is named in a sentence.
        ids: the platform's and the school's.
        logins: user names and e-mail addresses.
        names: the full name, in any order of its parts.
    """

    shown: str
    ids: frozenset[str] = frozenset()
    logins: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Matching:
    """Who was found.

    Attributes:
        rows: of each report that has one, the position of its row.
        unmatched: positions of reports that nobody's row belongs to.
        doubtful: positions of reports that could belong to several rows, or share one, with the reason.
        declared: positions of reports that only what the student declares would match.
    """

    rows: dict[int, int] = field(default_factory=dict)
    unmatched: tuple[int, ...] = ()
    doubtful: dict[int, str] = field(default_factory=dict)
    declared: tuple[int, ...] = ()


def person(
    shown: str, *, ids: Iterable[str] = (), logins: Iterable[str] = (), names: Iterable[str] = ()
) -> Person:
    """A row's person, with all keys in the form in which they are compared; empty ones are none.

    Args:
        shown: how the person is named in a sentence.
        ids: the platform's and the school's.
        logins: user names and e-mail addresses; of an address the part before the `@` counts, too.
        names: the full name, as it may be written.
    """
    given = tuple(logins)
    parts = (login.partition("@")[0] for login in given)
    return _keys(shown, ids, (*given, *parts), names)


def _keys(shown: str, ids: Iterable[str], logins: Iterable[str], names: Iterable[str]) -> Person:
    return Person(
        shown=shown,
        ids=frozenset(map(_folded, ids)) - {""},
        logins=frozenset(map(_folded, logins)) - {"", "@"},
        names=frozenset(key for name in names for key in keys_without_accents(name)),
    )


def keys_without_accents(name: str) -> frozenset[str]:
    """A name's keys: two names are alike if they have one in common.

    Accents, letter case, punctuation and the order of the parts do not count. The parts written as one are a
    key as well, since Canvas writes them so in the names of files.

    Whoever was graded should be in the gradebook, which may have been exported without accents; a row that
    two could mean is left out. `grader.submissions.roster.names` is stricter, as it asks whether
    somebody is there at all.
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    parts = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in unmarked
    ).split()
    turned = [*parts[-1:], *parts[:-1]], [*parts[1:], *parts[:1]]
    return frozenset(
        key for key in (" ".join(sorted(parts)), "".join(parts), *map("".join, turned)) if len(key) > 1
    )


def with_name(number: str, name: str) -> frozenset[str]:
    """Keys of a number that is no proof by itself, since others may count as well, with a name."""
    return frozenset(f"{number} {key}" for key in keys_without_accents(name))


def match(
    reports: Sequence[Report],
    people: Sequence[Person],
    ids: Callable[[Report], Iterable[str]],
    *,
    trust_declared: bool = False,
) -> Matching:
    """Find the row of each report.

    Args:
        reports: The reports of a class.
        people: The rows of the gradebook.
        ids: Gives the ids under which a report may stand in this gradebook.
        trust_declared: Whether what `submission.yaml` says counts where nothing else is known.
    """
    rows: dict[int, int] = {}
    unmatched: list[int] = []
    declared: list[int] = []
    doubtful: dict[int, str] = {}
    for position, report in enumerate(reports):
        found = _found(_handed_in(report, ids(report)), people)
        if not found and (by_declaration := _found(_declared(report), people)):
            declared.append(position)
            found = by_declaration if trust_declared else ()
        if len(found) > 1:
            doubtful[position] = f"it could belong to {len(found)} students"
        elif found:
            rows[position] = found[0]
        else:
            unmatched.append(position)
    claimed = list(rows.values())
    for position, row in tuple(rows.items()):
        if claimed.count(row) > 1:
            doubtful[position] = f"{claimed.count(row)} submissions belong to this student"
            del rows[position]
    return Matching(rows, tuple(unmatched), dict(sorted(doubtful.items())), tuple(declared))


def _found(wanted: Person, people: Sequence[Person]) -> tuple[int, ...]:
    """The rows that fit best: by id, else by login, else by name."""
    for key in ("ids", "logins", "names"):
        keys = getattr(wanted, key)
        found = tuple(row for row, one in enumerate(people) if keys & getattr(one, key))
        if found:
            return found
    return ()


def _handed_in(report: Report, ids: Iterable[str]) -> Person:
    """What is known without the student's own words: ids, and a name that the roster or platform gives."""
    given = "" if report.name_is_declared else report.name
    return _keys(report.id, ids, [report.id], [report.id, given])


def _declared(report: Report) -> Person:
    declared = report.declaration
    return _keys(report.id, [declared.id], [declared.id], [declared.name])


def _folded(key: str) -> str:
    return unicodedata.normalize("NFC", key).casefold().strip()
