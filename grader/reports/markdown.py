"""The report as Markdown: for a comment on a learning platform or the summary of a workflow.

CommonMark and GitHub read it alike. What could begin a list, a link, a table, a formula or HTML is escaped.
Names in backticks become code, and so does a word that would become a link or notify somebody (`@everyone`).
"""

import re
from collections.abc import Iterable, Iterator

from grader.messages.languages import Language
from grader.report import ItemResult, Report, for_student
from grader.reports import sentences

FILE = "report.md"

# Platforms look for names and addresses in the finished page, where an escape is no longer seen,
# but not inside code.
_PART = re.compile(
    r"(?<!`)`(?P<code>[^`]+)`(?!`)|(?P<called>[^\s`]*(?:@|://|www\.)[^\s`]*)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_ACTS = frozenset("\\`*_[]<>|~&$")
# Only at the start of a line: a heading, a list, a line across the page.
_BEGINS = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#+=-]))")


def page(report: Report, *, finished: bool = True) -> str:
    """What the student reads; not `finished` where the grader may be stopped before its end."""
    report = for_student(report)
    language = report.language
    verdict = (sentences.verdict(report), sentences.next_step(report))
    title, *rest = verdict if finished else (sentences.unfinished(report),)
    blocks = [
        f"## {_safe(title)}",
        *map(_safe, rest),
        _safe(f"{sentences.who(report)}. {sentences.rubric(report)}."),
    ]
    for item in report.items:
        status = sentences.status(item.status, language).capitalize()
        blocks.append(f"### {status}: {_safe(sentences.heading(item, language))}")
        blocks.append(of_item(item, language))
    return "\n\n".join([*blocks, *of_sections(report)]) + "\n"


def paragraphs(lines: Iterable[str]) -> str:
    """Each line as a paragraph of its own."""
    return "\n\n".join(map(_safe, lines))


def of_item(item: ItemResult, language: Language) -> str:
    """What was found of an item, and a list of what to do."""
    advice = sentences.advice(item, language)
    return "\n\n".join([paragraphs(sentences.found(item, language)), *([_list(advice)] if advice else [])])


def of_sections(report: Report) -> Iterator[str]:
    """What a report says below its items: a heading and a list each."""
    for section in sentences.sections(report):
        yield f"### {section.title}"
        yield _list(section.lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_safe(line)}" for line in lines)


def _safe(line: str) -> str:
    """One line of text as Markdown that shows just this text."""
    marked = "".join(map(_part, _PART.finditer(line.strip())))
    return _BEGINS.sub(r"\1\\", marked)


def _part(match: re.Match[str]) -> str:
    if text := match["code"] or match["called"]:
        # The pattern lets no backtick in, so one on each side is a longer fence than any run inside.
        return f"`{text}`"
    return f"\\{match['other']}" if match["other"] in _ACTS else match["other"]
