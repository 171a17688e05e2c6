"""Tests of `grader.grading.cache`: what was measured is found again, whatever happens to the file."""

import errno
import json
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import builders_evidence as build
import pytest
from builders_grading import a_cache, keep

from grader.errors import UsageError
from grader.evidence.problem import Problem
from grader.grading.cache import _KEPT_RUNS, DAMAGED, FILE, Cache, Measured
from grader.report import Origin

EVIDENCE = build.some_evidence()

# Keeps evidence under more and more keys, and says of each that it is kept.
KEEP = """
import sys
from pathlib import Path
import builders_evidence
from grader.grading.cache import Cache
from grader.report import Origin
with Cache(Path(sys.argv[1]), print) as cache:
    for number in range(1_000_000):
        cache.keep(f"key{number}", builders_evidence.some_evidence(), Origin())
        print(number, flush=True)
"""
# Refuses every lock, as a file system without locks does, and then opens a cache.
WITHOUT_LOCKS = """
import sys
from pathlib import Path
from grader.errors import UsageError
from grader.grading.cache import Cache
from grader.sandbox.kernel import machine, process_control
from grader.sandbox.seccomp import Step, _Program

fcntl, set_lock = {"x86_64": 72, "aarch64": 25}[machine()], 6
steps = (
    Step(0x20, 0),
    Step(0x15, fcntl, if_not=3),
    Step(0x20, 24),
    Step(0x15, set_lock, if_not=1),
    Step(0x06, 0x00050000 | int(sys.argv[2])),
    Step(0x06, 0x7FFF0000),
)
process_control(38, 1)
process_control(22, 2, _Program(len(steps), b"".join(step.packed() for step in steps)))
try:
    with Cache(Path(sys.argv[1]), print):
        print("opened")
except UsageError as error:
    print(error.message)
"""


def start(program: str, *arguments: object) -> "subprocess.Popen[str]":
    """A process that runs a program with the builders at hand."""
    environment = {**os.environ, "PYTHONPATH": str(Path(build.__file__).parent)}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def kept(out: Path, *keys: str, read_only: bool = False) -> list[str]:
    """Those keys under which evidence is kept."""
    with a_cache(out, read_only=read_only) as cache:
        return [key for key in keys if cache.measured(key) is not None]


def told(out: Path, *, read_only: bool = False) -> tuple[list[str], Measured | None]:
    """What a run is told that opens the cache, and the evidence that it finds."""
    said: list[str] = []
    with Cache(out, said.append, read_only=read_only) as cache:
        return said, evidence_of(cache, "key")


def evidence_of(cache: Cache, key: str) -> Measured | None:
    """What is kept under a key."""
    content = cache.measured(key)
    return None if content is None else Measured.model_validate_json(content)


def test_everything_comes_back(tmp_path: Path) -> None:
    """In a later run, from one file: numbers to the last bit, and what sentences are made from."""
    log = build.a_log(build.a_column("loss", [0.1 + 0.2, float("inf"), 1e-300]))
    measured = Measured(evidence=build.some_evidence(log=log), origin=Origin(seconds=2.0))
    with a_cache(tmp_path) as cache:
        cache.keep("key", measured.evidence, measured.origin)
        cache.write("rerun", b"a rerun")

    with a_cache(tmp_path) as cache:
        found = evidence_of(cache, "key")
        assert found
        assert json.loads(measured.model_dump_json()) == json.loads(found.model_dump_json())
        assert (b"a rerun", None) == (cache.measured("rerun"), cache.measured("other"))
    assert [FILE] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("who", "lasts", "is_kept"),
    [
        ("student", False, True),
        ("operator", False, False),
        ("operator", True, True),
        ("pending", False, False),
    ],
)
def test_what_may_be_gone_next_time_is_not_kept(tmp_path: Path, who: str, lasts: bool, is_kept: bool) -> None:
    """A machine that was too busy must not stay the last word; a file that always takes too long may."""
    problem = Problem.model_validate({"who": who, "message": "It is not there.", "lasts": lasts})
    keep(tmp_path, key=build.some_evidence(rerun=problem))

    assert is_kept == bool(kept(tmp_path, "key"))


