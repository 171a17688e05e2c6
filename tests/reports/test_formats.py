"""Formats of a file: what holds whatever a report says; its wording is in `sentences.txt`."""

import csv
import io
import json
import math
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from builders_reports import ALL, HOSTILE, LIKE, REPORTS, a_pair, a_report, an_item
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.report import Report
from grader.reports import csv_grades, json_report, junit, load, names, plain_text
from grader.submissions.roster import Student

SCHEMA = Path(__file__).with_name("report.schema.json")
READABLE = [LIKE, *(report for report in ALL if report is not HOSTILE)]


def test_a_format_that_names_its_file_is_found() -> None:
    """Its function `page` says if the file is for a class; the terminal and a platform's format have none."""
    found = {name: (load(name).file, load(name).of_class) for name in names()}
    expected = {
        "html": ("report.html", False),
        "junit": ("junit.xml", True),
        "markdown": ("report.md", False),
        "plain_text": ("report.txt", False),
    }

    assert expected == {name: found[name] for name in expected}
    assert not {"csv_grades", "html_class", "sentences", "terminal", "prairielearn"} & set(found)
    assert sorted(found) == list(found)


def test_a_format_that_is_not_there() -> None:
    """The name is refused."""
    with pytest.raises(UsageError, match="There is no format `parchment`"):
        load("parchment")


@given(REPORTS)
@example(HOSTILE)
def test_no_text_makes_lines_of_its_own(report) -> None:
    """Every line ends with the one line feed that we wrote, nothing acts, and the page can be encoded."""
    page = plain_text.page(report)

    assert not set(page) & set("\x1b\x9b\x07\r\u202e\ufeff\ud800")
    assert page.encode()
    assert page.splitlines() == page.split("\n")[:-1]


@pytest.mark.hostile_row(66)
@pytest.mark.parametrize(
    ("reports", "absent", "page"),
    [
        pytest.param((), (), "", id="a class of nobody has the first columns"),
        pytest.param(
            (a_report(an_item(id="score"), score=1.0),),
            (),
            ",item score\ngarcia,Ana García,passed,1,2,,,,,,2",
            id="no column hides another",
        ),
        pytest.param(
            (a_report(an_item(), pairs=(a_pair("=1+1"), a_pair("ito"), a_pair("=1+1"))),),
            (Student(id="=1+1", name="@Dan"), Student(id="9", name="Li Bo")),
            ',hidden_layers\ngarcia,Ana García,passed,2,2,"\'=1+1, ito",,,,,2\n'
            "'=1+1,'@Dan,not submitted,,,,,,,,\n9,Li Bo,not submitted,,,,,,,,",
            id="similar ones are named once, and who has not submitted stands at the end, without a zero",
        ),
        pytest.param(
            (a_report(id="lost", verdict="error", max_score=1.0),),
            (),
            "\nlost,Ana García,error,,1,,,,,",
            id="a report without items has no score",
        ),
        pytest.param(
            (a_report(id="-1", score=-1.0, max_score=12345.5),),
            (),
            "\n'-1,Ana García,passed,-1,12345.5,,,,,",
            id="a number has no apostrophe and no separators",
        ),
    ],
)
def test_the_table(reports: tuple[Report, ...], absent: tuple[Student, ...], page: str) -> None:
    """Its first and last columns are always there; each cell is as a spreadsheet needs it."""
    items, *rows = page.split("\n")
    header = f"id,name,verdict,score,max_score,like,reason,comment,decided_by,files_read{items},email,folder"

    assert [header, *(f"{row},," for row in rows), ""] == csv_grades.page(reports, absent).split("\n")


@pytest.mark.hostile_row(66)
@settings(max_examples=30)
@given(st.lists(REPORTS, max_size=3))
def test_any_class_is_a_table(reports) -> None:
    """One line a report, as many cells as columns, no cell a formula, every number a number."""
    page = csv_grades.page(reports)
    rows = list(csv.reader(io.StringIO(page, newline=""), strict=True))

    assert len(reports) + 1 == len(page.splitlines()) == len(rows)
    assert {len(rows[0])} == {len(row) for row in rows}
    assert [] == [
        cell
        for row in rows
        for cell in (*row[:3], *row[5:8])
        if cell[:1] in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
    ]
    assert all(float(cell) == float(cell) for row in rows[1:] for cell in (*row[3:5], *row[8:]) if cell)
    assert page.encode().decode() == page


@pytest.mark.parametrize("report", READABLE)
def test_a_report_is_read_back_equal(report: Report) -> None:
    """Nothing is lost or changed on the way, and every field is described, with its type."""
    page = json_report.page(report)

    assert report == Report.model_validate_json(page)
    jsonschema.validate(json.loads(page), json_report.schema())


@pytest.mark.hostile_row(71)
def test_hidden_characters_are_escaped_and_come_back() -> None:
    """A name that could act on a screen is safe to print from the file, and the same when it is read."""
    page = json_report.page(HOSTILE)

    assert page.replace("\n", "").isprintable()
    assert HOSTILE.name == Report.model_validate_json(page).name
    assert r"\ud800" + "\t=1" == Report.model_validate_json(page).id


@pytest.mark.hostile_row(71)
@pytest.mark.parametrize("points", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_null(points: float) -> None:
    """JSON has no NaN, and a parser that meets one refuses the whole file."""
    assert json.loads(json_report.page(a_report(an_item(points=points))))["items"][0]["points"] is None


@pytest.mark.hostile_row(71)
@given(REPORTS)
def test_any_report_is_json(report) -> None:
    """Whatever text and numbers it has, a strict parser reads it and its text can be encoded."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    page = json_report.page(report)

    assert list(Report.model_fields) == list(json.loads(page.encode(), parse_constant=refuse))


def test_the_schema_is_the_one_that_is_published() -> None:
    """Who changes the public format sees it here: write `grader report schema` into the golden file."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_report.schema()


def parsed(*reports: Report) -> ET.Element:
    return ET.fromstring(junit.page(reports).encode())  # noqa: S314  (the page is our own)


def mistakes(root: ET.Element) -> list[str]:
    """What a reader of JUnit XML would stumble over: counts that are not the cases', other elements."""
    found = [] if root.tag == "testsuites" else [root.tag]
    for suite in (root, *root):
        cases = list(suite.iter("testcase"))
        outcomes = [case[0].tag if len(case) else "passed" for case in cases]
        counted = {"tests": len(cases)} | {
            many: outcomes.count(one)
            for many, one in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
        }
        found += [f"{suite.tag} {name}" for name, count in counted.items() if suite.get(name) != str(count)]
        found += [] if math.isfinite(float(suite.get("time", "nan"))) else [f"{suite.tag} time"]
        found += [outcome for outcome in outcomes if outcome not in {"passed", "failure", "error", "skipped"}]
        found += ["name" for case in cases if case.get("name") is None or not case.get("classname")]
    return found


def test_seconds_that_are_no_time() -> None:
    """NaN and less than nothing are zero."""
    root = parsed(*(a_report(an_item(), seconds=seconds) for seconds in (math.nan, -1.0)))

    assert ["0.000", "0.000"] == [suite.get("time") for suite in root]


@given(st.lists(REPORTS, max_size=3))
@example([])
@example([HOSTILE, *ALL])
def test_any_class_is_well_formed(reports) -> None:
    """Whatever text and numbers its reports have."""
    assert [] == mistakes(parsed(*reports))
