"""A desk at a graded class, and a browser's part of the talk with it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

from builders_grading import a_graded_folder
from builders_reports import a_norm_item, a_report, an_accuracy_item, an_item

from grader.desk.desk import Desk
from grader.desk.door import Door
from grader.desk.server import listening, server_of
from grader.grading.judging import Drawers
from grader.grading.verdict import settled
from grader.report import Report

DOUBT = a_norm_item(status="review", message="The log ends at 0.12; the model has 0.97.", hint="Ask.")


def in_review(name: str) -> Report:
    """A submission that waits because of one item."""
    items = (an_item(), DOUBT, an_accuracy_item())
    return settled(a_report(*items, id=name, name=name.title(), points_to_pass=7.5))


def a_waiting_class(out: Path, *names: str) -> Path:
    """A graded folder in which each of these waits, and one has passed."""
    done = settled(a_report(an_item(), an_accuracy_item(), id="zoe", name="Zoë"))
    return a_graded_folder(out, *map(in_review, names), done, phrases=("Well argued.", "Cite <it>."))


@dataclass(frozen=True)
class Answer:
    """What a desk has answered."""

    status: int
    headers: Message
    text: str


@contextmanager
def at_the_desk(out: Path, by: str = "Dr. Kim") -> Iterator["Browser"]:
    """A browser at a desk that was opened with its address, and is closed as by Ctrl-C."""
    with listening(0) as place, Drawers(1) as drawers:
        desk = Desk(out, by, Door(place.getsockname()[1]), drawers)
        server = server_of(desk)
        thread = Thread(target=server.run, kwargs={"sockets": [place]})
        thread.start()
        try:
            browser = Browser(desk)
            answer = browser.send("GET", f"/open/{desk.door.secret}")
            browser.cookie = answer.headers["set-cookie"].partition(";")[0]
            yield browser
        finally:
            server.should_exit = True
            thread.join()


class Browser:
    """What a person does at a desk."""

    def __init__(self, desk: Desk) -> None:
        """Take a desk; who sends its secret gets the cookie."""
        self.desk, self.cookie = desk, ""

    def send(self, method: str, path: str, content: bytes = b"", **headers: str) -> Answer:
        """Send a request with these headers beside those of a browser; an empty one is left out."""
        sent = {"Host": self.desk.door.origin[7:], "Cookie": self.cookie, "Origin": self.desk.door.origin}
        connection = HTTPConnection("127.0.0.1", self.desk.door.port)
        connection.putrequest(method, path, skip_host=True)
        for name, value in ({**sent, "Content-Length": str(len(content))} | headers).items():
            if value:
                connection.putheader(name, value.encode())
        connection.endheaders(content)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, answer.headers, text)

    def page(self, path: str, status: int = 200) -> str:
        """The page at a path, after all redirections."""
        answer = self.send("GET", path)
        while answer.status == 303:
            answer = self.send("GET", answer.headers["location"])
        assert status == answer.status
        return answer.text

    def goes(self, path: str) -> str:
        """Where a path leads."""
        return str(self.send("GET", path).headers["location"])

    def fields(self, folder: str) -> dict[str, str]:
        """The hidden fields of the form that decides about a submission."""
        form = self.page(f"/submission/{folder}").split('class="decide"')[1]
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))

    def decide(self, folder: str, verb: str, **fields: str) -> tuple[int, str]:
        """Fill in the form and send it; the status, and where it leads or what it says."""
        return self.post(folder, {**self.fields(folder), "verb": verb, **fields})

    def post(self, folder: str, fields: dict[str, str], **headers: str) -> tuple[int, str]:
        """Send a form that was filled in before."""
        answer = self.send("POST", f"/decide/{folder}", urlencode(fields).encode(), **headers)
        return answer.status, answer.headers.get("location", answer.text)
