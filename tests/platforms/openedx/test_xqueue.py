"""Tests of `grader.platforms.openedx.xqueue` against edx-submissions, and against answers it never gives."""

import json

import pytest
from builders_edx import PASSWORD, Handed, Site
from builders_platforms import a_server

from grader.errors import SubmissionError, UsageError
from grader.platforms.openedx.xqueue import Queued, QueueError, XQueue

REPLY = '{"correct": false, "score": 1, "msg": "<p/>"}'


def a_queue(site: Site, name: str, user: str = "grader") -> XQueue:
    queue = XQueue(site.address, name, user, PASSWORD)
    queue.login()
    return queue


def taken(queue: XQueue) -> Queued:
    queued = queue.take()
    assert queued is not None
    return queued


def test_a_submission_is_taken_and_answered(site: Site) -> None:
    """Once; its files have the names that the student gave them, and a size that we limit."""
    site.hand_in("homework 11", {"model.keras": b"12345", "training_log.csv": b""})
    queue = a_queue(site, "homework 11")
    queued = taken(queue)
    address = queued.files["model.keras"]

    assert queue.take() is None
    assert ("anon7", {"model.keras", "training_log.csv"}) == (queued.student, set(queued.files))
    assert b"12345" == queue.file("model.keras", address, 5)
    assert b"12345" == queue.file("model.keras", f"{site.address}{address}", 5)
    with pytest.raises(SubmissionError, match=r"`model\.keras` is too large"):
        queue.file("model.keras", address, 4)

    queue.reply(queued, REPLY)
    assert [Handed("retired", 0, json.loads(REPLY))] == site.handed("homework 11")


def test_after_five_minutes_it_is_given_out_again(site: Site) -> None:
    """Before any other, and with the same key: whoever took it first can still reply."""
    site.hand_in("again", {})
    site.hand_in("again", {}, student="anon8")
    queue = a_queue(site, "again")
    first = taken(queue)
    site.wait("again", 4.9)
    assert "anon8" == taken(queue).student
    site.wait("again", 0.2)
    assert first == taken(queue)

    queue.reply(first, REPLY)
    assert ["retired", "pulled"] == [one.status for one in site.handed("again")]


def test_a_reply_that_is_not_taken(site: Site) -> None:
    """The queue's reason is in the sentence: a wrong key, another reply being written, no such submission."""
    site.hand_in("refused", {})
    queue = a_queue(site, "refused")
    queued = taken(queue)
    header = json.loads(queued.header)

    with pytest.raises(QueueError, match=r"^The queue answers 403: Incorrect key for submission\.$"):
        queue.reply(Queued(json.dumps(header | {"submission_key": "k"}), "a", {}), REPLY)
    with site.locked(), pytest.raises(QueueError, match="409: Submission is currently being processed"):
        queue.reply(queued, REPLY)
    with pytest.raises(QueueError, match="404: Submission does not exist"):
        queue.reply(Queued(json.dumps(header | {"submission_id": -1}), "a", {}), REPLY)
    with pytest.raises(QueueError, match="400: Incorrect reply format"):
        queue.reply(queued, "no")
    assert ["pulled"] == [one.status for one in site.handed("refused")]


def test_without_its_token_nothing_is_taken(site: Site) -> None:
    """Which shows that the queue looks at it."""
    site.hand_in("token", {})
    queue = a_queue(site, "token")
    queued = taken(queue)
    for cookie in list(queue._cookies):
        if cookie.name == "csrftoken":
            queue._cookies.clear(cookie.domain, cookie.path, cookie.name)

    with pytest.raises(QueueError, match="403: CSRF Failed"):
        queue.reply(queued, REPLY)


def test_a_second_login_is_like_the_first(site: Site) -> None:
    """The session that is still there, and its token, do not stand in the way."""
    site.hand_in("twice", {})
    queue = a_queue(site, "twice")
    queue.login()

    queue.reply(taken(queue), REPLY)
    assert ["retired"] == [one.status for one in site.handed("twice")]


def test_a_user_that_is_not_known(site: Site) -> None:
    """The queue's own words, and what to do; who is known but in no group is told so when asking."""
    with pytest.raises(UsageError) as caught:
        XQueue(site.address, "q", "grader\x1b", "wrong").login()

    asked, said = caught.value.message.split(" in: ")
    assert "The queue does not let the user `grader\\x1b`" == asked
    assert "The queue answers 401: Incorrect login credentials." == said
    assert "Check `XQUEUE_USER` and `XQUEUE_PASSWORD` with whoever runs Open edX." == caught.value.hint
    with pytest.raises(QueueError, match="403: You do not have permission to perform this action"):
        a_queue(site, "q", "student").take()


def test_the_old_queue_says_no_with_200() -> None:
    """As XQueue did, which also answers the first request so."""
    no = [json.dumps({"return_code": 1, "content": text}) for text in ("Log in with HTTP POST", "Incorrect.")]
    with a_server(*no, *no[1:]) as (address, paths):
        queue = XQueue(address, "q", "grader", "wrong")
        with pytest.raises(UsageError, match="The queue does not let the user `grader` in: Incorrect"):
            queue.login()
        with pytest.raises(QueueError, match="The queue did not accept a reply: Incorrect"):
            queue.reply(Queued("{}", "a", {}), "{}")

    assert ["/xqueue/login/", "/xqueue/login/", "/xqueue/put_result/"] == paths


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_only_the_web_is_read(address: str) -> None:
    """An address that a queue gives is no way to this machine's files."""
    with pytest.raises(QueueError, match="The address of a file does not begin"):
        XQueue("http://127.0.0.1:9", "q", "grader", PASSWORD).file("log", address, 5)


def test_a_redirection_leads_only_to_the_web() -> None:
    """Not to a file of this machine."""
    with a_server(302) as (address, _), pytest.raises(QueueError, match=r"The queue answers 302\."):
        XQueue(address, "q", "grader", PASSWORD).file("log", "/files/1", 5)


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
def test_an_answer_that_cannot_be_understood(answer: str, message: str) -> None:
    """It may be better later, so it is not the end."""
    with a_server(answer) as (address, _), pytest.raises(QueueError) as caught:
        XQueue(address, "q", "grader", PASSWORD).take()

    assert message == str(caught.value)
