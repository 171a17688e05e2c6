"""Microsoft Teams: the folder `Submitted files` of the class, in its SharePoint or synchronised by OneDrive.

It has `Ana García/Homework 11/Version 2/model.keras`: each student's folder has one for each assignment, and
that one for each time that it was handed in. `Working files` beside it are drafts.

Source: the README of lwchkg/teams_assignment_explorer.
"""

from grader.platforms.downloads import Reading
from grader.platforms.shapes import by_assignment, has_versions
from grader.submissions.class_folder import Listing

TITLE = "a Teams folder"
INSIDE = "Submitted files"


def read(listing: Listing) -> Reading | None:
    """Read a folder as the submitted files of a Teams class."""
    return by_assignment(listing, has_versions)
