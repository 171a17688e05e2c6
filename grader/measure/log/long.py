"""Long tables, with a row for each value and the name of its metric in a column: they are made wide."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from grader.measure.log.groups import GROUPING
from grader.measure.log.names import MEASURED, has_side, is_of_validation, is_side, meaning, words
from grader.measure.log.table import MISSING, RawColumn, Table, check_size, is_number
from grader.messages.message import Message, say
from grader.messages.wording import counted, quoted
from grader.rubric import Limits

_METRIC = ("tag", "key", "metric", "metric_name", "name", "variable", "series")
_VALUE = ("value", "values", "metric_value")
# Columns that say on which data a metric was measured; `run1/validation` of TensorBoard says the run, too.
_DATA = ("data", "split", "phase", "subset", "context", "run_context", "run")
_PLACES = {"epoch", "step", "batch"}
# The columns of the table while it is made wide, beside its own.
_TITLE, _CELL, _AGAIN, _PER_EPOCH = ("metric",), ("value",), ("again",), ("epochs",)


def widened(name: str, table: Table, limits: Limits) -> Table:
    """A table with a column for each metric and a row for each step; any other table as it is."""
    columns = {"_".join(words(column.header)): column for column in reversed(table.columns)}
    metric = _first(columns, _METRIC)
    value = _first(columns, _VALUE)
    if metric is None or value is None or not table.aligned:
        return table
    if any(known.name in MEASURED for column in table.columns if (known := meaning(column.header))):
        # A wide table, which names the metric that is watched.
        return table
    own = {column.header: _cells(column, table.rows) for column in table.columns}
    if len(own) < len(table.columns):
        return table
    frame = pd.DataFrame(own, dtype=object)
    frame[_TITLE] = frame.pop(metric.header).map(lambda cell: None if cell is None else str(cell).strip())
    frame[_CELL] = frame.pop(value.header)
    frame = frame[frame[_TITLE].notna()]
    if not any(map(meaning, frame[_TITLE].unique())):
        return table
    check_size(name, len(frame), frame[_TITLE].nunique(), limits)
    if (data := _first(columns, _DATA)) is not None:
        _name_data(frame, data.header)
    places = [header for header in own if (known := meaning(header)) and known.name in _PLACES]
    runs = [header for header in own if header in frame and "_".join(words(header)) in GROUPING]
    note = say(
        "The log has a row for each value; the {metrics} that {header} names became columns.",
        metrics=counted(frame[_TITLE].nunique(), "metric"),
        header=quoted(metric.header),
    )
    return _wide(table, frame, runs, places, note)


def _first(columns: Mapping[str, RawColumn], names: tuple[str, ...]) -> RawColumn | None:
    return next((columns[name] for name in names if name in columns), None)


def _cells(column: RawColumn, rows: int) -> np.ndarray[Any, Any]:
    """The cells of all rows, None where there is none."""
    cells = np.full(rows, None, dtype=object)
    # A list of another kind, such as a shape, may be longer.
    for row, cell in zip(column.rows[:rows], column.cells[:rows], strict=True):
        cells[row] = None if isinstance(cell, str) and cell in MISSING else cell
    return cells


def _name_data(frame: pd.DataFrame, header: str) -> None:
    """Put `validation` in front of a metric where it stands beside it, and leave the run's own name there."""
    codes, texts = pd.factorize(frame[header].map(str))
    runs, sides = [], []
    for text in texts:
        run, _, last = str(text).replace("\\", "/").rpartition("/")
        runs.append(run if is_side(last) else text)
        sides.append(f"{last} " if is_side(last) and is_of_validation(last) else "")
    frame[_TITLE] = [
        title if has_side(title) else sides[code] + title
        for code, title in zip(codes, frame[_TITLE], strict=True)
    ]
    frame[header] = [runs[code] for code in codes]


def _wide(table: Table, frame: pd.DataFrame, runs: list[str], places: list[str], note: Message) -> Table:
    """One row for each run and place; where a metric stands again at one, a run begins anew."""
    frame[places] = frame[places].map(_number)
    frame[_PER_EPOCH] = _per_epoch(frame[_TITLE]) & (not any(_is_epoch(header) for header in places))
    frame[runs] = frame[runs].map(str)
    codes = {header: pd.factorize(frame[header])[0] for header in runs}
    frame[_AGAIN] = frame.groupby([*codes.values(), *places, _TITLE], dropna=False).cumcount()
    keys = [*codes.values(), frame[_AGAIN], frame[_PER_EPOCH], *(frame[place] for place in places)]
    at = np.asarray(frame.groupby(keys, dropna=False, sort=True).ngroup(), dtype=np.int64)
    firsts = frame.iloc[np.unique(at, return_index=True)[1]]
    per_epoch = firsts[_PER_EPOCH].to_numpy()
    every = [RawColumn(header, np.arange(len(firsts)), firsts[header].to_numpy()) for header in runs]
    for header in places:
        for title, kept in (("epoch", per_epoch), (header, ~per_epoch)):
            numbers = firsts[header].to_numpy(dtype=np.float64)
            shown = np.flatnonzero(kept & ~np.isnan(numbers))
            if len(shown):
                every.append(RawColumn(title, shown, numbers[shown]))
    for title in frame[_TITLE].unique():
        own = np.flatnonzero((frame[_TITLE] == title).to_numpy() & frame[_CELL].notna().to_numpy())
        own = own[np.argsort(at[own], kind="stable")]
        every.append(RawColumn(title, at[own], frame[_CELL].to_numpy()[own]))
    return Table(
        table.form,
        len(firsts),
        tuple(every),
        decimal_comma=table.decimal_comma,
        notes=(*table.notes, note),
    )


def _number(cell: Any) -> float:
    is_one = isinstance(cell, float | int) or (isinstance(cell, str) and is_number(cell))
    return float(cell) if is_one else math.nan


def _is_epoch(header: str) -> bool:
    known = meaning(header)
    return known is not None and known.name == "epoch"


def _per_epoch(titles: "pd.Series[str]") -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows are of metrics whose steps are epochs, as Keras writes `epoch_loss` for TensorBoard."""
    counts = titles.value_counts()
    named = {title for title in counts.index if "epoch" in words(title)}
    of_steps = [title for title in counts.index if title not in named and not is_of_validation(title)]
    longest = max((int(counts[title]) for title in of_steps), default=0)
    of_epochs = {title for title in named if not longest or 2 * int(counts[title]) <= longest}
    return titles.isin(of_epochs).to_numpy()
