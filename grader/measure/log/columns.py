"""Gives the columns of a table their meaning: by the header, `submission.yaml` or the file's name."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.analysis.norms.columns import NAME_IT
from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.measure.log.names import MEASURED, Meaning, is_nameless, meaning, meaning_of_file_name, words
from grader.measure.log.table import ADVICE, Numbers, Table, listed, read_numbers, refusal
from grader.measure.log.tools import Meanings, by_tool
from grader.measure.log.variables import variable_norms
from grader.messages.message import Message, say, together
from grader.messages.wording import counted, quoted

_ACCURACIES = frozenset({"accuracy", "val_accuracy"})
# No fraction is this large; a percentage is smaller only where nothing at all was learned.
_LARGEST_FRACTION = 1.5


@dataclass(frozen=True)
class Understood:
    """One column with its meaning and its numbers."""

    header: str
    meaning: Meaning
    numbers: Numbers


def understand(
    name: str, table: Table, declaration: Declaration
) -> tuple[list[Understood], list[str], list[Message]]:
    """The columns that have a meaning and a value, the headers of the others, and notes.

    What `submission.yaml` declares wins over the header; a nameless series has the name of the file.
    All gradient norms are kept, the declared one first; of each other meaning one column.

    Refused if the declared column is not there, a name is there twice, or there is no loss, accuracy or
    gradient norm with a value.
    """
    headers = [column.header for column in table.columns]
    _check_headers(name, headers)
    by_header = {
        header: meaning_of_file_name(name) if is_nameless(header) else meaning(header) for header in headers
    }
    of_variables, combined = variable_norms(table)
    by_header |= {header: known for header, (known, _) in of_variables.items()}
    told, of_tool = by_tool(table, by_header)
    declared, meanings, notes = _declare(name, told, declaration)
    notes = [*combined, *of_tool, *notes]
    notes += [
        say(
            "{header} is a norm on validation data, where nothing is trained; it was left out.",
            header=quoted(header),
        )
        for header, known in meanings.items()
        if known and known.validation
    ]
    known = [
        Understood(
            column.header,
            of,
            read_numbers(column, decimal_comma=table.decimal_comma, percent=of.name in _ACCURACIES),
        )
        for column in (*table.columns, *(column for _, column in of_variables.values()))
        if (of := meanings[column.header]) and not of.validation
    ]
    filled = [column for column in known if len(column.numbers.rows) or column.numbers.unreadable_count]
    if MEASURED.isdisjoint(column.meaning.name for column in filled):
        raise _nothing_measured(name, table, known)
    empty = [column.header for column in known if column not in filled]
    if empty:
        notes.append(say("Left out, because there is no value: {empty}.", empty=listed(empty)))
    chosen, choices = _one_of_each(filled)
    # In the order of the file, the declared norm in front.
    order = [*headers, *of_variables]
    chosen.sort(key=lambda column: (column.header != declared, order.index(column.header)))
    columns, percentages = _as_fractions(chosen)
    kept = {column.header for column in columns}
    ignored = [header for header in headers if header and header not in kept]
    return columns, ignored, [*notes, *choices, *percentages]


def _declare(
    name: str, meanings: Meanings, declaration: Declaration
) -> tuple[str | None, Meanings, list[Message]]:
    """The header whose meaning is declared, if any; all meanings with the declared one; and notes."""
    header, notes = _header(name, meanings, declaration)
    if header is None:
        return None, meanings, notes
    said = meanings[header]
    if said is None or said.name != "gradient_norm":
        said = Meaning("gradient_norm")
    scope, stage = declaration.norm_scope, declaration.norm_stage
    declared = replace(said, scope=scope or said.scope, stage=stage or said.stage, validation=False)
    notes += [
        say(
            "The header {header} says `{before}`, `submission.yaml` says `{now}`; the latter counts.",
            header=quoted(header),
            before=before,
            now=now,
        )
        for before, now in ((said.scope, scope), (said.stage, stage))
        if before and now and before != now
    ]
    return header, {**meanings, header: declared}, notes


def _header(name: str, meanings: Meanings, declaration: Declaration) -> tuple[str | None, list[Message]]:
    """The header that the declaration is about: the one named, else the only norm, else the only series."""
    if declaration.norm_column:
        return _named(name, list(meanings), declaration.norm_column), []
    if not (declaration.norm_scope or declaration.norm_stage):
        return None, []
    norms = [
        header
        for header, known in meanings.items()
        if known is not None and known.name == "gradient_norm" and not known.validation
    ]
    if len(norms) > 1:
        note = say(
            "`submission.yaml` says what the gradient norm is, but the log has {count}, {norms}, and "
            "it names none of them; so the headers count.",
            count=len(norms),
            norms=listed(norms),
        )
        return None, [note]
    candidates = norms or [header for header in meanings if is_nameless(header)]
    return (candidates[0] if len(candidates) == 1 else None), []


def _named(name: str, headers: Sequence[str], declared: str) -> str:
    """The header that is spelled like the declared column; refused if there is none."""
    if declared in headers:
        return declared
    # `history/grad_norm` is a column `grad_norm` to the student who nested it.
    for spelled in (words, lambda header: words(header.rpartition("/")[2])):
        alike = [header for header in headers if header and spelled(header) == words(declared)]
        if len(alike) == 1:
            return alike[0]
    written = [header for header in headers if header]
    nearest = difflib.get_close_matches(declared, [header[:100] for header in written], n=3, cutoff=0.5)
    found = (
        say("the nearest there: {nearest}", nearest=listed(nearest))
        if nearest
        else say("there are: {written}", written=listed(written))
    )
    raise refusal(
        say(
            "`submission.yaml` names the norm column {declared}, and the log {name} has no such column; "
            "{found}.",
            declared=quoted(declared),
            name=quoted(name),
            found=found,
        ),
        say("Write one of the log's own headers into `submission.yaml`, as in `norm: {column: grad_norm}`."),
    )


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
            notes.append(
                say(
                    "{headers} mean the same, `{name}`; {header} was used.",
                    headers=listed(column.header for column in group),
                    name=name,
                    header=quoted(best.header),
                )
            )
    return kept, notes


def _preference(column: Understood) -> tuple[bool, bool, bool, int]:
    """Best is the canonical name, then validation before test, the value of the epoch, the most values."""
    name = column.meaning.name
    of_epoch = name.startswith("val_") and column.meaning.per_epoch
    return column.header == name, not column.meaning.test, of_epoch, len(column.numbers.rows)


def _as_fractions(columns: Iterable[Understood]) -> tuple[list[Understood], list[Message]]:
    """Bring accuracies in percent to fractions; notes say which."""
    converted = []
    notes: list[Message] = []
    for column in columns:
        numbers = column.numbers
        in_percent = column.meaning.name in _ACCURACIES and _in_percent(numbers)
        if in_percent:
            numbers = replace(numbers, values=numbers.values / 100)
        if in_percent or numbers.percent_signs:
            notes.append(say("{header} is in percent; it was divided by 100.", header=quoted(column.header)))
        converted.append(replace(column, numbers=numbers))
    return converted, notes


def _in_percent(numbers: Numbers) -> bool:
    """Whether accuracies are percentages: all from 0 to 100, and most of them more than a fraction can be.

    Not all of them, because a batch early in the training may have an accuracy of 0 %.
    """
    finite = numbers.values[np.isfinite(numbers.values)]
    if numbers.percent_signs or not len(finite):
        return False
    return bool(finite.min() >= 0 and finite.max() <= 100 and np.median(finite) > _LARGEST_FRACTION)


def _check_headers(name: str, headers: Iterable[str]) -> None:
    """Refuse a log in which two columns have one name; a reader could only guess which is meant."""
    for header, count in sorted(Counter(filter(None, headers)).items()):
        if count > 1:
            sentence = say(
                "{name} has {count} columns with the name {header}; each name may occur once.",
                name=quoted(name),
                count=count,
                header=quoted(header),
            )
            raise refusal(sentence, say("Rename one of the columns or remove it."))


def _nothing_measured(name: str, table: Table, known: Sequence[Understood]) -> SubmissionError:
    headers = [column.header for column in table.columns if column.header]
    if not MEASURED.isdisjoint(column.meaning.name for column in known):
        return refusal(
            say(
                "{name} has the columns {headers}, but no value of a loss, an accuracy or a gradient norm.",
                name=quoted(name),
                headers=listed(headers),
            )
        )
    if table.form == "numbers" and len(headers) > 1:
        return refusal(
            say(
                "{name} has {columns} without names.",
                name=quoted(name),
                columns=counted(len(headers), "column"),
            ),
            say(
                "Put the names into the first line, such as `epoch,step,loss,gradient_norm`, or say in "
                "`submission.yaml` which one has the gradient norms: `norm: {column: 3}`."
            ),
        )
    if any(map(is_nameless, headers)):
        return refusal(
            say(
                "{name} has a series of {rows}, and nothing says what it is.",
                name=quoted(name),
                rows=counted(table.rows, "number"),
            ),
            say(
                "Name the file for what it holds, such as `grad_norm`, or write `norm: {column: value}` "
                "into `submission.yaml`."
            ),
        )
    return refusal(
        say(
            "{name} has no column that is known for a loss, an accuracy or a gradient norm; its "
            "columns are: {headers}.",
            name=quoted(name),
            headers=listed(headers),
        ),
        together(
            say("Name the columns `epoch`, `step`, `loss`, `accuracy`, `val_accuracy` and `gradient_norm`."),
            NAME_IT,
            ADVICE,
        ),
    )
