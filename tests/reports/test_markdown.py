"""The report as Markdown, read back with a Markdown parser: no text of a student becomes more than text."""

import pytest
from builders_markdown import KINDS, shown
from builders_reports import FAILED, HOSTILE, LIKE, PASSED, REPORTS, a_report, an_item
from hypothesis import example, given
from hypothesis import strategies as st

from grader.reports import markdown

TRICKS = (
    "](http://x.example)",
    "[x](javascript:alert(1))",
    "![x](http://x.example/a.png)",
    "| a | b |",
    "`",
    "``",
    "`a``b`",
    "\\`a`",
    "`@a`b`",
    "<details><summary>x",
    "<!--",
    "&lt;b&gt;",
    "@everyone",
    "`x`@everyone",
    "a@b.example www.x.example HTTP://x",
    "    code",
    "# heading",
    "1. one",
    "12) twelve",
    "- [ ] task",
    "---",
    "===",
    "+ x",
    "~~gone~~",
    "**bold** _it_ $x^2$",
    "ends with \\",
    "[a]: http://x.example",
)


@pytest.mark.hostile_row(68)
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_shown_as_it_was_written(trick: str) -> None:
    """In a message, a title, a hint and a name, it is text or code and nothing else."""
    item = an_item(status="failed", points=0.0, message=trick, title=trick, hint=trick)
    kinds, words = shown(markdown.page(a_report(item, id=trick, name=trick, verdict="failed")))

    assert kinds <= KINDS
    assert "".join(trick.split()).replace("`", "") in "".join(words.split()).replace("`", "")


@pytest.mark.parametrize("called", ["@everyone", "x@y.example", "http://x.example/a_b", "www.x.example"])
def test_nobody_is_called_and_nothing_is_linked(called: str) -> None:
    """What a platform looks for in the finished page stands in code."""
    page = markdown.page(a_report(an_item(message=f"See {called} now.")))

    assert f"\n\nSee `{called}` now.\n" in page


@given(REPORTS, st.lists(st.sampled_from(TRICKS), min_size=1, max_size=4).map(" ".join))
@example(HOSTILE, "x")
@example(LIKE, "x")
@example(FAILED, "x")
@example(PASSED, "x")
def test_any_report_is_headings_paragraphs_and_lists(report, tricks) -> None:
    """Whatever texts it has, and any of the tricks one after the other."""
    items = (*report.items, an_item(message=tricks, title=tricks))
    kinds, _ = shown(markdown.page(report.model_copy(update={"items": items})))

    assert kinds <= KINDS
