"""Finds where a log begins again, and whether that is a new run or the same one going on."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from grader.measure.log.columns import Understood
from grader.messages.message import Message, say
from grader.messages.wording import counted

_SMOOTHED = 20
# Rows in no order begin again at every other one; that says nothing about runs.
_MOST_RESTARTS = 500


def last_run(columns: Sequence[Understood], restarts: Sequence[int]) -> tuple[int, tuple[Message, ...]]:
    """The row at which the run that counts begins, 0 if all rows are one run; and notes on it.

    A log begins again where its epochs go back (or, without epochs, where its steps return to the first),
    and where its header stands again, before each of `restarts`. That alone does not say what happened:

    * Keras' `CSVLogger(append=True)` writes a second training from fresh weights behind the first. Only the
      last one can belong to the submitted model, and an earlier one may be an experiment without clipping.
    * A second `fit` on the same model begins its epochs at 0 too, yet weights and optimizer go on. Every row
      belongs to the submitted model, and its first steps are at the head of the log.

    The loss, or without one the accuracy, tells the two apart: is it again nearer to where it began, or to
    where it ended? Steps that go on counting mean that the training goes on. Where nothing speaks for fresh
    weights, it is taken to go on, since that loses nothing. A history that is written whole at each save
    counts as it was saved last.
    """
    by_name = {column.meaning.name: column for column in reversed(columns)}
    step, progress = by_name.get("step"), by_name.get("loss") or by_name.get("accuracy")
    places = sorted({*_going_back(by_name.get("epoch"), step), *restarts} - {0})
    if len(places) > _MOST_RESTARTS:
        return 0, ()
    # Norms that are held at the cap are alike in every run; losses are not.
    if progress is not None and places and _are_saves(columns, places):
        return places[-1], _notes(places[-1], 1, len(places), ())
    begin, runs = 0, 1
    continued: list[int] = []
    for at, end in zip(places, [*places[1:], np.inf][: len(places)], strict=True):
        if progress is not None and not _counts_on(step, at) and _is_fresh(progress, begin, at, end):
            begin, runs, continued = at, runs + 1, []
        else:
            continued.append(at)
    return begin, _notes(begin, runs, 0, [at - begin for at in continued])


def _going_back(epoch: Understood | None, step: Understood | None) -> list[int]:
    """The rows at which the epochs go back, or without epochs, at which the steps return to the first."""
    column = epoch or step
    if column is None or not len(column.numbers.rows):
        return []
    values = column.numbers.values
    back = np.flatnonzero(values[1:] < values[:-1]) + 1
    if epoch is None:
        back = back[values[back] <= values[0]]
    return [int(row) for row in column.numbers.rows[back]]


def _counts_on(step: Understood | None, at: int) -> bool:
    """Whether the steps go on counting over a row."""
    if step is None:
        return False
    before, after = _between(step, 0, at), _between(step, at, np.inf)
    return bool(len(before) and len(after) and after[0] > before[-1])


def _is_fresh(progress: Understood, begin: int, at: int, end: float) -> bool:
    """Whether the loss, or the accuracy, is again nearer to where it began than to where it ended."""
    before, after = _between(progress, begin, at), _between(progress, at, end)
    if not len(before) or not len(after):
        return False
    few = max(1, min(_SMOOTHED, len(before) // 10))
    first, last, again = (float(np.median(values)) for values in (before[:few], before[-few:], after[:few]))
    if not np.isfinite(last):
        # A training that has become NaN does not come back from it.
        return bool(np.isfinite(again))
    return abs(again - first) < abs(again - last)


def _are_saves(columns: Sequence[Understood], places: Sequence[int]) -> bool:
    """Whether the rows between two places stand again behind the second one, as a growing history does.

    Where the first save had one row, the rows do not go back behind it.
    """
    ends = [*places[1:], np.inf]
    later = all(_repeats(columns, *rows) for rows in zip(places, places[1:], ends[1:], strict=False))
    return later and any(_repeats(columns, first, places[0], ends[0]) for first in (0, 1))


def _repeats(columns: Sequence[Understood], begin: int, at: int, end: float) -> bool:
    """Whether the rows from `at` to before `end` are those from `begin` on again, and perhaps more."""
    pairs = [(_between(column, begin, at), _between(column, at, end)) for column in columns]
    return all(np.array_equal(before, after[: len(before)], equal_nan=True) for before, after in pairs)


def _between(column: Understood, begin: int, end: float) -> npt.NDArray[np.float64]:
    """The values of the rows from `begin` to before `end`."""
    rows = column.numbers.rows
    return column.numbers.values[(rows >= begin) & (rows < end)]


def _notes(begin: int, runs: int, saves: int, continued: Sequence[int]) -> tuple[Message, ...]:
    notes = []
    if saves:
        notes.append(
            say(
                "The rows were written again {count}, each time from the first on; the last time counts.",
                count=counted(saves, "time"),
            )
        )
    if runs > 1:
        notes.append(
            say(
                "The log has {runs} runs, one after the other, each from fresh weights. Only the last one "
                "counts; what comes before it ({begin}) was left out.",
                runs=runs,
                begin=counted(begin, "row"),
            )
        )
    if continued:
        notes.append(
            say(
                "The log begins again {count}, first after {continued}; nothing shows that the weights "
                "were fresh there, so all rows count as one training.",
                count=counted(len(continued), "time"),
                continued=counted(continued[0], "row"),
            )
        )
    return tuple(notes)
