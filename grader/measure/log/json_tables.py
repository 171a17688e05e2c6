"""Makes a table of a JSON document, also of what is one level down in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import SubmissionError
from grader.measure.log.json_columns import NAMELESS, Columns, columns_of, columns_of_rows, is_inner
from grader.measure.log.names import is_of_validation, is_part_of_run, meaning
from grader.measure.log.table import Limits, Table, check_size, raw_column
from grader.measure.log.wording import ADVICE, listed, shown
from grader.messages.message import Message, say, together

# Where programs put the series of the run, in the order in which they are believed.
_USUAL = ("history", "log_history", "train_history", "training_history", "training", "log", "logs", "metrics")
_SHAPE = together(
    say("Write one list of numbers for each name, as `json.dump(history.history, file)` does."), ADVICE
)


def table_of_rows(name: str, form: str, rows: Sequence[Mapping[str, Any]], limits: Limits) -> Table:
    """A table of objects with one value for each name; see `columns_of_rows`.

    Raises:
        SubmissionError: there are more rows, names or cells than `limits` allows.
    """
    return _table(name, form, columns_of_rows(name, rows, limits), limits)


def table_of_document(name: str, document: Any, limits: Limits) -> Table:
    """A table of one JSON document.

    Read are: an object of lists, with single values beside them; pandas' `to_json` of every orientation;
    a list of objects; a list of lists under a header; a list of pairs `[step, value]` or of TensorBoard's
    `[wall time, step, value]`; a list of numbers; and an object with one or more of these in it.

    Args:
        name: the file's name, for the sentences.
        document: what `parse_json` returns.
        limits: the most that is read.

    Raises:
        SubmissionError: it is none of these, it has several runs, or more than `limits` allows.
    """
    columns = columns_of(name, document, limits)
    notes: tuple[Message, ...] = ()
    if isinstance(document, dict):
        inner = {key: found for key, value in document.items() if (found := _inner(name, key, value, limits))}
        found, notes = _together(name, {key: inner[key] for key in inner if key not in columns})
        columns |= {header: values for header, values in found.items() if header not in columns}
    if not columns:
        raise _refusal(name, document)
    return _table(name, "json", columns, limits, notes)


def _table(name: str, form: str, columns: Columns, limits: Limits, notes: tuple[Message, ...] = ()) -> Table:
    # Lists of another kind, such as a shape or the names of callbacks, say nothing about rows.
    known = [values for header, values in columns.items() if meaning(header)] or list(columns.values())
    lengths = {len(values) for values in known}
    rows = max(lengths, default=0)
    check_size(name, max(map(len, columns.values()), default=0), len(columns), limits)
    if len(lengths) > 1:
        notes = (
            *notes,
            say(
                "The lists are of unequal lengths, {lengths} to {rows}; their rows do not correspond.",
                lengths=min(lengths),
                rows=rows,
            ),
        )
    raw = tuple(raw_column(header, values) for header, values in columns.items())
    return Table(form, rows, raw, aligned=len(lengths) < 2, notes=notes)


def _inner(name: str, key: str, value: Any, limits: Limits) -> Columns:
    """The columns within one value of an object; empty where none of them is known."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(map(is_inner, members)):
        return {}
    columns = columns_of(name, value, limits)
    if NAMELESS in columns:
        # Pairs under a name: `{"grad_norm": [[0, 2.5], [1, 2.1]]}`.
        columns = {key: columns[NAMELESS]}
    return columns if any(map(meaning, columns)) else {}


def _together(name: str, inner: Mapping[str, Columns]) -> tuple[Columns, tuple[Message, ...]]:
    """The columns of all inner tables as one, with notes; those of parts of a run carry the part's name.

    Raises:
        SubmissionError: two of them have a column of the same name, so they are two runs,
            and none is called `history` or the like.
    """
    named = {
        key: {f"{key}/{header}": values for header, values in columns.items()}
        if is_part_of_run(key) and key not in columns and (len(inner) > 1 or is_of_validation(key))
        else columns
        for key, columns in inner.items()
    }
    counts = Counter(header for columns in named.values() for header in columns)
    if counts and max(counts.values()) > 1:
        usual = next((key for wanted in _USUAL for key in named if key.lower() == wanted), None)
        if usual is None:
            raise SubmissionError(
                say(
                    "The log {name} has {count} runs, {named}; it must be the log of one.",
                    name=shown(name),
                    count=len(named),
                    named=listed(named),
                ),
                say("Submit the log of the run that made the submitted model alone."),
            )
        return named[usual], (say("Of {named}, {usual} was taken.", named=listed(named), usual=shown(usual)),)
    return {header: values for columns in named.values() for header, values in columns.items()}, ()


def _refusal(name: str, document: Any) -> SubmissionError:
    if isinstance(document, dict) and {"cells", "nbformat"} <= set(document):
        return SubmissionError(say("The log {name} is a Jupyter notebook.", name=shown(name)), ADVICE)
    if not document:
        return SubmissionError(say("The log {name} is an empty JSON document.", name=shown(name)), ADVICE)
    if not isinstance(document, dict):
        return SubmissionError(
            say("The log {name} is a JSON list in which no table was found.", name=shown(name)), _SHAPE
        )
    if not any(map(is_inner, document.values())):
        return SubmissionError(
            say(
                "The log {name} has one value for each of {document}; it must have one for each step.",
                name=shown(name),
                document=listed(document),
            ),
            _SHAPE,
        )
    return SubmissionError(
        say(
            "The log {name} is a JSON object with {document}, in which no list of numbers was found.",
            name=shown(name),
            document=listed(document),
        ),
        _SHAPE,
    )
