"""The report and the table of a class as rich prints them; readable without colour and in plain ASCII.

Text from a report only ever becomes `rich.text.Text`, so nothing in it is markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.filesize import decimal
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.formats import sentences
from grader.formats.points import decided, in_words, so_far
from grader.report import ItemResult, Report, Status
from grader.roster import Student
from grader.safe_text import plain

# Lines longer than this are tiring to read, however wide the terminal is.
WIDEST = 100
LONGEST_REASON = 110


@dataclass(frozen=True)
class _Mark:
    """A status as a symbol and a word, the symbol in ASCII where the terminal has nothing else."""

    status: Status

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        symbol, in_ascii, style = _SYMBOLS[self.status]
        yield Text(f"{in_ascii if options.ascii_only else symbol} {self.status}", style=style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(len(self.status) + 2, len(self.status) + 2)


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
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Submission", max_width=24, overflow="fold")
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Why", overflow="fold")
    some_are_alike = any(report.pairs for report in reports)
    if some_are_alike:
        table.add_column("Like", max_width=24, overflow="fold")
    for report in reports:
        points = _points(so_far(report), report.max_score)
        why = Text(_shortened(sentences.reason(report)))
        like = (Text(_shortened(plain(", ".join(sentences.others(report))))),) if some_are_alike else ()
        table.add_row(Text(sentences.who(report)), _Mark(report.verdict), points, why, *like)
    for student in absent:
        table.add_row(Text(sentences.who_is_absent(student)), Text("- not submitted"))
    return table


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_REASON:
        return text
    return text[: LONGEST_REASON - 3].rsplit(maxsplit=1)[0] + "..."


def class_summary(reports: Sequence[Report], absent: Sequence[Student] = ()) -> Text:
    """The line under the table: how many there are of each verdict, and how many have not submitted."""
    return Text(f"{sentences.tally(reports)} {sentences.absence(absent)}".rstrip(), style="bold")


def report_page(report: Report) -> RenderableType:
    """All that a report says about one submission, the verdict last, where the eye is when it is printed."""
    return Group(heading(report), items_page(report.items), details_page(report), verdict_page(report))


def heading(report: Report) -> RenderableType:
    """Whose submission this is, and what it is judged by."""
    rubric = Text(f"Rubric: {sentences.sentence(report.rubric)}")
    return Group(Text(sentences.who(report), style="bold"), rubric, Text())


def items_page(items: Iterable[ItemResult]) -> RenderableType:
    """Any items of a report, so that those already known can be shown before the others are.

    Neighbours that say the same, such as all items about a log that is missing, say it once.
    """
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(width=9, no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    for _, alike in groupby(items, key=lambda item: (item.status, item.message, item.hint)):
        neighbours = tuple(alike)
        for item in neighbours:
            title = Text(sentences.sentence(item.title), style="bold")
            grid.add_row(_Mark(item.status), title, _points(decided(item), item.max_points))
        grid.add_row("", _explanation(neighbours), "")
    return Constrain(grid, WIDEST)


def _explanation(items: Sequence[ItemResult]) -> RenderableType:
    lines = [sentences.sentence(items[0].message), sentences.who_looks(items[0])]
    lines += dict.fromkeys(line for item in items for line in sentences.advice(item))
    return Padding(Group(*(Text(line) for line in lines if line)), (0, 0, 1, 0))


def _points(earned: float | None, at_most: float) -> Text:
    return Text(f"{'-' if earned is None else in_words(earned)} of {in_words(at_most)}")


def details_page(report: Report) -> RenderableType:
    """Who is like this one, what was measured, which files were taken, and what else there is to know."""
    sections = []
    if report.pairs:
        sections += [_section("Like other submissions", (("-", line) for line in sentences.pairs(report)))]
    if report.facts:
        facts = ((sentences.sentence(fact.name), sentences.sentence(fact.value)) for fact in report.facts)
        sections += [_section("Measured", facts)]
    if report.files:
        files = ((plain(file.role), f"{plain(file.name)}, {decimal(file.bytes)}") for file in report.files)
        sections += [_section("Files", files)]
    if notes := sentences.notes(report):
        sections += [_section("Notes", (("-", note) for note in notes))]
    if footer := sentences.footer(report):
        sections += [Constrain(Padding(Text("\n".join(footer), style="dim"), (0, 0, 1, 0)), WIDEST)]
    return Group(*sections)


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
