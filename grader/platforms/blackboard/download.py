"""Blackboard: one folder for the class, each file named `HW_agarcia_attempt_2026-03-01-23-58-07_model.keras`.

`agarcia` is the login. Each attempt has a text, `HW_agarcia_attempt_2026-03-01-23-58-07.txt`, which begins
with `Name: Ana García (agarcia)`, in the site's language.

Source: `bbcleanup.py` of kwurst/bb-file-cleanup and `TextReader.java` of a tool that reads these texts.
"""

import re
from dataclasses import replace

from grader.platforms.downloads import Reading
from grader.platforms.shapes import Named, by_name
from grader.submissions.class_folder import Listing
from grader.submissions.people import Person

TITLE = "a Blackboard download"

_NAME = re.compile(
    r"(?P<head>.+_(?P<login>[^_]+))_attempt_(?P<attempt>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_FIRST_LINE = re.compile(r"[^:\n]+: *(?P<name>[^\n]+) \((?P<login>[^()\n]+)\)")
_LONGEST_LINE = 1_000


def parse(stored: str) -> Named | None:
    """What a name says, or None where it is not of this form."""
    match = _NAME.fullmatch(stored)
    if match is None:
        return None
    return Named(match["head"], Person(login=match["login"]), match["attempt"], match["file"] or "")


def read(listing: Listing) -> Reading | None:
    """Read a folder as a Blackboard download."""
    texts = {}
    for stored in listing.files:
        entry = parse(stored)
        if entry is not None and not entry.own:
            texts[entry.student] = _person(listing, stored, entry)

    def named(stored: str) -> Named | None:
        entry = parse(stored)
        return entry and replace(entry, person=texts.get(entry.student, entry.person))

    return by_name(listing, named)


def _person(listing: Listing, text: str, entry: Named) -> Person:
    """Who the text of an attempt says it is from; a login may have an underscore, too."""
    try:
        with (listing.path / text).open(encoding="utf-8-sig", errors="replace") as stream:
            match = _FIRST_LINE.match(stream.read(_LONGEST_LINE))
    except OSError:
        return entry.person
    if match is None or not entry.student.endswith(f"_{match['login']}"):
        return entry.person
    return Person(name=match["name"].strip(), login=match["login"])
