"""`grader doctor`: how good the walls around a worker are on this machine, layer by layer."""

import importlib.metadata
import os
import platform
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.grading.limits import walls_of
from grader.rubric import Plan
from grader.sandbox.landlock import version
from grader.sandbox.level import SelfTest, self_test
from grader.sandbox.self_test import ATTEMPTS

_PACKAGES = ("keras-homework-grader", "tensorflow", "keras", "h5py", "numpy", "pandas")


def doctor() -> None:
    """Test the walls and print what holds, what is missing and why, the level, and the versions."""
    tested = self_test(walls_of(Plan()))
    console = Console()
    console.print(layers_table(tested))
    console.print(attempts_table(tested))
    described = tested.described()
    console.print(Text(f"Level: {described.level}. {described.sentence}", style="bold"))
    console.print(Text(platform_line()))
    console.print(Text(versions_line()))


def layers_table(tested: SelfTest) -> Table:
    """A row for each layer: whether it holds, else why not."""
    table = Table("Layer", "", "Why it is missing", box=None)
    for layer in tested.layers:
        table.add_row(Text(layer.name), Text("missing" if layer.missing else "holds"), Text(layer.missing))
    return table


def attempts_table(tested: SelfTest) -> Table:
    """A row for each thing that a worker behind the walls tried."""
    table = Table("Tried in a worker", "", box=None)
    for attempt in ATTEMPTS:
        table.add_row(Text(attempt), Text("refused" if attempt in tested.refused else "possible"))
    return table


def platform_line() -> str:
    """The system, the processor, the user, and the version of Landlock."""
    user = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else "an ordinary user"
    landlock = f"version {version()}" if version() else "none"
    return (
        f"{platform.system()} {platform.release()} on {platform.machine()}, as {user}; Landlock: {landlock}."
    )


def versions_line() -> str:
    """Python and the packages that read a student's files."""
    found = [f"Python {'.'.join(map(str, sys.version_info[:3]))}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} not installed")
    return f"{', '.join(found)}."
