"""Tests of `grader.platforms.openedx.xqueue` against a service on this machine that speaks as XQueue does."""

import json

import pytest
from builders_platforms import Service, a_content

from grader.errors import SubmissionError, UsageError
from grader.platforms.openedx.xqueue import Queued, QueueError, XQueue


def a_queue(service: Service) -> XQueue:
    queue = XQueue(service.address, "homework 11", "grader", "secret")
    queue.login()
    return queue


def test_a_submission_is_taken_and_answered(service: Service) -> None:
    """The header goes back unchanged; cookies and Django's token go with each form."""
    service.waiting.append(a_content({"model.keras": "/files/1"}))
    queue = a_queue(service)
    queued = queue.take()

    assert (
        Queued('{"submission_id": 5, "submission_key": "k"}', "anon7", {"model.keras": "/files/1"}) == queued
    )
    assert queued is not None
    queue.reply(queued, '{"correct": true}')
    assert [{"xqueue_header": queued.header, "xqueue_body": '{"correct": true}'}] == service.replies
    assert "/xqueue/get_submission/?queue_name=homework+11" in service.paths


def test_a_file_is_loaded(service: Service) -> None:
    """From an address with a host, or on the queue's own; not more than is asked for."""
    service.files["/files/1"] = b"12345"
    queue = a_queue(service)

    assert b"12345" == queue.file("log", "/files/1", 5)
    assert b"12345" == queue.file("log", f"{service.address}/files/1", 5)
    with pytest.raises(SubmissionError, match="`log` is too large"):
        queue.file("log", "/files/1", 4)


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_only_the_web_is_read(service: Service, address: str) -> None:
    """An address that a queue gives is no way to this machine's files."""
    with pytest.raises(QueueError, match="The address of a file does not begin"):
        a_queue(service).file("log", address, 5)


def test_a_redirection_leads_only_to_the_web(service: Service) -> None:
    """Not to a file of this machine."""
    queue = a_queue(service)
    service.answers.append(302)

    with pytest.raises(QueueError, match="The queue answers 302"):
        queue.file("log", "/files/1", 5)


def test_a_user_that_is_not_known(service: Service) -> None:
    """The queue's own words, and what to do."""
    with pytest.raises(UsageError) as caught:
        XQueue(service.address, "q", "grader\x1b", "wrong").login()
    service.answers.append(403)
    with pytest.raises(UsageError) as refused:
        XQueue(service.address, "q", "grader", "secret").login()

    assert (
        "The queue does not let the user `grader\\x1b` in: Incorrect login credentials."
        == caught.value.message
    )
    assert "Check `XQUEUE_USER` and `XQUEUE_PASSWORD` with whoever runs Open edX." == caught.value.hint
    assert "The queue does not let the user `grader` in: The queue answers 403." == refused.value.message


@pytest.mark.parametrize(
    ("address", "user", "password", "message"),
    [
        *((address, "grader", "secret", "must begin with `https://`") for address in ("file:///x", "")),
        *(
            ("http://127.0.0.1:9", user, password, "must have `XQUEUE_USER` and `XQUEUE_PASSWORD`")
            for user, password in (("grader", ""), ("", "secret"))
        ),
    ],
)
def test_what_is_no_queue(address: str, user: str, password: str, message: str) -> None:
    """It is refused before anything is asked; the password is no option of the command line."""
    with pytest.raises(UsageError, match=message):
        XQueue(address, "q", user, password)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("[]", "The queue's answer is not a JSON object."),
        ("{}", "The queue's answer has no `return_code` and `content`."),
        ("[" * 100_000, "The queue's answer is not a JSON object."),
        *(
            (f'{{"return_code": 0, "content": {content}}}', f"A submission cannot be understood ({kind}).")
            for content, kind in (('"no"', "JSONDecodeError"), ('"{}"', "KeyError"), ("[1]", "ValueError"))
        ),
    ],
)
def test_an_answer_that_cannot_be_understood(service: Service, answer: int | str, message: str) -> None:
    """It may be better later, so it is not the end."""
    queue = a_queue(service)
    service.answers.append(answer)

    with pytest.raises(QueueError) as caught:
        queue.take()

    assert str(message) == str(caught.value)


def test_a_reply_that_is_not_taken(service: Service) -> None:
    """The queue's reason is in the sentence."""
    queue = a_queue(service)
    service.answers.append(json.dumps({"return_code": 1, "content": "Submission does not exist"}))

    with pytest.raises(QueueError, match="The queue did not accept a reply: Submission does not exist"):
        queue.reply(Queued("{}", "a", {}), "{}")
