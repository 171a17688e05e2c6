"""The report as Markdown: for a comment on a learning platform or the summary of a workflow.

CommonMark and GitHub read it alike. What could begin a list, a link, a table, a formula or HTML is escaped.
Names in backticks become code, and so does a word that would become a link or notify somebody (`@everyone`).
"""

import re
from collections.abc import Iterable

from grader.report import Report, for_student
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
        blocks += map(_safe, sentences.found(item, language))
        if advice := sentences.advice(item, language):
            blocks.append(_list(advice))
    for section in sentences.sections(report):
        blocks += (f"### {section.title}", _list(section.lines))
    return "\n\n".join(blocks) + "\n"


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
