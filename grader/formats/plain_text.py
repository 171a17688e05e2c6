"""The report as plain text without colour: for a comment in a learning platform, a mail or a printer."""

from collections.abc import Sequence

from grader.formats import sentences
from grader.formats.points import earned_of
from grader.report import ItemResult, Report

FILE = "report.txt"


def page(report: Report) -> str:
    """The whole report, the verdict first; every text in it is one line in which nothing acts."""
    blocks = [
        (sentences.who(report), f"Rubric: {sentences.sentence(report.rubric)}"),
        (sentences.verdict(report), sentences.next_step(report)),
        *(_item(item) for item in report.items),
        _list("Like other submissions", sentences.pairs(report)),
        _list("Measured", [sentences.fact(measured) for measured in report.facts]),
        _list("Notes", sentences.notes(report)),
        sentences.footer(report),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _item(item: ItemResult) -> Sequence[str]:
    lines = (sentences.sentence(item.message), sentences.who_looks(item), *sentences.advice(item))
    title = f"[{item.status}] {sentences.sentence(item.title)} ({earned_of(item)})"
    return [title, *(f"  {line}" for line in lines if line)]


def _list(title: str, lines: Sequence[str]) -> Sequence[str]:
    return [title, *(f"  - {line}" for line in lines)] if lines else []
