"""JUnit XML, read back with a parser that accepts only well-formed XML."""

import math
from xml.etree import ElementTree as ET

from builders_reports import ALL, ERROR, FAILED, HOSTILE, LIKE, PARTIAL, REPORTS, REVIEW, a_report, an_item
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report import Report
from grader.reports import junit


def read(*reports: Report) -> ET.Element:
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
        found += [
            f"{suite.tag} time" for time in [suite.get("time")] if not math.isfinite(float(time or "nan"))
        ]
        found += [outcome for outcome in outcomes if outcome not in {"passed", "failure", "error", "skipped"}]
        found += ["name" for case in cases if case.get("name") is None or not case.get("classname")]
    return found


def test_a_suite_for_each_submission() -> None:
    """A class has its counts, and each submission its own."""
    root = read(FAILED, REVIEW, PARTIAL, ERROR)

    assert [] == mistakes(root)
    assert {"tests": "12", "failures": "2", "errors": "4", "skipped": "1", "time": "9.000"} == root.attrib
    assert ["Ito Ren (ito)", "Okafor (okafor)", "zhou", "smith"] == [suite.get("name") for suite in root]


def test_an_item_that_failed() -> None:
    """A failure has the sentence as its message, and what to do in its text."""
    case = read(FAILED)[0][1]
    message = "The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it."

    assert {
        "name": "The logged norm stays within the cap",
        "classname": "gradient_clipping.ito",
        "time": "0.000",
    } == case.attrib
    assert ("failure", {"message": message, "type": "norm_within_cap"}) == (case[0].tag, case[0].attrib)
    assert (
        f"{message}\n"
        "To do: Pass `clipnorm=1.0` to `Adam` and train again.\n"
        "From your teacher: Chapter 11 shows where the argument goes."
    ) == case[0].text


def test_what_waits_is_an_error_and_says_who_looks() -> None:
    """A failure would be a zero."""
    case = read(REVIEW)[0][1]

    assert "error" == case[0].tag
    assert "A teacher will look at this; it is not counted as a zero." in str(case[0].text)


def test_the_rest_is_the_output() -> None:
    """The verdict, then who it is like."""
    assert str(read(LIKE)[0].findtext("system-out")).startswith(
        "Needs review: 2 of 2 points so far; it is like 2 other submissions.\n"
        "A teacher looks at this next; what waits for the teacher is not counted as a zero.\n"
        "The model has the weights of that of `ito`"
    )


def test_seconds_that_are_no_time() -> None:
    """NaN and less than nothing are zero."""
    assert ["0.000", "0.000"] == [
        suite.get("time")
        for suite in read(a_report(an_item(), seconds=math.nan), a_report(an_item(), seconds=-1.0))
    ]


def test_an_empty_class_and_a_hostile_one() -> None:
    """Both are well-formed."""
    assert [] == mistakes(read())
    assert [] == mistakes(read(HOSTILE, *ALL))


@settings(max_examples=60, deadline=None)
@given(st.lists(REPORTS, max_size=3))
def test_any_class_is_well_formed(reports) -> None:
    """Whatever text and numbers its reports have."""
    assert [] == mistakes(read(*reports))
