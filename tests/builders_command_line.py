"""Runs the program as a person would."""

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from grader.cli import app


def grader(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a person would, with a terminal of 200 columns."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def invoked(*arguments: str | Path, **environment: str) -> Result:
    """Run it in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)), env=environment)
