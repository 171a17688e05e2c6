"""One output format per file: pure functions from reports to a page; only the command line writes it.

A format has a function `page` of a `report` or of a class' `reports` that returns the whole text of a file.
One that names its file in a constant `FILE` can be made from stored reports with `grader report`; nothing is
registered. `terminal` returns what rich prints; `sentences` has what all formats say alike.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from grader.errors import require_known


@dataclass(frozen=True)
class Format:
    """A format that stored reports can be written in; `of_class` if one file holds all of them."""

    name: str
    file: str
    of_class: bool
    page: Callable[..., str]


def names() -> tuple[str, ...]:
    """The names of the formats that stored reports can be written in, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if hasattr(_module(name), "FILE")))


def load(name: str) -> Format:
    """A format by its name; raises `UsageError` where there is none of this name."""
    require_known(name, names(), "format")
    module = _module(name)
    return Format(name, module.FILE, "reports" in inspect.signature(module.page).parameters, module.page)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
