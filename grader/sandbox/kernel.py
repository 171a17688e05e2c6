"""System calls that Python has no function for, by their number or through the C library.

The package index has sandbox libraries, but none to lean on: they are pre-releases, need a compiler,
or have not been looked after for years. What is needed here is a few calls.
"""

import ctypes
import functools
import os
import platform
import sys
from typing import Literal

Machine = Literal["x86_64", "aarch64"]

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def machine() -> Machine | None:
    """The kind of processor that a 64-bit Linux process runs on; None for others and other systems."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    names: dict[str, Machine] = {"x86_64": "x86_64", "aarch64": "aarch64"}
    return names.get(platform.machine())


def system_call(number: int, *arguments: "int | ctypes._Pointer[ctypes.Structure] | bytes") -> int:
    """Make a system call.

    Raises:
        OSError: the kernel refused it.
    """
    answer: int = _library().syscall(ctypes.c_long(number), *map(_word, arguments))
    return _checked(answer)


def process_control(option: int, *arguments: "int | ctypes._Pointer[ctypes.Structure]") -> None:
    """Change an attribute of this process, as `prctl` does.

    Raises:
        OSError: the kernel refused it.
    """
    four = [*arguments, 0, 0, 0, 0][:4]
    _checked(_library().prctl(ctypes.c_int(option), *map(_word, four)))


def set_attribute(option: int, value: int) -> str:
    """Change an attribute of this process that is a number, where the system has it.

    Returns:
        Why it is missing; "" if it holds.

    Raises:
        OSError: the kernel refused it.
    """
    if sys.platform != "linux":
        return "Only Linux has it."
    process_control(option, value)
    return ""


def unshare(namespaces: int) -> None:
    """Leave the named namespaces for new ones.

    Raises:
        OSError: the kernel refused it.
    """
    _checked(_library().unshare(ctypes.c_int(namespaces)))


def _word(argument: "int | ctypes._Pointer[ctypes.Structure] | bytes") -> object:
    # Without a type, ctypes passes 32 bits of an integer.
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
