"""System calls that Python has no function for, by their number or through the C library.

The sandbox libraries on the package index are pre-releases, need a compiler, or are unmaintained,
and only a few calls are needed here. Each function raises `OSError` if the kernel refuses the call.
"""

import ctypes
import functools
import os
import platform
import sys
from typing import Literal, TypeAlias, get_args

Machine = Literal["x86_64", "aarch64"]
# Bytes and structures are passed by their address.
Argument: TypeAlias = int | bytes | ctypes.Structure

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def machine() -> Machine | None:
    """The processor of a 64-bit Linux process, if the tables know it; None on every other system."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    return next((one for one in get_args(Machine) if one == platform.machine()), None)


def system_call(number: int, *arguments: Argument) -> int:
    """Make a system call."""
    answer: int = _library().syscall(ctypes.c_long(number), *map(_word, arguments))
    return _checked(answer)


def process_control(option: int, *arguments: Argument) -> None:
    """Change an attribute of this process, as `prctl` does; see its manual page."""
    four = [*arguments, 0, 0, 0, 0][:4]
    _checked(_library().prctl(ctypes.c_int(option), *map(_word, four)))


def set_attribute(option: int, value: int) -> str:
    """Change an attribute that is a number; returns why that is not possible, "" if it was done."""
    if sys.platform != "linux":
        return "Only Linux has it."
    process_control(option, value)
    return ""


def unshare(namespaces: int) -> None:
    """Leave these namespaces for new ones."""
    _checked(_library().unshare(ctypes.c_int(namespaces)))


def _word(argument: Argument) -> object:
    if isinstance(argument, int):
        # Without a type, ctypes passes 32 bits of an integer.
        return ctypes.c_long(argument)
    return ctypes.byref(argument) if isinstance(argument, ctypes.Structure) else argument


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
