"""Pages in Korean and Spanish: no English of the program is left in them."""

import json
import math
import re
from functools import cache
from typing import get_args

import pytest
from builders_evidence import a_norm, a_step_log
from builders_figures import a_figure
from builders_pages import YARDSTICK, Seen, drawable, measured, the_index
from builders_platforms import CLASSROOM50
from builders_reports import a_report, an_item, in_a_terminal, rows_of, shown
from catalogs import OTHERS, missing
from rich.console import Group

from grader.evidence import Declaration, File
from grader.measure.figure.read import read
from grader.messages.languages import LANGUAGES, Language
from grader.messages.message import say
from grader.platforms.classroom50 import hook as classroom50
from grader.platforms.github import hook as github_classroom
from grader.platforms.gradescope import hook as gradescope
from grader.platforms.openedx import hook as openedx
from grader.platforms.prairielearn import hook as prairielearn
from grader.platforms.submitty import hook as submitty
from grader.report import Fact, Isolation, Pair, Report, Verdict
from grader.reports import html, html_class, markdown, plain_text, terminal
from grader.reports.charts import Drawing, draw
from grader.reports.html_class import MOST_ON_A_PAGE, Entry
from grader.reports.rows import tally
from grader.rubric import Plan
from grader.submissions.roster import Student

every_verdict = pytest.mark.parametrize("verdict", get_args(Verdict))
# Names of the field, of the program and of units, which are the same in every language.
SAME = {"Loss", "SVG", "batch", "bytes", "clipping", "epoch", "gradient", "norm", "size", "step", "test"}
SAME |= {"grader", "weight"}
PROGRAM = a_report().program
ABSENT = (Student(id="20", name="21"),)


@pytest.fixture(scope="module")
def whole() -> None:
    """A sentence without its translation is shown in English; the check before a release finds it."""
    if any(map(missing, OTHERS)):
        pytest.skip("`python tests/languages/catalogs.py missing` lists what is not translated")


def a_page_of_everything(verdict: Verdict, language: Language) -> Report:
    """A report whose own words are numbers, and in which everything is there that a page can show."""
    items = [
        an_item(id=str(place), title="1", message="2", hint="3", teacher_hint="4", kind="5", status=status)
        for place, status in enumerate(("passed", "failed", "review", "error", "skipped"))
    ]
    return a_report(
        *items,
        id="6",
        name="7",
        rubric="8",
        contact="9@10",
        verdict=verdict,
        language=language,
        facts=(Fact(name=say("Memory"), value="9"),),
        files=(File(role="model", name="10", bytes=11, sha256="12", note="13"),),
        notes=(say("It was ignored."),),
        pairs=(Pair(id="14", part="log", message="15", hint="16"),),
        isolation=Isolation(level="full", sentence="17"),
        limits=(Fact(name=say("Time"), value="18"),),
    )


def texts(report: Report) -> dict[str, str]:
    """What a student can read of a report in each format."""
    rows = rows_of([report])
    table = Group(terminal.class_table(rows), terminal.similar_page(rows), terminal.class_summary(rows))
    results = json.loads(gradescope.page(report))
    graded = json.loads(prairielearn.page(report))
    tests = json.loads(classroom50.result(report, environment=CLASSROOM50) or '{"tests": []}')["tests"]
    messages = json.loads(submitty.page(report) or '{"data": {"message": []}}')["data"]["message"]
    return {
        "plain_text": plain_text.page(report),
        "markdown": markdown.page(report) + markdown.page(report, finished=False),
        "terminal": shown(in_a_terminal(report), 100) + shown(table, 100),
        "gradescope": "\n".join([results["output"], *(test["output"] for test in results["tests"])]),
        "prairielearn": "\n".join(part["message"] + part["output"] for part in (graded, *graded["tests"])),
        "openedx": re.sub(r"</?\w+>", "", json.loads(openedx.page(report))["msg"]),
        "classroom50": "\n".join(test["test-name"] + test["message"] for test in tests),
        "submitty": "\n".join(one["message"] for one in messages),
        "github_classroom": re.sub(r"::\w+ title=", "", github_classroom.annotations(report)),
    }


