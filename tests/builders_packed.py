"""A packed zip, unpacked as a platform does it, and a Python environment as its set-up leaves it."""

import io
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from grader.files.zipped import zipped
from grader.platforms.packing import Wheel, bundle, load, wheel
from grader.rubric.shelf import DEFAULT

SITE = sysconfig.get_path("purelib")
A_WHEEL = Wheel("keras_homework_grader-0-py3-none-any.whl", b"wheel")


def unpacked(platform: str, folder: Path, *, whole: bool = False) -> tuple[str, ...]:
    """Unpack what is packed for a platform, with the right to be run, and return the paths.

    Args:
        platform: its name.
        folder: where.
        whole: whether the program is really in it.
    """
    packed = load(platform)(wheel() if whole else A_WHEEL, bundle(DEFAULT))
    with zipfile.ZipFile(io.BytesIO(zipped(packed.files, packed.programs))) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
        return tuple(archive.namelist())


def an_environment(folder: Path) -> None:
    """What an installation leaves of the program: a `grader` that is the one of these tests."""
    (folder / "bin").mkdir(parents=True)
    script = folder / "bin" / "grader"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader "$@"\n', encoding="utf-8")
    script.chmod(0o755)


def ran(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a platform does, from the root folder."""
    return subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, **environment},
    )
