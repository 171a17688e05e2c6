"""The forms of logs that can be read: one file each, nothing is registered.

A form is a module with two functions:

    recognises(document) -> bool           by what the file holds, never by its name
    read(document, limits) -> Table        raises SubmissionError with a sentence and a hint

The first form that recognises a file reads it. Delimited text is what is left over, so it is asked last.
"""

import importlib
import pkgutil
from typing import Protocol, cast

from grader.measure.log.document import Document
from grader.measure.log.table import Limits, Table


class Form(Protocol):
    """The functions of a form's module."""

    def recognises(self, document: Document) -> bool:
        """Whether the file is of this form, judged by its first lines or bytes."""

    def read(self, document: Document, limits: Limits) -> Table:
        """Read the file."""


def forms() -> tuple[Form, ...]:
    """All forms by the names of their files, delimited text at the end."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    names.sort(key=lambda name: (name == "delimited", name))
    return tuple(cast("Form", importlib.import_module(f"{__name__}.{name}")) for name in names)
