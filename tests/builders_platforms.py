"""What platforms have: gradebooks, a server, and a packed zip that a platform unpacks."""

import csv
import io
import json
import os
import subprocess
import sys
import sysconfig
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from builders_folders import a_folder
from builders_reports import a_report, an_item

from grader.evidence import Declaration
from grader.platforms import modules
from grader.platforms.downloads import Reading, read_class
from grader.platforms.packing import Wheel, bundle, packed, wheel
from grader.report import Report
from grader.rubric.lookup import DEFAULT
from grader.submissions.class_folder import Listing, list_folder
from grader.submissions.submission import Submission, own_files
from grader.submissions.table import Table, read_table

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 11 (4711),Quiz (12),Final Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,10.00,5.00,(read only)\r\n"
    '"García, Ana",101,2026001,ana.garcia,Deep Learning,,4.00,40\r\n'
    '"Ito, Ren",102,2026002,ren.ito,Deep Learning,7.5,"3,5",75\r\n'
    '"Okafor, ""Chi"" Chi",103,2026003,chi,Deep Learning,EX,,\r\n'
    '"Smith, Ana",104,2026004,ana.smith,Deep Learning,"8.00",,\r\n'
    '"Student, Test",105,,7f0e,Deep Learning,,,\r\n'
)
MOODLE = (
    "First name,Last name,ID number,Institution,Email address,Assignment: Homework 11 (Real),Last "
    "downloaded\n"
    "Ana,García,2026001,,ana@uni.example,-,1790000000\n"
    "Ren,Ito,2026002,,ren@uni.example,7.50,1790000000\n"
    "Chi,Okafor,,,,-,1790000000\n"
)
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 901,Ana García,ana@uni.example,Submitted for grading,,10.00,Yes,"Monday, 2 March 2026",-,\n'
    'Participant 902,Ren Ito,ren@uni.example,No submission,7.50,10.00,Yes,-,"Monday, 2 March 2026","<p>"\n'
    "Participant 903,Chi Okafor,chi@uni.example,No submission,-,10.00,No,-,-,\n"
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,Homework 11 Points Grade <Numeric MaxPoints:10 "
    "Weight:5 Category:Homework CategoryWeight:20>,Quiz Points Grade <Numeric MaxPoints:5>,"
    "Calculated Final Grade Numerator,Calculated Final Grade Denominator,End-of-Line Indicator\r\n"
    "#2026001,#ana.garcia,García,Ana,ana@uni.example,,4,40,100,#\r\n"
    "#0026002,#ren.ito,Ito,Ren,ren@uni.example,7.50,,75,100,#\r\n"
    "#2026003,#chi,Okafor,Chi,chi@uni.example,,,,,#\r\n"
)


# What Classroom 50's runner gives an autograder beside GitHub's own variables.
CLASSROOM50 = {
    "CLASSROOM": "deep-learning",
    "ASSIGNMENT": "clipping",
    "SUBMISSION_TAG": "submit/2026-11-30T10-00-00Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/org/deep-learning-clipping-ana/commit/a1b2c3d",
    "RELEASE_URL": "https://github.com/org/deep-learning-clipping-ana/releases/tag/submit%2Fx",
    "REVIEW_URL": "https://github.com/org/deep-learning-clipping-ana/compare/0...1",
    "OWNER": "ana",
    "ASSIGNMENT_TYPE": "individual",
}


def a_reading(read: Callable[[Listing], Reading | None], folder: Path, *names: str) -> Reading:
    """What a form makes of a folder with these files, which it has to recognise."""
    reading = read(list_folder(a_folder(folder, *names)))
    assert reading is not None
    return reading


def without_entries(those: Iterable[Submission]) -> tuple[Submission, ...]:
    """Submissions as a form has them, which does not know what lies where in the folder of the class."""
    return tuple(replace(one, entry="") for one in those)


def read_alone(layout: str, folder: Path, *names: str) -> tuple[dict[str, set[str]], frozenset[str]]:
    """The files of each student in a folder that only this form recognises, and what lost to a newer one."""
    forms = modules("download")
    reading = a_reading(forms[layout].read, folder, *names)
    assert [layout] == [name for name, form in forms.items() if form.read(list_folder(folder))]
    assert reading.submissions == without_entries(read_class(folder).submissions)
    found = reading.submissions
    return {one.id: {one.path.name} if one.zipped else set(own_files(one)) for one in found}, reading.older


def a_gradebook(folder: Path, text: str) -> Path:
    """A file with this text."""
    file = folder / "gradebook.csv"
    file.write_bytes(text.encode())
    return file


def a_table(folder: Path, text: str) -> Table:
    """The table of a file with this text."""
    return read_table(a_gradebook(folder, text), "gradebook")


def cells_of(text: str, delimiter: str = ",") -> list[list[str]]:
    """The cells of a CSV file's text, as Python's own reader gives them."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    return [row for row in rows if any(map(str.strip, row))]


def a_graded(identity: str, score: float = 8.0, most: float = 10.0, **fields: Any) -> Report:
    """A report with points; `declared` is what its student declares."""
    declared = fields.pop("declared", {})
    item = an_item(points=score, max_points=most, status="failed" if score < most else "passed")
    about = {"id": identity, "name": identity, "verdict": "failed" if score < most else "passed"} | fields
    return a_report(item, declaration=Declaration(**declared), **about)


SITE = sysconfig.get_path("purelib")
A_WHEEL = Wheel("keras_homework_grader-0-py3-none-any.whl", b"wheel")


def unpacked(platform: str, folder: Path, *, whole: bool = False) -> tuple[str, ...]:
    """Unpack what is packed for a platform, with the right to be run; if `whole`, the program is in it."""
    content = packed(platform, wheel() if whole else A_WHEEL, bundle(DEFAULT))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
        return tuple(archive.namelist())


def an_environment(folder: Path) -> None:
    """What an installation leaves of the program: a `grader` that is the one of these tests."""
    a_program(folder / "bin" / "grader", f'exec "{sys.executable}" -m grader "$@"')


def strictly(text: str) -> dict[str, Any]:
    """The object in JSON as its definition has it, without the NaN that Python would take."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    found: dict[str, Any] = json.loads(text.encode(), parse_constant=refuse)
    return found


def results_in(root: Path) -> dict[str, Any]:
    """What a hook has written for its platform."""
    return strictly((root / "results" / "results.json").read_text(encoding="utf-8"))


def a_program(path: Path, script: str) -> None:
    """A program of the shell that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


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


@contextmanager
def a_server(*answers: int | str) -> Iterator[tuple[str, list[str]]]:
    """The address of a server that gives these answers in order, and the paths that it was asked for.

    A number is a status, a text the body of 200; 302 leads to a file of this machine.
    """
    paths: list[str] = []
    waiting = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            paths.append(self.path)
            answer = waiting.pop(0)
            body = answer.encode() if isinstance(answer, str) else b""
            self.send_response(answer if isinstance(answer, int) else 200)
            if answer == 302:
                self.send_header("Location", "file:///etc/hostname")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  (named by its base class)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
