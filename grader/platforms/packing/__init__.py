"""What a teacher uploads to a platform so that it calls the grader: one platform per file.

A platform is a module with a function `pack(program, rubric) -> Packed`.
To add one, write one file here and its test; nothing is registered.
`program` is this program as a wheel, `shipment` the rubric with the files that belong to it.
"""

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType

from grader.platforms.packing.packed import Packed
from grader.platforms.packing.program import Program
from grader.platforms.packing.shipment import Shipment

__all__ = ["Packed", "Program", "Shipment", "load", "names"]


def names() -> tuple[str, ...]:
    """The names of the platforms, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if hasattr(_module(name), "pack")))


def load(name: str) -> Callable[[Program, Shipment], Packed]:
    """What packs for a platform.

    Raises:
        KeyError: there is none of this name.
    """
    if name not in names():
        raise KeyError(name)
    pack: Callable[[Program, Shipment], Packed] = _module(name).pack
    return pack


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
