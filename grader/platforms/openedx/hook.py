"""Open edX: pulls submissions from a queue, grades them, and replies with `correct`, `score` and `msg`.

The LMS shows `msg` only if it is well-formed XML with one root, so it is made as that. It has no word for
what waits for a person: such a reply has what was earned so far, and `msg` says that a teacher has to look.

What the queue does is known from `submissions/views/xqueue.py` of edx-submissions 4.0.2. Five minutes after a
submission was taken without a reply it is given out again, before all others: so the budget is less, and what
cannot be graded gets a reply too. `random_seed` is 1 for every student, so it is no seed.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree as ET

import typer

from grader.errors import SubmissionError, UsageError
from grader.grading.exit_codes import DONE
from grader.measure.request import largest_archive
from grader.messages.languages import ENGLISH, Language
from grader.messages.safe_text import file_names, json_text, plain
from grader.platforms.hooks import Options, for_teachers
from grader.platforms.openedx.xqueue import Queued, QueueError, XQueue
from grader.report import Report, Whose, for_student, share
from grader.reports import sentences
from grader.rubric import Rubric
from grader.rubric.loading import rubric_for
from grader.submissions.submission import open_submission

# Of the five minutes, the rest is for loading the files and for the reply.
MOST_SECONDS = 240.0
# With a score that it cannot record, the queue puts a submission after the others; after five such replies it
# gives up, for an administrator to see. The student has no points then, and no zero.
UNGRADED = json_text({"correct": False, "score": None, "msg": "<div/>"})
# The hook ends after this many tries in a row have failed.
MOST_FAILURES = 20
MOST_FILES = 20


def hook(
    options: Options,
    url: Annotated[str, typer.Option(metavar="ADDRESS", help="The address of the queue.")],
    queue: Annotated[str, typer.Option(metavar="NAME", help="The name of the queue.")],
    interval: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long to wait when the queue is empty.")
    ] = 5.0,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Exit when the queue is empty.")] = False,
) -> int:
    """Grade submissions from an Open edX queue.

    Reads the user and the password from XQUEUE_USER and XQUEUE_PASSWORD. Without --budget it is
    240 seconds, the most that Open edX allows.
    """
    budget = MOST_SECONDS if options.budget is None else options.budget
    if budget > MOST_SECONDS:
        raise UsageError(
            f"`--budget {budget:g}` is too long: Open edX gives a submission out again after 300 s.",
            f"Set `--budget` to {MOST_SECONDS:g} or less, or leave it away.",
        )
    opened = XQueue(url, queue, os.environ.get("XQUEUE_USER", ""), os.environ.get("XQUEUE_PASSWORD", ""))
    return serve(opened, replace(options, budget=budget), interval, until_empty=until_empty)


def serve(
    queue: XQueue,
    options: Options,
    interval: float = 5.0,
    *,
    until_empty: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Grade what comes, until it is interrupted; `wait` waits for so many seconds.

    Where the user is not known, or rubric or queue cannot be used, it raises `GraderError`.
    """
    rubric = rubric_for(options.rubric, options.language)
    failures, known = 0, False
    while True:
        try:
            if not known:
                queue.login()
                known = True
            queued = queue.take()
            if queued is not None:
                _answer(queue, queued, rubric, options)
            failures = 0
        except QueueError as error:
            # A session may have ended, so the next one begins with a login.
            failures, known, queued = failures + 1, False, None
            typer.echo(f"{error} Try {failures} of {MOST_FAILURES}.", err=True)
            if failures == MOST_FAILURES:
                raise UsageError(
                    str(error),
                    "Check that the queue is up, and the user in its group `xqueue`. Then start this again.",
                ) from None
        else:
            if queued is None and until_empty:
                return DONE
        if queued is None:
            wait(interval)


def _answer(queue: XQueue, queued: Queued, rubric: Rubric, options: Options) -> None:
    """Grade a submission and reply.

    Raises:
        QueueError: It could not be graded, or not be replied to.
    """
    with tempfile.TemporaryDirectory(prefix="grader-queue-") as folder:
        try:
            _load(queue, queued, Path(folder), largest_archive(rubric.plan))
            for stage in options.grade(open_submission(Path(folder)), Whose(queued.student)):
                if stage.finished:
                    typer.echo(for_teachers(stage))
        except SubmissionError as error:
            typer.echo(f"{plain(queued.student)}: {error.message}", err=True)
            queue.reply(queued, refusal(error, rubric.language or ENGLISH))
            return
        except QueueError:
            queue.reply(queued, UNGRADED)
            raise
    if stage.report.verdict == "error":
        queue.reply(queued, UNGRADED)
        raise QueueError(f"{plain(queued.student)} could not be graded; the queue will give it out again.")
    queue.reply(queued, page(stage.report))


def _load(queue: XQueue, queued: Queued, folder: Path, most: int) -> None:
    """Load the student's files into a folder of ours, under names that every system takes."""
    wanted = list(queued.files.items())[:MOST_FILES]
    names = file_names(name for name, _ in wanted)
    for name, (own, address) in zip(names, wanted, strict=True):
        content = queue.file(own, address, most)
        most -= len(content)
        (folder / name).write_bytes(content)


def page(report: Report) -> str:
    """The JSON of `xqueue_body`; the score is a share in [0, 1]."""
    report = for_student(report)
    language = report.language
    root = ET.Element("div")
    _paragraphs(root, (sentences.verdict(report), sentences.next_step(report)))
    for item in report.items:
        status = sentences.status(item.status, language).capitalize()
        ET.SubElement(root, "h4").text = f"{status}: {sentences.heading(item, language)}"
        _paragraphs(root, (*sentences.found(item, language), *sentences.advice(item, language)))
    for section in sentences.sections(report):
        ET.SubElement(root, "h4").text = section.title
        _paragraphs(root, section.lines)
    return _reply(root, correct=report.verdict == "passed", score=share(report) or 0)


def refusal(error: SubmissionError, language: Language) -> str:
    """The JSON of `xqueue_body` for files that cannot be graded: what is wrong, and what to do about it."""
    root = ET.Element("div")
    _paragraphs(root, (sentences.sentence(text, language) for text in (error.message, error.hint)))
    return _reply(root, correct=False, score=0)


def _paragraphs(root: ET.Element, lines: Iterable[str]) -> None:
    for line in filter(None, lines):
        ET.SubElement(root, "p").text = line


def _reply(root: ET.Element, *, correct: bool, score: float) -> str:
    return json_text({"correct": correct, "score": score, "msg": ET.tostring(root, encoding="unicode")})
