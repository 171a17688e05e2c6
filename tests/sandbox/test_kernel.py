"""Tests of `grader.sandbox.kernel`: the calls that Python has no function for."""

import errno
import os
import sys

import pytest

from grader.sandbox.kernel import (
    PR_SET_DUMPABLE,
    machine,
    process_control,
    set_attribute,
    system_call,
    unshare,
)

pytestmark = pytest.mark.skipif(machine() is None, reason="for Linux on x86_64 and aarch64")
_GETPID = {"x86_64": 39, "aarch64": 172}
_PR_GET_DUMPABLE_WITH_NOBODY_TO_ASK = 9999


def test_a_call_is_made_by_its_number() -> None:
    """The kernel answers as it answers Python."""
    kind = machine()

    assert kind is not None
    assert os.getpid() == system_call(_GETPID[kind])


def test_a_refusal_is_an_error_of_the_system() -> None:
    """Each of the four ways into the kernel raises what went wrong."""
    for refused in (
        lambda: system_call(-1),
        lambda: process_control(_PR_GET_DUMPABLE_WITH_NOBODY_TO_ASK),
        lambda: set_attribute(_PR_GET_DUMPABLE_WITH_NOBODY_TO_ASK, 0),
        lambda: unshare(1),
    ):
        with pytest.raises(OSError) as caught:  # noqa: PT011  (what is raised is looked at)
            refused()
        assert caught.value.errno in {errno.ENOSYS, errno.EINVAL, errno.EPERM}


def test_an_attribute_is_set() -> None:
    """It holds; this process is as open to a debugger as it was."""
    assert "" == set_attribute(PR_SET_DUMPABLE, 1)


def test_a_machine_is_known_by_its_name() -> None:
    """It is one of the two that the tables have."""
    assert machine() in {"x86_64", "aarch64"}
    assert "linux" == sys.platform
