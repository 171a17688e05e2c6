"""The report and the table of a class as rich prints them; readable without colour and in plain ASCII.

Text from a report only ever becomes `rich.text.Text`, so nothing in it is markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.filesize import decimal
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import say
from grader.messages.safe_text import plain
from grader.report import ItemResult, Report, Status, decided, so_far
from grader.reports import sentences
from grader.reports.sentences import in_words
from grader.submissions.roster import Student

# Lines longer than this are tiring to read, however wide the terminal is.
WIDEST = 100
LONGEST_REASON = 110
_ABSENT = say("not submitted")


# Wider than any line that is printed.
_UNWRAPPED = 100_000


def console(*, stderr: bool = False) -> Console:
    """A console that wraps lines to the width of a terminal, and leaves them whole in a file or a pipe."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=_UNWRAPPED, soft_wrap=True)


@dataclass(frozen=True)
class _Mark:
    """A status as a symbol and a word, the symbol in ASCII where the terminal has nothing else."""

    status: Status
    language: Language

    @property
    def word(self) -> str:
        """The status in the reader's language."""
        return translated(sentences.STATUSES[self.status], self.language)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        symbol, in_ascii, style = _SYMBOLS[self.status]
        yield Text(f"{in_ascii if options.ascii_only else symbol} {self.word}", style=style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = _width(self.status, self.language)
        return Measurement(width, width)


_SYMBOLS: Mapping[Status, tuple[str, str, str]] = {
    "passed": ("✓", "+", "green"),
    "failed": ("✗", "x", "red"),
    "review": ("?", "?", "yellow"),
    "error": ("!", "!", "magenta"),
    "skipped": ("-", "-", ""),
}


def class_table(reports: Sequence[Report], absent: Sequence[Student] = ()) -> Table:
    """One row a submission, in the order given: who, the verdict, the points, why, and who is like it.

    The students of the roster who have not submitted come last.
    """
    language = sentences.language_of(reports)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(translated(say("Submission"), language), max_width=24, overflow="fold")
    table.add_column(translated(say("Verdict"), language), no_wrap=True)
    table.add_column(translated(say("Points"), language), justify="right", no_wrap=True)
    table.add_column(translated(say("Why"), language), overflow="fold")
    some_are_alike = any(report.pairs for report in reports)
    if some_are_alike:
        table.add_column(translated(say("Like"), language), max_width=24, overflow="fold")
    for report in reports:
        points = _points(so_far(report), report.max_score, language)
        why = Text(_shortened(sentences.reason(report)))
        like = (Text(_shortened(plain(", ".join(sentences.others(report))))),) if some_are_alike else ()
        table.add_row(Text(sentences.who(report)), _Mark(report.verdict, language), points, why, *like)
    for student in absent:
        table.add_row(Text(sentences.who_is_absent(student)), Text(f"- {translated(_ABSENT, language)}"))
    return table


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_REASON:
        return text
    return text[: LONGEST_REASON - 3].rsplit(maxsplit=1)[0] + "..."


def class_summary(reports: Sequence[Report], absent: Sequence[Student] = ()) -> Text:
    """The line under the table: how many there are of each verdict, and how many have not submitted."""
    language = sentences.language_of(reports)
    told = f"{sentences.tally(reports, language)} {sentences.absence(absent, language)}"
    return Text(told.rstrip(), style="bold")


def report_page(report: Report) -> RenderableType:
    """All that a report says about one submission, the verdict last, where the eye is when it is printed."""
    return Group(
        heading(report), items_page(report.items, report.language), details_page(report), verdict_page(report)
    )


def heading(report: Report) -> RenderableType:
    """Whose submission this is, and what it is judged by."""
    rubric = Text(sentences.rubric(report))
    return Group(Text(sentences.who(report), style="bold"), rubric, Text())


def items_page(items: Iterable[ItemResult], language: Language = ENGLISH) -> RenderableType:
    """Any items of a report, so that those already known can be shown before the others are.

    Neighbours that say the same, such as all items about a log that is missing, say it once.
    """
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(width=max(9, *(_width(status, language) for status in _SYMBOLS)), no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    for _, alike in groupby(items, key=lambda item: (item.status, item.message, item.hint)):
        neighbours = tuple(alike)
        for item in neighbours:
            title = Text(sentences.sentence(item.title), style="bold")
            points = _points(decided(item), item.max_points, language)
            grid.add_row(_Mark(item.status, language), title, points)
        grid.add_row("", _explanation(neighbours, language), "")
    return Constrain(grid, WIDEST)


def _explanation(items: Sequence[ItemResult], language: Language) -> RenderableType:
    lines = [sentences.sentence(items[0].message, language), sentences.who_looks(items[0], language)]
    lines += dict.fromkeys(line for item in items for line in sentences.advice(item, language))
    return Padding(Group(*(Text(line) for line in lines if line)), (0, 0, 1, 0))


def _points(earned: float | None, at_most: float, language: Language) -> Text:
    shown = "-" if earned is None else in_words(earned)
    return Text(translated(say("{earned} of {points}", earned=shown, points=in_words(at_most)), language))


def details_page(report: Report) -> RenderableType:
    """Who is like this one, what was measured, which files were taken, and what else there is to know."""
    sections = []
    language = report.language
    if report.pairs:
        sections += [
            _section(translated(sentences.ALIKE, language), (("-", line) for line in sentences.pairs(report)))
        ]
    if report.facts:
        facts = (
            (sentences.sentence(fact.name, language), sentences.sentence(fact.value, language))
            for fact in report.facts
        )
        sections += [_section(translated(sentences.MEASURED, language), facts)]
    if report.files:
        files = (
            (sentences.role(file.role, language), f"{plain(file.name)}, {decimal(file.bytes)}")
            for file in report.files
        )
        sections += [_section(translated(say("Files"), language), files)]
    if notes := sentences.notes(report):
        sections += [_section(translated(sentences.NOTES, language), (("-", note) for note in notes))]
    if footer := sentences.footer(report):
        sections += [Constrain(Padding(Text("\n".join(footer), style="dim"), (0, 0, 1, 0)), WIDEST)]
    return Group(*sections)


def _width(status: Status, language: Language) -> int:
    return cell_len(translated(sentences.STATUSES[status], language)) + 2


def _section(title: str, rows: Iterable[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=28)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Text(value))
    return Constrain(Group(Text(title, style="bold"), Padding(grid, (0, 0, 1, 2))), WIDEST)


def verdict_page(report: Report) -> RenderableType:
    """The verdict, and who acts next."""
    style = f"bold {_SYMBOLS[report.verdict][2]}"
    return Constrain(
        Group(Text(sentences.verdict(report), style=style), Text(sentences.next_step(report))), WIDEST
    )
