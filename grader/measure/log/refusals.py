"""What the columns of a log must have in common, and the sentences for a log where it is not so."""

from collections.abc import Collection, Iterable
from itertools import pairwise

from grader.errors import SubmissionError
from grader.measure.log.names import MEASURED, Meaning, is_nameless
from grader.measure.log.table import Table
from grader.measure.log.wording import ADVICE, counted, listed, shown
from grader.messages.message import say, together


def check_headers(name: str, table: Table) -> None:
    """Refuse a log in which two columns have one name; a reader could only guess which is meant.

    Raises:
        SubmissionError: a name is there twice.
    """
    headers = sorted(column.header for column in table.columns if column.header)
    for first, second in pairwise(headers):
        if first == second:
            raise SubmissionError(
                say(
                    "The log {name} has {count} columns with the name {header}; each name must be there "
                    "once.",
                    name=shown(name),
                    count=headers.count(first),
                    header=shown(first),
                ),
                say("Rename one of the columns or take it out."),
            )


def check_one_run(name: str, meanings: Iterable[Meaning | None]) -> None:
    """Refuse an export of Weights & Biases that has the columns of several runs.

    Raises:
        SubmissionError: there is more than one run.
    """
    runs = tuple(dict.fromkeys(known.run for known in meanings if known and known.run))
    if len(runs) > 1:
        raise SubmissionError(
            say(
                "The log {name} has {count} runs, {runs}; it must be the log of one.",
                name=shown(name),
                count=len(runs),
                runs=listed(runs),
            ),
            say("Export the run of the submitted model alone."),
        )


def check_measured(name: str, table: Table, known: Collection[str], filled: Collection[str]) -> None:
    """Refuse a log with nothing in it that a check could look at.

    Args:
        name: the log's file name, for the sentence.
        table: its columns as they stand in the file.
        known: the canonical names that it has.
        filled: those of them that have values.

    Raises:
        SubmissionError: there is no loss, no accuracy and no gradient norm, or none of them has a value.
    """
    if not MEASURED.isdisjoint(filled):
        return
    headers = [column.header for column in table.columns if column.header]
    if not MEASURED.isdisjoint(known):
        raise SubmissionError(
            say(
                "The log {name} has the columns {headers}, but no value of a loss, an accuracy or a "
                "gradient norm.",
                name=shown(name),
                headers=listed(headers),
            ),
            ADVICE,
        )
    if any(is_nameless(header) for header in headers):
        raise SubmissionError(
            say(
                "The log {name} has a series of {rows}, and nothing says what it is.",
                name=shown(name),
                rows=counted(table.rows, "number"),
            ),
            say(
                "Name the file for what it holds, such as `grad_norm`, or write `norm: {column: value}` "
                "into `submission.yaml`."
            ),
        )
    raise SubmissionError(
        say(
            "The log {name} has no column that is known for a loss, an accuracy or a gradient norm; its "
            "columns are: {headers}.",
            name=shown(name),
            headers=listed(headers),
        ),
        together(
            say("Name the columns `epoch`, `step`, `loss`, `accuracy`, `val_accuracy` and `gradient_norm`."),
            ADVICE,
        ),
    )
