"""ILIAS: a folder for each student, `Garcia_Ana_agarcia_1234`: family name, given name, login, number.

The names are written in ASCII. Members of a team have theirs in a folder `Team 7`, which is one submission.

Source: `components/ILIAS/Exercise/Submission/SubmissionManager.php` of ILIAS-eLearning/ILIAS.
"""

import re
from collections import Counter

from grader.messages.wording import quoted
from grader.platforms.downloads import Reading
from grader.platforms.shapes import Named, by_name
from grader.submissions.class_folder import Listing
from grader.submissions.people import Person

TITLE = "an ILIAS download"

_NAME = re.compile(r"(?P<family>[^_]+)_(?P<given>.+)_(?P<login>[^_]+)_(?P<number>[1-9][0-9]*)")


def parse(stored: str) -> Named | None:
    """What a name says, or None where it is not of this form."""
    match = _NAME.fullmatch(stored)
    if match is None:
        return None
    name = f"{match['given']} {match['family']}".replace("_", " ")
    return Named(stored, Person(name=name, id=match["number"], login=match["login"]))


def read(listing: Listing) -> Reading | None:
    """Read a folder as an ILIAS download."""
    found = [entry.person for entry in map(parse, listing.folders) if entry]
    counts = Counter(value for person in found for value in (person.id, person.login))
    twice = next((value for value, count in counts.items() if count > 1), None)
    doubt = "" if twice is None else f"{quoted(twice)} is in several names"
    return by_name(Listing(listing.path, (), listing.folders, ()), parse, doubt)
