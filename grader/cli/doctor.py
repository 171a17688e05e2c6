"""`grader doctor`: how well submissions are isolated on this machine, layer by layer."""

from collections.abc import Iterator

_PACKAGES = ("keras-homework-grader", "tensorflow", "keras", "h5py", "numpy", "pandas")


def doctor() -> None:
    """Show how well submissions are isolated on this machine."""
    from rich.table import Table
    from rich.text import Text

    from grader.grading.budget import sandbox_limits_of
    from grader.reports.terminal import console
    from grader.rubric import Plan
    from grader.sandbox.self_test import ATTEMPTS, self_test

    tested = self_test(sandbox_limits_of(Plan()))
    layers = Table("Layer", "State", "Why it is missing", box=None)
    for layer in tested.layers:
        layers.add_row(layer.name, "missing" if layer.missing else "active", Text(layer.missing))
    attempts = Table("Tried in a sandboxed worker", "Result", box=None)
    for attempt in ATTEMPTS:
        attempts.add_row(attempt, "refused" if attempt in tested.refused else "possible")
    out = console()
    for table in (layers, attempts):
        out.print(table)
    described = tested.described()
    out.print(Text(f"Level: {described.level}. {described.sentence}", style="bold"))
    out.print(Text(_system()))
    out.print(Text(f"{', '.join(_versions())}."))


def _system() -> str:
    """The system, the processor, the user, and the version of Landlock."""
    import os
    import platform

    from grader.sandbox.landlock import version

    user = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else "an ordinary user"
    landlock = f"version {version()}" if version() else "none"
    return (
        f"{platform.system()} {platform.release()} on {platform.machine()}, as {user}; Landlock: {landlock}."
    )


def _versions() -> Iterator[str]:
    """Python and the packages that read a student's files."""
    import sys
    from importlib.metadata import PackageNotFoundError, version

    yield f"Python {'.'.join(map(str, sys.version_info[:3]))}"
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package} not installed"
