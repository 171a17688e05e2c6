"""Gives the columns of a table their meaning: by the header, `submission.yaml` or the file's name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.evidence import Declaration
from grader.measure.log.cells import Numbers, read_numbers
from grader.measure.log.declared import declare
from grader.measure.log.names import Meaning, is_nameless, meaning, meaning_of_file_name
from grader.measure.log.refusals import check_headers, check_measured, check_one_run
from grader.measure.log.table import RawColumn, Table
from grader.measure.log.wording import listed, shown
from grader.messages.message import Message, say

_ACCURACIES = frozenset({"accuracy", "val_accuracy"})
# No fraction is this large; a percentage is smaller only where nothing at all was learned.
_LARGEST_FRACTION = 1.5


@dataclass(frozen=True)
class Understood:
    """One column with its meaning and its numbers."""

    header: str
    meaning: Meaning
    numbers: Numbers


@dataclass(frozen=True)
class Understanding:
    """The columns of a log that have a meaning, the headers of the others, and what had to be understood."""

    columns: tuple[Understood, ...]
    ignored: tuple[str, ...]
    notes: tuple[Message, ...]


def understand(name: str, table: Table, declaration: Declaration) -> Understanding:
    """Give the columns their meaning and read their numbers.

    All gradient norms are kept, the one that `submission.yaml` names first.
    Of several columns with another meaning in common one is kept, and a note says which.
    A column without a single value is left out, with a note.

    Args:
        name: the file's name, which gives a series its meaning that has no other.
        table: the columns as they stand in the file.
        declaration: what `submission.yaml` says; it wins over the header.

    Raises:
        SubmissionError: the declared column is not there, a name is there twice, there are several runs,
            or there is no loss, accuracy or gradient norm with a value.
    """
    check_headers(name, table)
    headers = [column.header for column in table.columns]
    by_header = {
        header: meaning_of_file_name(name) if is_nameless(header) else meaning(header) for header in headers
    }
    declared, meanings, notes = declare(name, by_header, declaration)
    for header in [header for header, known in meanings.items() if known and known.validation]:
        meanings[header] = None
        notes.append(
            say(
                "{header} is a norm on validation data, where nothing is trained; it was left out.",
                header=shown(header),
            )
        )
    check_one_run(name, meanings.values())
    known = [
        _read(column, of, table) for column in table.columns if (of := meanings[column.header]) is not None
    ]
    filled = [column for column in known if len(column.numbers.rows) or column.numbers.unreadable_count]
    check_measured(
        name,
        table,
        [column.meaning.name for column in known],
        [column.meaning.name for column in filled],
    )
    empty = [column.header for column in known if column not in filled]
    if empty:
        notes.append(say("Without a single value, so left out: {empty}.", empty=listed(empty)))
    chosen, choices = _one_of_each(sorted(filled, key=lambda column: column.header != declared))
    columns, percentages = _as_fractions(
        sorted(chosen, key=lambda column: _position(column, headers, declared))
    )
    kept = {column.header for column in columns}
    return Understanding(
        columns=columns,
        ignored=tuple(header for header in headers if header and header not in kept),
        notes=(*notes, *choices, *percentages),
    )


def _position(column: Understood, headers: Sequence[str], declared: str | None) -> tuple[bool, int]:
    """The order of the file, the declared norm in front."""
    return column.header != declared, headers.index(column.header)


def _read(column: RawColumn, known: Meaning, table: Table) -> Understood:
    numbers = read_numbers(column, decimal_comma=table.decimal_comma, percent=known.name in _ACCURACIES)
    return Understood(column.header, known, numbers)


def _one_of_each(columns: Iterable[Understood]) -> tuple[list[Understood], list[Message]]:
    """One column of each meaning, and all gradient norms; notes say which were chosen."""
    groups: dict[str, list[Understood]] = {}
    for column in columns:
        groups.setdefault(column.meaning.name, []).append(column)
    kept = groups.pop("gradient_norm", [])
    notes: list[Message] = []
    for name, group in groups.items():
        best = max(group, key=_preference)
        kept.append(best)
        if len(group) > 1:
            headers = listed(column.header for column in group)
            notes.append(
                say(
                    "{headers} mean the same, `{name}`; {header} was taken.",
                    headers=headers,
                    name=name,
                    header=shown(best.header),
                )
            )
    return kept, notes


def _preference(column: Understood) -> tuple[bool, bool, int]:
    """Best is the canonical name itself, then for validation the value of the epoch, then the most values."""
    name = column.meaning.name
    return (
        column.header == name,
        name.startswith("val_") and column.meaning.per_epoch,
        len(column.numbers.rows),
    )


def _as_fractions(columns: Iterable[Understood]) -> tuple[tuple[Understood, ...], list[Message]]:
    """Bring accuracies in percent to fractions; notes say which."""
    converted = []
    notes: list[Message] = []
    for column in columns:
        numbers = column.numbers
        in_percent = column.meaning.name in _ACCURACIES and _in_percent(numbers)
        if in_percent:
            numbers = replace(numbers, values=numbers.values / 100)
        if in_percent or numbers.percent_signs:
            notes.append(say("{header} is in percent; it was divided by 100.", header=shown(column.header)))
        converted.append(replace(column, numbers=numbers))
    return tuple(converted), notes


def _in_percent(numbers: Numbers) -> bool:
    """Whether accuracies are percentages: all from 0 to 100, and most of them more than a fraction can be.

    Not all of them, because a batch early in the training may have an accuracy of 0 %.
    """
    finite = numbers.values[np.isfinite(numbers.values)]
    if numbers.percent_signs or not len(finite):
        return False
    return bool(finite.min() >= 0 and finite.max() <= 100 and np.median(finite) > _LARGEST_FRACTION)
