"""The report as plain text: for a comment on a learning platform, an e-mail or a printer."""

from collections.abc import Iterable, Sequence

from grader.messages.languages import ENGLISH, Language
from grader.report import ItemResult, Report, for_student
from grader.reports import sentences

FILE = "report.txt"


def page(report: Report) -> str:
    """What the student reads; every text in it is one line in which nothing acts."""
    report = for_student(report)
    items = items_page(report.items, report.language)
    blocks = (heading(report), verdict_page(report), items, details_page(report))
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks if block)


def heading(report: Report) -> str:
    """The student and the rubric."""
    return _blocks((sentences.who(report), sentences.rubric(report)))


def verdict_page(report: Report) -> str:
    """The verdict, and who acts next."""
    return _blocks((sentences.verdict(report), sentences.next_step(report))).rstrip("\n")


def items_page(items: Iterable[ItemResult], language: Language = ENGLISH) -> str:
    """Some items of a report; those that are known can be shown before the others are."""
    return _blocks(*(_item(item, language) for item in items))


def details_page(report: Report) -> str:
    """What a report says below its items."""
    sections = (
        (section.title, *(f"  - {line}" for line in section.lines)) for section in sentences.sections(report)
    )
    return _blocks(*sections)


def _blocks(*blocks: Sequence[str]) -> str:
    """Blocks of lines with an empty line after each."""
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks if lines)


def _item(item: ItemResult, language: Language) -> Sequence[str]:
    title = f"[{sentences.status(item.status, language)}] {sentences.heading(item, language)}"
    lines = (*sentences.found(item, language), *sentences.advice(item, language))
    return [title, *(f"  {line}" for line in lines)]
