"""Namespaces: a network with nothing in it, not even a loopback, and no shared memory with others."""

import os
import sys

from grader.sandbox.kernel import unshare

_NEW_NETWORK, _NEW_IPC, _NEW_USER = 0x40000000, 0x08000000, 0x10000000


def leave_network() -> str:
    """Move this process into an empty network; it must have one thread.

    Who is not root may do this only as the root of a user namespace of its own,
    which some systems and containers do not allow.

    Returns:
        Why it is missing; "" if it holds.
    """
    if sys.platform != "linux":
        return "Only Linux has it."
    user = 0 if os.geteuid() == 0 else _NEW_USER
    try:
        unshare(_NEW_NETWORK | _NEW_IPC | user)
    except OSError as error:
        return f"The system or the container does not allow it ({error.strerror})."
    return ""