def test_reading_makes_no_file(tmp_path: Path) -> None:
    """Nor does it change one."""
    assert [] == kept(tmp_path, "key", read_only=True)
    assert [] == list(tmp_path.iterdir())
    keep(tmp_path, key=EVIDENCE)
    before = (tmp_path / FILE).read_bytes()

    assert ["key"] == kept(tmp_path, "key", read_only=True)
    assert before == (tmp_path / FILE).read_bytes()


def test_a_second_run_is_told_so(tmp_path: Path) -> None:
    """With the number of the first, whether it writes or reads; two that read do not disturb each other."""
    running = start(KEEP, tmp_path)
    assert running.stdout is not None
    running.stdout.readline()

    said = []
    for read_only in (False, True):
        with pytest.raises(UsageError) as caught, a_cache(tmp_path, read_only=read_only):
            pass
        said.append(caught.value.message)
    running.kill()
    running.communicate()

    assert [f"Another run (process {running.pid}) is writing into `{tmp_path}`."] * 2 == said
    assert ["key0"] == kept(tmp_path, "key0")
    with a_cache(tmp_path, read_only=True):
        assert ["key0"] == kept(tmp_path, "key0", read_only=True)


@pytest.mark.hostile_row(76)
def test_a_run_that_is_killed_leaves_all_that_it_kept(tmp_path: Path) -> None:
    """At any moment; the next run opens the file without a word."""
    for _ in range(3):
        running = start(KEEP, tmp_path)
        assert running.stdout is not None
        numbers = [running.stdout.readline().strip() for _ in range(20)]
        running.kill()
        running.communicate()

        keys = [f"key{number}" for number in numbers]
        assert keys == kept(tmp_path, *keys)


