"""The log that a cell of a notebook printed, where a rubric takes one."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.log import Log
from grader.evidence.values import LONGEST_SENTENCE, LONGEST_TEXT
from grader.measure.log.document import Document
from grader.measure.log.table import ADVICE, refusal
from grader.measure.notebook.cells import Cell, open_notebook
from grader.measure.runs import SeveralRuns, words
from grader.messages.message import EMPTY, Message, say, say_counted, shortened, together
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted

_MOST_NAMED = 6
_WEAKER = say(
    "Printed lines are easily typed, and may be a sample of the steps, so they prove less than a file that "
    "the training wrote."
)
_PRINT = say(
    "Print the loss and the gradient norm of each step, such as `step: 1, loss: 2.31, gradient_norm: 0.98`, "
    "run the notebook, and save it with its outputs."
)


def log_in(
    name: str,
    content: bytes,
    declaration: Declaration,
    read: Callable[[Document], Log | SeveralRuns],
    *,
    several: bool = False,
) -> Log | SeveralRuns:
    """The log among what the cells of a notebook printed; `read` reads that of one cell.

    The one counts that holds most of what is graded. Several that hold as much, none of which has twice the
    rows of the others, are several runs, each called by its headings and its cell; where the rubric asks for
    `several`, so are all. Refused if there is none.
    """
    _, cells = open_notebook(name, content)
    file, logs, within, why = PurePosixPath(name).name, dict[Cell, Log](), dict[Cell, SeveralRuns](), EMPTY
    texts = [(cell, text) for cell in cells for text in (cell.printed(), *cell.tables()) if text]
    # Why the longest of them is no log is what a student can use.
    for cell, text in sorted(texts, key=lambda one: len(one[1])):
        try:
            found = read(Document(f"cell {cell.number}", text.encode("utf-8", "replace"), f"{text}\n"))
        except SubmissionError as error:
            why = error.message
            continue
        if isinstance(found, SeveralRuns):
            within[cell] = found
        elif cell not in logs or _amounts(found) >= _amounts(logs[cell]):
            logs[cell] = found
    if not logs and within:
        (cell, runs), *_ = within.items()
        parts = {
            run: _noted(file, cell, part) if isinstance(part, Log) else part
            for run, part in runs.parts.items()
        }
        return SeveralRuns(runs.by, parts)
    if not logs:
        raise _no_log(file, why)
    # A single row is what was evaluated, unless there is nothing else.
    logs = {cell: log for cell, log in logs.items() if log.rows > 1} or logs
    best = logs if several else _best(logs)
    meant = [cell for cell in best if declaration.run and _is_called(cell, declaration.run)]
    if len(best) > 1 and len(meant) != 1:
        in_order = sorted(best, key=lambda cell: cell.number)
        return SeveralRuns(
            say("its cells"), {_name(cell): _noted(file, cell, logs[cell]) for cell in in_order}
        )
    cell = (meant or list(best))[0]
    return _noted(file, cell, logs[cell], sorted(other.number for other in logs if other is not cell))


def _amounts(log: Log) -> tuple[bool, tuple[int, ...], int]:
    """How much of a log there is: more than a row, what is graded, rows."""
    return log.rows > 1, tuple(merit.amount for merit in log.merits), log.rows


def _best(logs: Mapping[Cell, Log]) -> Mapping[Cell, Log]:
    """The logs that hold most, those with more than half of the most rows."""
    most = max(_amounts(log)[:2] for log in logs.values())
    fullest = {cell: log for cell, log in logs.items() if _amounts(log)[:2] == most}
    rows = max(log.rows for log in fullest.values())
    return {cell: log for cell, log in fullest.items() if 2 * log.rows > rows}


def _name(cell: Cell) -> str:
    return plain(", ".join([*cell.headings, f"cell {cell.number}"])[-LONGEST_TEXT:], LONGEST_TEXT)


def _is_called(cell: Cell, name: str) -> bool:
    return words(name) in {words(_name(cell)), words(f"cell {cell.number}")}


def _noted(file: str, cell: Cell, log: Log, others: Sequence[int] = ()) -> Log:
    """A log with the cell that it comes from, and those whose logs were left out."""
    many = [*map(str, others[:_MOST_NAMED]), *(["..."] if len(others) > _MOST_NAMED else [])]
    source = say("The log is what cell {number} of {name} printed.", number=cell.number, name=quoted(file))
    left_out = say_counted(
        len(others),
        "Left out is the log that cell {cells} printed.",
        "Left out are the logs that the cells {cells} printed.",
        cells=listed(many),
    )
    note = shortened(together(source, left_out if others else EMPTY, _WEAKER), LONGEST_SENTENCE)
    return log.model_copy(update={"cell": cell.number, "notes": (note, *log.notes)})


def _no_log(file: str, why: Message) -> SubmissionError:
    none = say("No cell of the notebook {name} printed a log.", name=quoted(file))
    nothing = say("There are no outputs that are text.")
    return refusal(shortened(together(none, why or nothing), LONGEST_SENTENCE), together(_PRINT, ADVICE))
