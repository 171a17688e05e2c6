"""The forms of downloads that are known: a module `download` in each platform's folder.

Such a module has a title, such as `a Canvas download`, and one function:

    read(listing) -> Reading | None     None where no name in the folder is of this form

The platform's name is the name of the layout on the command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from grader.platforms import modules
from grader.platforms.listing import Listing
from grader.submissions.submission import Submission


@dataclass(frozen=True)
class Reading:
    """What a folder holds if it is a download of one form.

    Attributes:
        submissions: in order of id; ids are unique.
        used: the names in the folder that are of the form.
        doubt: why the names may be like this by chance; "" where they hardly can.
        remarks: sentences that whoever grades should read.
    """

    submissions: tuple[Submission, ...]
    used: frozenset[str]
    doubt: str = ""
    remarks: tuple[str, ...] = ()


class Form(Protocol):
    """A form's module."""

    TITLE: str

    def read(self, listing: Listing) -> Reading | None:
        """Read the folder as a download of this form, as far as its names are of the form."""


def forms() -> Mapping[str, Form]:
    """All forms, by the names of their platforms."""
    return {name: cast("Form", module) for name, module in modules("download").items()}
