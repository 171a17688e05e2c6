"""The words in which the readers of logs speak to a student."""

from collections.abc import Iterable

from grader.messages import wording
from grader.messages.message import Message, say
from grader.messages.safe_text import plain

ADVICE = say(
    "Submit a CSV file with one row for each training step; "
    '`grader.student.NormLogger("training_log.csv")` writes it while `model.fit` runs.'
)

_LONGEST_NAME = 60
_MOST_NAMES = 8


def shown(text: str) -> str:
    """A piece of the student's file between backticks, shortened, with nothing in it that acts."""
    return f"`{plain(text, _LONGEST_NAME).replace('`', chr(39))}`"


def listed(names: Iterable[str]) -> Message:
    """Several names in a sentence: `a`, `b` and `c`; of many, the first eight and how many follow."""
    every: list[Message | str] = [shown(name) for name in names]
    if len(every) > _MOST_NAMES:
        every = [*every[:_MOST_NAMES], say("{left_out} more", left_out=len(every) - _MOST_NAMES)]
    return wording.listed(every)


def counted(count: int, noun: str) -> Message:
    """How many of a thing: `1 row`, `2 rows`, `1,719 rows`."""
    return wording.counted(count, noun, grouped=True)
