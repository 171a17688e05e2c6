"""Tests of `grader.report`."""

import json

import pytest
from pydantic import ValidationError

from grader.messages.languages import translated
from grader.messages.phrase import say
from grader.report import Fact, Finding, ItemResult, Report, failed, passed, review


def test_the_three_findings() -> None:
    """Each has its status, its sentence and its hint."""
    assert Finding(status="passed", message="a") == passed("a")
    assert Finding(status="failed", message="a", hint="b") == failed("a", "b")
    assert Finding(status="review", message="a", hint="") == review("a")


def test_a_finding_has_no_other_status() -> None:
    """Errors and skips are the judge's to say."""
    with pytest.raises(ValidationError):
        Finding(status="error", message="a")


MESSAGE = say(
    "The stored optimizer is {found}; the rubric asks for {asked}.", found=say("no clipping"), asked="`Adam`"
)


def a_said_report() -> Report:
    item = ItemResult(
        id="optimizer_is",
        title="The optimizer",
        kind="optimizer_is",
        status="failed",
        points=0.0,
        max_points=1.0,
        message=MESSAGE,
        hint="A plain one.",
    )
    return Report(
        program="grader 0.1.0",
        id="ana",
        name="Ana",
        rubric="homework",
        verdict="failed",
        score=0.0,
        max_score=1.0,
        summary=MESSAGE,
        items=(item,),
        facts=(Fact(name=say("Log"), value="csv"),),
        notes=("A plain one.", say("It was left aside.")),
        language="ko",
    )


def test_json_has_english_sentences_and_their_templates_by_place() -> None:
    """Who reads the JSON finds a string for each sentence, and can make another language's from `phrases`."""
    data = a_said_report().model_dump(mode="json")

    assert "The stored optimizer is no clipping; the rubric asks for `Adam`." == data["items"][0]["message"]
    assert ["summary", "items/0/message", "facts/0/name", "notes/1"] == list(data["phrases"])
    assert {
        "say": "The stored optimizer is {found}; the rubric asks for {asked}.",
        "with": {"found": {"say": "no clipping"}, "asked": "`Adam`"},
    } == data["phrases"]["items/0/message"]


def test_a_report_that_is_read_back_can_be_said_in_any_language() -> None:
    """It equals the one that was written, and has its phrases in their places."""
    report = a_said_report()
    again = Report.model_validate_json(report.model_dump_json())

    assert report == again
    assert report.model_dump(mode="json") == again.model_dump(mode="json")
    assert "El optimizador guardado es sin clipping; la rúbrica pide `Adam`." == translated(
        again.summary, "es"
    )
    assert {} == again.phrases


@pytest.mark.parametrize(
    "place", ["items/9/message", "items/-1/message", "items/x", "nothing", "version", "", "summary/0", "/"]
)
def test_a_template_for_a_place_that_is_not_there_is_left_aside(place: str) -> None:
    """Nor does one take the place of another sentence."""
    data = a_said_report().model_dump(mode="json")
    data["phrases"] = {place: {"say": "1"}, "notes/0": {"say": "Another one."}}
    again = Report.model_validate_json(json.dumps(data))

    assert a_said_report() == again
    assert ("A plain one.", "It was left aside.") == tuple(translated(note, "es") for note in again.notes)


@pytest.mark.parametrize("place", ["verdict", "rubric", "items/0/title", "language"])
def test_a_template_for_what_is_no_sentence_does_no_harm(place: str) -> None:
    """Whoever edits a report may name any field; what is read is written and read again."""
    data = a_said_report().model_dump(mode="json")
    data["phrases"] = {place: {"say": "1"}}
    again = Report.model_validate_json(json.dumps(data))

    assert a_said_report() == again == Report.model_validate_json(again.model_dump_json())


def test_a_report_of_before_there_were_phrases_is_english() -> None:
    """It can still be read."""
    data = a_said_report().model_dump(mode="json")
    del data["phrases"], data["language"]
    again = Report.model_validate_json(json.dumps(data))

    assert "en" == again.language
    assert str(MESSAGE) == translated(again.summary, "ko")
