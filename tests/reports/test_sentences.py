"""Every sentence that the formats add, word for word."""

import math

import pytest
from builders_reports import (
    ALL,
    ERROR,
    FAILED,
    HOSTILE,
    LIKE,
    PASSED,
    REVIEW,
    a_norm_item,
    a_pair,
    a_report,
    an_item,
)

from grader.report import Fact, Isolation, Report
from grader.reports import sentences
from grader.submissions.roster import Student


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (PASSED, "Passed: 7.5 of 7.5 points."),
        (a_report(an_item(points=1.0, max_points=1.0)), "Passed: 1 of 1 point."),
        (FAILED, "Failed: 4.5 of 7.5 points; 1 item did not pass."),
        (
            a_report(a_norm_item(), a_norm_item(), verdict="failed"),
            "Failed: 0 of 6 points; 2 items did not pass.",
        ),
        (a_report(an_item(), verdict="failed"), "Failed: 2 of 2 points."),
        (REVIEW, "Needs review: 4.5 of 7.5 points so far; 1 item waits for a teacher."),
        (
            a_report(an_item(status="review"), an_item(status="review"), verdict="review"),
            "Needs review: all 4 points are still open; 2 items wait for a teacher.",
        ),
        (LIKE, "Needs review: 2 of 2 points so far; it is like 2 other submissions."),
        (
            REVIEW.model_copy(update={"pairs": (a_pair(),)}),
            (
                "Needs review: 4.5 of 7.5 points so far; 1 item waits for a teacher; "
                "it is like 1 other submission."
            ),
        ),
        (PASSED.model_copy(update={"pairs": (a_pair(),)}), "Passed: 7.5 of 7.5 points."),
        (ERROR, "Not fully graded: all 7.5 points are still open; 3 items were not graded."),
        (
            a_report(an_item(), an_item(status="error", points=0.0), verdict="error"),
            "Not fully graded: 2 of 4 points so far; 1 item was not graded.",
        ),
        (a_report(an_item(), max_score=math.nan), "Passed: 2 of unknown points."),
        (a_report(), "Passed: 0 of 0 points."),
        (a_report(an_item(), a_norm_item()), "Passed: 2 of 5 points; 1 item did not pass."),
    ],
)
def test_the_verdict_has_both_numbers(report: Report, expected: str) -> None:
    """It says what was earned of what, and how many items it is due to."""
    assert expected == sentences.verdict(report)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (PASSED, "Nothing is left to do."),
        (
            a_report(an_item(), a_norm_item()),
            "That is enough to pass; what would earn the other points stands under each item that failed.",
        ),
        (FAILED, "What to do stands under each item that failed."),
        (REVIEW, "A teacher looks at this next; what waits for the teacher is not counted as a zero."),
        (ERROR, "Whoever runs the grader looks at this next; what was not graded is not counted as a zero."),
    ],
)
def test_the_next_step_says_who_acts(report: Report, expected: str) -> None:
    """Each verdict names the one who acts next."""
    assert expected == sentences.next_step(report)


def test_a_page_that_is_not_finished_says_so() -> None:
    """The student learns what it means if the page stays like this."""
    assert (
        "Not finished: 4.5 of 7.5 points. If this does not change, the grader was stopped early: "
        "submit again, or ask your teacher."
    ) == sentences.unfinished(FAILED)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("passed", ""),
        ("failed", ""),
        ("skipped", ""),
        ("review", "A teacher will look at this; it is not counted as a zero."),
        (
            "error",
            (
                "The grader could not do its work here; whoever runs it will look at this, "
                "and it is not counted as a zero."
            ),
        ),
    ],
)
def test_an_item_that_is_not_decided_says_who_looks(status: str, expected: str) -> None:
    """Neither a review nor an error reads like a zero."""
    assert expected == sentences.who_looks(an_item(status=status))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("passed", ("Advice: Do it.",)),
        ("failed", ("To do: Do it.", "From your teacher: Read it.")),
        ("review", ("To do, for a teacher: Do it.", "From your teacher: Read it.")),
        ("error", ("To do, for whoever runs the grader: Do it.",)),
        ("skipped", ("To do: Do it.",)),
    ],
)
def test_advice_names_the_one_who_acts(status: str, expected: tuple[str, ...]) -> None:
    """The hint is for whoever acts on the status; the teacher's own stands where points are missing."""
    assert expected == sentences.advice(an_item(status=status, hint="Do\n it.\n", teacher_hint="Read it.\n"))


