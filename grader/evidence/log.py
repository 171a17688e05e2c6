"""The training log as data."""

import math
from typing import ClassVar, Self

from pydantic import model_validator

from grader.evidence.frozen import Frozen
from grader.evidence.part import Merit, Part, Wanted
from grader.evidence.values import Count, Rows, Scope, Sentence, Series, Stage, Text
from grader.messages.message import Message, say


class Cell(Frozen):
    """A cell that is not a number: its 0-based row, and what stands there."""

    row: int
    text: Text


class Column(Frozen):
    """One column of the log; its `name` is `epoch`, `loss`, `gradient_norm`, ..., its `header` the student's.

    Each of the `values`, NaN and infinity among them, has its 0-based row; an accuracy is in [0, 1]. Up to
    three of the `unreadable_count` cells that are not numbers are kept. Scope and stage are declared, by the
    header of a gradient norm or by `submission.yaml`.
    """

    name: Text
    header: Text
    rows: Rows
    values: Series
    unreadable: tuple[Cell, ...] = ()
    unreadable_count: Count = 0
    scope: Scope | None = None
    stage: Stage | None = None

    @model_validator(mode="after")
    def _one_row_for_each_value(self) -> Self:
        import numpy as np

        if len(self.rows) != len(self.values):
            raise ValueError("must have a row for each value")
        if (np.diff(np.asarray(self.rows, np.int64), prepend=-1) < 1).any():
            raise ValueError("must have its rows in order")
        return self


class Log(Part):
    """The training log as data, written as `csv`, `json`, `jsonl`, ...: the columns whose meaning is known.

    `ignored` has at most 50 headers whose meaning is not known, `rows` is how many rows have at least one
    value, and the notes say what was assumed to read it. A `cell` of a notebook printed it, unless that is 0.
    """

    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("log"),
        description="Patterns for the training log, the preferred one first; among several files, what they "
        "hold decides.",
        advice=say(
            'Write the log while training, with `grader.student.NormLogger("training_log.csv")`, and put '
            "it into the submission's folder."
        ),
        patterns=(
            *("training_log.csv", "training_log.json", "training_log.jsonl"),
            *("training.log", "log.csv", "history.json"),
        ),
        others=(
            *("*log*.csv", "*norm*.csv", "*history*.json", "*.csv", "*.jsonl", "*.ndjson", "*.json"),
            *("*.tsv", "*.txt", "*.log", "*.npy", "*.npz", "*tfevents*", "grad_norm", "gradient_norm"),
            *("*.pkl", "*.pickle", "*.xlsx", "*.xls", "*.ods", "*.parquet", "*.ipynb"),
        ),
    )

    form: Text
    rows: Count
    columns: tuple[Column, ...]
    ignored: tuple[Text, ...] = ()
    notes: tuple[Sentence, ...] = ()
    cell: Count = 0

    def column(self, name: str) -> Column | None:
        """The first column of this normalised name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def merits(self) -> tuple[Merit, ...]:
        """Norms of its steps, then any norm, then an accuracy; then that a training wrote it to a file."""
        return (
            Merit(self.trained_steps is not None, say("it has a gradient norm for each step")),
            Merit(any(column.values for column in self.norms()), say("it has a gradient norm")),
            Merit(
                any(column.name in {"accuracy", "val_accuracy"} for column in self.columns),
                say("it has an accuracy"),
            ),
            Merit(not self.cell, say("it is a file of its own")),
        )

    @property
    def remarks(self) -> tuple[Message, ...]:
        """What was assumed."""
        return self.notes

    @property
    def trained_steps(self) -> int | None:
        """How many norms there are, unless there is no more than one for each epoch."""
        epoch, most = self.column("epoch"), max((len(column.values) for column in self.norms()), default=0)
        epochs = {math.floor(value) for value in epoch.values if math.isfinite(value)} if epoch else ()
        return most if most > max(1, len(epochs)) else None

    def norms(self) -> tuple[Column, ...]:
        """The columns that hold gradient norms."""
        return tuple(column for column in self.columns if column.name == "gradient_norm")
