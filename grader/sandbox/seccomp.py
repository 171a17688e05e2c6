"""Seccomp: the kernel refuses the system calls that a worker does not need, by a small program of ours.

The program is classic BPF. It sees the number of a call and its arguments, never what they point to.
"""

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

from grader.sandbox.kernel import (
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
    Machine,
    machine,
    process_control,
)
from grader.sandbox.syscalls import (
    DENIED,
    FCNTL_COMMANDS,
    LAST_KNOWN,
    SPECIAL,
    TEMPORARY_FILE,
    numbers_on,
)

_FILTER_MODE = 2

# What a program ends with.
_ALLOW, _KILL_PROCESS, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE, _UNKNOWN = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS

# What the instructions are: load a word, compare it, end.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _END = 0x20, 0x15, 0x35, 0x45, 0x06

# The places of the call's number, the processor and the arguments in `struct seccomp_data`.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_AUDIT: dict[Machine, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# x86_64 has a second set of calls with this bit.
_X32 = 0x40000000
_A_THREAD = 0x00010000


@dataclass(frozen=True)
class Step:
    """One instruction: what it does, with which value, and how many steps to skip if it holds and if not."""

    code: int
    value: int
    if_so: int = 0
    if_not: int = 0

    def packed(self) -> bytes:
        """The bytes that the kernel reads."""
        return struct.pack("=HBBI", self.code, self.if_so, self.if_not, self.value)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def refuse_calls() -> str:
    """Refuse the calls in `syscalls` to this process and its children, which can have no new privileges."""
    kind = machine()
    if kind is None:
        return "The program supports it on Linux on x86_64 and aarch64 only."
    steps = program(kind, os.getpid())
    packed = b"".join(step.packed() for step in steps)
    process_control(PR_SET_SECCOMP, _FILTER_MODE, _Program(len(steps), packed))
    return ""


def program(kind: Machine, process: int) -> tuple[Step, ...]:
    """The filter for one process, which may signal itself, as `abort` does, and nobody else."""
    call = numbers_on(kind, SPECIAL)
    return (
        Step(_LOAD, _ARCHITECTURE),
        Step(_IF_EQUAL, _AUDIT[kind], if_so=1),
        Step(_END, _KILL_PROCESS),
        Step(_LOAD, _NUMBER),
        *_ends(_IF_AT_LEAST, _X32, _KILL_PROCESS),
        # The answer of an older kernel; Python and TensorFlow then use the older call.
        *_ends(_IF_AT_LEAST, LAST_KNOWN + 1, _UNKNOWN),
        *_ends(_IF_EQUAL, call["clone3"], _UNKNOWN),
        *_ends(_IF_EQUAL, call["openat2"], _UNKNOWN),
        # A new thread may be made, a new process not.
        *_unless(call["clone"], _IF_ANY_BIT, _A_THREAD),
        *_unless(call["kill"], _IF_EQUAL, process),
        *_unless(call["tgkill"], _IF_EQUAL, process),
        *_unless(call["prlimit64"], _IF_EQUAL, 0),
        *_if(call["prctl"], 0, _IF_EQUAL, PR_SET_PDEATHSIG, PR_SET_DUMPABLE),
        *_if(call["fcntl"], 1, _IF_EQUAL, *FCNTL_COMMANDS.values()),
        *_if(call.get("open"), 1, _IF_ANY_BIT, TEMPORARY_FILE),
        *_if(call["openat"], 2, _IF_ANY_BIT, TEMPORARY_FILE),
        *(step for number in numbers_on(kind, DENIED).values() for step in _ends(_IF_EQUAL, number, _REFUSE)),
        Step(_END, _ALLOW),
    )


def _ends(comparison: int, value: int, answer: int) -> tuple[Step, ...]:
    """End with this answer if the loaded word compares so."""
    return Step(comparison, value, if_not=1), Step(_END, answer)


def _unless(number: int, comparison: int, value: int) -> tuple[Step, ...]:
    """Refuse a call unless its first argument compares so."""
    return _by_argument(number, 0, (Step(comparison, value, if_so=1), Step(_END, _REFUSE)))


def _if(number: int | None, argument: int, comparison: int, *values: int) -> tuple[Step, ...]:
    """Refuse a call, if this processor has it, if this argument compares so to one of the values."""
    if number is None:
        return ()
    return _by_argument(
        number, argument, tuple(step for value in values for step in _ends(comparison, value, _REFUSE))
    )


def _by_argument(number: int, argument: int, refusal: tuple[Step, ...]) -> tuple[Step, ...]:
    """Decide on one call by the lower half of an argument, which is all that the kernel looks at, too."""
    return (
        Step(_IF_EQUAL, number, if_not=len(refusal) + 2),
        Step(_LOAD, _ARGUMENTS + 8 * argument),
        *refusal,
        Step(_LOAD, _NUMBER),
    )
