"""Removes one student's data from a graded folder, everywhere, and says what was removed.

The student's own files are not there, and grades that were exported are elsewhere.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.files import write_whole
from grader.grading.cache import DAMAGED, Cache
from grader.grading.deciding import has_pages, write_index, write_page
from grader.grading.decisions import DECISIONS, Decisions
from grader.grading.graded_folder import (
    ERRORS,
    GRADES,
    REPORT,
    RUN,
    Run,
    grades_of,
    named,
    read_report,
    read_reports,
    read_run,
    write_report,
)
from grader.grading.history import HISTORY
from grader.grading.judging import Drawers
from grader.grading.verdict import settled
from grader.messages.safe_text import json_text, plain
from grader.messages.wording import counted, quoted
from grader.report import Report
from grader.reports import load, names

# Each error in the operator's log begins with its time.
_ERROR = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )", re.MULTILINE)


@dataclass(eq=False)
class Forgetting:
    """What a graded folder has of one student."""

    out: Path
    submission: str
    run: Run = field(init=False)
    folders: Sequence[str] = field(init=False)
    changed: dict[str, Report] = field(init=False)
    lines: dict[str, tuple[bytes, int]] = field(init=False)

    def __post_init__(self) -> None:
        """Look for it; raises `UsageError` if nothing is there."""
        self.run = read_run(self.out)
        others = [one for one in self.run.submissions if one.id != self.submission]
        listed = {one.folder for one in others}
        # Earlier runs may have left other folders.
        unlisted = (path for path in self.out.glob(f"*/{REPORT}") if path.parent.name not in listed)
        self.folders = sorted(path.parent.name for path in unlisted if self._is_own(path))
        decided = Decisions.read(self.out).applied
        reports = ((one.folder, read_report(self.out / one.folder / REPORT)) for one in others)
        self.changed = {
            folder: decided(settled(after)) for folder, one in reports if (after := self._without(one)) != one
        }
        found = {name: self._lines(name) for name in (DECISIONS, HISTORY, ERRORS)}
        self.lines = {name: (kept, count) for name, (kept, count) in found.items() if count}
        if not (self.folders or self.changed or self.lines or self._is_absent):
            named(self.run, self.submission)

    @property
    def _is_absent(self) -> bool:
        return any(one.id == self.submission for one in self.run.absent)

    def _is_own(self, path: Path) -> bool:
        with suppress(UsageError):
            return read_report(path).id == self.submission
        return False

    def _without(self, report: Report) -> Report:
        """A report of somebody else without what it says of this student."""
        pairs = tuple(pair for pair in report.pairs if pair.id != self.submission)
        notes = tuple(note for note in report.teacher_notes if quoted(self.submission) not in note.text)
        return report.model_copy(update={"pairs": pairs, "teacher_notes": notes})

    def _lines(self, name: str) -> tuple[bytes, int]:
        """What stays of a file of lines, or of the errors of the log, and how many are about this student."""
        try:
            text = (self.out / name).read_text("utf-8", "surrogateescape")
        except OSError:
            return b"", 0
        parts = _ERROR.split(text) if name == ERRORS else text.splitlines(keepends=True)
        about = self._is_error if name == ERRORS else self._is_line
        own = [part for part in parts if about(part)]
        kept = "".join(part for part in parts if part not in own)
        return kept.encode("utf-8", "surrogateescape"), len(own)

    def _is_error(self, text: str) -> bool:
        # Its first line is the time, then the submission.
        return text[24:].partition("\n")[0] == plain(self.submission)

    def _is_line(self, text: str) -> bool:
        with suppress(ValueError):
            line = json.loads(text)
            return isinstance(line, dict) and line.get("submission") == self.submission
        return json.dumps(self.submission, ensure_ascii=False) in text

    def described(self, cache: Cache) -> Iterator[str]:
        """What is there of this student, a line each."""
        for folder in self.folders:
            yield f"{folder}/, with the report and its pages"
        keys = {one.key for one in self.run.submissions if one.id != self.submission}
        if measured := cache.evidence_but(keys):
            yield f"{counted(len(measured), 'measurement')} in the cache that no other submission needs"
        for name, (_, count) in self.lines.items():
            yield f"{counted(count, 'line' if name != ERRORS else 'error')} of {name}"
        for report in self.changed.values():
            yield f"what the report of {plain(report.id)} says of this student"
        if self.folders or self._is_absent:
            yield f"the entry in {RUN} and the row in {GRADES}"

    def carry_out(self, cache: Cache, drawers: Drawers) -> None:
        """Remove all of it. Whoever calls this holds `locked`; if it is interrupted, it can be done again."""
        submissions = tuple(one for one in self.run.submissions if one.id != self.submission)
        absent = tuple(one for one in self.run.absent if one.id != self.submission)
        run = self.run.model_copy(update={"submissions": submissions, "absent": absent})
        cache.forget(cache.evidence_but({one.key for one in submissions}))
        (self.out / DAMAGED).unlink(missing_ok=True)
        for name, (kept, _) in self.lines.items():
            write_whole(self.out / name, kept)
        for one in submissions:
            if (report := self.changed.get(one.folder)) is not None:
                write_report(self.out, one.folder, report)
                if has_pages(self.out):
                    page = drawers.draw(report, run.targets, cache.measured(one.key))
                    write_page(self.out, one, page.result())
        write_whole(self.out / GRADES, grades_of(run, self._left(run)))
        for form in map(load, names()):
            if form.of_class and (self.out / form.file).exists():
                write_whole(self.out / form.file, form.page(self._left(run)))
        write_whole(self.out / RUN, json_text(run.model_dump(mode="json")))
        if has_pages(self.out):
            write_index(self.out, run)
        for folder in self.folders:
            shutil.rmtree(self.out / folder)

    def _left(self, run: Run) -> Iterator[Report]:
        return (report for _, report in read_reports(self.out, run))
