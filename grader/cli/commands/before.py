"""What stood in a report before its submission was judged again: only what decides or explains a grade."""

import contextlib
from pathlib import Path

from pydantic import ConfigDict

from grader.cli.commands.stored_reports import FILE, LARGEST, read_report
from grader.errors import UsageError
from grader.files.own_files import UnreadableError, read_own
from grader.frozen import Frozen
from grader.report import Report, Status, Verdict


class _Part(Frozen):
    """Of what a report holds beside this, nothing is looked at: that would take twice as long."""

    model_config = ConfigDict(extra="ignore")


class ItemBefore(_Part):
    """One item as it was; see `grader.report.ItemResult`."""

    id: str
    status: Status
    points: float
    max_points: float


class PairBefore(_Part):
    """A submission that this one was like; see `grader.report.Pair`."""

    id: str


class Before(_Part):
    """A report as it was; see `grader.report.Report`."""

    verdict: Verdict
    score: float
    max_score: float
    items: tuple[ItemBefore, ...]
    pairs: tuple[PairBefore, ...] = ()


def report_before(folder: Path) -> Report | None:
    """The whole report in a folder; None where there is none that can be read."""
    with contextlib.suppress(UsageError):
        return read_report(folder / FILE)
    return None


def read_before(folder: Path) -> Before | None:
    """What the report in a folder says; None where there is none that can be read."""
    with contextlib.suppress(UnreadableError):
        return read_own(Before, folder / FILE, LARGEST, "grader grade")
    return None
