"""The words in which the readers speak."""

import pytest

from grader.errors import SubmissionError
from grader.measure.log.table import Limits, check_size
from grader.measure.log.wording import counted, listed, shown


def test_shown() -> None:
    """A name is short, in backticks that it cannot end, and nothing in it acts."""
    assert "`loss`" == shown("loss")
    assert r"`a\x1b[2J'b\n`" == shown("a\x1b[2J`b\n")
    assert f"`{'x' * 57}...`" == shown("x" * 1000)


def test_listed() -> None:
    """Names are listed as in a sentence, eight at most."""
    assert "" == str(listed([]))
    assert "`a`" == str(listed("a"))
    assert "`a` and `b`" == str(listed("ab"))
    assert "`a`, `b` and `c`" == str(listed("abc"))
    assert "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 2 more" == str(listed("abcdefghij"))


def test_counted() -> None:
    """One is not many."""
    assert ("1 row", "0 rows", "1,719 rows") == (
        str(counted(1, "row")),
        str(counted(0, "row")),
        str(counted(1719, "row")),
    )


def test_check_size() -> None:
    """What is within the limits passes, what is over them does not."""
    limits = Limits(rows=2, columns=2, cells=4)
    check_size("log.csv", 2, 2, limits)

    with pytest.raises(SubmissionError, match=r"^The log `log.csv` has 3 rows; at most 2 are read\.$"):
        check_size("log.csv", 3, 1, limits)
