"""Runs the program as a person would."""

import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from grader.cli import app


def grader(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a script would, without a terminal."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def invoked(*arguments: str | Path, **environment: str) -> Result:
    """Run it in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)), env=environment)


def in_terminal(
    *arguments: str | Path, columns: int = 80, interrupt_at: str | None = None
) -> tuple[int, str]:
    """Run it in a terminal of its own, and give its exit code and all that the terminal was sent.

    Ctrl-C is pressed once, when `interrupt_at` was printed.
    """
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    ours, its = pty.openpty()
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True
    ) as process:
        printed = ""
        # Our end of the terminal's other side stays open: what is in it when the last one closes can be lost.
        while True:
            ended = process.poll() is not None
            if not select.select([ours], [], [], 0.0 if ended else 0.1)[0]:
                if ended:
                    break
                continue
            printed += os.read(ours, 4096).decode(errors="replace")
            if interrupt_at and interrupt_at in printed:
                os.killpg(process.pid, signal.SIGINT)
                interrupt_at = None
    os.close(its)
    os.close(ours)
    return process.returncode, printed.replace("\r\n", "\n")
