"""The report as a page for a browser, read back with a parser: what is in it, and what cannot be."""

import re

import pytest
from builders_figures import a_figure
from builders_pages import ATTRIBUTES, TAGS, TRICKS, YARDSTICK, Seen, drawable
from builders_reports import (
    ALL,
    ERROR,
    FAILED,
    HOSTILE,
    LIKE,
    PASSED,
    REPORTS,
    REVIEW,
    a_norm_item,
    a_report,
    an_item,
)
from hypothesis import example, given, settings

from grader.evidence import Declaration, File
from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.measure.figure.read import read
from grader.report import Report
from grader.reports import html
from grader.reports.charts import Drawing, draw
from grader.rubric import Limits


def test_the_verdict_and_the_one_thing_to_do_come_first() -> None:
    """Then the items, each with what was found and asked, and what to do."""
    text = Seen(html.page(FAILED)).text.partition("Skip to the content")[2]
    order = [
        "Ito Ren (ito) · gradient_clipping",
        "Failed: 4.5 of 7.5 points; 1 item did not pass.",
        "Do this next",
        "Pass clipnorm=1.0 to Adam and train again. Why",
        "What was asked, and what was found",
        "The hidden layers are [300, 100] Passed · 2 of 2 points",
        "The logged norm stays within the cap Failed · 0 of 3 points",
        "The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it.",
        "To do Pass clipnorm=1.0 to Adam and train again.",
        "From your teacher Chapter 11 shows where the argument goes.",
        "grader 0.1.0",
    ]
    places = [text.index(words) for words in order]

    assert sorted(places) == places
    assert "#item-2" in Seen(html.page(FAILED)).links


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (PASSED, "Nothing is left to do."),
        (REVIEW, "A teacher looks at this next; what waits for the teacher is not counted as a zero."),
        (ERROR, "Whoever runs the grader looks at this next; what was not graded is not counted as a zero."),
        (
            a_report(an_item(status="failed", points=0.0), verdict="failed"),
            "What to do stands under each item",
        ),
        (
            a_report(an_item(), a_norm_item(), verdict="passed"),
            "That is enough to pass; what would earn the other points stands under each item that failed.",
        ),
    ],
)
def test_who_acts_next(report: Report, words: str) -> None:
    """Where it is not the student, or where nothing tells what to do, the page says so."""
    assert words in Seen(html.page(report)).text


def test_an_item_without_points_says_none() -> None:
    """A guard earns nothing, so its points would only confuse."""
    text = Seen(html.page(a_report(an_item(points=0.0, max_points=0.0)))).text

    assert "The hidden layers are [300, 100] Passed The hidden layers" in text


def test_everything_else_of_the_report() -> None:
    """What was measured, the notes, and the submissions that are like it."""
    passed, like = Seen(html.page(PASSED)).text, Seen(html.page(LIKE)).text

    assert "Measured test accuracy 0.8745 with inputs given as pixels / 255" in passed
    assert "Notes The log has 2 columns whose meaning is unknown: lr, time." in passed
    assert "Like other submissions The model has the weights of that of ito: all 266610 numbers" in like


def test_the_pictures() -> None:
    """Each has its title, its key and its words; without a drawing there is no section for them."""
    drawing = draw(drawable(), YARDSTICK)
    text = Seen(html.page(FAILED, drawing)).text

    assert "The training in pictures" in text
    assert "Largest per-variable norm, every step" in text
    assert all(" ".join(str(panel.words).replace("`", "").split()) in text for panel in drawing.panels)
    for page in (html.page(FAILED), html.page(FAILED, Drawing())):
        assert "The training in pictures" not in page


def test_the_students_own_figure() -> None:
    """The small copy that the grader has made, in an address that the policy lets in."""
    evidence = drawable(
        figure=read("norms", a_figure(), Declaration(), Limits()),
        files=(File(role="figure", name='"><b>.png', bytes=1, sha256=""),),
    )
    seen = Seen(html.page(FAILED, draw(evidence, YARDSTICK)))
    figure = evidence.found(Figure)

    assert figure is not None
    assert [figure.small] == [link for link in seen.links if link.startswith("data:image/")]
    assert (
        'Your own figure "><b>.png, made small. What the grader draws of your log is beside it.' in seen.text
    )


def test_the_policy_lets_nothing_in() -> None:
    """No script runs, and nothing is fetched, whatever a page says."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )

    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html.page(FAILED)


def test_a_page_of_a_long_log_is_small() -> None:
    """At most 300 kB for 20,000 steps."""
    assert len(html.page(FAILED, draw(drawable(20_000), YARDSTICK)).encode()) <= 300_000


@pytest.mark.hostile_row(62, 67)
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_shown_as_it_was_written(trick: str) -> None:
    """In every text of the report and in the header of a log's column, it is text and nothing else."""
    item = an_item(
        id=trick, title=trick, kind=trick, status="failed", message=trick, hint=trick, teacher_hint=trick
    )
    evidence = drawable()
    log = evidence.found(Log)
    assert log is not None
    columns = tuple(column.model_copy(update={"header": trick}) for column in log.columns)
    drawing = draw(evidence.having("log", log.model_copy(update={"columns": columns})), YARDSTICK)
    report = a_report(
        item, id=trick, name=trick, rubric=trick, program=trick, notes=(trick,), verdict="failed"
    )
    page = html.page(report, drawing)
    seen = Seen(page)

    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert [] == seen.comments
    assert all(link.startswith(("#", "data:,")) for link in seen.links)
    assert trick.replace("`", "") in seen.text


@settings(max_examples=40, deadline=None)
@given(REPORTS)
@example(HOSTILE)
def test_any_report_is_a_page(report: Report) -> None:
    """Whatever texts and numbers it has."""
    seen = Seen(html.page(report))

    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES


@pytest.mark.parametrize("report", ALL)
def test_names_in_a_page_are_unique(report: Report) -> None:
    """What is referred to is there once, so that a screen reader finds it."""
    page = html.page(report, draw(drawable(), YARDSTICK))
    ids = re.findall(r' id="([^"]+)"', page)
    named = re.findall(r'(?:aria-labelledby|aria-describedby)="([^"]+)"', page) + re.findall(
        r'href="#([^"]+)"', page
    )

    assert len(set(ids)) == len(ids)
    assert set(named) <= set(ids)
