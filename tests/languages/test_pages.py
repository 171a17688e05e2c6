"""Pages in Korean, whose letters are not ours: no English of the program is left in them."""

import io
import json
import re

import pytest
from builders_reports import a_report, an_item
from rich.console import Console

from grader.evidence import File
from grader.formats import (
    github_classroom,
    gradescope,
    markdown,
    openedx,
    plain_text,
    prairielearn,
    sentences,
    terminal,
)
from grader.languages import LANGUAGES, Language
from grader.phrase import say
from grader.report import Fact, Isolation, Pair, Report, Verdict

# Names of the field and units, which are the same in every language.
SAME = {"norm", "clipping", "bytes"}


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
        verdict=verdict,
        language=language,
        facts=(Fact(name=say("Memory"), value="9"),),
        files=(File(role="model", name="10", bytes=11, sha256="12", note="13"),),
        notes=(say("It was left aside."),),
        pairs=(Pair(id="14", part="log", message="15", hint="16"),),
        isolation=Isolation(level="full", sentence="17"),
        limits=(Fact(name=say("Time"), value="18"),),
    )


def texts(report: Report) -> dict[str, str]:
    """What a student can read of a report in each format."""
    console = Console(file=io.StringIO(), record=True, width=100, color_system=None)
    console.print(terminal.report_page(report))
    console.print(terminal.class_table([report]), terminal.class_summary([report]))
    results = json.loads(gradescope.page(report))
    graded = json.loads(prairielearn.page(report))
    return {
        "plain_text": plain_text.page(report),
        "markdown": markdown.page(report) + markdown.page(report, finished=False),
        "terminal": console.export_text(),
        "gradescope": "\n".join([results["output"], *(test["output"] for test in results["tests"])]),
        "prairielearn": "\n".join(
            [
                graded["message"],
                graded["output"],
                *(test["message"] + test["output"] for test in graded["tests"]),
            ]
        ),
        "openedx": re.sub(r"</?\w+>", "", json.loads(openedx.page(report))["msg"]),
        "github_classroom": re.sub(r"::\w+ title=", "", github_classroom.annotations(report)),
    }


@pytest.mark.parametrize("verdict", ["passed", "failed", "review", "error"])
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
        "en": "1 submission: 1 passed, 0 failed. 1 of them is like another one.",
        "es": "1 entrega: 1 aprobada, 0 reprobadas. 1 de ellas se parece a otra.",
        "ko": "제출물 1개: 통과 1개, 미통과 0개. 그중 1개가 다른 제출물과 비슷합니다.",
    }

    assert told[language] == terminal.class_summary([a_page_of_everything("passed", language)]).plain
    assert told[language] == sentences.tally([a_page_of_everything("passed", language)], language)
    assert "0 submissions: 0 passed, 0 failed." == terminal.class_summary([]).plain
