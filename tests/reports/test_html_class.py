"""The page of a class, read back with a parser: who needs a person, how each item went, what is alike."""

import math
import re

import pytest
from builders_pages import ATTRIBUTES, TAGS, TRICKS, Seen, measured, the_index
from builders_reports import ERROR, FAILED, LIKE, PASSED, REVIEW, a_report, an_item

from grader.messages.wording import accuracy, number
from grader.report import FILES, Report, Verdict
from grader.reports.charts.svg import placed
from grader.reports.html_class import MOST_ON_A_PAGE, Entry, distribution
from grader.submissions.roster import Student

CLASS_TAGS = TAGS | {"fieldset", "legend", "label", "input"}
CLASS_ATTRIBUTES = ATTRIBUTES | {"for", "type", "checked", "colspan"}


def entries(*reports: Report) -> list[Entry]:
    return [Entry(measured(report), report.id) for report in reports]


def test_who_needs_a_person_comes_first() -> None:
    """The other orders are by name, and by points with those first that have none yet."""
    page = the_index(entries(PASSED, FAILED, ERROR, REVIEW))
    _, *orders = (
        re.findall(r'href="([^"/]+)/teacher\.html"', part) for part in page.split('<div class="order')
    )

    assert [
        ["okafor", "smith", "ito", "garcia"],
        ["garcia", "ito", "okafor", "smith"],
        ["smith", "ito", "okafor", "garcia"],
    ] == orders


def test_submissions_stand_in_groups_by_reason() -> None:
    """Doubts come before pairs, and files that cannot be used before what has failed otherwise."""
    broken = an_item(id="files-log", kind=FILES, status="failed")
    lost = a_report(broken, id="lost", verdict="failed")
    waiting = a_report(an_item(status="review", is_by_hand=True), id="waits", verdict="review")
    page = the_index(entries(PASSED, FAILED, lost, LIKE, ERROR, waiting, REVIEW))
    first = page[page.index('class="order order-1"') : page.index('class="order order-2"')]
    found = re.findall(r'scope="rowgroup"[^>]*>([^<]+)<|href="(\w+)/teacher', first)

    assert [
        *("In doubt: 1", "okafor", "Similar to another submission: 1", "mori"),
        *("To grade by hand: 1", "waits", "Not graded: 1", "smith"),
        *("Files that cannot be used: 1", "lost", "Failed: 1", "ito", "Passed: 1", "garcia"),
    ] == [reason or who for reason, who in found]


def test_a_pair_is_named_once() -> None:
    """With a link to both, if both are in the class."""
    other = a_report(
        an_item(), id="ito", name="Ito", pairs=(LIKE.pairs[0].model_copy(update={"id": "mori"}),)
    )
    page = the_index(entries(LIKE, other))
    pairs = page[page.index('id="pairs"') : page.index('id="items"')]

    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', pairs)
    mori, ito = '<a href="mori/teacher.html">mori</a>', '<a href="ito/teacher.html">Ito (ito)</a>'
    assert [(mori, ito), (mori, "smith")] == [(one, two) for one, two, _ in rows]
    assert [["model", "log"], ["model"]] == [re.findall("<b>(.*?)</b>", parts) for *_, parts in rows]


def test_a_file_that_can_be_used_has_passed() -> None:
    """Files come first, however late they are met; only one that cannot be used has an item in a report."""
    broken = an_item(id="files-log", kind=FILES, title="The log can be read", status="failed")
    page = the_index(
        entries(a_report(an_item()), a_report(broken, an_item(status="skipped")), a_report(an_item()))
    )
    rows = re.findall(r'<tr><th scope="row">([^<]+)<.*?</th>(.*)</tr>', page[page.index('id="items"') :])

    assert [
        ("The log can be read", ["2", "1", "0", "0", "0", "0"]),
        ("The hidden layers are [300, 100]", ["2", "0", "0", "0", "1", "0"]),
    ] == [(title, re.findall(r">(\d+)</td>", counts)) for title, counts in rows]


def test_runs_are_compared_in_a_table() -> None:
    """A row for each run, with the middle of the class; a submission has its numbers in the runs' order."""
    numbers = [
        {
            "plain/accuracy": 0.85,
            "plain/median_norm": 2.0,
            "clipped/median_norm": 0.5,
            "clipped/largest_norm": 1.0,
        },
        {"plain/median_norm": 4.0, "clipped/accuracy": 0.875},
    ]
    reports = [PASSED.model_copy(update={"numbers": own, "id": str(at)}) for at, own in enumerate(numbers)]
    page = the_index([Entry(report, report.id) for report in reports])
    table = page[page.index('aria-labelledby="runs"') :]

    assert [
        ("plain", ["2", "3.0", "", "0.85"]),
        ("clipped", ["1", "0.5", "1.0", "0.875"]),
    ] == [
        (run, re.findall(r'"number">([^<]*)<', cells))
        for run, cells in re.findall(
            r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', table[: table.index("</section>")]
        )
    ]
    assert 'aria-labelledby="runs"' not in the_index(entries(PASSED))


