"""Gradebooks as platforms export them, and reports of a class to fill them with."""

import csv
import io
from pathlib import Path
from typing import Any

from builders_reports import a_report, an_item

from grader.evidence import Declaration
from grader.report import Report
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


def a_table(folder: Path, text: str, delimiters: str = ",;") -> Table:
    """The table of a file with this text."""
    file = folder / "gradebook.csv"
    file.write_bytes(text.encode())
    return read_table(file, "gradebook", delimiters)


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
