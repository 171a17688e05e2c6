"""Whose report belongs to which row of a gradebook: by id, then by login, then by a name that only one has.

What a student declares in `submission.yaml` proves nothing: it could name somebody else.
So it counts only where a teacher asks for it, and only after everything else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.report import Report
from grader.submissions.people import Keys, finder, keys_of, name_keys


@dataclass(frozen=True)
class Row:
    """A student's row of a gradebook; `row_of` makes it.

    Attributes:
        number: The number of the row in the table, from 0.
        shown: What the student is called in a sentence.
        keys: What the student is found by.
        fixed: Why the grade must not be changed. Empty if it may.
    """

    number: int
    shown: str
    keys: Keys
    fixed: str = ""


@dataclass(frozen=True)
class Matching:
    """Which report belongs to which row.

    Attributes:
        rows: The row of each report that has one, by the report's position.
        unmatched: The positions of the reports that no row belongs to.
        doubtful: Why a report could belong to several rows, or shares one, by the report's position.
        declared: The positions of the reports that only what the student declares would match.
    """

    rows: dict[int, Row]
    unmatched: tuple[int, ...]
    doubtful: dict[int, str]
    declared: tuple[int, ...]


def row_of(  # noqa: PLR0913  (each is a column, or what follows from one)
    number: int, shown: str, *, ids: Iterable[str], logins: Iterable[str], name: str, fixed: str = ""
) -> Row:
    """A student's row.

    Args:
        number: The number of the row in the table.
        shown: What the student is called in a sentence.
        ids: The ids of the platform and of the school.
        logins: The user names and e-mail addresses. Of an address the part before the `@` counts, too.
        name: The full name, as it may be written.
        fixed: Why the grade must not be changed. Empty if it may.
    """
    given = tuple(logins)
    parts = (login.partition("@")[0] for login in given)
    return Row(number, shown, _keys(ids, (*given, *parts), [name]), fixed)


def with_name(number: str, name: str) -> frozenset[str]:
    """Ids made of a number and a name, where the number alone is no proof, since others may count as well."""
    return frozenset(f"{number} {key}" for key in name_keys(name, accents=False))


def match(
    reports: Sequence[Report],
    rows: Sequence[Row],
    ids: Callable[[Report], Iterable[str]],
    *,
    trust_declared: bool = False,
) -> Matching:
    """Find the row of each report.

    Args:
        reports: The reports of a class.
        rows: The rows of the gradebook.
        ids: Gives the ids under which a report may stand in this gradebook.
        trust_declared: Whether what `submission.yaml` says counts where nothing else is known.
    """
    find = finder([row.keys for row in rows])
    found: dict[int, Row] = {}
    unmatched: list[int] = []
    declared: list[int] = []
    doubtful: dict[int, str] = {}
    for position, report in enumerate(reports):
        who, _ = find(_keys_handed_in(report, ids(report)))
        if not who and (by_declaration := find(_keys_declared(report))[0]):
            declared.append(position)
            who = by_declaration if trust_declared else ()
        if len(who) > 1:
            doubtful[position] = f"it could belong to {len(who)} students"
        elif who:
            found[position] = rows[who[0]]
        else:
            unmatched.append(position)
    claimed = [row.number for row in found.values()]
    for position, row in tuple(found.items()):
        if claimed.count(row.number) > 1:
            doubtful[position] = f"{claimed.count(row.number)} submissions belong to this student"
            del found[position]
    return Matching(found, tuple(unmatched), dict(sorted(doubtful.items())), tuple(declared))


def _keys_handed_in(report: Report, ids: Iterable[str]) -> Keys:
    """What is known without the student's own words: ids, and a name that the roster or platform gives."""
    names = [report.id] if report.name_is_declared else [report.id, report.name]
    return _keys(ids, [report.id], names)


def _keys_declared(report: Report) -> Keys:
    declared = report.declaration
    return _keys([declared.id], [declared.id], [declared.name])


def _keys(ids: Iterable[str], logins: Iterable[str], names: Iterable[str]) -> Keys:
    spelled = (key for name in names for key in name_keys(name, accents=False))
    return keys_of(ids=ids, logins=logins, names=spelled)
