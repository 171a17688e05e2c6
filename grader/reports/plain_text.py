"""The report as plain text without colour: for a comment in a learning platform, a mail or a printer."""

from collections.abc import Sequence

from grader.messages.languages import Language
from grader.report import ItemResult, Report
from grader.reports import sentences
from grader.reports.points import earned_of

FILE = "report.txt"


def page(report: Report) -> str:
    """The whole report, the verdict first; every text in it is one line in which nothing acts."""
    blocks = [
        (sentences.who(report), sentences.rubric(report)),
        (sentences.verdict(report), sentences.next_step(report)),
        *(_item(item, report.language) for item in report.items),
        _list(sentences.sentence(sentences.ALIKE, report.language), sentences.pairs(report)),
        _list(
            sentences.sentence(sentences.MEASURED, report.language),
            [sentences.fact(measured, report.language) for measured in report.facts],
        ),
        _list(sentences.sentence(sentences.NOTES, report.language), sentences.notes(report)),
        sentences.footer(report),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _item(item: ItemResult, language: Language) -> Sequence[str]:
    lines = (
        sentences.sentence(item.message, language),
        sentences.who_looks(item, language),
        *sentences.advice(item, language),
    )
    title = (
        f"[{sentences.status(item, language)}] {sentences.sentence(item.title)} ({earned_of(item, language)})"
    )
    return [title, *(f"  {line}" for line in lines if line)]


def _list(title: str, lines: Sequence[str]) -> Sequence[str]:
    return [title, *(f"  - {line}" for line in lines)] if lines else []
