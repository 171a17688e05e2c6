"""What every step of reading one model file needs to know."""

from dataclasses import dataclass, field

from grader.measure.models.limits import Limits
from grader.measure.models.wording import shown


@dataclass(frozen=True)
class Reading:
    """One model file while it is read.

    Attributes:
        name: the file's name, fit to show.
        limits: the caps.
        notes: sentences on what was changed, each once; the one part that grows as the steps go.
    """

    name: str
    limits: Limits
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Keep a sentence on what was changed."""
        if sentence not in self.notes and len(self.notes) < self.limits.notes:
            self.notes.append(sentence)


def start(name: str, limits: Limits) -> Reading:
    """Begin to read the file of this name."""
    return Reading(shown(name.replace("\\", "/").rpartition("/")[2]), limits)
