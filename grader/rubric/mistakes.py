"""The mistakes in a rubric, each with its line, as one error for the teacher."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.errors import RubricError

# A file that is no rubric at all has thousands.
MOST_SHOWN = 50


@dataclass(frozen=True)
class Mistake:
    """One thing to correct; the hint says how, where that is not plain from the message."""

    line: int
    message: str
    hint: str = ""


def refusal(file: str, mistakes: Iterable[Mistake]) -> RubricError:
    """The error that names each mistake once, one per line, in the order of the file, up to `MOST_SHOWN`."""
    ordered = sorted(dict.fromkeys(mistakes), key=lambda mistake: mistake.line)
    shown, left = ordered[:MOST_SHOWN], len(ordered[MOST_SHOWN:])
    hints = [mistake.hint for mistake in shown if mistake.hint]
    if left:
        hints.append(f"{left} more mistakes come after these.")
    return RubricError(
        message="\n".join(f"{mistake.message} ({file}:{mistake.line})" for mistake in shown),
        hint=" ".join(dict.fromkeys(hints)),
    )