def test_what_is_not_known_has_no_section() -> None:
    """Neither charts without a drawing nor a table, pairs and items of nobody, which is a page, too."""
    alone, nobody = the_index([Entry(ERROR, "smith")]), the_index([])

    assert 'id="pictures"' not in alone
    assert set() == {"students", "pairs", "items", "pictures", "absent"} & set(
        re.findall(r'h2 id="(\w+)"', nobody)
    )


def test_another_metric_has_its_own_distribution() -> None:
    """A class of regressions has no accuracies; its errors are drawn."""
    reports = [
        report.model_copy(update={"numbers": {"rmse": value}})
        for report, value in ((PASSED, 1.5), (FAILED, 4.5))
    ]
    page = the_index([Entry(report, report.id) for report in reports])

    assert "Test examples: root mean squared error" in page
    assert "Accuracy on the test examples" not in page


def test_a_distribution_stacks_the_verdicts() -> None:
    """Each value is counted once, also those at both ends; the median is of all."""
    values: list[tuple[Verdict, float]] = [("passed", 0.88), ("failed", 0.1), ("passed", 0.9)]
    (panel,) = distribution("a", "Accuracy", values, accuracy)

    assert panel.chart is not None
    passed, failed = panel.chart.parts[0].bars
    assert [("passed", 2), ("failed", 1)] == [(one.look, sum(one.counts)) for one in (passed, failed)]
    assert failed.base == passed.counts
    assert [str(head) for head in panel.numbers[0]] == ["From", "To", "passed: 2", "failed: 1"]
    assert [("0", "1"), ("1", "0"), ("1", "0")] == [row[2:] for row in panel.numbers[1]]
    assert "3 submissions: 0.1 to 0.9, median 0.88." == str(panel.words)


@pytest.mark.parametrize("logarithmic", [True, False])
def test_a_distribution_of_one_number(logarithmic: bool) -> None:
    """It has a bar, too; what is not finite, or not over 0 on a logarithmic axis, is left out."""
    values: list[tuple[Verdict, float]] = [("review", 1.0), ("error", math.nan)]
    (panel,) = distribution("n", "Norm", values, number, logarithmic=logarithmic)

    assert [("review", "needs review: 1")] == [(key.look, str(key.text)) for key in panel.keys]
    assert [] == list(
        distribution("n", "Norm", [("passed", math.inf), ("passed", 0.0)], number, logarithmic=True)
    )


@pytest.mark.parametrize("norms", [(1e308,), (5e-324, 1.0), (1e-300, 1.7e308)])
def test_norms_of_any_size_have_a_place(norms: tuple[float, ...]) -> None:
    """One log with an absurd norm does not cost a class its page."""
    failed: list[tuple[Verdict, float]] = [("failed", norm) for norm in norms]
    ((panel, picture),) = placed(distribution("n", "Norm", failed, number, logarithmic=True))

    assert picture is not None
    assert panel.chart is not None
    assert len(norms) == sum(panel.chart.parts[0].bars[0].counts)


def test_a_very_large_class_has_one_order() -> None:
    """A table of thousands stands in the page once."""
    page = the_index(entries(PASSED) * (MOST_ON_A_PAGE + 1))

    assert (1, 0) == (page.count("<caption>Submissions"), page.count("<fieldset"))


@pytest.mark.hostile_row(66, 67)
@pytest.mark.parametrize("trick", [*TRICKS, "=cmd|' /C x'!A0", "../../x", "a/b?c#d", "\ud800"])
def test_a_trick_is_text_and_a_link_stays_below(trick: str) -> None:
    """In every text, and in the name of a folder."""
    item = an_item(id=trick, title=trick, status="failed", message=trick)
    report = a_report(item, id=trick, name=trick, verdict="failed", summary=trick, pairs=LIKE.pairs)
    seen = Seen(the_index([Entry(report, trick)], (Student(id=trick, name=trick),)))

    assert seen.tags <= CLASS_TAGS
    assert seen.attributes <= CLASS_ATTRIBUTES
    assert [] == seen.comments
    for link in seen.links:
        assert re.fullmatch(r"#[\w-]+|data:,|[A-Za-z0-9%._~-]+/teacher\.html", link)