@cache
def drawings() -> tuple[Drawing, ...]:
    """Of a long log with a figure that is shown, of a short one without, of two norms."""
    shown = drawable(
        700,
        figure=read("norms", a_figure(), Declaration(), Plan()),
        files=(File(role="figure", name="22", bytes=1, sha256=""),),
    )
    norms = a_step_log(
        a_norm([3.0, *[0.5] * 58, math.nan], "g", scope="variable", stage="after"),
        a_norm([1.7] * 60, "h", scope="global", stage="after"),
        steps=30,
        epochs=2,
    )
    return draw(shown, YARDSTICK), draw(drawable(), YARDSTICK), draw(drawable(log=norms), YARDSTICK)


def browser_pages(verdict: Verdict, language: Language) -> dict[str, str]:
    """What is to be read of a page for a browser; the names in it are left out."""
    report = a_page_of_everything(verdict, language)
    pages = {f"html {place}": html.page(report, drawing) for place, drawing in enumerate(drawings())}
    pages["html_teacher"] = html.teacher_page(report, drawings()[0])
    entries = [Entry(measured(report), "24")]
    pages["html_class"] = the_index(entries, ABSENT)
    return {name: re.sub(r"<code>.*?</code>", "", page) for name, page in pages.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_names_its_language(language: Language) -> None:
    """So that a screen reader speaks it, and a browser breaks its lines and chooses its letters."""
    pages = browser_pages("failed", language)

    assert {f'<html lang="{language}">'} == {
        found for page in pages.values() for found in re.findall("<html[^>]*>", page)
    }


@pytest.mark.usefixtures("whole")
def test_the_pages_of_a_large_class_have_no_english_in_them() -> None:
    """Nor what their search says."""
    entries = [Entry(a_report(id="24", name="", title="24", language="ko"), "24")] * (MOST_ON_A_PAGE + 1)
    _, (_, whole), _ = html_class.pages(entries)
    page = re.sub("<script>.*</script>", "", whole, flags=re.DOTALL)
    said = " ".join([Seen(page).text, *re.findall(' (?:data-[a-z]+|aria-label)="([^"]*)"', page)])

    assert set() == set(re.findall(r"[A-Za-z]{3,}", said)) - SAME - {"index", "search", "count"}


@pytest.mark.usefixtures("whole")
@every_verdict
def test_a_page_for_a_browser_has_no_english_in_it(verdict: Verdict) -> None:
    """Neither beside the pictures nor in them, nor in what stands for a picture."""
    pages = browser_pages(verdict, "ko")
    left = {
        name: set(
            re.findall(r"[A-Za-z]{3,}", " ".join([Seen(page).text, *re.findall('alt="([^"]*)"', page)]))
        )
        - SAME
        for name, page in pages.items()
    }

    assert set() == set().union(*left.values()), left


@pytest.mark.usefixtures("whole")
@every_verdict
def test_a_spanish_page_says_nothing_as_the_english_one_does(verdict: Verdict) -> None:
    """Each text with a letter is another one."""
    english, spanish = browser_pages(verdict, "en"), browser_pages(verdict, "es")
    same = {
        text.strip()
        for name, page in spanish.items()
        for text in set(Seen(page).words) & set(Seen(english[name]).words)
        if re.search("[A-Za-z]{2}", text)
    }

    assert {"Loss", "10, 11 bytes"} == same - {PROGRAM}


@pytest.mark.usefixtures("whole")
@every_verdict
def test_a_korean_page_has_no_english_in_it(verdict: Verdict) -> None:
    """Whatever the format, and whatever came of the submission."""
    left = {
        name: set(re.findall(r"[A-Za-z]{3,}", text)) - SAME
        for name, text in texts(a_page_of_everything(verdict, "ko")).items()
    }

    assert set() == set().union(*left.values()), left


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_class_is_told_in_the_language_of_its_reports(language: Language) -> None:
    """A class of nobody is told in English."""
    told = {
        "en": "1 submission: 1 passed, 0 failed. 1 resembles another submission.",
        "es": "1 entrega: 1 aprobada, 0 reprobadas. 1 se parece a otra entrega.",
        "ko": "제출물 1개: 통과 1개, 미통과 0개. 1개가 다른 제출물과 비슷합니다.",
    }

    rows = rows_of([a_page_of_everything("passed", language)])
    assert told[language] == terminal.class_summary(rows).plain == tally(rows)
    assert "0 submissions: 0 passed, 0 failed." == terminal.class_summary([]).plain