def test_no_hint_no_advice() -> None:
    """An item without hints adds no empty line."""
    assert () == sentences.advice(an_item(status="failed"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ana", "Ana (garcia)"), ("", "garcia"), ("garcia", "garcia"), ("\x1b", r"\x1b (garcia)")],
)
def test_who_is_the_name_and_the_id(name: str, expected: str) -> None:
    """A name that says no more than the id is left out."""
    assert expected == sentences.who(a_report(name=name))


def test_who_has_not_submitted() -> None:
    """By name and id, and how many; where all have, nothing is said."""
    student = Student(id="9", name="Li Bo")

    assert "Li Bo (9)" == sentences.who_is_absent(student)
    assert "1 student has not submitted." == sentences.absence([student])
    assert "2 students have not submitted." == sentences.absence([student, student])
    assert "" == sentences.absence([])


def test_the_reason_is_the_first_item_that_decided() -> None:
    """It belongs to the verdict; where no item does, the summary says why."""
    mixed = a_report(a_norm_item(), an_item(status="review", message="They differ."), verdict="review")

    assert "They differ." == sentences.reason(mixed)
    assert "" == sentences.reason(PASSED)
    assert str(a_norm_item().message) == sentences.reason(a_report(an_item(), a_norm_item()))
    assert "Two are alike." == sentences.reason(
        a_report(an_item(), verdict="review", summary="Two\nare alike.")
    )
    assert "" == sentences.reason(a_report(verdict="review"))


def test_notes_are_said_once() -> None:
    """A note about a file is one of them, whether or not the report has it twice."""
    (about_the_file,) = (file.note for file in PASSED.files if file.note)
    repeated = PASSED.model_copy(update={"notes": (about_the_file, "A\nnote.", "A note.")})

    assert (*map(str, PASSED.notes), str(about_the_file)) == sentences.notes(PASSED)
    assert (str(about_the_file), "A note.") == sentences.notes(repeated)


def test_a_class_is_counted_in_one_sentence() -> None:
    """What nobody needs is not mentioned."""
    assert "0 submissions: 0 passed, 0 failed." == sentences.tally([])
    assert "1 submission: 1 passed, 0 failed." == sentences.tally([PASSED])
    assert (
        "6 submissions: 2 passed, 2 failed, 1 needs a teacher's review, 1 was not fully graded."
    ) == sentences.tally(ALL)
    assert (
        "4 submissions: 0 passed, 0 failed, 2 need a teacher's review, 2 were not fully graded."
    ) == sentences.tally([REVIEW, ERROR, REVIEW, ERROR])


def test_a_fact_is_one_plain_line() -> None:
    """A line break becomes a space, what could act is shown."""
    assert r"a b: \x1b[31m" == sentences.fact(Fact(name="a\nb", value="\x1b[31m"))
    assert "[link=x]a: \\x9b31m" == sentences.fact(HOSTILE.facts[0])


def test_pairs_are_said_with_what_they_can_mean_at_the_end() -> None:
    """Each has its sentence, on one line, and what all of them can mean is said once."""
    assert (
        "The model has the weights of that of `ito`: all 266610 numbers are equal.",
        "The model has the weights of that of `smith`: all 266610 numbers are equal.",
        "The log has values of that of `ito`.",
        "Look at both, and decide.",
    ) == sentences.pairs(LIKE)
    assert () == sentences.pairs(PASSED)


def test_the_reason_of_a_report_that_only_a_pair_holds_back() -> None:
    """Where every item passed, the pair is the one thing to say."""
    assert str(LIKE.summary) == sentences.reason(LIKE)


def test_the_tally_counts_those_that_are_like_another() -> None:
    """It says so in a sentence of its own, and only where there are any."""
    assert (
        "2 submissions: 1 passed, 0 failed, 1 needs a teacher's review. 1 of them is like another one."
    ) == sentences.tally([PASSED, LIKE])
    assert (
        "2 submissions: 0 passed, 0 failed, 2 need a teacher's review. 2 of them are like another one."
    ) == sentences.tally(iter([LIKE, LIKE]))


def test_the_footer_says_how_it_was_measured() -> None:
    """The level with its sentence, and the limits on one line; nothing where neither is known."""
    report = a_report(
        isolation=Isolation(level="limited", sentence="A worker that tried to could connect by TCP."),
        limits=(Fact(name="Time", value="90 s"), Fact(name="Open files", value="256")),
    )

    assert (
        "Isolation: limited. A worker that tried to could connect by TCP.",
        "Limits: time 90 s; open files 256.",
    ) == sentences.footer(report)
    assert () == sentences.footer(a_report())


@pytest.mark.parametrize(
    ("value", "words"),
    [(2.0, "2"), (0.1 + 0.2, "0.3"), (1 / 3, "0.33"), (-1.0, "-1"), (-0.0, "0"), (math.nan, "unknown")],
)
def test_a_number_of_points_is_short(value: float, words: str) -> None:
    """Two decimals at most."""
    assert str(words) == str(sentences.in_words(value))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "2 of 2 points"),
        ({"status": "failed", "points": 0.0, "max_points": 1.0}, "0 of 1 point"),
        ({"status": "review"}, "2 points still open"),
        ({"status": "error", "max_points": 1.0}, "1 point still open"),
        ({"points": math.nan, "max_points": math.inf}, "unknown points still open"),
    ],
)
def test_points_in_words(fields: dict[str, float | str], words: str) -> None:
    """What is not decided is open, not zero."""
    assert words == sentences.earned_of(an_item(**fields))
