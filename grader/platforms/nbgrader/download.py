"""nbgrader: the folder `submitted` of a course, `submitted/ana/ps11/model.keras`.

Each student's folder has one for each assignment, with a `timestamp.txt` where it was collected.

Source: `docs/source/user_guide/philosophy.rst` and `coursedir.py` of jupyter/nbgrader.
"""

from pathlib import Path

from grader.platforms.downloads import Reading
from grader.platforms.shapes import by_assignment
from grader.submissions.class_folder import Listing

TITLE = "a folder of nbgrader"
INSIDE = "submitted"
_TIMESTAMP = "timestamp.txt"


def read(listing: Listing) -> Reading | None:
    """Read a folder as the submissions of an nbgrader course."""
    named = listing.path.resolve().name == INSIDE
    return by_assignment(listing, lambda path: named or _is_collected(path), _TIMESTAMP)


def _is_collected(path: Path) -> bool:
    return (path / _TIMESTAMP).is_file()
