"""A queue of Open edX as a service on this machine, with the forms of XQueue."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Service:
    """What the service gives and what it has got.

    Attributes:
        waiting: the contents of submissions, in order.
        files: by path.
        replies: the forms of replies.
        paths: of all requests.
        answers: instead of the service's own, in order; a number is a status, a text a body.
    """

    waiting: list[object] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    replies: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answers: list[int | str] = field(default_factory=list)
    address: str = ""

    def answer(self, asked: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        """The status and the body of an answer, as XQueue gives them."""
        path = urlsplit(asked).path
        if self.answers:
            answer = self.answers.pop(0)
            return (answer, b"") if isinstance(answer, int) else (200, answer.encode())
        if path in self.files:
            return 200, self.files[path]
        if path == "/xqueue/login/":
            right = form == {"username": "grader", "password": "secret"}
            return _said(0, "Logged in") if right else _said(1, "Incorrect login credentials")
        if "csrftoken=t" not in headers.get("cookie", ""):
            return _said(1, "login_required")
        if path == "/xqueue/get_submission/":
            return _said(0, self.waiting.pop(0)) if self.waiting else _said(1, "Queue is empty")
        trusted = headers.get("x-csrftoken") == "t" and "referer" in headers
        self.replies += [form] * trusted
        return _said(0, "") if trusted else (403, b"")


def _said(code: int, content: object) -> tuple[int, bytes]:
    return 200, json.dumps({"return_code": code, "content": content}).encode()


def a_content(files: dict[str, str], student: str = "anon7") -> str:
    """A submission's content, encoded twice as XQueue does."""
    info = json.dumps({"anonymous_student_id": student, "submission_time": "20260302", "random_seed": 1})
    body = json.dumps({"student_info": info, "student_response": "", "grader_payload": "x"})
    header = json.dumps({"submission_id": 5, "submission_key": "k"})
    return json.dumps({"xqueue_header": header, "xqueue_files": json.dumps(files), "xqueue_body": body})


@contextmanager
def a_service() -> Iterator[Service]:
    """A service that lets the user `grader` in with the password `secret`."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer({name: values[0] for name, values in form.items()})

        def _answer(self, form: dict[str, str]) -> None:
            service.paths.append(self.path)
            status, body = service.answer(
                self.path, form, {name.lower(): text for name, text in self.headers.items()}
            )
            self.send_response(status)
            self.send_header("Set-Cookie", "csrftoken=t; Path=/")
            if status == 302:
                self.send_header("Location", "file:///etc/hostname")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
