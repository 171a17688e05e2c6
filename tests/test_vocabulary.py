"""Tests of what every room shares: `grader.errors`, `grader.evidence.frozen` and `grader.report`."""

import math

import pytest
from builders_reports import ERROR, FAILED, HOSTILE, PARTIAL, PASSED, REVIEW, a_report, an_item
from pydantic import ValidationError

from grader import errors
from grader.errors import GraderError
from grader.evidence.problem import Problem
from grader.messages.languages import translated
from grader.messages.message import say
from grader.report import (
    Fact,
    Finding,
    Report,
    decided,
    number,
    share,
    so_far,
)


@pytest.mark.parametrize(
    "name", ["RubricError", "UsageError", "SubmissionError", "WorkerError", "IsolationError"]
)
def test_each_error_has_a_sentence_and_a_hint(name: str) -> None:
    """Every error is a GraderError, and its class says first who must act."""
    assert str(getattr(errors, name).__doc__).startswith(("For the ", "For whoever "))
    error = getattr(errors, name)("It is empty.", "Write it again.")

    assert isinstance(error, GraderError)
    assert ("It is empty.", "Write it again.", "It is empty.") == (error.message, error.hint, str(error))


def test_data_does_not_change() -> None:
    """A field cannot be set after the fact."""
    problem = Problem(who="student", message="a")

    with pytest.raises(ValidationError):
        problem.message = "b"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Problem, {"who": "student", "message": 3}),
        (Problem, {"who": "nobody", "message": "a"}),
        *((Finding, {"status": status, "message": "a"}) for status in ("error", "skipped")),
    ],
)
def test_nothing_is_turned_into_another_type(
    kind: type[Problem | Finding], fields: dict[str, object]
) -> None:
    """A number is no text, and a word that is not among those that there are is refused."""
    with pytest.raises(ValidationError):
        kind(**fields)


MESSAGE = say(
    "The stored optimizer is {found}; the rubric asks for {asked}.", found=say("no clipping"), asked="`Adam`"
)


SAID = a_report(
    an_item(message=MESSAGE, hint="A plain one."),
    summary=MESSAGE,
    facts=(Fact(name=say("Log"), value="csv"),),
    notes=("A plain one.", say("It was ignored.")),
    language="ko",
)


def test_json_has_each_sentence_in_english_with_what_it_was_made_from() -> None:
    """Who reads the JSON finds the text, and can make another language's from the rest."""
    data = SAID.model_dump(mode="json")

    assert {
        "text": "The stored optimizer is no clipping; the rubric asks for `Adam`.",
        "say": "The stored optimizer is {found}; the rubric asks for {asked}.",
        "with": {"found": {"text": "no clipping"}, "asked": "`Adam`"},
    } == data["items"][0]["message"]
    assert {"text": "A plain one."} == data["items"][0]["hint"]


def test_a_report_that_is_read_back_can_be_said_in_any_language() -> None:
    """It equals the one that was written, from JSON as from its own fields."""
    for again in (
        Report.model_validate_json(SAID.model_dump_json()),
        Report(**SAID.model_dump()),
        Report.model_validate(SAID.model_dump()),
    ):
        assert SAID == again
        assert SAID.model_dump(mode="json") == again.model_dump(mode="json")
        assert "El optimizador guardado es sin clipping; la rúbrica pide `Adam`." == translated(
            again.summary, "es"
        )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2.0, "2"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333"),
        (-0.0, "0"),
        (1234567.0, "1234567"),
        (math.nan, "None"),
        (-math.inf, "None"),
    ],
)
def test_a_number_in_a_file_is_short_and_finite(value: float, written: str) -> None:
    """Whole numbers have no `.0`, rounding noise is gone, what is not finite is not a number."""
    assert str(written) == str(number(value))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("passed", 2), ("failed", 2), ("review", None), ("error", None), ("skipped", None)],
)
def test_only_passed_and_failed_decide_points(status: str, expected: int | None) -> None:
    """An item that waits for a person has no points, not zero points, and none that are not finite."""
    assert expected == decided(an_item(status=status))
    assert decided(an_item(status=status, points=math.nan)) is None


def test_the_score_so_far() -> None:
    """It is the report's score, but none where somebody must look at every item."""
    assert [7.5, 4.5, 4.5, None, 2, 2] == [
        so_far(report) for report in (PASSED, FAILED, REVIEW, ERROR, PARTIAL, HOSTILE)
    ]
    assert so_far(a_report(an_item(), score=math.inf)) is None
    assert 0 == so_far(a_report(verdict="failed"))


def test_the_share_of_the_points() -> None:
    """In [0, 1], none where the score is none, and without points the verdict is all."""
    assert [1.0, 0.6, None] == [share(report) for report in (PASSED, FAILED, ERROR)]
    assert 1.0 == share(a_report(an_item(), score=3.0))
    assert 0.0 == share(a_report(an_item(), score=-3.0))
    assert 1.0 == share(a_report(verdict="passed"))
    assert 0.0 == share(a_report(verdict="failed"))
    assert share(a_report(an_item(), max_score=math.nan)) is None
