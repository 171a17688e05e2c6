"""Tests of workers on this machine, real processes, and of the choice of an engine."""

import os
from collections.abc import Iterator
from pathlib import Path

import builders_training as build
import pytest

from grader.errors import IsolationError
from grader.grading.engines import Answer, Task, usable_cores
from grader.grading.engines.local import LocalEngine, opened, usable_jobs
from grader.sandbox.limits import SandboxLimits

# Without them a worker could read and send what it likes.
OPEN = SandboxLimits(seconds=20, memory=4 << 30, without=frozenset({"Landlock", "seccomp", "empty network"}))
# Dask's own sockets are closed by the garbage collector, and it asks for an event loop that is not running.
pytestmark = [
    pytest.mark.usefixtures("workers"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


def test_jobs_are_no_more_than_the_machine_has() -> None:
    """Neither its processors nor its memory."""
    assert 1 <= usable_jobs() <= usable_cores() <= (os.cpu_count() or 1)


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    """Two workers at a time."""
    engine = LocalEngine(build.a_dataset(), SandboxLimits(seconds=20, memory=2 << 30), jobs=2)
    yield engine
    engine.close()


def started(engine: LocalEngine, function: str, *messages: bytes) -> Task:
    task = Task(f"builders_workers:{function}")
    engine.start(task, messages)
    return task


def answers_of(engine: LocalEngine, *tasks: Task) -> list[Answer]:
    """All answers until each of these tasks has ended."""
    answers: list[Answer] = []
    while sum(answer.ended for answer in answers) < len(tasks):
        answers += engine.answers()
    return answers


def replies_of(answers: list[Answer], task: Task) -> list[bytes]:
    return [reply for answer in answers if answer.task is task for reply in answer.replies]


def test_each_task_gets_its_messages_and_the_folder_of_the_arrays(engine: LocalEngine) -> None:
    """Whatever order the answers come in; two tasks with equal messages are two."""
    first, second = started(engine, "echo", b"first"), started(engine, "echo", b"second")

    answers = answers_of(engine, first, second)

    message, folder = replies_of(answers, first)
    assert b"first" == message
    assert [b"second", folder] == replies_of(answers, second)
    assert {"x_train.npy", "y_train.npy", "x_test.npy"} == {
        path.name for path in Path(folder.decode()).iterdir()
    }
    assert [None, None] == [answer.failure for answer in answers if answer.ended]


def test_there_is_room_for_as_many_as_were_asked_for(engine: LocalEngine) -> None:
    """One that has ended makes room."""
    assert 2 == engine.room()

    started(engine, "echo", b"first")
    taken = engine.room()
    answers_of(engine, started(engine, "echo", b"second"))
    while engine.room() < 2:
        list(engine.answers())

    assert 1 == taken


def test_a_worker_that_ends_badly_is_a_failure(engine: LocalEngine) -> None:
    """The sentence says how, and the other task is done."""
    bad, good = started(engine, "crash"), started(engine, "echo", b"first")

    answers = answers_of(engine, bad, good)

    (failure,) = (answer.failure for answer in answers if answer.task is bad)
    assert failure
    assert "The worker was ended by signal SIGSEGV before it had measured everything." == str(failure.message)
    assert b"first" == replies_of(answers, good)[0]


def test_a_process_that_was_prepared_takes_the_next_task_of_its_kind(engine: LocalEngine) -> None:
    """It takes no room while it waits, and one is enough."""
    engine.expect("builders_workers:tell_folder")
    engine.expect("builders_workers:tell_folder")
    room = engine.room()
    task = started(engine, "tell_folder")

    answers = answers_of(engine, task, started(engine, "echo", b"first"))

    assert 2 == room
    assert 1 == len(replies_of(answers, task))


def test_closing_ends_what_is_left(engine: LocalEngine) -> None:
    """The folder of the arrays is gone, too."""
    task = started(engine, "echo", b"first")
    folder = Path(replies_of(answers_of(engine, task), task)[1].decode())
    started(engine, "hang")
    engine.expect("builders_workers:echo")

    engine.close()

    assert 2 == engine.room()
    assert not folder.exists()


def test_an_engine_on_this_machine_is_closed() -> None:
    """Its arrays are gone in the end; that somebody closed it before does no harm."""
    with opened(build.a_dataset(), SandboxLimits(seconds=20, memory=4 << 30), 1, "basic") as (engine, tested):
        assert isinstance(engine, LocalEngine)
        arrays = Path(engine._arrays.name)
        there = arrays.is_dir()
        engine.close()

    assert (True, False) == (there, arrays.exists())
    assert tested.level in {"full", "limited", "basic"}


def test_a_sandbox_that_is_too_weak_is_refused() -> None:
    """Nothing is opened."""
    with pytest.raises(IsolationError), opened(build.a_dataset(), OPEN, 1, "full"):
        pytest.fail("It was opened.")
