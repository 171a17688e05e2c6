"""Tests of `grader.sandbox.privileges`: what a worker gives up of its user's rights."""

import os
import sys

import pytest
from builders_workers import attempt, sandbox

from grader.sandbox.privileges import NOBODY, leave_root
from grader.sandbox.readable import Readable

pytestmark = [
    pytest.mark.usefixtures("workers"),
    pytest.mark.skipif(sys.platform != "linux", reason="for Linux"),
]
NOT_ROOT = sandbox(only={"not root", "no new privileges"})


def test_no_capability_is_left() -> None:
    """A worker that is not root, or no longer, has none; one that must stay root says why in its layers."""
    capabilities, user = (
        attempt("status", "CapEff", inside=NOT_ROOT),
        attempt("user", inside=NOT_ROOT),
    )

    if os.geteuid() == 0 and user == "0":
        pytest.skip("Python lies where only root can read")
    assert 0 == int(capabilities, 16)
    assert str(NOBODY if os.geteuid() == 0 else os.geteuid()) == str(user)
    assert "EPERM" == attempt("root again", inside=NOT_ROOT)
    assert "7" == attempt("write", "own", inside=NOT_ROOT)


def test_new_privileges_are_refused() -> None:
    """The kernel knows that this process gets no new ones."""
    assert "1" == attempt("status", "NoNewPrivs", inside=sandbox(only={"no new privileges"}))


def test_the_memory_of_a_worker_is_its_own() -> None:
    """A process that writes no core file cannot be looked into; its variables then belong to root."""
    only = sandbox(only={"memory hidden"})

    assert "EACCES" == attempt("first variables", inside=only) or os.geteuid() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_stays_where_python_is_closed_to_others(tmp_path: os.PathLike[str]) -> None:
    """What is needed is tried as that user first; if it is closed, the process is what it was."""
    closed = os.path.join(tmp_path, "closed")  # noqa: PTH118  (a path for the kernel)
    os.mkdir(closed, mode=0o700)  # noqa: PTH102  (likewise)

    why = leave_root([Readable(closed)], os.fspath(tmp_path))

    # Root of a container may not be allowed to become anybody.
    assert why in {
        f"Python needs `{closed}`, and only root can read that here.",
        "The container does not allow it (Operation not permitted).",
    }
    assert (0, 0) == (os.geteuid(), os.getegid())
    assert 0 == os.stat(tmp_path).st_uid  # noqa: PTH116  (likewise)
