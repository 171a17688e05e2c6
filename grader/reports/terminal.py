"""The report and the table of a class as rich prints them; both can be read without colour and in ASCII.

Text from a report only ever becomes `rich.text.Text`, so nothing in it is markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import joined, say, say_counted
from grader.messages.safe_text import plain
from grader.report import ItemResult, Report, Status
from grader.reports import sentences
from grader.reports.rows import Row, language_of, tally
from grader.submissions.roster import Student

# Lines longer than this are tiring to read, however wide the terminal is.
WIDEST = 100
LONGEST_REASON = 110
_MOST_PAIRS = 20
# A longer table is not read on a screen; `grades.csv` is for that.
MOST_ROWS = 200
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

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        symbol, in_ascii, style = _SYMBOLS[self.status]
        shown = in_ascii if options.ascii_only else symbol
        yield Text(f"{shown} {sentences.status(self.status, self.language)}", style=style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = _width(self.status, self.language)
        return Measurement(width, width)


_SYMBOLS: Mapping[Status, tuple[str, str, str]] = {
    "passed": ("✓", "+", "green"),
    "failed": ("✗", "x", "red"),
    "review": ("?", "?", "yellow"),
    "error": ("!", "!", "magenta"),
    "skipped": ("-", "-", ""),
    "not_checked": ("○", "o", ""),
}


def class_table(rows: Sequence[Row], absent: Sequence[Student] = (), most: int = MOST_ROWS) -> Table:
    """One line a submission, who needs a person first, then one for each student who has not submitted.

    Below it stands how many submissions are left out, because there are more than `most`.
    """
    language = language_of(rows)
    said = partial(translated, language=language)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column(said(say("Submission")), max_width=22, no_wrap=True, overflow="crop")
    table.add_column(said(say("Verdict")), no_wrap=True, overflow="crop")
    table.add_column(said(say("Points")), justify="right", no_wrap=True, overflow="crop")
    table.add_column(said(say("Why")), overflow="crop")
    for row in sorted(rows, key=lambda row: sentences.NEED.index(row.verdict))[:most]:
        mark, why = _Mark(row.verdict, language), _Reason(row.reason)
        table.add_row(Text(row.who), mark, Text(row.points), why)
    if (more := len(rows) - most) > 0:
        left = say(
            "{count} more: {option} lists everyone, and {file}.",
            count=f"{more:,}",
            option="--all",
            file="grades.csv",
        )
        table.caption, table.caption_style, table.caption_justify = Text(said(left)), "", "left"
    missing = said(say("not submitted"))
    for student in absent:
        table.add_row(Text(sentences.who(student)), Text(f"- {missing}"))
    return table


@dataclass(frozen=True)
class _Reason:
    """A sentence on one line, cut at a word where it is too long."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown, dots = self.text, "..." if options.ascii_only else "…"
        if cell_len(shown) > options.max_width:
            fitting = set_cell_size(shown, options.max_width - len(dots))
            shown = (fitting.rpartition(" ")[0] or fitting) + dots
        yield Text(shown, no_wrap=True, overflow="crop")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, max(1, min(cell_len(self.text), LONGEST_REASON)))


def similar_page(rows: Sequence[Row]) -> RenderableType:
    """Each pair of similar submissions once, with what is similar; nothing where there is none."""
    language = language_of(rows)
    names = {row.id: row.who for row in rows}
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        for other, part in row.pairs:
            found.setdefault(sentences.both(found, row.id, other), {})[part] = None
    lines = [
        say(
            "Similar: {one} and {other} ({parts})",
            one=names.get(one) or plain(one),
            other=names.get(other) or plain(other),
            parts=joined(", ", list(map(sentences.part, parts))),
        )
        for (one, other), parts in islice(found.items(), _MOST_PAIRS)
    ]
    if more := len(found) - len(lines):
        lines.append(say_counted(more, "Similar: {count} more pair", "Similar: {count} more pairs"))
    return Group(*(Text(sentences.sentence(line, language)) for line in lines))


def class_summary(rows: Sequence[Row], absent: Sequence[Student] = ()) -> Text:
    """The line below the table: how many there are of each verdict, and how many have not submitted."""
    return Text(f"{tally(rows)} {sentences.absence(absent, language_of(rows))}".rstrip(), style="bold")


def heading(report: Report) -> RenderableType:
    """The student and the rubric."""
    return Group(Text(sentences.who(report), style="bold"), Text(sentences.rubric(report)), Text())


def known_so_far(report: Report, following: str) -> RenderableType:
    """What comes next, and below it a line for each item that is known."""
    grid = _items_grid(report.language)
    for item in report.items:
        if item.status != "skipped":
            title = Text(sentences.sentence(item.title, report.language), no_wrap=True, overflow="ellipsis")
            grid.add_row(_Mark(item.status, report.language), title)
    return Group(Text(following), Constrain(grid, WIDEST))


def items_page(items: Iterable[ItemResult], language: Language = ENGLISH) -> RenderableType:
    """Some items of a report; those that are known can be shown before the others are.

    Where neighbours say the same, such as all items on a log that is missing, it is printed once.
    """
    grid = _items_grid(language)
    for _, alike in groupby(items, key=lambda item: (item.status, item.message, item.hint, item.decision)):
        neighbours = tuple(alike)
        for item in neighbours:
            title = Text(sentences.sentence(item.title, language), style="bold")
            points = Text(sentences.points_of_item(item, language))
            grid.add_row(_Mark(item.status, language), title, points)
        advice = dict.fromkeys(line for item in neighbours for line in sentences.advice(item, language))
        lines = (*sentences.found(neighbours[0], language), *advice)
        grid.add_row("", Padding(Group(*map(Text, lines)), (0, 0, 1, 0)), "")
    return Constrain(grid, WIDEST)


def _items_grid(language: Language) -> Table:
    """A table of statuses, of titles and what is said below them, and of points."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(width=max(9, *(_width(status, language) for status in _SYMBOLS)), no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    return grid


def details_page(report: Report) -> RenderableType:
    """What a report says below its items."""
    blocks: list[RenderableType] = []
    for section in sentences.sections(report):
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(max_width=28)
        grid.add_column(overflow="fold")
        for name, text in section.rows:
            grid.add_row(Text(name or "-"), Text(text))
        blocks += (Text(section.title, style="bold"), Padding(grid, (0, 0, 1, 2)))
    return Constrain(Group(*blocks), WIDEST)


def _width(status: Status, language: Language) -> int:
    return cell_len(sentences.status(status, language)) + 2


def verdict_page(report: Report) -> RenderableType:
    """The verdict, and who acts next."""
    verdict = Text(sentences.verdict(report), style=f"bold {_SYMBOLS[report.verdict][2]}")
    return Constrain(Group(verdict, Text(sentences.next_step(report))), WIDEST)
