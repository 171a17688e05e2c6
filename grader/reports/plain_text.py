"""The report as plain text without colour: for a comment in a learning platform, a mail or a printer."""

from collections.abc import Iterable, Sequence

from grader.messages.languages import ENGLISH, Language
from grader.report import ItemResult, Report
from grader.reports import sentences
from grader.reports.sentences import earned_of

FILE = "report.txt"


def page(report: Report) -> str:
    """The whole report, the verdict first; every text in it is one line in which nothing acts."""
    blocks = (
        heading(report),
        verdict_page(report),
        items_page(report.items, report.language),
        details_page(report),
    )
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks if block)


def heading(report: Report) -> str:
    """Whose submission this is, and what it is judged by."""
    return _blocks((sentences.who(report), sentences.rubric(report)))


def verdict_page(report: Report) -> str:
    """The verdict, and who acts next."""
    return _blocks((sentences.verdict(report), sentences.next_step(report))).rstrip("\n")


def items_page(items: Iterable[ItemResult], language: Language = ENGLISH) -> str:
    """Any items of a report, so that those already known can be shown before the others are."""
    return _blocks(*(_item(item, language) for item in items))


def details_page(report: Report) -> str:
    """Who is like this one, what was measured, which files were taken, and what else there is to know."""
    return _blocks(
        _list(sentences.sentence(sentences.ALIKE, report.language), sentences.pairs(report)),
        _list(
            sentences.sentence(sentences.MEASURED, report.language),
            [sentences.fact(measured, report.language) for measured in report.facts],
        ),
        _list(sentences.sentence(sentences.NOTES, report.language), sentences.notes(report)),
        sentences.footer(report),
    )


def _blocks(*blocks: Sequence[str]) -> str:
    """Blocks of lines with an empty line after each."""
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks if lines)


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
