"""A figure made of lines, as SVG: read as XML, never rendered; what it refers to is not looked for."""

import re
from collections import Counter
from xml.parsers import expat

from grader.errors import SubmissionError
from grader.evidence.figure import Figure
from grader.measure.figure.refusals import damaged, too_much
from grader.messages.phrase import say

MOST_ELEMENTS = 500_000
DEEPEST = 100
_NAMESPACE = "http://www.w3.org/2000/svg"
# Two of them are a point of a line.
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SHAPES = {"circle", "ellipse", "image", "line", "rect"}
_LINKS = ("href", "http://www.w3.org/1999/xlink href")
_HIDDEN = {"defs", "symbol", "clipPath", "mask", "marker", "pattern", "metadata"}


class _EntityError(Exception):
    """The document declares an entity."""


class _Marks:
    """Counts the marks of a document while it is parsed."""

    def __init__(self, name: str) -> None:
        self._points = 0
        self._used: Counter[str] = Counter()
        self.root = ""
        self._name = name
        self._elements = 0
        self._open: list[str] = []
        self._hidden = 0

    @property
    def count(self) -> int:
        """The points, and how often the one symbol is used that is used most: letters are symbols, too."""
        return self._points + max(self._used.values(), default=0)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        namespace, _, own = tag.rpartition(" ")
        self.root = self.root or tag
        self._open.append(own)
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise too_much(self._name, say("elements or more"), self._elements, MOST_ELEMENTS)
        if len(self._open) > DEEPEST:
            raise too_much(self._name, say("elements inside one another"), len(self._open), DEEPEST)
        self._hidden += own in _HIDDEN
        if self._hidden or namespace != _NAMESPACE:
            return
        points = attributes.get("d") or attributes.get("points") or ""
        self._points += (own in _SHAPES) + len(_NUMBER.findall(points)) // 2
        if own == "use":
            self._used[next((attributes[link] for link in _LINKS if link in attributes), "")] += 1

    def end(self, _tag: str) -> None:
        """An element ends."""
        self._hidden -= self._open.pop() in _HIDDEN


def read_svg(name: str, content: bytes) -> Figure:
    """What is known of an SVG.

    Args:
        name: of its file, for the sentences.
        content: of its file.

    Raises:
        SubmissionError: it is damaged, is no SVG, declares entities, or has too much in it.
    """
    marks = _Marks(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = marks.start
    parser.EndElementHandler = marks.end
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except _EntityError:
        raise SubmissionError(
            say("{name} declares entities, which are not read.", name=name),
            say("Save the figure as a PNG, and hand in that file."),
        ) from None
    except (expat.ExpatError, ValueError, LookupError):
        raise damaged(name, say("an SVG")) from None
    if marks.root != f"{_NAMESPACE} svg":
        raise damaged(name, say("an SVG"))
    return Figure(form="svg", marks=marks.count)


def _refuse(*_: object) -> None:
    raise _EntityError
