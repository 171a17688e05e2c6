"""Every error that is raised on purpose; its class says who must act.

    GraderError            message, hint
    +-- RubricError        the teacher: a mistake in the rubric            exit 2, nothing is graded
    +-- UsageError         whoever typed the command                       exit 2, nothing is graded
    +-- SubmissionError    the student: a file that cannot be used         the item fails, with this sentence
    +-- WorkerError        the operator: time, memory, a dead process      the items are errors, never a zero
    +-- IsolationError     the operator: the sandbox is weaker than asked  exit 3, nothing is graded

Any other exception is a bug of ours. The items are errors, the traceback goes to the operator's log, and the
next submission is graded.
"""

from collections.abc import Collection

from grader.messages.english import nearest
from grader.messages.message import EMPTY, Message
from grader.messages.wording import quoted


class GraderError(Exception):
    """A sentence for the person who must act, and a hint that says what to do next."""

    def __init__(self, message: Message | str, hint: Message | str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RubricError(GraderError):
    """The rubric has a mistake; the message ends with `file:line`."""


class UsageError(GraderError):
    """The command line names something that is not there or cannot be used."""


class _ReportedError(GraderError):
    """It stands in a report, in the language of its reader."""

    message: Message
    hint: Message

    def __init__(self, message: Message, hint: Message = EMPTY) -> None:
        super().__init__(message, hint)


class SubmissionError(_ReportedError):
    """A student's file is missing, unreadable or not what it should be."""


class WorkerError(_ReportedError):
    """The grader could not do its work: time, memory, or a worker that died."""


class IsolationError(GraderError):
    """The sandbox on this machine is weaker than the command line asks for."""


def require_known(name: str, known: Collection[str], noun: str) -> None:
    """Refuse a name that is not among those that are known, and suggest the nearest; `noun` says of what.

    Raises:
        UsageError: The name is not known.
    """
    if name not in known:
        hint = nearest(name, known, "choose from")
        raise UsageError(f"There is no {noun} {quoted(name)}.", hint[0].upper() + hint[1:])
