"""Tests of `grader.sandbox.syscalls`: the table against the headers of the machine that has them."""

import re
from pathlib import Path

import pytest

from grader.sandbox.syscalls import CAPSET, CLONE, CLONE3, DENIED, KILL, PRCTL, PRLIMIT, TGKILL, denied_on

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def test_the_numbers_of_a_machine_are_in_order_and_different() -> None:
    """No two names have one number, and a call that one machine lacks is left out."""
    for kind in ("x86_64", "aarch64"):
        numbers = denied_on(kind)
        assert sorted(set(numbers)) == list(numbers)

    assert 59 in denied_on("x86_64")
    assert 221 in denied_on("aarch64")
    assert len(denied_on("aarch64")) < len(denied_on("x86_64"))


@pytest.mark.parametrize(("column", "kind"), [(0, "x86_64"), (1, "aarch64")])
def test_the_numbers_are_those_of_the_headers(column: int, kind: str) -> None:
    """Each number stands in the C header of its machine, as far as the header is new enough to have it."""
    if not HEADERS[kind].exists():
        pytest.skip("this machine has no C headers")
    text = HEADERS[kind].read_text(encoding="ascii")
    stated = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", text)}
    single = {"clone": CLONE, "kill": KILL, "tgkill": TGKILL, "prctl": PRCTL, "prlimit64": PRLIMIT}
    table = {name: pair[column] for name, pair in DENIED.items()}
    table |= {name: numbers[kind] for name, numbers in (single | {"capset": CAPSET}).items()}  # type: ignore[index]
    table["clone3"] = CLONE3

    known = {name: number for name, number in table.items() if name in stated}
    assert len(known) > 80
    assert {name: stated[name] for name in known} == known
