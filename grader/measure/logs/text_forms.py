"""Tells the forms of text apart, by their first lines."""

import json

from grader.measure.logs.cells import is_number
from grader.measure.logs.document import Document


def is_json(document: Document) -> bool:
    """Whether the text begins as JSON does, and its first line is not a whole object followed by another."""
    return _starts_as_json(document) and not is_json_lines(document)


def is_json_lines(document: Document) -> bool:
    """Whether each of the first two lines is an object of its own."""
    opening = document.opening()
    return (
        len(opening) > 1
        and all(line.lstrip().startswith("{") for line in opening[:2])
        and _is_whole(opening[0])
    )


def is_numbers(document: Document) -> bool:
    """Whether the first lines have one number each, and nothing else."""
    opening = document.opening()
    return bool(opening) and all(is_number(line) for line in opening)


def is_delimited(document: Document) -> bool:
    """Whether it is text of none of the other forms."""
    return bool(document.opening()) and not _starts_as_json(document) and not is_numbers(document)


def _starts_as_json(document: Document) -> bool:
    return (document.text or "").lstrip().startswith(("{", "["))


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
