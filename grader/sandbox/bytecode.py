"""Byte code: Python keeps it beside a package when that is imported first, where it may write."""

import importlib.util
from pathlib import Path


def is_compiled(package: str) -> bool:
    """Whether a package has its byte code, without importing it; also true where there is no such package.

    Some installers leave the compiling to the first import, which takes long for a large package.
    """
    found = importlib.util.find_spec(package)
    return found is None or found.cached is None or Path(found.cached).exists()
