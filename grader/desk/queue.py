"""Who waits for a person in a graded class, by reason; only what has changed is read again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.grading.decisions import Decisions
from grader.grading.graded_folder import (
    GRADES,
    REPORT,
    RUN,
    GradedSubmission,
    Run,
    read_reports,
    read_run,
    verdict_in,
)
from grader.messages.languages import ENGLISH, Language
from grader.messages.message import EMPTY, Message, say
from grader.report import Report, Verdict
from grader.reports import sentences
from grader.reports.rows import GROUPS, group_of

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Row:
    """What the queue says of a submission that waits."""

    folder: str
    who: str
    verdict: Verdict
    group: Message
    why: str


@dataclass(eq=False)
class Queue:
    """Those who wait in a folder; `rubric` and `language` are those of the class."""

    out: Path
    run: Run = field(init=False)
    rubric: Message = EMPTY
    language: Language = ENGLISH
    # In the order of the queue.
    waiting: Sequence[Row] = ()
    # What was wrong with the record when the list of the class was read.
    notes: Sequence[Message | str] = ()
    _stamps: dict[str, Stamp | None] = field(default_factory=dict)
    _ever: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.read()
        if self.run.submissions and not self.rubric:
            self._name(next(iter(self._reports(self.run.submissions[:1]).values())))

    def read(self) -> None:
        """Read what has changed since: whoever writes reports writes the table of grades after them."""
        # A table that changes from now on is new the next time.
        is_run, is_new = self._is_new(RUN), self._is_new(GRADES)
        if is_run:
            self.run = read_run(self.out)
            self.notes = list(_wrong_with(Decisions.read(self.out), self.run))
        if is_run or is_new:
            self._look_at(self.run.submissions)

    def decided(self, submissions: Sequence[GradedSubmission]) -> None:
        """Read what was decided here: since the last `read` nobody else can have written anything."""
        self._is_new(GRADES)
        self._look_at(submissions)

    def _look_at(self, submissions: Sequence[GradedSubmission]) -> None:
        """Each costs a look at the time of its report, and those that have changed and wait are read."""
        listed = {one.folder for one in self.run.submissions}
        changed = [one for one in submissions if self._is_new(f"{one.folder}/{REPORT}")]
        gone = {one.folder for one in changed}
        rows = {row.folder: row for row in self.waiting if row.folder in listed - gone}
        due = [
            one for one in changed if verdict_in(self.out / one.folder / REPORT) not in {"passed", "failed"}
        ]
        for folder, report in self._reports(due).items():
            if report.verdict in {"review", "error"}:
                rows[folder] = _row(folder, report)
            self._name(report)
        self.waiting = sorted(rows.values(), key=lambda row: (GROUPS.index(row.group), row.who.casefold()))
        self._ever = (self._ever & listed) | rows.keys()

    def _reports(self, submissions: Sequence[GradedSubmission]) -> dict[str, Report]:
        chosen = self.run.model_copy(update={"submissions": tuple(submissions)})
        return {one.folder: report for one, report in read_reports(self.out, chosen)}

    def _name(self, report: Report) -> None:
        self.rubric, self.language = sentences.rubric_title(report), report.language

    def _is_new(self, name: str) -> bool:
        try:
            found = (self.out / name).stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            # Whoever reads it says what is wrong.
            stamp = None
        if stamp is not None and self._stamps.get(name) == stamp:
            return False
        self._stamps[name] = stamp
        return True

    def groups(self) -> Iterator[tuple[Message, list[Row]]]:
        """Those who wait, by the reason."""
        for group in dict.fromkeys(row.group for row in self.waiting):
            yield group, [row for row in self.waiting if row.group == group]

    @property
    def progress(self) -> tuple[int, int]:
        """How many that waited since the desk was opened do so no longer, and how many those are."""
        return len(self._ever) - len(self.waiting), len(self._ever)

    def submission(self, folder: str) -> GradedSubmission | None:
        """The submission whose reports are in a folder; None where that is not one of this class."""
        return next((one for one in self.run.submissions if one.folder == folder), None)


def _wrong_with(record: Decisions, run: Run) -> Iterator[Message | str]:
    """What is wrong with the record of a class."""
    yield from record.mistakes
    if strangers := sorted({one.submission for one in record.every} - {one.id for one in run.submissions}):
        yield say("Decided, but not in this class: {ids}.", ids=", ".join(strangers[:5]))


def _row(folder: str, report: Report) -> Row:
    return Row(
        folder=folder,
        who=sentences.who(report),
        verdict=report.verdict,
        group=group_of(report),
        why=sentences.reason(report),
    )
