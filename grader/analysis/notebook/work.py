"""Whether somebody has worked in a cell, by its lines alone, and the headings that it stands below."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

Work: TypeAlias = Literal["nothing", "comments", "placeholder", "done"]

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_FENCES = ("```", "~~~")
_LEFT_TO_DO = "raise NotImplementedError"
# Lines that a handed out function has before anybody has worked in it.
_STUBS = {"pass", "...", "return", "return None"}
_BEGINS = ("def ", "async def ", "class ", "@")
_QUOTES = ('"""', "'''", 'r"""', "r'''")
# nbgrader's and JupyterLab's own words for what a student is to replace.
_ANSWERS = (
    "your answer here",
    "type your answer",
    "write your answer",
    "double-click to edit",
    "type markdown",
)


def work_in(kind: str, source: str) -> Work:
    """What stands in a cell: nothing, comments, a placeholder, or work."""
    if not source.strip():
        return "nothing"
    if kind == "code":
        return _work_in_code(source)
    lines = [line.strip().strip("*_ ").casefold() for line in source.splitlines()]
    left = [line for line in lines if line and not _HEADING.match(line)]
    return "done" if any(not line.startswith(_ANSWERS) for line in left) else "placeholder"


def _work_in_code(source: str) -> Work:
    code = list(_code(source))
    if any(line.startswith(_LEFT_TO_DO) for line in code):
        return "placeholder"
    if not all(map(_is_stub, code)):
        return "done"
    return "placeholder" if code else "comments"


def _is_stub(line: str) -> bool:
    """Whether a line is of a function without a body, as it is handed out."""
    if line.startswith(_BEGINS) and not line.startswith("@"):
        body = line.rpartition(":")[2].strip()
        return not body or body in _STUBS or line.endswith(("(", ","))
    return line in _STUBS or line.startswith("@")


def _code(source: str) -> Iterator[str]:
    """The lines of code without comments and docstrings; a signature of several lines is its first."""
    closing, in_signature = "", False
    for whole in source.splitlines():
        line = whole.strip()
        if closing:
            closing = "" if closing in line else closing
        elif in_signature:
            in_signature = not line.endswith(":")
        elif line.startswith(_QUOTES):
            quote = line.lstrip("r")[:3]
            closing = "" if quote in line.partition(quote)[2] else quote
        elif line and not line.startswith("#"):
            in_signature = line.startswith(_BEGINS[:3]) and line.endswith(("(", ","))
            yield line.partition(" #")[0].rstrip()


def headings(before: Sequence[tuple[int, str]], source: str) -> tuple[tuple[int, str], ...]:
    """The headings with their levels that what follows a text stands below, where it stands below others."""
    below, fence = list(before), ""
    for whole in source.splitlines():
        line = whole.strip()
        if fence or line.startswith(_FENCES):
            fence = "" if fence and line.startswith(fence) else fence or line[:3]
        elif found := _HEADING.fullmatch(line):
            level = len(found[1])
            below = [*(one for one in below if one[0] < level), (level, found[2].strip("#*_` \t"))]
    return tuple(below)
