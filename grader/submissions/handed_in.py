"""When a submission was handed in, and until when it could be, as far as a platform says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_SPACE_BEFORE_ZONE = re.compile(r"\s+(?=(?:Z|UTC|[+-]\d\d:?\d\d)$)")
# What is far from today is no time of a homework, and cannot be written in every zone.
_YEARS = range(1990, 2200)


@dataclass(frozen=True)
class HandedIn:
    """When a submission was handed in and due, and whether its platform marks it as late.

    A time that no platform says, or that cannot be read, is None, and nobody is late by it.
    """

    at: datetime | None = None
    due: datetime | None = None
    is_marked_late: bool = False


NOT_KNOWN = HandedIn()


def time_of(text: object) -> datetime | None:
    """A time as platforms write it in ISO 8601, with its offset from UTC; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(_SPACE_BEFORE_ZONE.sub("", text.strip()).replace("UTC", "Z"))
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in _YEARS else None


def latest(texts: Iterable[object]) -> datetime | None:
    """The latest time among texts; None where none of them is one."""
    return max(filter(None, map(time_of, texts)), default=None)
