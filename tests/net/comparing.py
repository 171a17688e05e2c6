"""What may differ between two snapshots, and how all other differences are shown.

A snapshot has pieces, such as the report of an example; a piece has values, each with its path.
Verdicts, other numbers and words are compared and shown apart: a new wording never hides a changed verdict.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from typing import Any
from xml.etree.ElementTree import Element, fromstring

Scalar = str | int | float | bool | None
Piece = dict[str, Scalar]

VERDICTS, NUMBERS, WORDS = "verdicts, points, exit codes and files written", "other numbers", "words"
KINDS = (VERDICTS, NUMBERS, WORDS)
# A value with one of these names decides something, whatever its type.
DECIDES = frozenset(
    {"status", "verdict", "score", "points", "max_points", "max_score", "exit", "correct", "gradable"}
    | {"tests", "failures", "errors", "skipped", "tag", "level", "names_written"}
)
# The clock, the version, and the templates of sentences, which reports in other languages show at work.
LEFT_OUT = frozenset({"seconds", "measured_at", "execution_time", "time", "timestamp", "program"})
# An entry of a list that has one of these keeps its path when an entry before it comes or goes.
NAMES = ("id", "name", "title")
HONEST = (
    (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", "DATE"),
    (r"\b127\.0\.0\.1:\d+", "HOST"),
    (r"\b\d+\.\d+\.\d+(?:rc\d+|\.dev\d+)?\b", "VERSION"),
    (r"\b\d+(?:\.\d+)? (?:ms|s|seconds?)\b", "TIME"),
)


def plain(text: str, places: Mapping[str, str]) -> str:
    """A text without dates, versions, durations, and the spaces and rules of a terminal's layout.

    `places` has a word for each absolute path.
    """
    for path in sorted(places, key=len, reverse=True):
        text = text.replace(path, places[path])
    for pattern, word in HONEST:
        text = re.sub(pattern, word, text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line.strip("─━- "))


def sentences(text: str) -> str:
    """A text with a sentence a line, however it was wrapped."""
    return re.sub(r"(?<=[.:;!?]) ", "\n", " ".join(text.split()))


_MESSAGE = {"text", "say", "plural", "with"}


def flat(data: Any, path: str = "") -> Iterator[tuple[str, Scalar]]:
    """Each value of nested data with its path; a message is its English text."""
    if isinstance(data, Mapping) and data.keys() <= _MESSAGE and "text" in data:
        yield path, data["text"]
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key not in LEFT_OUT:
                yield from flat(value, f"{path}.{key}".removeprefix("."))
    elif isinstance(data, list):
        seen: list[str] = []
        for number, value in enumerate(data):
            names = [value[key] for key in NAMES if value.get(key)] if isinstance(value, Mapping) else []
            names = [name["text"] if isinstance(name, Mapping) else name for name in names]
            seen.append(str(names[0]) if names else str(number))
            again = f" #{seen.count(seen[-1])}" if seen.count(seen[-1]) > 1 else ""
            yield from flat(value, f"{path}[{seen[-1]}{again}]")
    else:
        yield path, data


def table(text: str) -> dict[str, Any]:
    """The cells of a CSV file by the first cell of their row and the title of their column."""
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    cells = [
        {"name": row[0]} | {title: _cell(cell) for title, cell in zip(header, row, strict=False)}
        for row in rows
    ]
    return {"columns": ", ".join(header), "rows": cells}


def tree(text: str) -> dict[str, Any]:
    """The elements of an XML file, with their attributes and texts."""

    def data(element: Element) -> dict[str, Any]:
        attributes = {key: _cell(value) for key, value in element.attrib.items()}
        inside = [{"tag": child.tag} | data(child) for child in element]
        return attributes | {"text": (element.text or "").strip(), "inside": inside}

    return data(fromstring(text))  # noqa: S314  (the program under test wrote it)


def _cell(text: str) -> Scalar:
    try:
        return float(text)
    except ValueError:
        return text


def kind(piece: str, path: str, value: Scalar) -> str:
    """Which of the three a value is; each number in a file of grades is part of a verdict."""
    number = isinstance(value, int | float)
    if path.rpartition(".")[2] in DECIDES or (number and piece.endswith(".csv")):
        return VERDICTS
    return NUMBERS if number else WORDS


def same(old: Scalar, new: Scalar) -> bool:
    """Whether two values are equal, numbers within a relative 1e-6."""
    if isinstance(old, int | float) and isinstance(new, int | float) and bool not in {type(old), type(new)}:
        return math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-12) or (math.isnan(old) and math.isnan(new))
    return type(old) is type(new) and old == new


def differences(
    old: Mapping[str, Piece], new: Mapping[str, Piece], kinds: Sequence[str] = KINDS
) -> dict[str, list[str]]:
    """The lines of a unified diff of each piece that differs, by kind."""
    found: dict[str, list[str]] = {of: [] for of in kinds}
    for piece in dict.fromkeys([*old, *new]):
        before, now = old.get(piece, {}), new.get(piece, {})
        near = {path: before[path] for path in before.keys() & now.keys() if same(before[path], now[path])}
        for of in kinds:
            sides = [
                _lines(piece, before, of),
                _lines(piece, {path: near.get(path, now[path]) for path in now}, of),
            ]
            diff = unified_diff(*sides, f"kept {piece}", f"now {piece}", n=0, lineterm="")
            found[of] += [line for line in diff if not line.startswith("@@ ")]
    return found


def _lines(piece: str, values: Piece, of: str) -> list[str]:
    return [
        f"{path}: {line}".removeprefix(": ")
        for path, value in sorted(values.items())
        if kind(piece, path, value) == of
        for line in (value.split("\n") if isinstance(value, str) else [json.dumps(value)])
    ]


def page(found: Mapping[str, Sequence[str]], pieces: int) -> str:
    """The differences, in so many compared pieces, below the name of their kind."""
    lines = []
    for of, diff in found.items():
        count = sum(line.startswith("+++ now ") for line in diff)
        lines += [f"==== {of}: {f'{count} of {pieces} pieces differ' if diff else 'equal'}", *diff]
    return "\n".join(lines)
