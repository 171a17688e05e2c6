"""The students' rows of a gradebook, and whose report each is.

A report belongs to a row by id, then by login, then by a name that only one student has. What a student
declares in `submission.yaml` could name somebody else: it counts last, and only where a teacher asks for it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.report import Report
from grader.submissions.people import Keys, finder, keys_of, name_keys


@dataclass(frozen=True)
class Row:
    """A student's row of a gradebook, numbered from 0 as in the table; `row_of` makes it.

    `shown` is what a sentence calls the student, `fixed` why the grade must not be changed, or "". Where the
    platform itself says that something was handed in, the student `handed_in`.
    """

    number: int
    shown: str
    keys: Keys
    fixed: str = ""
    handed_in: bool = False


class Match(NamedTuple):
    """The row of a report, or a doubt, or that it `would_match` if what the student declares were trusted.

    The `places` are the numbers of all rows that it may belong to.
    """

    row: Row | None = None
    doubt: str = ""
    would_match: bool = False
    places: tuple[int, ...] = ()


def row_of(  # noqa: PLR0913  (each is a column, or what follows from one)
    number: int,
    shown: str,
    *,
    ids: Iterable[str],
    logins: Iterable[str],
    name: str,
    fixed: str = "",
    handed_in: bool = False,
) -> Row:
    """A student's row, from its cells; of an e-mail address the part before the `@` is a login, too."""
    given = tuple(logins)
    parts = (login.partition("@")[0] for login in given)
    return Row(number, shown, _keys(ids, (*given, *parts), [name]), fixed, handed_in)


def with_name(number: str, name: str) -> frozenset[str]:
    """Ids made of a number and a name, where the number alone is no proof, since others may count as well."""
    return frozenset(f"{number} {key}" for key in name_keys(name, accents=False))


def match(
    reports: Sequence[Report],
    rows: Sequence[Row],
    ids: Callable[[Report], Iterable[str]],
    *,
    trust_declared: bool = False,
) -> tuple[Match, ...]:
    """Find the row of each report; with `trust_declared`, what `submission.yaml` says counts, as the last."""
    find = finder([row.keys for row in rows])
    found = []
    for report in reports:
        # Of the name only what the roster or the platform says.
        names = [report.id] if report.name_is_declared else [report.id, report.name]
        own = report.declaration
        known = find(_keys(ids(report), [report.id], names))[0]
        places = known or find(_keys([own.id], [own.id], [own.name]))[0]
        if places and not known and not trust_declared:
            found.append(Match(would_match=True))
        elif len(places) > 1:
            numbers = tuple(rows[place].number for place in places)
            found.append(Match(doubt=f"it could belong to {len(places)} students", places=numbers))
        elif places:
            row = rows[places[0]]
            found.append(Match(row, places=(row.number,)))
        else:
            found.append(Match())
    claimed = Counter(one.row.number for one in found if one.row)
    return tuple(
        Match(doubt=f"{claimed[one.row.number]} submissions belong to this student", places=one.places)
        if one.row and claimed[one.row.number] > 1
        else one
        for one in found
    )


def _keys(ids: Iterable[str], logins: Iterable[str], names: Iterable[str]) -> Keys:
    spelled = (key for name in names for key in name_keys(name, accents=False))
    return keys_of(ids=ids, logins=logins, names=spelled)
