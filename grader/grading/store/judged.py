"""What was found in kept evidence, so that it is not looked for again where a rubric was changed a little."""

from pathlib import Path
from typing import Any

from pydantic import model_validator

from grader.grading.findings import Outcome, Outline
from grader.grading.store import sealed
from grader.messages.translatable import Translatable, with_phrases


class Judged(Translatable):
    """What was found in one submission's evidence.

    Attributes:
        program: the SHA-256 of the program that found it.
        outline: what its report says beside the items.
        outcomes: by the identity of the check.
    """

    program: str
    outline: Outline
    outcomes: dict[str, Outcome]

    @model_validator(mode="before")
    @classmethod
    def _parsed(cls, data: Any) -> Any:
        # What is sealed comes as parsed JSON, into which phrases are put faster than into models.
        match data:
            case {"phrases": {} as phrases}:
                return with_phrases({**data, "phrases": {}}, phrases)
        return data


def read_judged(path: Path, program: str) -> Judged | None:
    """What this program found; None where nothing is kept, or another program found it."""
    judged = sealed.read(Judged, path)
    return judged if judged is not None and judged.program == program else None
