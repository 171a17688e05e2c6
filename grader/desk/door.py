"""Who may use a desk: whoever has its secret, from this machine, by its own pages."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

from starlette.requests import Request

HOST = "127.0.0.1"
# Nothing is asked for elsewhere, and nothing in a page runs but our own script.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A page of a submission may be shown within one of the desk's.
FRAMED_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # With `no-referrer`, a browser would not say from which origin a form was sent.
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True)
class Door:
    """The way into a desk: the address with the `secret` gives a cookie with the `key`, which opens it.

    Its forms have the `token`, which no other page knows.
    """

    port: int
    secret: str = field(default_factory=secrets.token_urlsafe)
    key: str = field(default_factory=secrets.token_urlsafe)
    token: str = field(default_factory=secrets.token_urlsafe)

    @property
    def origin(self) -> str:
        """Where the desk is, as a browser says it."""
        return f"http://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """The address to open."""
        return f"{self.origin}/open/{self.secret}"

    @property
    def cookie(self) -> str:
        """The name of the cookie; a browser gives cookies to every port of a machine."""
        return f"grader_desk_{self.port}"

    def refuses(self, request: Request) -> str:
        """Why a request is refused; "" where it is not."""
        if request.headers.get("host") != f"{HOST}:{self.port}":
            return "This address is not the desk's."
        if _same(request.url.path, f"/open/{self.secret}"):
            return ""
        if not _same(request.cookies.get(self.cookie, ""), self.key):
            return "Open the address that `grader desk` printed."
        if request.method not in {"GET", "HEAD"} and request.headers.get("origin") != self.origin:
            return "Only the desk's own pages may change something."
        return ""


def _same(given: str, expected: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())
