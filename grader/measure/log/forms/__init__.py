"""The forms of logs that can be read: one file each, nothing is registered.

A form is a module with two functions:

    recognises(document) -> bool           by what the file holds, never by its name
    read(document, limits) -> Table        raises SubmissionError with a sentence and a hint

The first form that recognises a file reads it. Delimited text is what is left over, so it is asked last.
"""

import importlib
import pkgutil
from types import ModuleType


def forms() -> tuple[ModuleType, ...]:
    """All forms by the names of their files, delimited text at the end."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    names.sort(key=lambda name: (name == "delimited", name))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)
