"""Lists of names in sentences that stay English: those for teachers and for whoever types a command."""

import difflib
from collections.abc import Iterable, Sequence

from grader.messages.wording import quoted

_SHORTEST_PART = 3


def names(words: Iterable[str], last: str = "and") -> str:
    """Write several names in an English sentence, each `quoted`: `a`, `b` and `c`; "none" without any."""
    return in_english([quoted(word) for word in words], last)


def in_english(words: Sequence[str], last: str = "and") -> str:
    """Write a list in an English sentence; "none" where it is empty."""
    *rest, end = words or ("none",)
    return f"{', '.join(rest)} {last} {end}" if rest else end


def closest(word: str, allowed: Iterable[str]) -> str:
    """The name that is most like a word, whatever its letter case, or has it in it; "" if none does."""
    folded = {name.casefold(): name for name in allowed}
    match = difflib.get_close_matches(word.casefold(), folded, n=1)
    match = match or [name for name in folded if len(word) >= _SHORTEST_PART and word.casefold() in name]
    return folded[match[0]] if match else ""


def nearest(word: str, allowed: Iterable[str], otherwise: str) -> str:
    """The rest of an English sentence on an unknown name: the nearest, or all after the words `otherwise`."""
    allowed = list(allowed)
    if match := closest(word, allowed):
        return f"did you mean {quoted(match)}?"
    return f"{otherwise} {names(allowed)}." if allowed else f"{otherwise}."
