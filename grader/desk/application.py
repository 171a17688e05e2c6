"""The addresses of a desk. One request is answered at a time: a desk is one teacher's."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from grader.desk.desk import Desk, Form, to, told
from grader.desk.door import FRAMED_POLICY, HEADERS, Door
from grader.errors import GraderError, UsageError
from grader.grading.graded_folder import GradedSubmission, named
from grader.messages.message import say
from grader.reports import html

_LARGEST_FORM = 64_000
_FRAMES = (html.FILE, html.TEACHER_FILE)
_TEMPLATES = files("grader.reports") / "templates"
_UNKNOWN = say("There is no such submission.")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Pages:
    """What each address answers."""

    desk: Desk

    async def opened(self, _: Request) -> Response:
        # A page, and no redirection: for a browser, it is this page that asks for the next one.
        page = HTMLResponse('<!doctype html><html lang="en"><title>Desk</title><a href="/">Desk</a>')
        page.headers["Refresh"] = "0; url=/"
        page.set_cookie(self.desk.door.cookie, self.desk.door.key, httponly=True, samesite="strict")
        return page

    async def queue(self, _: Request) -> Response:
        self.desk.queue.read()
        return self.desk.listed()

    async def next(self, request: Request) -> Response:
        return self._beside(request, 1)

    async def previous(self, request: Request) -> Response:
        return self._beside(request, -1)

    def _beside(self, request: Request, step: int) -> Response:
        self.desk.queue.read()
        folder = request.query_params.get("after", "")
        return self.desk.beside(folder if self.desk.queue.submission(folder) else "", step)

    async def find(self, request: Request) -> Response:
        self.desk.queue.read()
        try:
            found = named(self.desk.queue.run, request.query_params.get("id", "").strip())
        except UsageError as error:
            return self.desk.listed(404, told(error))
        return to(f"/submission/{found.folder}")

    async def submission(self, request: Request) -> Response:
        one = self._named(request)
        return self.desk.shown(one) if one else self.desk.listed(404, _UNKNOWN)

    async def decide(self, request: Request) -> Response:
        one, form = self._named(request), await _form(request)
        if form is None or not secrets.compare_digest(form.token.encode(), self.desk.door.token.encode()):
            return PlainTextResponse("Only the desk's own forms may change something.", 403)
        return self.desk.decided(one, form) if one else self.desk.listed(404, _UNKNOWN)

    async def page(self, request: Request) -> Response:
        one, name = self._named(request), request.path_params["name"]
        try:
            content = (self.desk.out / one.folder / name).read_bytes() if one and name in _FRAMES else None
        except OSError:
            content = None
        if content is None:
            return PlainTextResponse("There is no such page.", 404)
        return HTMLResponse(content, headers={"Content-Security-Policy": FRAMED_POLICY})

    def _named(self, request: Request) -> GradedSubmission | None:
        self.desk.queue.read()
        return self.desk.queue.submission(request.path_params["folder"])


async def _style(_: Request) -> Response:
    texts = [(_TEMPLATES / name).read_text("utf-8") for name in ("style.css", "desk.css")]
    return Response("".join(texts), media_type="text/css")


async def _script(_: Request) -> Response:
    return Response((_TEMPLATES / "desk.js").read_text("utf-8"), media_type="text/javascript")


async def _failed(_: Request, error: Exception) -> Response:
    return PlainTextResponse(told(error).text if isinstance(error, GraderError) else "", 500)


def app_of(desk: Desk) -> ASGIApp:
    """The application of a desk: its pages behind its door."""
    pages = _Pages(desk)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        desk.close()

    routes = [
        Route("/", pages.queue, methods=["GET"]),
        Route("/open/{secret}", pages.opened, methods=["GET"]),
        Route("/next", pages.next, methods=["GET"]),
        Route("/previous", pages.previous, methods=["GET"]),
        Route("/find", pages.find, methods=["GET"]),
        Route("/submission/{folder}", pages.submission, methods=["GET"]),
        Route("/decide/{folder}", pages.decide, methods=["POST"]),
        Route("/pages/{folder}/{name}", pages.page, methods=["GET"]),
        Route("/desk.css", _style, methods=["GET"]),
        Route("/desk.js", _script, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers={GraderError: _failed}, lifespan=lifespan)
    return _guarded(app, desk.door)


def _guarded(app: ASGIApp, door: Door) -> ASGIApp:
    """The application behind its door: nothing of it runs for whoever is refused, and no bug shows itself."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await app(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                more = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(one for one in more if one[0] not in own)]
            await send(message)

        refusal = door.refuses(Request(scope))
        try:
            answer = PlainTextResponse(refusal, 403) if refusal else app
            await answer(scope, receive, send_with_headers)
        except Exception:
            logger.exception("The desk failed.")

    return guard


async def _form(request: Request) -> Form | None:
    """What a form was filled in with; None where it is none, or longer than any of ours."""
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _LARGEST_FORM:
            return None
    try:
        fields = parse_qs(content.decode("utf-8"), max_num_fields=20)
    except ValueError:
        return None
    names = {"about": "item"}
    known = {name: values[-1] for name, values in fields.items()}
    given = {names.get(name, name): value for name, value in known.items()}
    return Form(**{name: given[name] for name in Form.__dataclass_fields__ if name in given})
