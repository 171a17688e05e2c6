"""Tests of `grader.cli.progress`: what a person sees while a class is graded."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import builders_reports as build
import pytest
from rich.console import Console

from grader.cli.progress import ClassProgress, followed, progress, time_left
from grader.report import Report
from grader.submissions.submission import Submission

ANA, BEN, CEM = (Submission(name, Path(name)) for name in ("ana", "ben", "cem"))


@contextmanager
def shown(total: int, *, terminal: bool) -> Iterator[tuple[ClassProgress, io.StringIO]]:
    """Progress on a console that records; its bar is drawn when a test asks for it."""
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=terminal, width=140, color_system=None, legacy_windows=False
    )
    with progress(total, console) as one:
        yield one, stream


def after(seconds: float, report: Report) -> Report:
    return report.model_copy(update={"seconds": seconds})


def bar(one: ClassProgress) -> str:
    """The bar as it is drawn now, its blocks left out."""
    console = Console(file=io.StringIO(), width=140, color_system=None)
    with console.capture() as capture:
        console.print(one._progress.get_renderable())
    return " ".join(capture.get().replace("━", "").replace("╸", "").replace("╺", "").split())


def test_without_a_terminal_there_is_a_line_for_each() -> None:
    """With its verdict and its seconds, and nothing when it starts."""
    with shown(3, terminal=False) as (one, stream):
        one.started(ANA)
        one.started(BEN)
        one.done(BEN, after(1.25, build.PASSED))
        one.done(ANA, after(12.0, build.REVIEW))

    assert ["1 of 3: ben: passed, 1.2 s", "2 of 3: ana: review, 12.0 s"] == stream.getvalue().splitlines()


def test_a_name_is_written_as_it_is() -> None:
    """On one line, nothing in it acts, and it is cut where it is long."""
    hostile = Submission("[red]\x1b[2J\nx", Path("x"))
    long = Submission("x" * 200, Path("x"))
    with shown(2, terminal=False) as (one, stream):
        one.done(hostile, build.PASSED)
        one.done(long, build.PASSED)

    lines = stream.getvalue().splitlines()
    assert [r"1 of 2: [red]\x1b[2J\nx: passed, 2.2 s", f"2 of 2: {'x' * 27}...: passed, 2.2 s"] == lines


def test_the_bar_says_who_is_at_work_and_what_came_of_the_others() -> None:
    """From the start of TensorFlow on; the verdicts always in the same order."""
    with shown(3, terminal=True) as (one, stream):
        texts = [bar(one)]
        for submission in (ANA, BEN):
            one.started(submission)
        texts.append(bar(one))
        one.done(ANA, build.FAILED)
        one.started(CEM)
        texts.append(bar(one))
        one.done(CEM, build.PASSED)
        one.done(BEN, build.FAILED)
        texts.append(bar(one))

    assert "Starting TensorFlow 0/3 time left -:--:--" == texts[0]
    assert "ana, ben 0/3 time left -:--:--" == texts[1]
    assert texts[2].startswith("ben, cem 1/3 1 failed time left")
    assert texts[3].startswith("Waiting 3/3 1 passed, 2 failed time left")
    # On a terminal no line is left; the table comes next.
    assert "3 of 3" not in stream.getvalue()


def test_the_bar_names_four_at_most_and_counts_every_verdict() -> None:
    """A cluster works on many; what waits for a teacher or for the operator is counted, too."""
    with shown(9, terminal=True) as (one, _):
        for number in range(7):
            one.started(Submission(f"s{number}", Path("x")))
        for report in (build.ERROR, build.REVIEW, build.FAILED, build.PASSED):
            one.done(ANA, report)
        text = bar(one)

    assert text.startswith("s0, s1, s2, s3, 3 more 4/9 1 passed, 1 failed, 1 review, 1 error time left")


@pytest.mark.parametrize(
    ("seconds", "share", "left"),
    [
        (60.0, 0.1, "about 9 min left"),
        (20.0, 0.5, "less than a minute left"),
        (300.0, 1.0, "less than a minute left"),
    ],
)
def test_the_time_left_follows_from_what_is_done(seconds: float, share: float, left: str) -> None:
    """What is left takes as long as what was done, each for its share."""
    assert left == time_left(seconds, share)


def test_trainings_pass_through_while_they_are_followed() -> None:
    """Nothing is added and nothing is kept back."""
    assert [1, 3] == list(followed(iter([1, 3]), 2, int, 4))
