"""The hook of Open edX: from edx-submissions on this machine to the reply, read as the LMS reads it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from builders_command_line import invoked
from builders_edx import PASSWORD, Site
from builders_golden import said
from builders_platforms import a_server, strictly
from builders_reports import ALL, FAILED, HOSTILE, PASSED, REPORTS, REVIEW
from builders_rubric import RUBRIC, a_file
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from grader.errors import UsageError
from grader.messages.message import say
from grader.platforms.hooks import Options
from grader.platforms.openedx.hook import MOST_FAILURES, page, serve
from grader.platforms.openedx.xqueue import XQueue
from grader.rubric.lookup import DEFAULT


def a_queue(address: str) -> XQueue:
    return XQueue(address, "q", "grader", PASSWORD)


def hooked(site: Site, queue: str, *options: str | Path) -> Result:
    """Run the hook until a queue is empty."""
    where = ("--url", site.address, "--queue", queue, "--until-empty", "--interval", "0.1")
    who = {"XQUEUE_USER": "grader", "XQUEUE_PASSWORD": PASSWORD}
    return invoked("hook", "openedx", *where, *options, **who)


def accepted(reply: object) -> dict[str, Any]:
    """The reply after the rules of the LMS: `_parse_score_msg` and `update_score` of `capa/responsetypes.py`.

    It must be an object with all three keys, and its message well-formed XML. A problem has one point.
    """
    assert isinstance(reply, dict)
    assert {"correct", "score", "msg"} <= set(reply)
    assert isinstance(reply["correct"], bool)
    assert not isinstance(reply["score"], bool)
    assert 0 <= reply["score"] <= 1
    return reply | {"msg": ET.fromstring(reply["msg"].encode())}  # noqa: S314  (our own)


@pytest.mark.usefixtures("workers")
def test_a_submission_gets_its_reply(site: Site, examples: Path) -> None:
    """The log is read under the name that the student gave it; the model is missing, so it fails."""
    log = (examples / "ana_passes" / "training_log.csv").read_bytes()
    site.hand_in("graded", {"training_log.csv": log, "../../x": log})
    done = hooked(site, "graded")
    (handed,) = site.handed("graded")
    reply = accepted(handed.reply)

    assert (0, "retired") == (done.exit_code, handed.status)
    assert reply["correct"] is False
    assert reply["score"] > 0
    assert done.stdout.startswith("anon7: ")


@pytest.mark.usefixtures("workers")
@pytest.mark.hostile_row(94)
def test_files_that_are_too_large_are_the_students_to_mend(
    site: Site, examples: Path, tmp_path: Path
) -> None:
    """The reply says which file is too large, nobody logs in again, and the next submission is graded."""
    rubric = a_file(tmp_path, RUBRIC + "limits: {model_file: 1 MiB, log_file: 2 MiB}\n")
    site.hand_in("large", {"model.keras": bytes(30_000_000)})
    site.hand_in("large", {"training_log.csv": (examples / "ana_passes" / "training_log.csv").read_bytes()})
    done = hooked(site, "large", "--rubric", rubric)
    refused, graded = (accepted(handed.reply) for handed in site.handed("large"))

    assert 0 == done.exit_code
    assert (False, 0) == (refused["correct"], refused["score"])
    assert "model.keras" in "".join(refused["msg"].itertext())
    assert graded["msg"].findtext("p") != refused["msg"].findtext("p")
    assert "Try" not in done.stderr


@pytest.mark.usefixtures("workers")
def test_what_cannot_be_graded_lets_the_others_through(site: Site) -> None:
    """Its files are lost: the queue puts it after the others, gives up after five tries, without a score."""
    site.hand_in("lost", {"training_log.csv": b"x"}, student="anon1")
    site.lose_files()
    site.hand_in("lost", {"training_log.csv": b"x"}, student="anon2")
    done = hooked(site, "lost")
    lost, graded = site.handed("lost")

    assert 0 == done.exit_code
    assert ("failed", 5, None) == (lost.status, lost.failures, lost.reply)
    assert ("retired", 0) == (graded.status, graded.failures)
    assert 5 == done.stderr.count("The queue answers 404. Try ")
    assert "anon2: failed" in done.stdout


@pytest.mark.usefixtures("workers")
def test_an_error_of_ours_is_no_verdict(site: Site, examples: Path, tmp_path: Path) -> None:
    """Nor a zero: the queue has no score and gives the submission out again."""
    rubric = a_file(tmp_path, RUBRIC + "limits: {seconds: 0.01}\n")
    log = (examples / "ana_passes" / "training_log.csv").read_bytes()
    site.hand_in("error", {"training_log.csv": log})
    done = hooked(site, "error", "--rubric", rubric)
    (handed,) = site.handed("error")

    assert ("failed", 5, None) == (handed.status, handed.failures, handed.reply)
    assert 5 == done.stderr.count("anon7 could not be graded; the queue will give it out again.")


@pytest.mark.parametrize("budget", ["241", "600"])
def test_a_budget_is_less_than_the_queue_waits(budget: str) -> None:
    """It would give the submission to a second grader."""
    done = invoked("hook", "openedx", "--url", "http://127.0.0.1:9", "--queue", "q", "--budget", budget)

    assert 2 == done.exit_code
    assert (
        f"`--budget {budget}` is too long: Open edX gives a submission out again after 300 s." in done.stderr
    )
    assert "Set `--budget` to 240 or less, or leave it away." in done.stderr


@pytest.mark.usefixtures("workers")
def test_a_queue_that_fails_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    """After a new login, and not for ever."""
    waited: list[float] = []
    yes, empty = (json.dumps({"return_code": code, "content": ""}) for code in (0, 1))
    with a_server(500, "<html>", yes, yes, empty) as (address, _):
        code = serve(a_queue(address), Options(DEFAULT), until_empty=True, interval=2.0, wait=waited.append)

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

    assert "Check that the queue is up" in str(caught.value.hint)


def test_only_what_passed_is_correct() -> None:
    """What waits for a person has what was earned so far, and its first words say that it waits."""
    passed, failed, waits = (accepted(strictly(page(report))) for report in (PASSED, FAILED, REVIEW))

    assert [(True, 1), (False, 0.6), (False, 0.6)] == [
        (one["correct"], one["score"]) for one in (passed, failed, waits)
    ]
    assert said(*[part.text for part in waits["msg"].iterfind("p")][:2])


def test_everything_is_said() -> None:
    """A heading for each item and each section, and below it every sentence."""
    noted = FAILED.model_copy(update={"notes": (say("n"),)})
    parts = [(part.tag, str(part.text)) for part in accepted(strictly(page(noted)))["msg"]]
    told = [text for tag, text in parts if tag == "p"]

    assert 5 == sum(tag == "h4" for tag, _ in parts)
    assert {*(str(item.message) for item in FAILED.items), "n"} <= set(told)
    assert any(str(FAILED.items[1].hint) in text for text in told)


def test_hostile_text_is_text() -> None:
    """Nothing of it becomes an element."""
    parts = list(accepted(strictly(page(HOSTILE)))["msg"].iter())

    assert {"div", "h4", "p"} == {part.tag for part in parts}
    assert all(not part.attrib for part in parts)


@given(st.sampled_from(ALL) | REPORTS)
def test_any_report_is_accepted(report) -> None:
    """Whatever text and numbers it has."""
    assert accepted(strictly(page(report)))
