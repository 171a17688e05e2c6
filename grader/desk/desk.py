"""One teacher's desk: what it shows of a graded class, and what its form records."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.desk import openings
from grader.desk.door import Door
from grader.desk.queue import Queue
from grader.errors import GraderError, UsageError
from grader.grading.deciding import catch_up, decide, draw, has_pages, write_index
from grader.grading.decisions import NOTHING_DECIDED, Decisions, Wish
from grader.grading.graded_folder import REPORT, GradedSubmission, locked, read_report
from grader.grading.judging import Drawers
from grader.messages.message import EMPTY, Message, joined, say
from grader.messages.wording import quoted
from grader.report import FILES, Report, decided, made, so_far
from grader.reports import html, sentences

_CHANGED = say(
    "This submission has changed since you opened it: somebody decided, or it was graded again. "
    "Nothing was recorded; look at it once more."
)


@dataclass(frozen=True)
class Last:
    """What was decided last at this desk, so that it can be taken back at once."""

    folder: str
    item: str
    told: Message


@dataclass(frozen=True)
class Form:
    """What somebody has filled in; `item` is "" for the whole submission, `phrase` a number from 1."""

    item: str = ""
    verb: str = ""
    points: str = ""
    comment: str = ""
    phrase: str = ""
    reason: str = ""
    token: str = ""
    seen: str = ""


@dataclass(eq=False)
class Desk:
    """One teacher's desk at a graded folder."""

    out: Path
    by: str
    door: Door
    drawers: Drawers
    name: str = field(default_factory=partial(secrets.token_hex, 8))
    last: Last | None = None
    queue: Queue = field(init=False)

    def __post_init__(self) -> None:
        catch_up(self.out, self.drawers)
        self.queue = Queue(self.out)

    def close(self) -> None:
        """Leave the folder as a reader expects it: nothing open, and the class's page as it is now."""
        for one in self.queue.run.submissions:
            openings.end(self.out / one.folder, self.name)
        if has_pages(self.out):
            self.queue.read()
            write_index(self.out, self.queue.run)

    def listed(self, status: int = 200, alert: Message = EMPTY) -> Response:
        """The page with everyone who waits."""
        groups = [
            (group, [(row, self._opened(row.folder)) for row in rows]) for group, rows in self.queue.groups()
        ]
        return self._page(
            "desk_queue.html",
            status,
            heading=say("Who waits for you") if groups else say("Nobody waits for you."),
            alert=alert,
            groups=groups,
            notes=self.queue.notes,
        )

    def shown(self, one: GradedSubmission, form: Form | None = None, alert: Message = EMPTY) -> Response:
        """The page of one submission; a `form` that could not be carried out stays as it was filled in."""
        folder = self.out / one.folder
        others = openings.opening(folder, self.name)
        openings.begin(folder, self.name, self.by)
        report, seen = self._report(one), self._seen(one)
        draw(self.out, self.queue.run, one, report, self.drawers)
        items = [item for item in report.items if item.kind != FILES]
        # What was decided stays at hand, too.
        waiting = [
            item for item in items if item.decision or decided(item) is None or item.status == "review"
        ]
        undecided = [item.id for item in waiting if item.status == "review"]
        form = form or Form(item=undecided[0] if len(undecided) == 1 and report.verdict == "review" else "")
        language = report.language
        return self._page(
            "desk_submission.html",
            422 if alert else 200,
            heading=sentences.who(report),
            folder=one.folder,
            alert=alert,
            opened=others.sentence if others else "",
            report=report,
            verdict=sentences.verdict(report),
            points=sentences.points_of(so_far(report), report.max_score, language),
            is_decided=bool(made(report)),
            who_decided=sentences.reason(report) if report.decision else "",
            waiting=waiting,
            others=[item for item in items if item not in waiting],
            points_of=partial(sentences.earned_of, language=language),
            who_looks=partial(sentences.who_looks, language=language),
            phrases=self.queue.run.phrases,
            form=form,
            open=form.item not in {"", *(item.id for item in waiting)},
            # As it was typed, with its lines.
            comment=escape(form.comment),
            seen=seen,
            views=self._views(one, report),
        )

    def _views(self, one: GradedSubmission, report: Report) -> list[tuple[Message, str]]:
        """The pages beside each other: the teacher's, also of those that it resembles, and the student's."""
        places = {other.id: other.folder for other in self.queue.run.submissions}
        pairs = [name for name in sentences.others(report) if name in places]
        return [
            (say("The teacher's page"), f"/pages/{one.folder}/{html.TEACHER_FILE}"),
            *(
                (say("The other one: {id}", id=name), f"/pages/{places[name]}/{html.TEACHER_FILE}")
                for name in pairs
            ),
            (say("The student's page"), f"/pages/{one.folder}/{html.FILE}"),
        ]

    def decided(self, one: GradedSubmission, form: Form) -> Response:
        """Record what a form asks for, if the submission is still as whoever sent it has seen it."""
        try:
            wish = self._wish(one, form)
            with locked(self.out):
                self.queue.read()
                order, now = self._order(one.folder, 1), self.queue.submission(one.folder)
                if now != one or self._seen(one) != form.seen:
                    return self.shown(now or one, form, _CHANGED)
                decision = wish.of(self._report(one))
                try:
                    settled = decide(self.out, self.queue.run, [decision], self.drawers)
                except UsageError:
                    self.queue.decided([one])
                    raise
                self.queue.decided([done.submission for done in settled])
        except UsageError as error:
            return self.shown(one, form, told(error))
        after = next(done.after for done in settled if done.submission == one)
        about = next((item.title for item in after.items if item.id == form.item), "")
        said = joined(" · ", (sentences.who(after), about, sentences.verdict(after)))
        self.last = None if form.verb == "undo" else Last(one.folder, form.item, said)
        waiting = {row.folder for row in self.queue.waiting}
        if one.folder in waiting:
            return to(f"/submission/{one.folder}")
        openings.end(self.out / one.folder, self.name)
        return to(self._first_free(folder for folder in order if folder in waiting))

    def _wish(self, one: GradedSubmission, form: Form) -> Wish:
        """What a form asks for; raises `UsageError` where that is no number of points."""
        points = None
        if form.verb == "points":
            try:
                points = float(form.points.replace(",", "."))
            except ValueError:
                refused = say("The points must be a number. Received: {given}.", given=quoted(form.points))
                raise UsageError(refused, NOTHING_DECIDED) from None
        said = dict(enumerate(self.queue.run.phrases, start=1))
        phrase = said.get(int(form.phrase), "") if form.phrase.isdecimal() else ""
        comment = "\n".join(filter(None, (phrase, form.comment.replace("\r\n", "\n").strip())))
        verb = "" if form.verb == "points" else form.verb
        return Wish(one.id, form.item, verb, points, comment, form.reason.strip(), self.by)

    def beside(self, folder: str, step: int) -> Response:
        """Go to the next of those who wait, or with a step of -1 to the one before."""
        if folder:
            openings.end(self.out / folder, self.name)
        return to(self._first_free(self._order(folder, step)))

    def _order(self, folder: str, step: int) -> list[str]:
        """The others who wait, from this one on and round."""
        waiting = [row.folder for row in self.queue.waiting][::step]
        at = waiting.index(folder) if folder in waiting else len(waiting)
        return waiting[at + 1 :] + waiting[:at]

    def _first_free(self, order: Iterable[str]) -> str:
        """The address of the first whom nobody else has open; that of the queue without any."""
        free = (one for one in order if not openings.opening(self.out / one, self.name))
        return f"/submission/{one}" if (one := next(free, "")) else "/"

    def _report(self, one: GradedSubmission) -> Report:
        return Decisions.read(self.out, one.id).applied(read_report(self.out / one.folder / REPORT))

    def _seen(self, one: GradedSubmission) -> str:
        """A hash of all that a decision is made on: each decision and each run changes the report's file."""
        try:
            return hashlib.sha256((self.out / one.folder / REPORT).read_bytes()).hexdigest()
        except OSError:
            return ""

    def _opened(self, folder: str) -> Message | str:
        found = openings.opening(self.out / folder, self.name)
        return found.sentence if found else ""

    def _page(self, template: str, status: int, **parts: Any) -> Response:
        done, count = self.queue.progress
        last = self.last and self.queue.submission(self.last.folder)
        page = html.filled(
            template,
            self.queue.language,
            rubric=self.queue.rubric,
            by=self.by,
            progress=say("{done} of {count} decided", done=done, count=count),
            token=self.door.token,
            last=self.last if last else None,
            last_seen=self._seen(last) if last else "",
            **{"folder": "", **parts},
        )
        return HTMLResponse(page, status)


def told(error: GraderError) -> Message:
    """What was wrong, and what to do."""
    return joined(" ", (error.message, error.hint))


def to(address: str) -> Response:
    """Go to another page of the desk."""
    return RedirectResponse(address, 303)
