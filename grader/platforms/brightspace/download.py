"""Brightspace: a folder for each submission, `397063-2557369 - Ana García - Sep 24, 2026 926 PM`.

Each file may be named like that instead, with ` - model.keras` at the end. The time has no colon. An
`index.html` lists the submissions.

Source: scripts of teachers that read such downloads, such as `sort_by_last_name` of adecastilho; Brightspace
does not describe them.
"""

import re
from dataclasses import replace

from grader.platforms.downloads import Reading
from grader.platforms.shapes import Named, by_name
from grader.submissions.class_folder import Listing
from grader.submissions.people import Person

TITLE = "a Brightspace download"

_INDEX = "index.html"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = re.compile(
    r"(?P<number>[0-9]+-[0-9]+) ?- ?(?P<name>.+?) ?- ?"
    r"(?P<month>[A-Za-z]{3})[a-z]*\.? (?P<day>[0-9]{1,2}), (?P<year>[0-9]{4}) "
    r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2}) ?(?P<half>AM|PM)(?: ?- ?(?P<file>.+))?",
    re.DOTALL,
)


def parse(stored: str) -> Named | None:
    """What a name says, or None where it is not of this form."""
    match = _NAME.fullmatch(stored)
    if match is None or match["month"].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(match["month"].lower()) + 1
    hour = int(match["hour"]) % 12 + 12 * (match["half"] == "PM")
    attempt = f"{match['year']}-{month:02}-{int(match['day']):02} {hour:02}:{match['minute']}"
    person = Person(name=match["name"])
    return Named(f"{match['number']} {match['name']}", person, attempt, match["file"] or "")


def read(listing: Listing) -> Reading | None:
    """Read a folder as a Brightspace download."""
    reading = by_name(listing, parse)
    index = {_INDEX} & set(listing.files)
    return reading and replace(reading, used=reading.used | index)
