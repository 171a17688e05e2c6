"""The page of a class, read back with a parser: who needs a person, how each item went, what is alike."""

import hashlib
import json
import math
import re
from base64 import b64encode
from itertools import chain

import pytest
from builders_pages import ATTRIBUTES, TAGS, TRICKS, Seen, measured, the_index
from builders_reports import ERROR, FAILED, LIKE, PASSED, REVIEW, a_pair, a_report, an_item

from grader.messages.wording import accuracy, number
from grader.report import FILES, Report, Verdict
from grader.reports import html_class
from grader.reports.charts.svg import placed
from grader.reports.html_class import MOST_ABSENT, MOST_ON_A_PAGE, MOST_PAIRS, Entry, distribution
from grader.reports.rows import INDEX, SEARCH, row_of
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


def a_large_class(count: int = 2 * MOST_ON_A_PAGE + 20) -> list[Entry]:
    """Three pages: one in a hundred waits for a teacher, the others of ten in turn pass and fail."""
    every = []
    for at in range(count):
        report = REVIEW if at % 100 == 7 else (PASSED, FAILED)[at // 10 % 2]
        own = f"s{at:04}"
        every.append(Entry(report.model_copy(update={"id": own, "name": f"Ana {own}"}), own))
    return every


def test_a_table_goes_on_in_more_pages() -> None:
    """Everybody stands in one of them, those who need attention first; the first has what is about all."""
    (first, one), (second, two), (third, three), (_, _) = html_class.pages(a_large_class())
    rows = [re.findall(r'href="(s\d+)/teacher\.html">Ana', page) for page in (one, two, three)]

    assert [INDEX, "index-2.html", "index-3.html"] == [first, second, third]
    assert [MOST_ON_A_PAGE, MOST_ON_A_PAGE, 20] == list(map(len, rows))
    assert 2 * MOST_ON_A_PAGE + 20 == len(set(chain(*rows)))
    assert [f"s{at:04}" for at in range(7, 1020, 100)] == rows[0][:11]
    assert [True, False, False] == ['id="items"' in page for page in (one, two, three)]
    assert 0 == one.count("<fieldset")


def test_pages_lead_to_one_another() -> None:
    """To the one before and after, and to the beginning of each group, wherever it is."""
    *every, (name, _) = html_class.pages(a_large_class())
    told = [Seen(page).links for _, page in every]
    steps = [[link for link in own if re.fullmatch(r"index(-\d)?\.html", link)] for own in told]
    groups = [link for link in told[0] if "#group-" in link]

    assert SEARCH == name
    assert [["index-2.html"] * 2, [INDEX, "index-3.html"] * 2, ["index-2.html"] * 2] == steps
    assert ["index.html#group-1", "index.html#group-6", "index-2.html#group-7"] == groups
    assert all(f' id="{at.partition("#")[2]}"' in dict(every)[at.partition("#")[0]] for at in groups)
    assert {"#items", "#pictures"} <= set(told[0])
    assert {"index.html#items", "index.html#pictures"} <= set(told[1])


def test_a_script_is_allowed_by_its_hash_alone() -> None:
    """A class of one page has none, and may run none."""
    page = the_index(a_large_class())
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    hashed = b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{hashed}' 'strict-dynamic';" in page
    assert [False] * 2 == [
        word in the_index(a_large_class(MOST_ON_A_PAGE)) for word in ("<script", "script-src")
    ]


@pytest.mark.hostile_row(66, 67)
def test_what_the_search_reads_is_data() -> None:
    """ASCII in which nothing acts: who, the points and the address of each, by group."""
    tricks = [*TRICKS, "</script><script>", "\u2028\u202e\ud800", "*/ alert(1) //", "\\"]
    odd = [Entry(a_report(an_item(), id=trick, name=f"{trick} é"), trick) for trick in tricks]
    *every, (_, text) = html_class.pages([*odd, *a_large_class()])
    groups = dict(json.loads(text.removeprefix("submissions(").removesuffix(");\n")))
    found = {who: link for who, _, link in groups["Passed"]}

    assert text.isascii()
    assert not set(text[:-1]) & set("<\n\x1b")
    assert [11, 510, 499 + len(odd)] == list(map(len, groups.values()))
    for one in odd:
        assert re.fullmatch(r"[A-Za-z0-9%._~-]+/teacher\.html", found[row_of(one.report).who])
    assert {1} == {page.count("<script") for _, page in every}


def test_a_page_of_thousands_of_pairs_has_the_first() -> None:
    """It says how many there are, and where all of them are; and likewise of who has not submitted."""
    alike = {f"s{at}": (a_pair(f"s{at + 1}"),) for at in range(MOST_PAIRS + 50)}
    every = [Entry(LIKE.model_copy(update={"id": own, "pairs": pairs}), own) for own, pairs in alike.items()]
    text = Seen(the_index(every, [Student(str(at)) for at in range(MOST_ABSENT + 1)])).text

    assert MOST_PAIRS == text.count("The model has the weights") - 3 * len(every)
    assert f"These are {MOST_PAIRS} of {MOST_PAIRS + 50} pairs." in text
    assert f" {MOST_ABSENT - 1} grades.csv lists everyone." in text
    assert "grades.csv" not in Seen(the_index(every[:9])).text


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
