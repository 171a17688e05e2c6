"""Every error that is raised on purpose; its class says who must act.

Any other exception is a bug of ours: the items are errors, the traceback goes to the operator's log, and the
next submission is graded.
"""

from collections.abc import Collection, Mapping
from itertools import islice

from grader.messages.message import EMPTY, Message, say

_MOST_NAMED = 12


class GraderError(Exception):
    """A sentence for the person who must act, and a hint that says what to do next."""

    def __init__(self, message: Message | str, hint: Message | str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RubricError(GraderError):
    """For the teacher: a mistake in the rubric, named with `file:line`. Exit 2, nothing is graded."""


class UsageError(GraderError):
    """For whoever typed the command: what it names cannot be used. Exit 2, nothing is graded."""


class _ReportedError(GraderError):
    """It stands in a report, in the language of its reader."""

    message: Message
    hint: Message

    def __init__(self, message: Message, hint: Message = EMPTY) -> None:
        super().__init__(message, hint)


class SubmissionError(_ReportedError):
    """For the student: a file is missing or cannot be used; the item fails with this sentence."""


class DoubtError(_ReportedError):
    """For the teacher: only a person can say what it means; the items wait for that, and nobody fails."""


class WorkerError(_ReportedError):
    """For the operator: time, memory, or a worker that died; the items are errors, never a zero."""


class IsolationError(GraderError):
    """For the operator: the sandbox is weaker than the command line asks for. Exit 3, nothing is graded."""


def require_known(
    name: str, known: Collection[str], noun: Message | str, others: Mapping[str, str] | None = None
) -> None:
    """Raise `UsageError` for an unknown name, with the nearest as a hint; `noun` says what it would name.

    People may take `others` for names; each leads to a known one.
    """
    if name in known:
        return
    # Every command imports this module, and `--help` needs none of these.
    from grader.messages.english import closest
    from grader.messages.wording import listed, quoted

    others = others or {}
    if match := closest(name, [*known, *others]):
        hint = say("Did you mean {name}?", name=quoted(others.get(match, match)))
    else:
        shown: list[Message | str] = [quoted(one) for one in islice(known, _MOST_NAMED)]
        if (more := len(known) - len(shown)) > 0:
            shown.append(say("{number} more", number=f"{more:,}"))
        hint = say("Choose from {names}.", names=listed(shown)) if shown else EMPTY
    raise UsageError(say("There is no {noun} {name}.", noun=noun, name=quoted(name)), hint)
