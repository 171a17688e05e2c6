"""A YAML file as plain data, with the line of every value.

It is read from the events of the parser and not with a loader,
so that no anchor, alias, tag or depth of nesting costs anything before it is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from grader.rubric.mistakes import Mistake, refusal
from grader.rubric.scalar import scalar
from grader.rubric.text import read_text
from grader.rubric.wording import name, show

DEEPEST = 12

# Where a value stands: the keys, and the 0-based numbers of list entries, that lead to it.
Place = tuple[str | int, ...]

_COLLECTIONS: dict[type[Event], str] = {MappingStartEvent: "a mapping", SequenceStartEvent: "a list"}


@dataclass(frozen=True)
class Document:
    """What a YAML file says; lists are tuples.

    Attributes:
        file: the file, as it was named.
        content: the mapping at the top.
        lines: the 1-based line of each value; of a mapping's entry, where its key stands.
        mistakes: what a rubric may not have, where the rest could still be read.
    """

    file: str
    content: Mapping[str, Any]
    lines: Mapping[Place, int]
    mistakes: tuple[Mistake, ...]

    def line(self, place: Place) -> int:
        """The line of the value at this place, or of the nearest thing around it."""
        return next(self.lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self.lines)


def read_document(source: Path) -> Document:
    """Read a YAML file as data.

    Raises:
        RubricError: the file cannot be read, is not YAML, or holds no mapping.
    """
    file = str(source)
    text = read_text(source)
    reading = _Reading(YAML(typ="safe", pure=True).parse(text))
    try:
        content = reading.document()
    except MarkedYAMLError as error:
        raise refusal(file, [_not_yaml(error)]) from error
    except (YAMLError, ValueError, AssertionError) as error:
        # The parser lets a few errors of Python through: `"\\U00110000"`, `%YAML 1.9`.
        message = f"The YAML cannot be read behind this line: {str(error)[:200]}."
        raise refusal(file, [Mistake(max(reading.lines.values(), default=1), message)]) from error
    except _Unreadable as stop:
        raise refusal(file, [*reading.mistakes, stop.mistake]) from stop
    return Document(file=file, content=content, lines=reading.lines, mistakes=tuple(reading.mistakes))


class _Unreadable(Exception):  # noqa: N818  (it ends the reading and reaches nobody)
    """Nothing behind this mistake can be understood."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.mistake = Mistake(line, message, hint)


@dataclass
class _Reading:
    """Takes the parser's events one at a time, and so never more of a file than it accepts."""

    events: Iterator[Event]
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def document(self) -> Mapping[str, Any]:
        """The mapping of the file's only document."""
        next(self.events)
        event = next(self.events)
        content = self._value(next(self.events), ()) if isinstance(event, DocumentStartEvent) else None
        if content is None:
            raise _Unreadable(1, "The rubric is empty; it must have `version`, `title` and `items`")
        if not isinstance(content, dict):
            raise _Unreadable(
                self.lines[()], f"A rubric must be a mapping of keys to values. Received: {show(content)}"
            )
        next(self.events)
        if not isinstance(event := next(self.events), StreamEndEvent):
            raise _Unreadable(_line(event), "A rubric must be one YAML document. Received: a second one")
        return content

    def _value(self, event: Event, place: Place) -> Any:
        self.lines.setdefault(place, _line(event))
        if len(place) > DEEPEST:
            raise _Unreadable(
                _line(event), f"A rubric must be nested at most {DEEPEST} levels deep. Received: more"
            )
        self._refuse_references(event)
        if isinstance(event, MappingStartEvent):
            return dict(self._entries(place))
        if isinstance(event, SequenceStartEvent):
            return tuple(self._elements(place))
        if isinstance(event, ScalarEvent):
            return scalar(event.value) if event.style is None else event.value
        return None

    def _entries(self, place: Place) -> Iterator[tuple[str, Any]]:
        first_lines: dict[str, int] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                received = _COLLECTIONS.get(type(event), "an alias")
                raise _Unreadable(_line(event), f"A key must be a word. Received: {received}")
            self._refuse_references(event)
            key, line = event.value, _line(event)
            self.lines.setdefault((*place, key), line)
            value = self._value(next(self.events), (*place, key))
            if key in first_lines:
                message = f"The key {name(key)} must stand once. Received: a second one; the first is on line"
                self.mistakes.append(Mistake(line, f"{message} {first_lines[key]}"))
            else:
                first_lines[key] = line
                yield key, value

    def _elements(self, place: Place) -> Iterator[Any]:
        number = 0
        while not isinstance(event := next(self.events), SequenceEndEvent):
            yield self._value(event, (*place, number))
            number += 1

    def _refuse_references(self, event: Event) -> None:
        if not isinstance(event, NodeEvent):
            return
        if isinstance(event, AliasEvent):
            received = f"the alias {name('*' + event.anchor)}"
        elif event.anchor is not None:
            received = f"the anchor {name('&' + event.anchor)}"
        elif tag := getattr(event, "tag", None):
            received = f"the tag {name(str(tag).replace('tag:yaml.org,2002:', '!!'))}"
        else:
            return
        message = f"A rubric must have no anchors, aliases or tags. Received: {received}"
        self.mistakes.append(Mistake(_line(event), message, "Write each value out where it is used."))


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _not_yaml(error: MarkedYAMLError) -> Mistake:
    context = ""
    if error.context and error.context_mark and error.context_mark.line != error.problem_mark.line:
        context = f" {error.context} that begins on line {error.context_mark.line + 1}"
    hint = "Put text that has a colon, a `#` or a quote in quotes, and indent with spaces only."
    return Mistake(
        error.problem_mark.line + 1, f"The YAML cannot be read here: {error.problem}{context}.", hint
    )
