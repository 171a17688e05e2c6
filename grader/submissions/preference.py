"""How much the name of a file speaks for it, where several could be the one that is looked for."""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.messages.message import Message, say
from grader.messages.wording import quoted

DECLARATION = ("submission.yaml", "submission.yml")
# How browsers, learning platforms and people tell a later file of one name from an earlier one.
_AGAIN = re.compile(r"(?: ?\((\d{1,3})\)|(?<=\w)-(\d{1,2}))(?=(?:\.[^.]*)?$)", re.ASCII)
_COPY = re.compile(r"^copy of |^copia de |(?: -)? copy(?: \d+)?(?=(?:\.[^.]*)?$)")
# A day with or without a time, or seconds since 1970, as in the names of TensorBoard's files.
_DATE = re.compile(
    r"(?<!\d)(?:(20\d\d)([-_.]?)([01]\d)\2([0-3]\d)(?:[-_ T]?([0-2]\d)[-_.:]?([0-5]\d))?|(1\d{9}))(?!\d)"
)


@dataclass(frozen=True, order=True)
class Preference:
    """How a name stands among others; the least is preferred.

    `pattern` is the number of the first that matches, `depth` counts the parts of the name. Of the names of
    one `stem` the newest is preferred, as far as they say which that is: `older` falls with each attempt.
    """

    pattern: int
    depth: int
    stem: str
    older: int
    name: str


def preferred(names: Iterable[str], patterns: Sequence[str]) -> list[Preference]:
    """The names that match a pattern, the preferred one first.

    Letter case does not matter. A pattern is matched against as many last parts of a name as it has itself.
    `submission.yaml` is taken only by its own name, never by a wildcard.
    """
    asked = [PurePosixPath(pattern.casefold()).parts for pattern in patterns]
    return sorted(found for name in names if (found := _preference(name, asked)))


def reason(first: Preference, second: Preference, patterns: Sequence[str]) -> Message:
    """Why the first is preferred to the second, where the rubric has these patterns and there are others."""
    if first.pattern < second.pattern < len(patterns):
        one, other = patterns[first.pattern], patterns[second.pattern]
        return say("`{first}` is preferred to `{second}`", first=one, second=other)
    if first.pattern < second.pattern:
        is_asked = first.pattern < len(patterns)
        return say("the rubric asks for its name") if is_asked else say("its name is the more usual one")
    if first.depth < second.depth:
        return say("it is in the outermost folder")
    if is_newer(first, second):
        return say("its name says that it is the newest")
    return say("it is the first alphabetically")


def is_newer(first: Preference, second: Preference) -> bool:
    """Whether both are attempts at one file, and the first is the later one."""
    return first.stem == second.stem and first.older < second.older


def note(role: Message, used: str, why: Message, ignored: Sequence[str]) -> Message:
    """What a report says of a choice among several files."""
    also: Message | str = ", ".join(map(quoted, ignored[:3]))
    if len(ignored) > 3:
        also = say("{names} and others", names=also)
    return say(
        "Used {name} as the {role}, because {reason}; ignored {also}.",
        role=role,
        name=quoted(used),
        reason=why,
        also=also,
    )


def _preference(name: str, patterns: Sequence[Sequence[str]]) -> Preference | None:
    path = PurePosixPath(name.casefold())
    *folders, last = path.parts
    stem, older = _attempt(last)
    # A second download of `model.keras` is called `model (1).keras` by nobody's choice.
    alike = {last, stem} if older < 0 else {last}
    for number, asked in enumerate(patterns):
        if last in DECLARATION and list(asked) != [last]:
            continue
        if any(_matches((*folders, one), asked) for one in alike):
            return Preference(number, len(path.parts), "/".join((*folders, stem)), older, name)
    return None


def _attempt(name: str) -> tuple[str, int]:
    """The name without what tells attempts apart, and how old that says this one is."""
    if dated := _DATE.search(name):
        year, _, month, day, hour, minute, seconds = dated.groups(default="")
        when = seconds or f"{year}{month}{day}{hour or '00'}{minute or '00'}"
        # What follows the seconds is the machine and the process that wrote an event file.
        return name[: dated.start()] + ("" if seconds else name[dated.end() :]), -int(when)
    if copied := _COPY.search(name):
        return name.replace(copied[0], "", 1), 1
    if again := _AGAIN.search(name):
        return name.replace(again[0], "", 1), -int(again[1] or again[2])
    return name, 0


def _matches(parts: Sequence[str], asked: Sequence[str]) -> bool:
    last = parts[-len(asked) :]
    return len(last) == len(asked) and all(map(fnmatch.fnmatchcase, last, asked))
