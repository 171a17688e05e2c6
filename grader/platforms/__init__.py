"""Learning platforms: one folder each, found by being there; nothing is registered.

A platform has what it needs of these modules, and each says in its docstring what it offers:

    download     how the platform hands out submissions             `downloads.py`
    gradebook    how grades get back into it, by `grader export`    `gradebooks.py`
    api          how they get there over the network, likewise      `gradebooks.py`
    hook         what it calls to have one submission graded        `hooks.py`
    pack         what a teacher uploads to it, by `grader pack`     `packing.py`
"""

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.util import find_spec
from types import ModuleType


def names(part: str) -> tuple[str, ...]:
    """The platforms that have this module, such as `download`, sorted; the modules are not imported."""
    platforms = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)
    return tuple(name for name in platforms if find_spec(f"{__name__}.{name}.{part}"))


def modules(part: str) -> Mapping[str, ModuleType]:
    """The modules of this name by their platforms."""
    return {name: importlib.import_module(f"{__name__}.{name}.{part}") for name in names(part)}
