"""The queue that Open edX has since 2026, `edx-submissions` of the package index, on this machine.

Run as a program it is a Django site with that application at `/xqueue/`, as the LMS has it, on a free port:
Django stays out of the process of the tests, and its warnings with it.
"""

import json
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = "submissions_externalgraderdetail"
# Users by the group that the queue asks for.
USERS = {"grader": "xqueue", "student": ""}
PASSWORD = "secret"  # noqa: S105  (of a site that lives as long as the tests)


@dataclass(frozen=True)
class Handed:
    """What the queue holds about a submission."""

    status: str
    failures: int
    reply: dict[str, Any] | None


@dataclass(frozen=True)
class Site:
    """A running site, and the folder with its databases."""

    address: str
    folder: Path

    def hand_in(self, queue: str, files: Mapping[str, bytes], student: str = "anon7") -> None:
        """What the LMS does with a student's files."""
        (self.folder / "files").mkdir(exist_ok=True)
        for number, content in enumerate(files.values()):
            (self.folder / "files" / str(number)).write_bytes(content)
        body = json.dumps({"queue": queue, "student": student, "files": list(files)}).encode()
        with urllib.request.urlopen(f"{self.address}/hand-in/", body) as answer:  # noqa: S310  (our own)
            assert 200 == answer.status

    def handed(self, queue: str) -> list[Handed]:
        """The submissions of a queue, the first one first."""
        rows = self._sql(
            f"SELECT status, num_failures, grader_reply FROM {TABLE} WHERE queue_name = ? ORDER BY id",  # noqa: S608
            queue,
        )
        return [Handed(status, failures, json.loads(reply or "null")) for status, failures, reply in rows]

    def wait(self, queue: str, minutes: float) -> None:
        """Let time go by for the submissions of a queue."""
        later = f"-{minutes} minutes"
        self._sql(
            f"UPDATE {TABLE} SET status_time = strftime('%Y-%m-%d %H:%M:%f', status_time, ?)"  # noqa: S608
            " WHERE queue_name = ?",
            later,
            queue,
        )

    def lose_files(self) -> None:
        """Take away what students handed in, as a storage does that has lost it."""
        for file in (self.folder / "media").rglob("*-*"):
            file.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the submissions, as another reply does that is just being written."""
        with closing(sqlite3.connect(self.folder / "queue.sqlite3", isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            yield

    def _sql(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "queue.sqlite3")) as database, database:
            return database.execute(statement, values).fetchall()


@contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    """A site with nothing handed in."""
    command = [sys.executable, __file__, folder]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            yield Site(process.stdout.readline().strip(), folder)
        finally:
            process.terminate()


class Router:
    """The submissions have a database of their own, so that it can be locked while users are known."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """Where a model is read."""
        return "queue" if model._meta.app_label == "submissions" else "default"

    db_for_write = db_for_read

    def allow_relation(self, *_: Any, **__: Any) -> bool:
        """Anything."""
        return True


def _serve(folder: Path) -> None:
    from wsgiref.simple_server import make_server

    import django
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={
            name: {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / f"{name}.sqlite3",
                "OPTIONS": {"timeout": 0.05},
            }
            for name in ("default", "queue")
        },
        DATABASE_ROUTERS=[Router()],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "rest_framework",
            "submissions",
        ],
        MEDIA_ROOT=folder / "media",
        MEDIA_URL="/media/",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        # The tables as the models have them, without the history of each.
        MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "sessions", "submissions")),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF=__name__,
        SECRET_KEY=PASSWORD,
        USE_TZ=True,
    )
    django.setup()

    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path
    from django.views.decorators.csrf import csrf_exempt
    from django.views.static import serve

    for database in ("default", "queue"):
        call_command("migrate", database=database, run_syncdb=True, verbosity=0)
    for name, group in USERS.items():
        user = User.objects.create_user(name, password=PASSWORD)
        if group:
            user.groups.add(Group.objects.create(name=group))
    globals()["urlpatterns"] = [
        path("xqueue/", include("submissions.urls")),
        path("media/<path:path>", serve, {"document_root": folder / "media"}),
        path("hand-in/", csrf_exempt(_hand_in)),
    ]
    server = make_server("127.0.0.1", 0, get_wsgi_application())
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201  (where it is)
    server.serve_forever()


def _hand_in(request: Any) -> Any:
    from types import SimpleNamespace

    from django.conf import settings
    from django.core.files.base import ContentFile
    from django.http import HttpResponse
    from submissions.api import create_external_grader_detail

    asked = json.loads(request.body)
    item = {"student_id": asked["student"], "course_id": "course", "item_id": "item", "item_type": "problem"}
    handed_in = settings.MEDIA_ROOT.parent / "files"
    files = {
        name: SimpleNamespace(file=ContentFile((handed_in / str(number)).read_bytes(), name))
        for number, name in enumerate(asked["files"])
    }
    create_external_grader_detail(item, "", asked["queue"], "key", points_possible=1, files=files)
    return HttpResponse()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
