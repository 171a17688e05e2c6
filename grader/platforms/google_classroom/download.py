"""Google Classroom: the folder of an assignment in Drive, each file named `Ana García - model.keras`.

Classroom names the files like that which it makes for each student. What a student uploads keeps its own
name, which does not tell whose it is.

Source: Google's help; Classroom has no download of its own, and the form is not described.
"""

import re
import unicodedata

from grader.platforms.downloads import Reading
from grader.platforms.shapes import Named, by_name
from grader.submissions.class_folder import Listing
from grader.submissions.people import Person

TITLE = "a Google Classroom folder"

# Digits stand in the names of other platforms, and of homeworks.
_NAME = re.compile(
    r"(?P<name>[^\W\d_](?:(?! - )[^\d_])*? [^\W\d_](?:(?! - )[^\d_])*?) - (?P<file>.+)", re.DOTALL
)


def parse(stored: str) -> Named | None:
    """What a name says, or None where it is not of this form."""
    match = _NAME.fullmatch(unicodedata.normalize("NFC", stored))
    return match and Named(match["name"], Person(name=match["name"]), own=match["file"])


def read(listing: Listing) -> Reading | None:
    """Read a folder as an assignment's folder of Google Classroom."""
    reading = by_name(Listing(listing.path, listing.files, (), ()), parse)
    if reading is None or len(reading.submissions) > 1:
        return reading
    return Reading(reading.submissions, reading.used, doubt="all files would belong to one student")
