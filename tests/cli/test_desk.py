"""Tests of `grader.cli.desk`: the command that serves a desk."""

import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_desk import a_waiting_class
from builders_grading import below

PROGRAM = """
import sys
{before}
sys.argv = ["grader", *sys.argv[1:]]
from grader.__main__ import main
main()
"""


def program(*arguments: str | Path, before: str = "") -> subprocess.Popen[str]:
    """The program in a process of its own, which has done something before."""
    command = [sys.executable, "-c", PROGRAM.format(before=before), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_is_served_until_it_is_ended(tmp_path: Path, ending: signal.Signals) -> None:
    """It prints its address, and when it has ended the page of the class is as it should be."""
    graded = a_waiting_class(tmp_path, "ana")
    (graded / "index.html").write_text("old", "utf-8")
    with program("desk", graded, "--no-browser") as desk:
        assert desk.stdout is not None
        address = desk.stdout.readline().split()[-1]
        place, _, secret = address.removeprefix("http://").partition("/")
        connection = HTTPConnection(place)
        connection.request("GET", f"/{secret}")
        assert 200 == connection.getresponse().status
        connection.close()
        desk.send_signal(ending)
        _, told = desk.communicate(timeout=60)

    assert (0 if ending == signal.SIGINT else -ending, "") == (desk.returncode, told)
    assert "1 needs a teacher" in (graded / "index.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["starlette", "uvicorn"])
def test_without_the_server_it_says_how_to_install_it(tmp_path: Path, name: str) -> None:
    """Nothing is written, and no traceback is shown."""
    graded = a_waiting_class(tmp_path, "ana")
    before = below(graded)
    with program("desk", graded, before=f"sys.modules[{name!r}] = None") as desk:
        printed, told = desk.communicate(timeout=60)

    assert (2, "", before) == (desk.returncode, printed, below(graded))
    assert "pip install 'keras-homework-grader[desk]'" in told


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Whoever starts the desk can name another one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = invoked("desk", a_waiting_class(tmp_path, "ana"), "--no-browser", "--port", port)

    assert 2 == result.exit_code
    assert f"The port {port} cannot be used" in result.stderr


def test_a_folder_without_grades_has_no_desk(tmp_path: Path) -> None:
    """The folder is named."""
    result = invoked("desk", tmp_path, "--no-browser")

    assert (2, True) == (result.exit_code, f"`{tmp_path}`" in result.stderr)
