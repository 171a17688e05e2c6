"""The page of a class, read back with a parser: who needs a person, how each item went, what is alike."""

import re

import pytest
from builders_pages import ATTRIBUTES, TAGS, TRICKS, Seen
from builders_reports import ALL, ERROR, FAILED, LIKE, PASSED, REVIEW, a_report, an_item

from grader.report import Report
from grader.reports import html_class
from grader.reports.charts import Drawing
from grader.reports.html_class import MOST_ORDERED, Entry
from grader.submissions.roster import Student

CLASS_TAGS = TAGS | {
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "fieldset",
    "legend",
    "label",
    "input",
}
CLASS_ATTRIBUTES = ATTRIBUTES | {"scope", "for", "type", "checked"}
DRAWING = Drawing(accuracy=0.8734, largest_norm=1.0)


def entries(*reports: Report) -> list[Entry]:
    return [Entry(report, report.id, DRAWING) for report in reports]


def test_who_needs_a_person_comes_first() -> None:
    """Then those that the grader could not grade, those that failed, those that passed."""
    page = html_class.page(entries(PASSED, FAILED, ERROR, REVIEW))
    first = page[page.index('<div class="order order-1') : page.index('<div class="order order-2')]

    assert ["okafor", "smith", "ito", "garcia"] == re.findall(r'href="([^"/]+)/report\.html"', first)


def test_the_other_orders() -> None:
    """By name, and by points with those first that have none yet."""
    page = html_class.page(entries(PASSED, FAILED, ERROR))
    names = page[page.index('<div class="order order-2') : page.index('<div class="order order-3')]
    points = page[page.index('<div class="order order-3') :]

    assert ["garcia", "ito", "smith"] == re.findall(r'href="([^"/]+)/report\.html"', names)
    assert ["smith", "ito", "garcia"] == re.findall(r'href="([^"/]+)/report\.html"', points)


def test_a_row() -> None:
    """The name, why, the verdict, the points, and the two numbers."""
    text = Seen(html_class.page(entries(FAILED, LIKE))).text

    assert (
        "2 submissions: 0 passed, 1 failed, 1 needs a teacher's review. 1 of them is like another one."
        in text
    )
    assert (
        "Ito Ren (ito) The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it. "
        "✗ Failed 4.5 of 7.5 0.8734 1.0"
    ) in text


def test_a_row_names_those_that_are_like_it() -> None:
    """Below the reason, where a phone shows it, too."""
    text = Seen(html_class.page(entries(LIKE))).text

    assert "Like: ito, smith. ? Needs review" in text


def test_a_row_of_what_is_not_known() -> None:
    """No point is claimed, and no number."""
    text = Seen(html_class.page([Entry(ERROR, "smith")])).text

    assert "! Not graded open of 7.5" in text


def test_how_each_item_went() -> None:
    """A row for each item, with a number for each status."""
    text = Seen(html_class.page(entries(PASSED, FAILED, REVIEW))).text

    assert "How each item went For each item of the rubric, how many submissions passed." in text
    assert "The logged norm stays within the cap 1 1 1 0 0" in text


def test_a_pair_is_named_once() -> None:
    """With a link to both, if both are in the class."""
    other = a_report(
        an_item(), id="ito", name="Ito", pairs=(LIKE.pairs[0].model_copy(update={"id": "mori"}),)
    )
    page = html_class.page(entries(LIKE, other))
    pairs = page[page.index('id="pairs"') : page.index('id="items"')]

    assert 3 == pairs.count("<li>")
    assert '<a href="mori/report.html">mori</a>, <a href="ito/report.html">Ito (ito)</a> (model): ' in pairs
    assert '<a href="mori/report.html">mori</a>, smith (model): ' in pairs


def test_distributions() -> None:
    """Of accuracy and of norms, where they are known."""
    text = Seen(html_class.page(entries(PASSED, FAILED))).text

    assert "Accuracy on the test images" in text
    assert "2 submissions: 0.8734 to 0.8734, median 0.8734." in text
    assert "Largest logged norm" in text
    assert "The class in pictures" not in html_class.page([Entry(PASSED, "garcia")])


def test_who_has_not_submitted() -> None:
    """They stand below the others."""
    text = Seen(html_class.page(entries(PASSED), (Student(id="9", name="Nobody"),))).text

    assert "Not submitted 1 student has not submitted. Nobody (9)" in text


def test_a_class_of_nobody() -> None:
    """A page, too."""
    assert "0 submissions: 0 passed, 0 failed." in Seen(html_class.page([])).text


def test_a_very_large_class_has_one_order() -> None:
    """A table of thousands stands in the page once."""
    page = html_class.page(entries(PASSED) * (MOST_ORDERED + 1))

    assert (1, 0) == (page.count("<caption>Submissions"), page.count("<fieldset"))


@pytest.mark.hostile_row(66, 67)
@pytest.mark.parametrize("trick", [*TRICKS, "=cmd|' /C x'!A0", "../../x", "a/b?c#d"])
def test_a_trick_is_text_and_a_link_stays_below(trick: str) -> None:
    """In every text, and in the name of a folder."""
    item = an_item(id=trick, title=trick, status="failed", message=trick)
    report = a_report(item, id=trick, name=trick, verdict="failed", summary=trick, pairs=LIKE.pairs)
    seen = Seen(html_class.page([Entry(report, trick, DRAWING)], (Student(id=trick, name=trick),)))

    assert seen.tags <= CLASS_TAGS
    assert seen.attributes <= CLASS_ATTRIBUTES
    assert [] == seen.comments
    for link in seen.links:
        assert re.fullmatch(r"#[\w-]+|data:,|[A-Za-z0-9%._~-]+/report\.html", link)


@pytest.mark.parametrize("report", ALL)
def test_each_report_has_a_row(report: Report) -> None:
    """Hostile text adds no other kind of element."""
    seen = Seen(html_class.page(entries(report)))

    assert seen.tags <= CLASS_TAGS
    assert seen.attributes <= CLASS_ATTRIBUTES
