"""Tests of `grader.platforms.openedx.hook`: from a queue on this machine to the reply."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from builders_platforms import Service, a_content, a_service
from builders_rubric import RUBRIC, a_file

from grader.errors import UsageError
from grader.platforms.hooks import Options
from grader.platforms.openedx.hook import MOST_FAILURES, hook
from grader.platforms.openedx.xqueue import XQueue
from grader.rubric.lookup import DEFAULT

pytestmark = pytest.mark.usefixtures("workers")

WHO = {"XQUEUE_USER": "grader", "XQUEUE_PASSWORD": "secret"}


@pytest.fixture
def service() -> Iterator[Service]:
    """A service with nothing in its queue."""
    with a_service() as running:
        yield running


def test_a_submission_gets_its_reply(
    service: Service, examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log is read under the name that the student gave it; the model is missing, so it fails."""
    service.files["/log"] = (examples / "ana_passes" / "training_log.csv").read_bytes()
    service.waiting.append(a_content({"training_log.csv": "/log", "../../x": "/log"}))
    code = hook(XQueue(service.address, "q"), Options(DEFAULT, budget=60.0), WHO, until_empty=True)
    reply = json.loads(service.replies[0]["xqueue_body"])

    assert (0, 1) == (code, len(service.replies))
    assert reply["correct"] is False
    assert reply["score"] > 0
    assert capsys.readouterr().out.startswith("anon7: ")


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
    code = hook(XQueue(service.address, "q"), Options(str(rubric)), WHO, until_empty=True, wait=end)
    refused, graded = (json.loads(reply["xqueue_body"]) for reply in service.replies)

    assert 0 == code
    assert (False, 0) == (refused["correct"], refused["score"])
    assert "model.keras" in "".join(ET.fromstring(refused["msg"]).itertext())  # noqa: S314  (our own)
    assert graded["msg"] != refused["msg"]
    assert 1 == service.paths.count("/xqueue/login/")


def test_a_queue_that_fails_is_asked_again(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    """After a new login, and not for ever."""
    waited: list[float] = []
    service.answers += [500, "<html>"]
    code = hook(
        XQueue(service.address, "q"),
        Options(DEFAULT),
        WHO,
        until_empty=True,
        interval=2.0,
        wait=waited.append,
    )

    assert (0, [2.0, 2.0]) == (code, waited)
    assert (
        f"The queue answers 500. Try 1 of {MOST_FAILURES}.\n"
        f"The queue's answer is not a JSON object. Try 2 of {MOST_FAILURES}.\n"
    ) == capsys.readouterr().err


def test_a_queue_that_stays_away_is_the_end() -> None:
    """Whoever runs it is told."""
    with pytest.raises(UsageError, match="The queue cannot be reached") as caught:
        hook(XQueue("http://127.0.0.1:9", "q"), Options(DEFAULT), WHO, wait=lambda _: None)

    assert "Check that the queue is up, then start this again." == caught.value.hint


@pytest.mark.parametrize("environment", [{}, {"XQUEUE_USER": "grader"}, {**WHO, "XQUEUE_PASSWORD": ""}])
def test_who_asks_must_be_known(environment: dict[str, str]) -> None:
    """The password is no option of the command line."""
    with pytest.raises(UsageError) as caught:
        hook(XQueue("http://127.0.0.1:9", "q"), Options(DEFAULT), environment)

    assert "The environment must have `XQUEUE_USER` and `XQUEUE_PASSWORD`." == caught.value.message
    assert (
        "Set them as whoever runs Open edX says; they are no options, which other users could see."
        == caught.value.hint
    )
