"""The hook of Open edX: from a queue on this machine to the reply, read as the learning platform reads it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from builders_platforms import Service, a_content, strictly
from builders_reports import ALL, ERROR, FAILED, HOSTILE, PASSED, REPORTS
from builders_rubric import RUBRIC, a_file
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.messages.message import say
from grader.platforms.hooks import Options
from grader.platforms.openedx.hook import MOST_FAILURES, page, serve
from grader.platforms.openedx.xqueue import XQueue
from grader.rubric.lookup import DEFAULT


def a_queue(address: str) -> XQueue:
    return XQueue(address, "q", "grader", "secret")


@pytest.mark.usefixtures("workers")
def test_a_submission_gets_its_reply(
    service: Service, examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log is read under the name that the student gave it; the model is missing, so it fails."""
    service.files["/log"] = (examples / "ana_passes" / "training_log.csv").read_bytes()
    service.waiting.append(a_content({"training_log.csv": "/log", "../../x": "/log"}))
    code = serve(a_queue(service.address), Options(DEFAULT, budget=60.0), until_empty=True)
    reply = json.loads(service.replies[0]["xqueue_body"])

    assert (0, 1) == (code, len(service.replies))
    assert reply["correct"] is False
    assert reply["score"] > 0
    assert capsys.readouterr().out.startswith("anon7: ")


@pytest.mark.usefixtures("workers")
@pytest.mark.hostile_row(94)
def test_files_that_are_too_large_are_the_students_to_mend(
    service: Service, examples: Path, tmp_path: Path
) -> None:
    """The reply says which file is too large, nobody logs in again, and the next submission is graded."""
    rubric = a_file(tmp_path, RUBRIC + "limits: {model_file: 1 MiB, log_file: 2 MiB}\n")
    service.files["/log"] = (examples / "ana_passes" / "training_log.csv").read_bytes()

    def end(_: float) -> None:
        raise AssertionError

    service.files["/model"] = bytes(30_000_000)
    service.waiting.append(a_content({"model.keras": "/model"}))
    service.waiting.append(a_content({"training_log.csv": "/log"}))
    code = serve(a_queue(service.address), Options(str(rubric)), until_empty=True, wait=end)
    refused, graded = (json.loads(reply["xqueue_body"]) for reply in service.replies)

    assert 0 == code
    assert (False, 0) == (refused["correct"], refused["score"])
    assert "model.keras" in "".join(ET.fromstring(refused["msg"]).itertext())  # noqa: S314  (our own)
    assert graded["msg"] != refused["msg"]
    assert 1 == service.paths.count("/xqueue/login/")


@pytest.mark.usefixtures("workers")
def test_a_queue_that_fails_is_asked_again(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    """After a new login, and not for ever."""
    waited: list[float] = []
    service.answers += [500, "<html>"]
    queue = a_queue(service.address)
    code = serve(queue, Options(DEFAULT), until_empty=True, interval=2.0, wait=waited.append)

    assert (0, [2.0, 2.0]) == (code, waited)
    assert (
        f"The queue answers 500. Try 1 of {MOST_FAILURES}.\n"
        f"The queue's answer is not a JSON object. Try 2 of {MOST_FAILURES}.\n"
    ) == capsys.readouterr().err


@pytest.mark.usefixtures("workers")
def test_a_queue_that_stays_away_is_the_end() -> None:
    """Whoever runs it is told."""
    with pytest.raises(UsageError, match=r"The queue cannot be reached: .*refused") as caught:
        serve(a_queue("http://127.0.0.1:9"), Options(DEFAULT), wait=lambda _: None)

    assert "Check that the queue is up, then start this again." == caught.value.hint


def accepted(text: str) -> dict[str, Any]:
    """The reply after the platform's checks: an object with all three keys, the message well-formed XML."""
    reply = strictly(text)
    assert {"correct", "score", "msg"} <= set(reply)
    assert isinstance(reply["correct"], bool)
    assert not isinstance(reply["score"], bool)
    assert 0 <= reply["score"] <= 1
    return reply | {"msg": ET.fromstring(reply["msg"].encode())}  # noqa: S314  (our own)


def test_only_what_passed_is_correct() -> None:
    """A report that waits has what it earned so far."""
    replies = [accepted(page(report)) for report in (PASSED, ERROR, FAILED)]

    assert [(True, 1), (False, 0), (False, 0.6)] == [(one["correct"], one["score"]) for one in replies]


def test_everything_is_said() -> None:
    """A heading for each item and each section, and below it every sentence."""
    noted = FAILED.model_copy(update={"notes": (say("n"),)})
    parts = [(part.tag, str(part.text)) for part in accepted(page(noted))["msg"]]
    told = [text for tag, text in parts if tag == "p"]

    assert 5 == sum(tag == "h4" for tag, _ in parts)
    assert {*(str(item.message) for item in FAILED.items), "n"} <= set(told)
    assert any(str(FAILED.items[1].hint) in text for text in told)


def test_hostile_text_is_text() -> None:
    """Nothing of it becomes an element."""
    parts = list(accepted(page(HOSTILE))["msg"].iter())

    assert {"div", "h4", "p"} == {part.tag for part in parts}
    assert all(not part.attrib for part in parts)


@given(st.sampled_from(ALL) | REPORTS)
def test_any_report_is_accepted(report) -> None:
    """Whatever text and numbers it has."""
    assert accepted(page(report))
