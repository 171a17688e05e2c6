"""Learning platforms: one folder each, with its download, gradebook, results, hook and upload package.

A platform has what it needs of these modules: `download`, `gradebook`, `results`, `hook`, `pack`.
To add one, write its folder and its tests; nothing is registered.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.util import find_spec
from types import ModuleType


def modules(part: str) -> Mapping[str, ModuleType]:
    """The modules of this name, such as `download`, by the names of their platforms, sorted."""
    platforms = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)
    names = {platform: f"{__name__}.{platform}.{part}" for platform in platforms}
    return {platform: importlib.import_module(name) for platform, name in names.items() if find_spec(name)}
