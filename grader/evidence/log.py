"""The training log as data."""

from typing import ClassVar

from grader.evidence.part import Part, Wanted
from grader.evidence.values import Rows, Scope, Sentence, Series, Stage, Text
from grader.frozen import Frozen
from grader.messages.message import say


class Cell(Frozen):
    """A cell that is not a number: its 0-based row, and what stands there."""

    row: int
    text: Text


class Column(Frozen):
    """One column of the log under its normalised name.

    Attributes:
        name: the normalised name: `epoch`, `step`, `loss`, `val_accuracy`, `gradient_norm`, ...
        header: the name as the student wrote it.
        rows: the 0-based row of each value; rows without a value are left out.
        values: what the log says there; NaN and infinity are kept. An accuracy is in [0, 1].
        unreadable: up to three cells that are not numbers.
        unreadable_count: how many such cells there are.
        scope: for a gradient norm, what the header or `submission.yaml` declares, else None.
        stage: likewise.
    """

    name: Text
    header: Text
    rows: Rows
    values: Series
    unreadable: tuple[Cell, ...] = ()
    unreadable_count: int = 0
    scope: Scope | None = None
    stage: Stage | None = None


class Log(Part):
    """The training log as data.

    Attributes:
        form: how it was written: `csv`, `json`, `jsonl`, ...
        rows: rows with at least one value.
        columns: the columns whose meaning is known.
        ignored: the headers whose meaning is not known, at most 50 of them.
        notes: what had to be understood to read it, for a person.
    """

    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("log"),
        description="Patterns for the training log; the first that matches decides.",
        advice=say(
            'Write the log while training, with `grader.student.NormLogger("training_log.csv")`, and put '
            "it into the submission's folder."
        ),
        patterns=(
            *("training_log.csv", "training_log.json", "training_log.jsonl"),
            *("*.csv", "*.jsonl", "*.json"),
        ),
    )

    form: Text
    rows: int
    columns: tuple[Column, ...]
    ignored: tuple[Text, ...] = ()
    notes: tuple[Sentence, ...] = ()

    def column(self, name: str) -> Column | None:
        """The first column of this normalised name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def norms(self) -> tuple[Column, ...]:
        """The columns that hold gradient norms."""
        return tuple(column for column in self.columns if column.name == "gradient_norm")
