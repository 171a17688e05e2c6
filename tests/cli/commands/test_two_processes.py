"""Tests of `grader.cli.commands.two_processes`, in a process of their own: pytest's may have threads."""

import os
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

BEGINNING = """
import os, sys, threading, time
from pathlib import Path
from grader.cli.commands.two_processes import for_each

folder = Path(sys.argv[1])

def act(number):
    with (folder / str(number)).open("a") as stream:
        stream.write(f"{os.getpid()}\\n")
"""
two_cores = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="needs Linux and two cores"
)


def run(folder: Path, program: str) -> tuple[str, dict[int, list[str]]]:
    """What a program prints, and which processes did each thing."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + program, str(folder)], capture_output=True, text=True, check=False
    )
    assert "" == done.stderr
    return done.stdout.strip(), {int(file.name): file.read_text().split() for file in folder.iterdir()}


@two_cores
def test_many_are_done_by_two(tmp_path: Path) -> None:
    """Each thing once; what was printed before is printed once, too."""
    printed, by = run(tmp_path, "print('begun'); for_each(act, range(200)); print('done')")

    assert ["begun", "done"] == printed.split()
    assert set(range(200)) == set(by)
    assert [1] * 200 == [len(processes) for processes in by.values()]
    assert [100, 100] == list(Counter(chain(*by.values())).values())


@pytest.mark.parametrize(
    "program",
    [
        "for_each(act, range(99))",
        "threading.Thread(target=time.sleep, args=(2,), daemon=True).start(); for_each(act, range(200))",
        "sys.platform = 'darwin'; for_each(act, range(200))",
    ],
)
def test_one_process_is_enough(tmp_path: Path, program: str) -> None:
    """For a few, and where a copy of this process could wait for ever."""
    _, by = run(tmp_path, program)

    assert len(by) in {99, 200}
    assert 1 == len({*chain(*by.values())})


@pytest.mark.parametrize("number", [3, 150])
@pytest.mark.parametrize("error", ["OSError('full')", "KeyboardInterrupt()"])
def test_what_fails_in_either_is_raised_here(tmp_path: Path, number: int, error: str) -> None:
    """Once, and without a traceback of the other process."""
    program = f"""
def fail(one):
    if one == {number}:
        raise {error}
    act(one)

try:
    for_each(fail, range(200))
except BaseException as error:
    print(repr(error))
"""
    printed, by = run(tmp_path, program)

    assert error == printed
    assert number not in by


@two_cores
def test_a_process_that_was_killed_is_made_good(tmp_path: Path) -> None:
    """By the system, for its memory: what it did not do is done here."""
    program = """
first = os.getpid()

def die(one):
    if one == 50 and os.getpid() != first:
        os.kill(os.getpid(), 9)
    act(one)

for_each(die, range(200))
"""
    _, by = run(tmp_path, program)

    assert set(range(200)) == set(by)
    assert 2 == len(by[3])