@pytest.mark.hostile_row(76)
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """What was kept before stays."""
    keep(tmp_path, key=EVIDENCE)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / FILE).stat().st_size, before[1]))
    try:
        with pytest.raises(UsageError) as caught:
            keep(tmp_path, **{f"other{number}": EVIDENCE for number in range(100)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert caught.value.message.startswith(f"`{tmp_path / FILE}` cannot be written: ")
    assert ["key"] == kept(tmp_path, "key")


@pytest.mark.skipif(sys.platform != "linux", reason="a filter of system calls stands for the file system")
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_said(tmp_path: Path, number: int) -> None:
    """It is not taken for another run."""
    said, _ = start(WITHOUT_LOCKS, tmp_path, number).communicate()

    assert [True, False] == [word in said for word in ("no file locks", "nother run")]


def overwritten(path: Path, start: int, content: bytes) -> None:
    """A file of which these bytes are others."""
    with path.open("r+b") as stream:
        stream.seek(start)
        stream.write(content)


@pytest.mark.parametrize("damage", ["empty", "header", "pages", "half", "another database"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: str) -> None:
    """It is said, the file lies there under another name, and what it held can be kept again."""
    path = tmp_path / FILE
    keep(tmp_path, key=EVIDENCE, **{f"key{number}": EVIDENCE for number in range(9)})
    size = path.stat().st_size
    match damage:
        case "empty":
            path.write_bytes(b" " * 5000)
        case "header":
            overwritten(path, 0, b"no database")
        case "pages":
            overwritten(path, 4096, b"\xff" * (size - 4096))
        case "half":
            os.truncate(path, size // 2)
        case _:
            path.unlink()
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE others (key)")
            connection.close()
    damaged = path.read_bytes()

    said, found = told(tmp_path)

    assert [1, None] == [len(said), found]
    assert all(name in said[0] for name in (FILE, DAMAGED))
    # The number of the process may have been written into it.
    assert len(damaged) == (tmp_path / DAMAGED).stat().st_size
    keep(tmp_path, key=EVIDENCE)
    assert ["key"] == kept(tmp_path, "key")


def test_who_only_reads_sets_no_damaged_file_aside(tmp_path: Path) -> None:
    """It is said, and nothing is found."""
    (tmp_path / FILE).write_bytes(b" " * 5000)

    said, found = told(tmp_path, read_only=True)

    assert [1, None, FILE] == [len(said), found, *(path.name for path in tmp_path.iterdir())]


def test_damage_within_a_row_costs_that_row(tmp_path: Path) -> None:
    """The evidence is as good as not there; that of the others is found."""
    keep(tmp_path, ana=EVIDENCE, ben=EVIDENCE)
    connection = sqlite3.connect(tmp_path / FILE)
    (content,) = connection.execute("SELECT content FROM measurements WHERE key = 'ana'").fetchone()
    changed = content[:99] + bytes([content[99] ^ 1]) + content[100:]
    with connection:
        connection.execute("UPDATE measurements SET content = ? WHERE key = 'ana'", (changed,))
    connection.close()

    assert ["ben"] == kept(tmp_path, "ana", "ben")


def test_what_the_last_runs_did_not_use_is_deleted(tmp_path: Path) -> None:
    """The file gets smaller, and what was used stays; an interrupted run deletes nothing."""
    with a_cache(tmp_path) as cache:
        cache.write("rerun", b"a rerun")
        for number in range(50):
            cache.keep(f"old{number}", EVIDENCE, Origin())
        cache.keep("key", EVIDENCE, Origin())
        cache.end_run()
    size = (tmp_path / FILE).stat().st_size
    for _ in range(_KEPT_RUNS - 1):
        assert ["key"] == end_a_run(tmp_path, "key")
    assert ["old7"] == kept(tmp_path, "old7")

    end_a_run(tmp_path, "key")

    assert ["key"] == kept(tmp_path, "key", *(f"old{number}" for number in range(50)))
    assert (tmp_path / FILE).stat().st_size < size / 4
    with a_cache(tmp_path) as cache:
        assert cache.measured("rerun") is None


@pytest.mark.parametrize("order", [52, 59, 71])
def test_nothing_of_what_is_forgotten_stays_in_the_file(tmp_path: Path, order: int) -> None:
    """Also where rows were written in an order in which SQLite moves them from page to page."""
    draw = Random(order)  # noqa: S311  (no secret)
    contents = {f"key{number}": draw.randbytes(draw.randint(300, 800)) for number in range(20)}
    with a_cache(tmp_path) as cache:
        for key in (*draw.sample(list(contents), 20), *draw.sample(list(contents), 20)):
            cache.write(key, contents[key])
        gone = draw.sample(list(contents), 10)
        cache.forget(gone)
        assert [key not in gone for key in contents] == list(map(cache.has, contents))

    left = (tmp_path / FILE).read_bytes()

    pieces = (contents[key][at : at + 20] for key in gone for at in range(0, 280, 20))
    assert not [piece for piece in pieces if piece in left]


def end_a_run(out: Path, *used: str) -> list[str]:
    """A complete run that uses this evidence."""
    with a_cache(out) as cache:
        found = [key for key in used if cache.measured(key) is not None]
        cache.end_run()
    return found


def test_a_link_is_replaced(tmp_path: Path) -> None:
    """Nothing is written where it leads, and who only reads does not follow it."""
    (tmp_path / "elsewhere").mkdir()
    keep(tmp_path / "elsewhere", key=EVIDENCE)
    before = (tmp_path / "elsewhere" / FILE).read_bytes()
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere" / FILE)

    assert [] == kept(tmp_path, "key", read_only=True)
    assert [] == kept(tmp_path, "key")
    assert before == (tmp_path / "elsewhere" / FILE).read_bytes()


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    """Somebody made it, and has to look."""
    (tmp_path / FILE).mkdir()

    with pytest.raises(UsageError) as caught, a_cache(tmp_path):
        pass

    assert caught.value.message.startswith(f"`{tmp_path / FILE}` cannot be written: ")


def test_the_cache_of_an_earlier_version_is_left_alone(tmp_path: Path) -> None:
    """That is said once."""
    (tmp_path / ".grader" / "evidence").mkdir(parents=True)

    first, second = told(tmp_path)[0], told(tmp_path)[0]

    assert (1, 0) == (len(first), len(second))
    assert (tmp_path / ".grader" / "evidence").is_dir()
