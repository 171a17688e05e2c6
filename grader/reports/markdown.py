"""The report as Markdown: for a comment on a learning platform or the summary of a workflow.

The page is Markdown as CommonMark and GitHub read it. Text from a report is only ever text in it:
what could begin a list, a link, a table, a formula or HTML is escaped, names in backticks become code,
and a word that a platform would make a link of, or that would call somebody (`@everyone`), becomes code, too.
"""

import re
from collections.abc import Iterable, Sequence

from grader.messages.languages import Language
from grader.report import ItemResult, Report
from grader.reports import sentences
from grader.reports.sentences import earned_of

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
    """The whole report, the verdict first.

    Args:
        report: what is known.
        finished: False for a page that is written before the measuring, in case the grader is stopped in it.
    """
    verdict = (sentences.verdict(report), sentences.next_step(report))
    title, *rest = verdict if finished else (sentences.unfinished(report),)
    blocks = [
        f"## {_safe(title)}",
        *map(_safe, rest),
        _safe(sentences.whose(report)),
        *(block for item in report.items for block in _item(item, report.language)),
        *_section(sentences.sentence(sentences.ALIKE, report.language), sentences.pairs(report)),
        *_section(
            sentences.sentence(sentences.MEASURED, report.language),
            [sentences.fact(measured, report.language) for measured in report.facts],
        ),
        *_section(sentences.sentence(sentences.NOTES, report.language), sentences.notes(report)),
        *(_safe(line) for line in sentences.footer(report)),
    ]
    return "\n\n".join(blocks) + "\n"


def _item(item: ItemResult, language: Language) -> Iterable[str]:
    status = sentences.status(item, language).capitalize()
    yield f"### {status}: {_safe(sentences.sentence(item.title))} ({earned_of(item, language)})"
    yield from (
        _safe(line)
        for line in (sentences.sentence(item.message, language), sentences.who_looks(item, language))
        if line
    )
    if advice := sentences.advice(item, language):
        yield _list(advice)


def _section(title: str, lines: Sequence[str]) -> Sequence[str]:
    return [f"### {title}", _list(lines)] if lines else []


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
