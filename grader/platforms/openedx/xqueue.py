"""The queue from which external graders of Open edX pull submissions, and to which they reply.

It is asked over HTTP with the standard library: for three requests, another library is not worth trusting.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any

from grader.errors import SubmissionError, UsageError
from grader.messages.message import say
from grader.messages.safe_text import plain
from grader.messages.wording import quoted

LARGEST_REPLY = 1_000_000
_SECONDS = 30.0


@dataclass(frozen=True)
class Queued:
    """A submission from the queue: the student's anonymous id, and the address of each file by its name."""

    # It goes back unchanged with the reply.
    header: str
    student: str
    files: dict[str, str]


class QueueError(Exception):
    """The queue cannot be reached, or its answer not be understood; later it may work."""


class XQueue:
    """A queue and its session; everything asked of it raises `QueueError` where it cannot be reached."""

    def __init__(self, address: str, name: str, user: str, password: str) -> None:
        """Name a queue at an address, such as `https://xqueue.example`; nothing is asked yet."""
        if urllib.parse.urlsplit(address).scheme not in {"http", "https"}:
            raise UsageError(
                f"The address of the queue must begin with `https://`. Received: {quoted(address)}.",
                "Ask whoever runs Open edX for the address of the queue.",
            )
        if not user or not password:
            raise UsageError(
                "The environment must have `XQUEUE_USER` and `XQUEUE_PASSWORD`.",
                "Ask whoever runs Open edX for them. They are not options, which other users could see.",
            )
        self._address = address.rstrip("/")
        self._form = {"username": user, "password": password}
        self._name = name
        self._cookies = CookieJar()
        self._opener = _opener(self._cookies)

    def login(self) -> None:
        """Begin a session; raises `UsageError` where the queue refuses the user."""
        try:
            # For the token that Django asks for with every form.
            self._ask("login/")
            said = self._ask("login/", self._form)
        except _RefusedError as error:
            said = {"return_code": 1, "content": str(error)}
        if said["return_code"] != 0:
            raise UsageError(
                f"The queue does not let the user {quoted(self._form['username'])} in: {_words(said)}.",
                "Check `XQUEUE_USER` and `XQUEUE_PASSWORD` with whoever runs Open edX.",
            )

    def take(self) -> Queued | None:
        """The next submission; None if none waits."""
        said = self._ask(f"get_submission/?{urllib.parse.urlencode({'queue_name': self._name})}")
        if said["return_code"] != 0:
            return None
        try:
            content = _object(said["content"])
            body = _object(content.get("xqueue_body") or "{}")
            student = _object(body.get("student_info") or "{}")
            files = _object(content.get("xqueue_files") or "{}")
            header = content["xqueue_header"]
        except (ValueError, KeyError, RecursionError) as error:
            raise QueueError(f"A submission cannot be understood ({type(error).__name__}).") from None
        return Queued(
            header=header if isinstance(header, str) else json.dumps(header),
            student=str(student.get("anonymous_student_id", "submission")),
            files={str(name): str(address) for name, address in files.items()},
        )

    def reply(self, queued: Queued, body: str) -> None:
        """Send the JSON of a reply."""
        said = self._ask("put_result/", {"xqueue_header": queued.header, "xqueue_body": body})
        if said["return_code"] != 0:
            raise QueueError(f"The queue did not accept a reply: {_words(said)}.")

    def file(self, name: str, address: str, largest: int) -> bytes:
        """Load a student's file, by default from the queue's host; a larger one raises `SubmissionError`."""
        whole = urllib.parse.urljoin(f"{self._address}/", address)
        if urllib.parse.urlsplit(whole).scheme not in {"http", "https"}:
            raise QueueError("The address of a file does not begin with `https://`.")
        content = self._load(urllib.request.Request(whole), largest)  # noqa: S310  (looked at above)
        if len(content) > largest:
            raise SubmissionError(
                say(
                    "{name} is too large; the grader reads at most {largest} bytes of it.",
                    name=quoted(name),
                    largest=f"{largest:,}",
                ),
                say("Hand in the file that the homework asks for, without anything else in it."),
            )
        return content

    def _ask(self, what: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        address = f"{self._address}/xqueue/{what}"
        data = urllib.parse.urlencode(form).encode("ascii") if form is not None else None
        token = next((cookie.value for cookie in self._cookies if cookie.name == "csrftoken"), "") or ""
        headers = {"Referer": address, "X-CSRFToken": token}
        request = urllib.request.Request(address, data, headers)  # noqa: S310  (http or https, see `__init__`)
        try:
            said = _object(self._load(request, LARGEST_REPLY).decode("utf-8"))
        except (ValueError, RecursionError):
            raise QueueError("The queue's answer is not a JSON object.") from None
        if not isinstance(said.get("return_code"), int) or "content" not in said:
            raise QueueError("The queue's answer has no `return_code` and `content`.")
        return said

    def _load(self, request: urllib.request.Request, largest: int) -> bytes:
        try:
            with self._opener.open(request, timeout=_SECONDS) as response:
                content: bytes = response.read(largest + 1)
                return content
        except urllib.error.HTTPError as error:
            kind = _RefusedError if error.code in {401, 403} else QueueError
            raise kind(f"The queue answers {error.code}{_reason(error)}.") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise QueueError(f"The queue cannot be reached: {plain(str(reason), 200)}.") from None


class _RefusedError(QueueError):
    """The queue does not let us in."""


def _opener(cookies: CookieJar) -> urllib.request.OpenerDirector:
    """One that knows only http and https, not `file:` or `ftp:`, which a redirection or a file could name."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        # It follows no redirection but to http, https and ftp, and there is no handler for ftp.
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPCookieProcessor(cookies),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _reason(error: urllib.error.HTTPError) -> str:
    """Why, in the words of the queue or of its Django; nothing where a page of a server stands there."""
    with error:
        try:
            said = _object(error.read(LARGEST_REPLY).decode("utf-8"))
        except (OSError, HTTPException, ValueError, RecursionError):
            return ""
    words = said.get("content") or said.get("detail")
    return f": {_words({'content': words})}" if words else ""


def _words(said: dict[str, Any]) -> str:
    return plain(str(said["content"]), 200).removesuffix(".")


def _object(said: Any) -> dict[str, Any]:
    """A JSON object, which the queue writes as one or as text of one; anything else raises `ValueError`."""
    found = json.loads(said) if isinstance(said, str) else said
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004  (one kind of mistake, with JSON's own)
    return found
