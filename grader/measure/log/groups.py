"""Tells the runs of one log apart: by a column such as `run`, by its headers, or by the keys of JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.evidence.values import LONGEST_TEXT
from grader.measure.log.names import MEASURED, Meaning, is_part_of_run, meaning, words
from grader.measure.log.table import MISSING, RawColumn, Table, read_numbers, refusal
from grader.messages.message import Message, say
from grader.messages.safe_text import plain
from grader.messages.wording import counted, quoted

# Of several such columns the first that varies gives the names.
GROUPING = (
    *("run", "run_name", "name_of_run", "tags_mlflow_run_name", "experiment", "experiment_name", "config"),
    *("configuration", "variant", "setting", "settings", "group", "run_id", "run_uuid", "experiment_id"),
)
# More values than this, or hardly a row for each, are no names of runs: they count or measure something.
_MOST_RUNS = 50
_FEWEST_ROWS = 2
_NAMELESS = "-"
# What names a row of a table of runs, and what such a table says of each; a log says it of no row.
_NAMES_OF_RUNS = ("name", "run_name", "run", "id", "run_id", "trial_id", "tags_mlflow_run_name")
_OF_RUNS = (
    "state",
    "status",
    "created",
    "runtime",
    "wandb",
    "start_time",
    "sweep",
    "duration",
)
_SHARED = Meaning("step")


@dataclass(frozen=True)
class Groups:
    """The tables of several runs by their names, and what tells them apart."""

    by: Message
    tables: Mapping[str, Table]


def groups(table: Table) -> Groups | None:
    """The runs that a log holds, if it holds several."""
    if table.runs:
        return Groups(say("its keys"), table.runs)
    return _by_header(table) or (_by_column(table) if table.aligned else None)


def refuse_table_of_runs(name: str, table: Table) -> None:
    """Refuse a table that has a row for each of several runs, as Weights & Biases and MLflow export it."""
    columns = {"_".join(words(column.header)): column for column in table.columns}
    names = [columns[known] for known in _NAMES_OF_RUNS if known in columns]
    is_of_runs = len({*columns} & {*_OF_RUNS}) >= _FEWEST_ROWS and not any(map(_counts_on, table.columns))
    if is_of_runs and table.rows >= _FEWEST_ROWS and any(map(_names_each, names)):
        raise refusal(
            say(
                "{name} is a table of {runs}, with one row for each; a log has a row for each step.",
                name=quoted(name),
                runs=counted(table.rows, "run"),
            ),
            say(
                "Export the history of the one run that belongs to the model, such as "
                '`run.history().to_csv("training_log.csv")` in Weights & Biases.'
            ),
        )


def _counts_on(column: RawColumn) -> bool:
    """Whether it numbers the rows of a log, one after the other."""
    known = meaning(column.header)
    if known is None or known.name not in {"epoch", "step"}:
        return False
    found = read_numbers(column)
    return len(found.rows) > _FEWEST_ROWS and bool((np.diff(found.values) > 0).all())


def _names_each(column: RawColumn) -> bool:
    texts = [_text(cell) for cell in column.cells]
    return column.cells.dtype == object and len(texts) >= _FEWEST_ROWS and len(set(texts)) == len(texts)


def _by_header(table: Table) -> Groups | None:
    """The runs that Weights & Biases puts side by side, in columns such as `clipped - loss`."""
    known = {column.header: found for column in table.columns if (found := meaning(column.header))}
    measured = [one.run for one in known.values() if one.name in MEASURED and not one.validation]
    runs = list(filter(None, dict.fromkeys(measured)))
    if len(runs) < 2:
        return None
    shared = [column.header for column in table.columns if known.get(column.header, _SHARED).run not in runs]
    return Groups(
        say("the names of its columns"),
        {
            plain(run, LONGEST_TEXT): table.of_columns(
                column
                for column in table.columns
                if column.header in shared or known[column.header].run == run
            )
            for run in runs
        },
    )


def _by_column(table: Table) -> Groups | None:
    """The runs that stand below one another, each row with its run's name in a column."""
    named = [("_".join(words(column.header)), column) for column in table.columns]
    columns = [column for name in GROUPING for own, column in named if own == name]
    told: list[RawColumn] = []
    codes, texts = np.zeros(table.rows, dtype=np.int64), [""]
    for column in columns:
        further, values = _factorized(column, table.rows)
        pairs, both = np.unique(codes * len(values) + further, return_inverse=True)
        # A name and an id of the same runs are one thing; a second setting is another.
        if len(pairs) == len(texts) or len(pairs) > _MOST_RUNS:
            continue
        texts = [
            ", ".join(filter(None, (texts[pair // len(values)], values[pair % len(values)])))
            for pair in pairs.tolist()
        ]
        codes, told = both.astype(np.int64), [*told, column]
    is_named = 2 <= len(texts) <= table.rows // _FEWEST_ROWS
    if not is_named or all(map(is_part_of_run, texts)):
        return None
    order = np.argsort([np.argmax(codes == code) for code in range(len(texts))])
    tables = {texts[code]: table.of_rows(codes == code) for code in order}
    header = quoted(told[0].header)
    return Groups(say("its column {header}", header=header), tables)


def _factorized(column: RawColumn, rows: int) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of each row's value, and the values as texts; a row without one has that above it."""
    texts = np.full(rows, None, dtype=object)
    texts[column.rows] = [_text(cell) for cell in column.cells]
    filled = pd.Series(texts, dtype=object).ffill().bfill().fillna(_NAMELESS)
    codes, values = pd.factorize(filled.to_numpy())
    return codes.astype(np.int64), [str(value) for value in values]


def _text(cell: Any) -> str | None:
    text = f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
    return None if text in MISSING or text == "nan" else plain(text, LONGEST_TEXT)
