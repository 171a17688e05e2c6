"""Who waits for a person in a graded class, by reason; only what has changed is read again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.grading.graded_folder import REPORT, RUN, GradedSubmission, Run, read_reports, read_run
from grader.messages.languages import ENGLISH, Language
from grader.messages.message import EMPTY, Message
from grader.report import Report, Verdict
from grader.reports import sentences
from grader.reports.html_class import GROUPS, group_of

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Row:
    """What the queue says of a submission, and of which file it was read."""

    folder: str
    who: str
    verdict: Verdict
    group: Message
    why: str

    @property
    def waits(self) -> bool:
        """Whether a person has to decide."""
        return self.verdict in {"review", "error"}


@dataclass(eq=False)
class Queue:
    """The submissions of a folder; `rubric` and `language` are those of the class."""

    out: Path
    run: Run = field(init=False)
    rubric: Message = EMPTY
    language: Language = ENGLISH
    _rows: dict[str, Row] = field(default_factory=dict)
    _stamps: dict[str, Stamp | None] = field(default_factory=dict)
    _ever: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.read()

    def read(self) -> None:
        """Read what has changed since: each report costs a look at its time."""
        if self._is_new(RUN):
            self.run = read_run(self.out)
        changed = [one for one in self.run.submissions if self._is_new(f"{one.folder}/{REPORT}")]
        if changed:
            reports = read_reports(self.out, self.run.model_copy(update={"submissions": tuple(changed)}))
            for folder, report in reports.items():
                self._rows[folder] = _row(folder, report)
                self.rubric, self.language = sentences.rubric_title(report), report.language
        listed = {one.folder for one in self.run.submissions}
        self._rows = {folder: row for folder, row in self._rows.items() if folder in listed}
        self._ever = {folder for folder in self._ever if folder in listed}
        self._ever |= {row.folder for row in self._rows.values() if row.waits}

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

    @property
    def waiting(self) -> Sequence[Row]:
        """Those who wait, in the order of the queue."""
        waiting = (row for row in self._rows.values() if row.waits)
        return sorted(waiting, key=lambda row: (GROUPS.index(row.group), row.who.casefold()))

    def groups(self) -> Iterator[tuple[Message, list[Row]]]:
        """Those who wait, by the reason."""
        waiting = self.waiting
        for group in dict.fromkeys(row.group for row in waiting):
            yield group, [row for row in waiting if row.group == group]

    @property
    def progress(self) -> tuple[int, int]:
        """How many that waited since the desk was opened do so no longer, and how many those are."""
        return len(self._ever) - len(self.waiting), len(self._ever)

    def submission(self, folder: str) -> GradedSubmission | None:
        """The submission whose reports are in a folder; None where that is not one of this class."""
        return next((one for one in self.run.submissions if one.folder == folder), None)


def _row(folder: str, report: Report) -> Row:
    return Row(
        folder=folder,
        who=sentences.who(report),
        verdict=report.verdict,
        group=group_of(report),
        why=sentences.reason(report),
    )
