"""A small Canvas on this machine: one course with one assignment, asked and answered as its documents say.

Sources: `app/controllers/submissions_api_controller.rb` of instructure/canvas-lms, and its pages on
pagination (pages of 10 or fewer, an opaque address in `Link`), throttling (429) and errors.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "1~secret"  # noqa: S105  (of this server)
COURSE, ASSIGNMENT = 77, 4711
_PAGE = 2
_PLACE = f"/api/v1/courses/{COURSE}"
_WORK = f"{_PLACE}/assignments/{ASSIGNMENT}"


def a_user(number: int, name: str, login: str = "", **fields: Any) -> dict[str, Any]:
    """A user as whoever may see ids of the school and logins gets one."""
    return {"id": number, "name": name, "sortable_name": name, "login_id": login, **fields}


def a_submission(user: int, score: float | None = None, **fields: Any) -> dict[str, Any]:
    """What Canvas has of everybody to whom the assignment is given, also where nothing was handed in."""
    return {
        "user_id": user,
        "assignment_id": ASSIGNMENT,
        "score": score,
        "entered_score": score,
        "excused": None,
        "submitted_at": None,
        "workflow_state": "unsubmitted" if score is None else "graded",
        "submission_comments": [],
        **fields,
    }


@dataclass
class ACanvas:
    """Its users and submissions, and what it was asked; the `answers` come first: a status, or a text."""

    users: list[dict[str, Any]]
    submissions: list[dict[str, Any]]
    assignment: dict[str, Any]
    # By a part of the path, the answers that come before its own: a status, a text, or None for a cut line.
    answers: dict[str, list[int | str | None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def score(self, user: int) -> float | None:
        """The score that a user has."""
        score: float | None = self._of(user)["score"]
        return score

    def comments(self, user: int) -> list[str]:
        """The comments that a user reads."""
        return [one["comment"] for one in self._of(user)["submission_comments"]]

    @property
    def changes(self) -> list[str]:
        """The requests that change something."""
        return [one for one in self.asked if one.startswith("PUT")]

    def _of(self, user: int) -> dict[str, Any]:
        return next(one for one in self.submissions if one["user_id"] == user)

    def answer(self, method: str, url: str, token: str, body: str) -> tuple[int, Any, str]:
        """The status, the body and the `Link` header."""
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        self.asked.append(f"{method} {path}")
        for part, answers in self.answers.items():
            if part in f"{method} {path}" and answers:
                answer = answers.pop(0)
                if answer is None:
                    raise ConnectionAbortedError
                return (answer, _error("said"), "") if isinstance(answer, int) else (200, answer, "")
        if token != f"Bearer {TOKEN}":
            return 401, _error("Invalid access token."), ""
        if method == "PUT" and (found := re.fullmatch(rf"{_WORK}/submissions/(\d+)", path)):
            return 200, self._update(int(found[1]), parse_qs(body, keep_blank_values=True)), ""
        lists = {f"{_PLACE}/search_users": self.users, f"{_WORK}/submissions": self.submissions}
        if path in lists:
            assert {"enrollment_type[]", "include[]"} & set(query)
            return self._page(lists[path], url, query)
        one = {_PLACE: {"id": COURSE, "name": "Deep Learning"}, _WORK: self.assignment}.get(path)
        return (200, one, "") if one else (404, _error("The specified resource does not exist."), "")

    def _page(self, every: list[Any], url: str, query: dict[str, list[str]]) -> tuple[int, Any, str]:
        start = int(query.get("page", ["bookmark:0"])[0].removeprefix("bookmark:"))
        size = min(int(query["per_page"][0]), _PAGE)
        base = re.sub(r"&page=[^&]*", "", url)
        links = [f'<{self.address}{base}&page=bookmark:{start}>; rel="current"']
        if start + size < len(every):
            links.append(f'<{self.address}{base}&page=bookmark:{start + size}>; rel="next"')
        return 200, every[start : start + size], ",".join(links)

    def _update(self, user: int, form: dict[str, list[str]]) -> dict[str, Any]:
        submission = self._of(user)
        if "submission[posted_grade]" in form:
            grade = form["submission[posted_grade]"][0]
            score = float(grade) if grade else None
            late = submission.get("points_deducted") or 0.0
            submission |= {"entered_score": score, "score": None if score is None else score - late}
        for text in form.get("comment[text_comment]", []):
            submission["submission_comments"].append({"author_id": 1, "comment": text})
        return submission


def _error(text: str) -> dict[str, Any]:
    return {"errors": [{"message": text}]}


@contextmanager
def a_canvas() -> Iterator[ACanvas]:
    """A Canvas with six students, of whom one is excused and one has not been given the assignment."""
    canvas = ACanvas(
        users=[
            a_user(101, "García, Ana", "ana.garcia", sis_user_id="2026001"),
            a_user(102, "Ito, Ren", "ren.ito", sis_user_id="2026002"),
            a_user(103, "Okafor, Chi", "chi"),
            # The token's owner may see no login of these.
            {"id": 104, "name": "Ana Smith", "sortable_name": "Smith, Ana"},
            {"id": 105, "name": "Bo Li", "sortable_name": "Li, Bo"},
            {"id": 106, "name": "Jo May", "sortable_name": "May, Jo"},
        ],
        submissions=[
            a_submission(101, submitted_at="2026-11-29T10:00:00Z"),
            a_submission(
                102, 6.5, entered_score=7.5, points_deducted=1.0, submitted_at="2026-11-29T10:00:00Z"
            ),
            a_submission(103, excused=True),
            a_submission(104, 8.0, submission_comments=[{"comment": "Well done."}]),
            a_submission(105),
        ],
        assignment={
            "id": ASSIGNMENT,
            "course_id": COURSE,
            "name": "Homework 11",
            "points_possible": 10.0,
            "grading_type": "points",
        },
    )

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._answer("")

        def do_PUT(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            token = self.headers.get("Authorization", "")
            try:
                status, content, link = canvas.answer(self.command, self.path, token, body)
            except ConnectionAbortedError:
                self.close_connection = True
                return
            text = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            if status == 401 and "Invalid access token." in text.decode():
                self.send_header("WWW-Authenticate", 'Bearer realm="canvas-lms"')
            if link:
                self.send_header("Link", link)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    canvas.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield canvas
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
