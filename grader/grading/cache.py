"""What was measured before, by its key: one SQLite file below the output folder, which may be deleted.

It holds evidence and reruns; findings and reports are made again from evidence. One run writes at a time, and
each measurement is a transaction, so a run that is killed leaves nothing half written.
"""

import json
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from os import getpid
from pathlib import Path
from typing import Any, Self

from grader.errors import UsageError
from grader.evidence import Evidence
from grader.evidence.frozen import Frozen
from grader.messages.wording import quoted
from grader.report import Origin

FILE = ".grader.sqlite"
DAMAGED = ".grader.damaged.sqlite"
# The cache of earlier versions, a folder.
_EARLIER = ".grader"
_KEPT_RUNS = 5
# How many seconds another run may hold the file while it only reads.
_PATIENCE = 0.5
# The last is the answer of a database of something else, which has no such table.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


# What a `Measured` in JSON begins with.
_EVIDENCE = b'{"evidence"'


class Measured(Frozen):
    """The evidence of one submission, and how it was measured."""

    evidence: Evidence
    origin: Origin


class Cache:
    """The measurements that are kept below one output folder."""

    def __init__(self, out: Path, tell: Callable[[str], None], *, read_only: bool = False) -> None:
        """Open the file; until it is closed, no other run can write into the folder.

        With `read_only` nothing is written and no file is made, and other runs may read at the same time.
        `tell` shows a sentence to whoever runs the command.

        Raises:
            UsageError: Another run is writing, the file system has no locks, or the file cannot be written.
                The methods raise it as well.
        """
        self._out = out
        self._path = out / FILE
        self._tell = tell
        self._read_only = read_only
        self._used: set[str] = set()
        self._connection = self._connected()
        ((last,),) = self._execute("SELECT coalesce(max(last_run), 0) FROM measurements")
        self._run = last + 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._execute("SELECT 1 FROM measurements LIMIT 1")

    def has(self, key: str) -> bool:
        """Whether something is kept under a key; damage is found when it is read."""
        return bool(self._execute("SELECT 1 FROM measurements WHERE key = ?", key))

    def measured(self, key: str) -> bytes | None:
        """Read what is kept under a key, as JSON; what is kept of a submission is a `Measured`."""
        for (content,) in self._execute("SELECT content FROM measurements WHERE key = ?", key):
            # The checksum of zlib finds damage within a row, which SQLite does not detect.
            with suppress(zlib.error, TypeError):
                kept = zlib.decompress(content)
                self._used.add(key)
                return kept
        return None

    def keep(self, key: str, evidence: Evidence, origin: Origin) -> bytes:
        """Keep a `Measured`, unless what failed may go well next time, and give it as JSON."""
        content = Measured(evidence=evidence, origin=origin).model_dump_json().encode()
        if all(problem.who in {"student", "teacher"} or problem.lasts for problem in evidence.problems()):
            self.write(key, content)
        return content

    def end_run(self) -> None:
        """Delete what this run and the last ones did not use; an interrupted run does not call this."""
        update = "UPDATE measurements SET last_run = ? WHERE key IN (SELECT value FROM json_each(?))"
        self._execute(update, self._run, json.dumps(sorted(self._used)))
        self._execute("DELETE FROM measurements WHERE last_run <= ?", self._run - _KEPT_RUNS)

    def evidence_but(self, keys: Collection[str]) -> list[str]:
        """The keys of the evidence that is kept under any other than these; reruns are nobody's."""
        rows = self._execute("SELECT key, substr(content, 1, 1000) FROM measurements")
        begun = (zlib.decompressobj().decompress(content, len(_EVIDENCE)) for _, content in rows)
        return [
            key for (key, _), text in zip(rows, begun, strict=True) if text == _EVIDENCE and key not in keys
        ]

    def forget(self, keys: Collection[str]) -> None:
        """Delete what is kept under these keys, so that no copy stays in the file."""
        listed = json.dumps(sorted(keys))
        self._execute("DELETE FROM measurements WHERE key IN (SELECT value FROM json_each(?))", listed)
        # Rows that SQLite once moved stay in unused parts of its pages, whatever `secure_delete` overwrites.
        self._execute("VACUUM")

    def write(self, key: str, content: bytes) -> None:
        """Keep JSON under a key."""
        packed = zlib.compress(content, 1)
        self._execute("INSERT OR REPLACE INTO measurements VALUES (?, ?, ?)", key, self._run, packed)
        self._used.add(key)

    def _execute(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            self._connection = self._without_damage(error)
        return self._connection.execute(statement, values).fetchall()

    def _connected(self) -> sqlite3.Connection:
        """Connect to the file, which is made if it is not there."""
        # As for every other output file, a link is replaced and not followed.
        if self._path.is_symlink() and not self._read_only:
            self._path.unlink()
        if self._read_only and (self._path.is_symlink() or not self._path.exists()):
            return _prepared(":memory:", writes=True)
        if not self._path.exists() and (self._out / _EARLIER).is_dir():
            self._tell(
                f"{quoted(self._out / _EARLIER)} is the cache of an earlier version and is not used; "
                "you may delete it."
            )
        try:
            return _prepared(self._path, writes=not self._read_only)
        except sqlite3.DatabaseError as error:
            return self._without_damage(error)

    def _without_damage(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """Go on with an empty cache, and keep a damaged one under another name; any other error is raised."""
        if _code(error) not in _DAMAGE:
            raise self._explained(error) from None
        if self._read_only:
            self._tell(f"The cache {quoted(self._path)} is damaged and not used.")
            return _prepared(":memory:", writes=True)
        self._path.replace(self._out / DAMAGED)
        Path(f"{self._path}-journal").unlink(missing_ok=True)
        self._tell(
            f"The cache {quoted(self._path)} was damaged and is now `{DAMAGED}`. "
            "What it held is measured again."
        )
        return _prepared(self._path, writes=True)

    def _explained(self, error: sqlite3.Error) -> UsageError:
        """The error for whoever runs the command, with what to do."""
        out, code = quoted(self._out), _code(error)
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR} and not _has_locks(self._out):
            return UsageError(
                f"The file system of {out} has no file locks, so two runs could damage the cache.",
                "Name a folder on another disk with `--out`.",
            )
        if code == sqlite3.SQLITE_BUSY:
            number = _process(self._path)
            process = f" (process {number})" if number else ""
            return UsageError(
                f"Another run{process} is writing into {out}.",
                "Wait until it has ended, or name another folder with `--out`.",
            )
        return UsageError(
            f"{quoted(self._path)} cannot be written: {error}.",
            "Free some room or name another folder with `--out`.",
        )


def _prepared(path: Path | str, *, writes: bool) -> sqlite3.Connection:
    """Connect to a file with our table; a connection that writes holds the file until it is closed."""
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        if writes:
            # The file gets smaller when rows are deleted.
            connection.execute("PRAGMA auto_vacuum = FULL")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            if connection.execute("PRAGMA schema_version").fetchone() == (0,):
                connection.execute(
                    "CREATE TABLE measurements (key TEXT PRIMARY KEY, last_run INTEGER, content BLOB)"
                )
        connection.execute("SELECT key, last_run, content FROM measurements LIMIT 0")
        if writes:
            # A run that must wait reads in the header for which process.
            connection.execute(f"PRAGMA user_version = {getpid()}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error; 0 for a mistake of ours."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _process(path: Path) -> int:
    """The process that the header of a cache names; 0 if it names none."""
    try:
        with path.open("rb") as stream:
            return int.from_bytes(stream.read(64)[60:], "big")
    except OSError:
        return 0


def _has_locks(folder: Path) -> bool:
    """Whether a new file in a folder can be locked."""
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder) as place,
            closing(sqlite3.connect(Path(place) / FILE, isolation_level=None)) as connection,
        ):
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    except OSError:
        return True
    return True
