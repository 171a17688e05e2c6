"""What people decided about a graded class: `decisions.jsonl`, a line for each decision.

Lines are only ever added, so the file is the record of who decided what, when and why. The newest line about
an item, or about a whole submission, counts.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError

from grader.errors import UsageError, require_known
from grader.files import add_lines, read_lines
from grader.grading.verdict import with_decisions
from grader.messages.message import Message, joined, say
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.report import FILES, Decision, Report, as_of, attainable, made
from grader.reports.sentences import in_words
from grader.submissions.people import may_be_one
from grader.submissions.table import read_table

DECISIONS = "decisions.jsonl"
Verb = Literal["pass", "fail", "undo", ""]
_STATUSES: dict[str, Literal["passed", "failed"]] = {"pass": "passed", "fail": "failed"}
NOTHING_DECIDED = say("Nothing was decided.")
_COLUMNS = ("id", "item", "decision", "points", "comment", "reason", "by")


class Recorded(Decision):
    """A decision in the record: about which submission and item ("" is all of it), and on which files.

    One that `is_undone` takes back what was decided before about the same.
    """

    submission: Annotated[str, Field(max_length=1_000)]
    item: Annotated[str, Field(max_length=100)] = ""
    rubric: str = ""
    files: str = ""
    is_undone: bool = False


_LINE = TypeAdapter(Recorded)


@dataclass(frozen=True)
class Decisions:
    """The record of a class, in its order, and what is wrong with lines that were left out."""

    every: tuple[Recorded, ...] = ()
    mistakes: tuple[str, ...] = ()

    @classmethod
    def read(cls, out: Path, submission: str = "") -> Self:
        """Read the record of a graded folder, or of it what is about one submission.

        Raises:
            UsageError: The file cannot be read.
        """
        return cls(*read_lines(_LINE, out / DECISIONS, submission))

    def newest(self, submission: str) -> dict[str, Recorded]:
        """What counts of one submission, by item."""
        newest = {one.item: one for one in self._by_submission.get(submission, ())}
        return {item: one for item, one in newest.items() if not one.is_undone}

    @cached_property
    def _by_submission(self) -> Mapping[str, Sequence[Recorded]]:
        found: defaultdict[str, list[Recorded]] = defaultdict(list)
        for one in self.every:
            found[one.submission].append(one)
        return found

    def about(self, submission: str) -> tuple[Recorded, ...]:
        """All that was ever decided about a submission; about all of them where it is ""."""
        return tuple(self._by_submission.get(submission, ())) if submission else self.every

    def applied(self, report: Report) -> Report:
        """The report by now, with what was decided about it; what was about other files is shown only."""
        report = as_of(report, datetime.now(UTC))
        newest, now = self.newest(report.id), files_sha256(report)
        if not newest and not made(report):
            return report
        return with_decisions(
            report,
            {
                item: Decision(
                    **one.model_dump(include=set(Decision.model_fields) - {"is_earlier"}),
                    is_earlier=one.files != now,
                )
                for item, one in newest.items()
            },
        )

    def about_the_files_of(self, report: Report, name: str, names: Mapping[str, str]) -> Report:
        """The report with what was decided about these files, whatever the submission was called there.

        A platform gives a submission another id each time. Where two had these files, only their ids tell
        whose decision it is; and what was said to one of the `names` is not for a student of another name.
        """
        files = files_sha256(report)
        called = {
            one.submission
            for one in self.every
            if one.files == files and not _differ(name, names.get(one.submission, ""))
        }
        own = {report.id} & called or called
        if not report.files or len(own) != 1:
            return report
        return self.applied(report.model_copy(update={"id": own.pop()})).model_copy(update={"id": report.id})


@dataclass(frozen=True)
class Wish:
    """What somebody wants to decide, not checked yet; `where` is the line of a file that says so, or ""."""

    submission: str
    item: str = ""
    verb: str = ""
    points: float | None = None
    comment: str = ""
    reason: str = ""
    by: str = ""
    where: str = ""

    def of(self, report: Report) -> Recorded:
        """The decision, made now on the submission's report; raises `UsageError` where it cannot be made."""
        if self.item:
            items = {item.id: item.max_points for item in report.items if item.kind != FILES}
            try:
                require_known(self.item, items, say("item"))
            except UsageError as error:
                raise self.refusal(error) from None
            most = items[self.item]
        else:
            most = attainable(report)
        if self.verb not in ("pass", "fail", "undo", ""):
            raise self._refusal(
                say("A decision must be pass, fail or undo. Received: {given}.", given=quoted(self.verb))
            )
        if (self.verb == "undo" and self.points is not None) or not (self.verb or self.points is not None):
            raise self._refusal(say("A decision must be one of pass, fail, a number of points, or undo."))
        if self.points and not most:
            raise self._refusal(say("This earns no points, so it can only pass or fail."))
        if self.points is not None and not 0 <= self.points <= most:
            raise self._refusal(
                say(
                    "The points must be from 0 to {most}. Received: {given}.",
                    most=in_words(most),
                    given=f"{self.points:g}",
                )
            )
        try:
            return Recorded(
                time=datetime.now(UTC),
                by=self.by,
                status=_STATUSES.get(self.verb),
                points=self.points,
                comment=self.comment,
                reason=self.reason,
                submission=report.id,
                item=self.item,
                rubric=f"{report.rubric} {report.rubric_version}".strip(),
                files=files_sha256(report),
                is_undone=self.verb == "undo",
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            longest = first.get("ctx", {}).get("max_length")
            field = quoted(str(first["loc"][0]))
            raise self._refusal(
                say("{field} must have at most {most} characters.", field=field, most=f"{longest:,}")
                if longest
                else say("{field} cannot be recorded: {reason}.", field=field, reason=first["msg"])
            ) from None

    def refusal(self, error: UsageError) -> UsageError:
        """The error with the line of the file that it is in, and that nothing was decided."""
        hint = joined(" ", (error.hint, NOTHING_DECIDED))
        return UsageError(joined(": ", (self.where, error.message)), hint)

    def _refusal(self, sentence: Message) -> UsageError:
        return self.refusal(UsageError(sentence))


def _differ(name: str, other: str) -> bool:
    """Whether two names are those of two people; one of a single word may be a login."""
    return all(len(one.split()) > 1 for one in (name, other)) and not may_be_one(name, other)


def wishes_in(path: Path) -> Iterator[Wish]:
    """What a CSV file wants to be decided; raises `UsageError` where it cannot be read."""
    table = read_table(path, "file of decisions")
    header = [title.strip().casefold() for title in table.header]
    for title in header:
        require_known(title, _COLUMNS, "column")
    if "id" not in header:
        raise UsageError(
            f"The file {quoted(path)} has no column `id`.", f"Its columns are {', '.join(_COLUMNS)}."
        )
    for line, row in zip(table.lines[1:], table.rows[1:], strict=True):
        cells = dict(zip(header, map(str.strip, row), strict=True))
        where = f"{plain(path.name)}:{line}"
        points = cells.pop("points", "")
        try:
            number = float(points.replace(",", ".")) if points else None
        except ValueError:
            raise UsageError(f"`points` must be a number. Received: {quoted(points)} ({where}).") from None
        verb, own = cells.pop("decision", "").casefold(), cells.pop("id")
        yield Wish(own, verb=verb, points=number, where=where, **cells)


def files_sha256(report: Report) -> str:
    """Equal for equal files that were graded, wherever and with whatever rubric."""
    files = sorted(" ".join(filter(None, (file.role, file.run, file.sha256))) for file in report.files)
    return hashlib.sha256("\n".join(files).encode()).hexdigest()


def record(out: Path, decisions: Sequence[Recorded]) -> None:
    """Add decisions to the record, all or none; raises `UsageError` if that is not possible."""
    try:
        add_lines(out / DECISIONS, [one.model_dump_json(exclude={"is_earlier"}) for one in decisions])
    except UsageError as error:
        raise UsageError(joined(" ", (error.message, NOTHING_DECIDED)), error.hint) from None
