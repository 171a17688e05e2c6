"""The exit codes of the program: each says who acts next."""

from collections.abc import Iterable

from grader.report import Report, Verdict

DONE = 0
FAILED = 1
USAGE = 2
PERSON = 3
INTERRUPTED = 130

_OF_ONE: dict[Verdict, int] = {"passed": DONE, "failed": FAILED, "review": PERSON, "error": PERSON}


def of_report(report: Report) -> int:
    """The exit code for one submission: 0 passed, 1 failed, 3 a person must look."""
    return _OF_ONE[report.verdict]


def of_class(verdicts: Iterable[Verdict]) -> int:
    """The exit code for a folder: 0 if every submission has its verdict, 3 if a person must look at one.

    A platform gets it as well: it shows the verdict itself, and takes any other exit code for a breakdown.
    """
    return PERSON if any(_OF_ONE[verdict] == PERSON for verdict in verdicts) else DONE
