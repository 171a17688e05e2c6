"""Tests of `grader.desk.door` and `application`: whoever may not come in changes and reads nothing."""

from pathlib import Path

import pytest
from builders_desk import a_waiting_class, at_the_desk
from builders_grading import below

PATHS = ("/", "/submission/ana", "/pages/ana/report.html", "/desk.css", "/next", "/nowhere", "/open/x")


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A class in which one waits."""
    return a_waiting_class(tmp_path, "ana")


@pytest.mark.parametrize(
    "header",
    [
        ("Cookie", ""),
        ("Cookie", "grader_desk_{port}=wrong"),
        ("Cookie", "grader_desk_{port}=é"),
        ("Host", "desk.example:{port}"),
        ("Host", "127.0.0.1"),
        ("Host", "localhost:{port}"),
    ],
    ids=" ".join,
)
def test_a_stranger_reads_and_changes_nothing(graded: Path, header: tuple[str, str]) -> None:
    """Each path answers 403 alike, whether it is there or not."""
    with at_the_desk(graded) as browser:
        fields, before = browser.fields("ana"), below(graded)
        headers = {header[0]: header[1].format(port=browser.desk.door.port)}
        answers = [browser.send("GET", path, **headers) for path in PATHS]

        assert 403 == browser.post("ana", {**fields, "verb": "pass"}, **headers)[0]
        assert {403} == {answer.status for answer in answers}
        assert not any("Ana" in answer.text or answer.headers["set-cookie"] for answer in answers)
        assert before == below(graded)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://localhost:{port}", "http://127.0.0.1"]
)
def test_a_form_of_another_origin_changes_nothing(graded: Path, origin: str) -> None:
    """Although the browser sends the cookie."""
    with at_the_desk(graded) as browser:
        fields, before = browser.fields("ana"), below(graded)
        given = origin.format(port=browser.desk.door.port)

        assert 403 == browser.post("ana", {**fields, "verb": "pass"}, Origin=given)[0]
        assert before == below(graded)


@pytest.mark.parametrize(
    "content",
    [b"", b"token=wrong&verb=pass", b"\xff=\xfe", b"a=1&" * 50, b"comment=" + b"x" * 70_000],
    ids=["empty", "token", "bytes", "many", "long"],
)
def test_what_is_no_form_of_ours_changes_nothing(graded: Path, content: bytes) -> None:
    """It lacks the token, or is longer than any form."""
    with at_the_desk(graded) as browser:
        browser.fields("ana")
        before = below(graded)

        assert (403, before) == (browser.send("POST", "/decide/ana", content).status, below(graded))


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/"), ("DELETE", "/submission/ana"), ("GET", "/decide/ana")]
)
def test_only_a_form_changes_something(graded: Path, method: str, path: str) -> None:
    """No other method is answered, and no page lists a folder or has another file of it."""
    with at_the_desk(graded) as browser:
        assert 405 == browser.send(method, path).status
        for name in ("", "report.json", "..%2frun.json", ".desk.json"):
            assert 404 == browser.send("GET", f"/pages/ana/{name}").status


def test_every_answer_says_what_a_page_may_do(graded: Path) -> None:
    """Nothing of elsewhere, no script but ours, in nobody's frame; the cookie is for this desk alone."""
    with at_the_desk(graded) as browser:
        for path in ("/", "/submission/ana", "/desk.js", "/nowhere"):
            headers = browser.send("GET", path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert ("nosniff", "no-store") == (headers["x-content-type-options"], headers["cache-control"])
        given = browser.send("GET", f"/open/{browser.desk.door.secret}").headers["set-cookie"]

        assert given.startswith(f"grader_desk_{browser.desk.door.port}=")
        assert all(word in given for word in ("HttpOnly", "SameSite=strict"))
