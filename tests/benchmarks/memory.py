"""Prints the memory that a platform's container needs: `python tests/benchmarks/memory.py`, half a minute.

A hook grades an example as in Gradescope's container. What all of its processes take together is looked at
fifty times a second, what they share counted once (the proportional set size of Linux).
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

EXAMPLE = Path(__file__).parents[2] / "submissions_example" / "gradient_clipping" / "ana_passes"
# The memory of Gradescope's containers, in GB.
CONTAINERS = (0.75, 1.5, 3.0, 6.0)


def together(process: psutil.Process) -> int:
    """Bytes of a process and all that it has started."""
    found = 0
    for one in (process, *process.children(recursive=True)):
        try:
            found += one.memory_full_info().pss
        except psutil.Error:
            # It has ended.
            continue
    return found


def main() -> None:
    """Grade the example, and say which container is enough."""
    with tempfile.TemporaryDirectory() as root:
        shutil.copytree(EXAMPLE, Path(root, "submission"))
        command = [sys.executable, "-m", "grader", "hook", "gradescope", "--root", root]
        with psutil.Popen(command, stdout=subprocess.DEVNULL) as process:
            most, number = 0, 0
            while process.poll() is None:
                try:
                    most = max(most, together(process))
                    number = max(number, 1 + len(process.children(recursive=True)))
                except psutil.Error:
                    continue
                time.sleep(0.02)
        assert process.returncode == 0, process.returncode
    # A container counts the files that are read as well, which it can give back, and a little for its shell.
    enough = next(size for size in CONTAINERS if size * 1e9 > most)
    print(f"{number} processes take {most / 1e9:.2f} GB together; the smallest container has {enough} GB")


if __name__ == "__main__":
    main()
