"""The report as a page for a browser, read back with a parser: what is in it, and what cannot be."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from builders_figures import a_figure
from builders_pages import ATTRIBUTES, TAGS, TRICKS, YARDSTICK, Seen, drawable
from builders_reports import ALL, ERROR, FAILED, HOSTILE, LIKE, PASSED, REPORTS, REVIEW, a_report, an_item
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.evidence import Declaration, File
from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.measure.figure.read import read
from grader.messages.message import say
from grader.report import FILES, Numbers, Report
from grader.reports import html, sentences
from grader.reports.charts import draw
from grader.reports.html import filled, with_names
from grader.rubric import Plan


def test_the_verdict_and_the_one_thing_to_do_come_first() -> None:
    """Then the items; the one thing to do leads to its item."""
    page = html.page(FAILED)
    order = ['id="verdict"', 'class="next"', 'href="#item-2"', 'id="items"', 'id="item-2"', "<footer>"]

    assert sorted(order, key=page.index) == order


@pytest.mark.parametrize(
    "report", [PASSED, REVIEW, ERROR, a_report(an_item(status="failed"), verdict="failed")]
)
def test_where_the_student_has_nothing_to_do_the_page_says_who_acts(report: Report) -> None:
    """Also where a failed item has no hint."""
    page = html.page(report)

    assert 'class="next"' not in page
    assert str(with_names(sentences.next_step(report))) in page


def test_what_is_left_to_do_stands_open_and_the_rest_is_folded() -> None:
    """What failed is first; a check without points that doubts is folded for the student, not the teacher."""
    states = ("passed", "review", "failed", "skipped", "not_checked")
    items = [an_item(id=state, title=f"It {state}", status=state, points=0.0) for state in states]
    doubt = an_item(title="A doubt", status="review", max_points=0.0, message="They contradict.")
    guard = an_item(title="A guard", max_points=0.0)
    report = a_report(*items, doubt, guard, verdict="review")
    page, teachers = html.page(report), html.teacher_page(report)
    order = [
        "It failed",
        "It review",
        "It skipped",
        "<details>",
        "It passed",
        "It not_checked",
        "Consistency",
    ]
    folded = ["Consistency", "A doubt", "A guard"]

    teachers_order = ["It review", *(one for one in order if one != "It review")]
    for shown, expected in ((page, order), (teachers, teachers_order)):
        assert sorted(expected, key=shown.index) == expected
    assert sorted(folded, key=page.index) == folded
    assert "They contradict." not in page
    assert "review: 1, passed: 1" in page
    assert teachers.index("They contradict.") < teachers.index("<details>") < teachers.index("A guard")


def test_a_student_can_ask_for_a_review() -> None:
    """The link of an item names submission, item and version; without an address there is none."""
    report = FAILED.model_copy(update={"contact": "ta@example.edu", "id": "a&b?"})
    links = [link for link in Seen(html.page(report)).links if link.startswith("mailto:")]
    (item, whole) = [parse_qs(urlsplit(link).query) for link in links]

    assert {urlsplit(link).path for link in links} == {"ta@example.edu"}
    assert [["gradient_clipping"]] * 2 == [item["subject"], whole["subject"]]
    about = "Submission a&b?, grader 0.1.0."
    assert f"{about} Item “The logged norm stays within the cap” (norm)." == item["body"][0].strip()
    assert about == whole["body"][0].strip()
    assert "mailto:" not in html.page(FAILED) + html.teacher_page(report)


def test_an_item_without_points_says_none() -> None:
    """A guard earns nothing, so its points would only confuse."""
    item = an_item(points=0.0, max_points=0.0)

    assert "The hidden layers are [300, 100] Passed The hidden layers" in Seen(html.page(a_report(item))).text


def test_a_teacher_reads_it_by_reasons() -> None:
    """Broken files, doubts with their numbers, and pairs come before the rest; a student has one list."""
    rows = ((say("the median"), say("0.668"), say("0.961")),)
    doubt = an_item(id="fits", status="review", numbers=(Numbers(about=say("The last norms"), rows=rows),))
    broken = an_item(id="files-log", kind=FILES, status="failed", title="The log can be read")
    report = a_report(an_item(status="failed"), doubt, broken, verdict="review", pairs=LIKE.pairs)
    student, teacher = Seen(html.page(report)), Seen(html.teacher_page(report))
    page = html.teacher_page(report)
    order = [f'<h2 id="{name}"' for name in ("unusable", "doubts", "similar", "items", "graded")]

    assert sorted(order, key=page.index) == order
    assert 'id="unusable"' not in html.page(report)
    assert "the median 0.668 0.961" in teacher.text
    assert "0.961" not in student.text
    assert "Ana García (garcia) ito model: The model has the weights of that of ito" in teacher.text
    assert 1 == teacher.text.count("Look at both, and decide.")


def test_the_students_own_figure() -> None:
    """The small copy that the grader has made, in an address that the policy lets in."""
    evidence = drawable(
        figure=read("norms", a_figure(), Declaration(), Plan()),
        files=(File(role="figure", name='"><b>.png', bytes=1, sha256=""),),
    )
    seen = Seen(html.page(FAILED, draw(evidence, YARDSTICK)))
    figure = evidence.found(Figure)

    assert figure is not None
    assert [figure.small] == [link for link in seen.links if link.startswith("data:image/")]
    assert '"><b>.png' in seen.text


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


@settings(max_examples=40)
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
    named = re.findall(r'(?:aria-labelledby="|aria-describedby="|href="#)([^"]+)"', page)

    assert len(set(ids)) == len(ids)
    assert set(named) <= set(ids)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pass `clipnorm=1.0` to `Adam`.", "Pass <code>clipnorm=1.0</code> to <code>Adam</code>."),
        ('`<b>` & "it\'s"', "<code>&lt;b&gt;</code> &amp; &#34;it&#39;s&#34;"),
        ("a\nb\x1b\u202e", "a b\\x1b\\u202e"),
        ("``two`` and `one", "``two`` and `one"),
    ],
)
def test_names_are_code(text: str, shown: str) -> None:
    """What stands in backticks; everything is escaped and on one line."""
    assert str(shown) == str(with_names(text))


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_no_text_is_more_than_text(text: str) -> None:
    """Nothing but our own tag is in it, and no quote can end an attribute."""
    shown = str(with_names(text)).replace("<code>", "").replace("</code>", "")

    assert not set(shown) & set("<>\"'\n\x00")


def test_a_sentence_is_in_the_language_of_the_page() -> None:
    """With what it was filled from, which stays text."""
    text = say("{name} is a link; links are not followed.", name="`<b>`")

    assert "<code>&lt;b&gt;</code> es un enlace; los enlaces no se siguen." == str(with_names(text, "es"))


def test_what_a_template_needs_must_be_there() -> None:
    """A name that is left out is a mistake of ours."""
    with pytest.raises(Exception, match="is undefined"):
        filled("report.html", "en")
