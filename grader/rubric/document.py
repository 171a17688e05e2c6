"""A rubric's file as plain data with the line of every value, or what is wrong with it.

The nodes of ruamel's loader have the lines, and keys that occur twice. They are those of the safe loader:
the round-trip one marks folds inside folded text.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, Event
from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from grader.errors import RubricError
from grader.files import UnreadableError, read_limited
from grader.messages.wording import quoted

MOST_BYTES = 256 * 1024
DEEPEST = 12
# A file that is no rubric at all has thousands of mistakes.
MOST_SHOWN = 50

# What YAML 1.2 does not count as printable.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WORDS_AND_NOTHING = {**_WORDS, **dict.fromkeys(("", "~", "null", "Null", "NULL"))}
# A whole number of more digits would not be exact as a float; nothing in a rubric is so large.
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

# Where a value stands: the keys, and the 0-based numbers of list entries, that lead to it.
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """One thing to correct; the hint says how, where that is not plain from the message."""

    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Document:
    """What a YAML file says, lists as tuples, its `mistakes` that did not end the reading, and its SHA-256.

    `lines` has the 1-based line of each value; of a mapping's entry, that of its key.
    """

    file: str
    content: Mapping[str, Any]
    lines: Mapping[Place, int]
    mistakes: tuple[Mistake, ...]
    sha256: str

    def value(self, place: Place) -> Any:
        """The value at this place."""
        return reduce(lambda value, step: value[step], place, cast("Any", self.content))

    def mistake(self, place: Place, message: str, hint: str = "") -> Mistake:
        """A mistake on the line of the value at this place, or of the nearest thing around it."""
        while place not in self.lines:
            place = place[:-1]
        return Mistake(self.lines[place], message, hint)


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


def read_document(source: Path) -> Document:
    """Read a YAML file as data; raises `RubricError` where it cannot be read or is no mapping in YAML."""
    file, text = str(source), _text(source)
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Reader
    reader = yaml.composer
    try:
        content = reader.document(list(yaml.compose_all(text)))
    except MarkedYAMLError as error:
        raise refusal(file, [_not_yaml(error, reader.last_line)]) from error
    except (YAMLError, ValueError, AssertionError, KeyError) as error:
        # The parser lets a few errors of Python through: `"\\U00110000"`, `%YAML 1.9`.
        reason = "unknown version of YAML" if isinstance(error, KeyError) else str(error)[:200]
        message = f"The YAML cannot be read after this line: {reason}."
        raise refusal(file, [Mistake(reader.last_line, message)]) from error
    except _StoppedError:
        raise refusal(file, reader.mistakes) from None
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Document(file, content, reader.lines, tuple(reader.mistakes), sha256)


def scalar(text: str) -> str | float | bool | None:
    """What a word without quotes means in YAML 1.2: nothing, true or false, a number, or text.

    `no` is a word, `1e-5` a number, `2026-11-20` and `1:30` are text. No number in a rubric is infinite:
    `.inf`, `.nan` and `1e999` stay text, which no field for a number accepts.
    https://yaml.org/spec/1.2.2/#103-core-schema
    """
    if text in _WORDS_AND_NOTHING:
        return _WORDS_AND_NOTHING[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


class _StoppedError(Exception):
    """Nothing after the last mistake can be understood."""


class _Reader(Composer):
    """Makes nodes, then data of them; no anchor, alias, tag or depth costs anything before it is refused."""

    def __init__(self, loader: YAML | None = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self.mistakes: list[Mistake] = []
        self.lines: dict[Place, int] = {}
        self.last_line = 1
        self._levels = 0

    def compose_node(self, parent: Node | None, index: Node | int | None) -> Node:
        event = self.parser.peek_event()
        self.last_line = _line(event)
        if isinstance(event, AliasEvent):
            self._refuse(f"the alias {quoted('*' + event.anchor)}")
            self.parser.get_event()
            return ScalarNode("", f"*{event.anchor}", event.start_mark, event.end_mark)
        if event.anchor is not None:
            self._refuse(f"the anchor {quoted('&' + event.anchor)}")
        elif event.tag:
            self._refuse(f"the tag {quoted(str(event.tag).replace('tag:yaml.org,2002:', '!!'))}")
        if self._levels > DEEPEST:
            self._stop(event, f"A rubric must be nested at most {DEEPEST} levels deep. Received: more")
        self._levels += 1
        node: Node = super().compose_node(parent, index)
        self._levels -= 1
        return node

    def document(self, nodes: list[Node]) -> Mapping[str, Any]:
        """The mapping of the file's only document."""
        content = self._value(nodes[0], ()) if nodes else None
        if content is None:
            self._stop(None, "The rubric is empty; it must have `version`, `title` and `items`")
        if not isinstance(content, dict):
            self._stop(nodes[0], "A rubric must be a mapping, with a key and a colon before each value")
        if len(nodes) > 1:
            self._stop(nodes[1], "A rubric must be one YAML document. Received: a second one")
        return content

    def _value(self, node: Node, place: Place) -> Any:
        self.lines.setdefault(place, _line(node))
        if isinstance(node, SequenceNode):
            return tuple(self._value(entry, (*place, number)) for number, entry in enumerate(node.value))
        if isinstance(node, ScalarNode):
            return scalar(node.value) if node.style is None else node.value
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._stop(key, "A key must be a word. Received: a list or a mapping")
            here = (*place, key.value)
            if key.value in found:
                message = f"Duplicate key {quoted(key.value)}; the first is on line {self.lines[here]}"
                self.mistakes.append(Mistake(_line(key), message))
            else:
                self.lines[here] = _line(key)
                found[key.value] = self._value(value, here)
        return found

    def _refuse(self, received: str) -> None:
        message = f"A rubric must have no anchors, aliases or tags. Received: {received}"
        hint = (
            "Put text that begins with `*`, `&` or `!` in quotes, and write out a value wherever it is used."
        )
        self.mistakes.append(Mistake(self.last_line, message, hint))

    def _stop(self, where: Node | Event | None, message: str) -> NoReturn:
        self.mistakes.append(Mistake(_line(where) if where else 1, message))
        raise _StoppedError


def _line(marked: Node | Event) -> int:
    return int(marked.start_mark.line) + 1


def _not_yaml(error: MarkedYAMLError, last_line: int) -> Mistake:
    line = error.problem_mark.line + 1 if error.problem_mark else last_line
    context = ""
    if error.problem and error.context and error.context_mark and error.context_mark.line + 1 != line:
        context = f" {error.context} that begins on line {error.context_mark.line + 1}"
    return Mistake(
        line,
        f"The YAML cannot be read here: {error.problem or error.context}{context}.",
        "Write a colon and a space after each key, put text that has a colon, a `#` or a quote in quotes, "
        "and indent with spaces only.",
    )


def _text(source: Path) -> str:
    try:
        content = read_limited(source, MOST_BYTES)
    except UnreadableError as error:
        raise RubricError(f"The rubric {quoted(source)} {error}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"A rubric must be UTF-8 text. Received: the byte 0x{content[error.start]:02X}"
        raise refusal(str(source), [Mistake(line, message, "Save it as UTF-8.")]) from error
    if strange := _NOT_TEXT.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        message = f"A rubric must be plain text. Received: the character U+{ord(strange[0]):04X}"
        raise refusal(str(source), [Mistake(line, message)])
    return text
