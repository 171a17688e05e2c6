"""What was found in kept evidence, so that it is not looked for again where a rubric was changed a little."""

from pathlib import Path

from grader.frozen import Frozen
from grader.outcomes import Outcome, Outline
from grader.store import sealed


class Judged(Frozen):
    """What was found in one submission's evidence.

    Attributes:
        program: the SHA-256 of the program that found it.
        outline: what its report says beside the items.
        outcomes: by the identity of the check.
    """

    program: str
    outline: Outline
    outcomes: dict[str, Outcome]


def read_judged(path: Path, program: str) -> Judged | None:
    """What this program found; None where nothing is kept, or another program found it."""
    judged = sealed.read(Judged, path)
    return judged if judged is not None and judged.program == program else None
