"""Serves a desk on this machine until it is interrupted."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

from grader.desk.application import app_of
from grader.desk.desk import Desk
from grader.desk.door import HOST, Door
from grader.errors import UsageError
from grader.grading.judging import Drawers


def serve(out: Path, by: str, port: int, opened: Callable[[str], None]) -> None:
    """Serve the desk of a graded folder; `opened` gets its address. 0 is any free port.

    Raises:
        UsageError: The port is taken, or nothing was graded in the folder.
    """
    with listening(port) as place, Drawers(1) as drawers:
        door = Door(place.getsockname()[1])
        server = server_of(Desk(out, by, door, drawers))
        opened(door.address)
        # It has ended well when it raises this.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[place])


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket at a port of this machine that nobody from elsewhere reaches; 0 is any free one."""
    with socket.socket() as place:
        try:
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            place.bind((HOST, port))
            place.listen()
        except OSError as error:
            raise UsageError(
                f"The port {port} cannot be used: {error.strerror}.",
                "Name another one, or leave `--port` out.",
            ) from None
        yield place


def server_of(desk: Desk) -> uvicorn.Server:
    """The server of a desk, which says nothing: the address has the secret."""
    return uvicorn.Server(
        uvicorn.Config(
            app_of(desk),
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
    )
