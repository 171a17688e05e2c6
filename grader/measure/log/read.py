"""Reads a training log of any form that people write, and says what its columns mean.

The bytes are decoded (`document`), one of the `forms` makes a table of them, `long` makes a long one wide,
`columns` and `names` give the columns their meaning, and `runs` finds the run that counts.
"""

from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.log import Column, Log
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE, LONGEST_TEXT
from grader.measure.log.columns import Understood, understand
from grader.measure.log.document import Document, open_document, unknown
from grader.measure.log.forms import forms
from grader.measure.log.groups import groups, refuse_table_of_runs
from grader.measure.log.long import widened
from grader.measure.log.notebook import log_in
from grader.measure.log.runs import last_run
from grader.measure.log.table import Table, listed
from grader.measure.notebook.cells import is_notebook
from grader.measure.request import takes_notebooks
from grader.measure.runs import SeveralRuns, words
from grader.messages.message import Message, say, shortened
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.rubric import Limits, Plan

# Workers are forked from a process that has imported them.
_FORMS = forms()
_MOST_IGNORED = 50
_MOST_NOTES = 20


def read(name: str, content: bytes, declaration: Declaration, plan: Plan) -> Log | SeveralRuns:
    """Read a training log; what it is, is judged by its content and never by its name.

    Where it says of each row or list which run it is of, there are several logs, or the one that is declared.
    If several runs from fresh weights stand one after the other without a name, the rows are those of the
    last one, counted from 0; see `last_run`. Refused if it is not a log, or one that cannot be understood.
    Of a notebook, what its cells printed is read, where the rubric's patterns for the log name notebooks.
    """
    if is_notebook(content) and takes_notebooks("log", name, plan):
        return log_in(
            name,
            content,
            declaration,
            lambda document: _read(document, declaration, plan.limits),
            several=bool(plan.runs),
        )
    return _read(open_document(PurePosixPath(name).name, content), declaration, plan.limits)


def _read(document: Document, declaration: Declaration, limits: Limits) -> Log | SeveralRuns:
    table = widened(document.name, _table(document, limits), limits)
    refuse_table_of_runs(document.name, table)
    found = groups(table)
    if found is None:
        return _log(document, table, declaration)
    meant = [run for run in found.tables if declaration.run and words(run) == words(declaration.run)]
    if len(meant) == 1:
        note = say(
            "The log has the runs {runs}, by {by}; {run} was graded, as `submission.yaml` says.",
            runs=listed(found.tables),
            by=found.by,
            run=quoted(meant[0]),
        )
        return _log(document, found.tables[meant[0]], declaration, (note,))
    return SeveralRuns(
        found.by, {run: _tried(document, own, declaration) for run, own in found.tables.items()}
    )


def _tried(document: Document, table: Table, declaration: Declaration) -> Log | Problem:
    """The log of one of several runs, or why it cannot be understood."""
    try:
        return _log(document, table, declaration)
    except SubmissionError as error:
        return Problem(
            who="student",
            message=shortened(error.message, LONGEST_SENTENCE),
            hint=shortened(error.hint, LONGEST_SENTENCE),
        )


def _log(document: Document, table: Table, declaration: Declaration, said: tuple[Message, ...] = ()) -> Log:
    """The log of one run."""
    columns, ignored, notes = understand(document.name, table, declaration)
    begin, on_runs = last_run(columns, table.restarts) if table.aligned else (0, ())
    if begin:
        table = table.since(begin)
        columns, ignored, notes = understand(document.name, table, declaration)
    every = (*said, *document.notes, *table.notes, *notes, *on_runs)
    return Log(
        form=table.form,
        rows=table.rows,
        columns=tuple(map(_column, columns)),
        ignored=tuple(plain(header, LONGEST_TEXT) for header in ignored[:_MOST_IGNORED]),
        notes=tuple(shortened(note, LONGEST_SENTENCE) for note in every[:_MOST_NOTES]),
    )


def _table(document: Document, limits: Limits) -> Table:
    for form in _FORMS:
        if form.recognises(document):
            table: Table = form.read(document, limits)
            return table
    raise unknown(document)


def _column(column: Understood) -> Column:
    numbers = column.numbers
    return Column(
        name=column.meaning.name,
        header=plain(column.header, LONGEST_TEXT),
        rows=tuple(numbers.rows.tolist()),
        values=tuple(numbers.values.tolist()),
        unreadable=numbers.unreadable,
        unreadable_count=numbers.unreadable_count,
        scope=column.meaning.scope,
        stage=column.meaning.stage,
    )
