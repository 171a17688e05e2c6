"""The terminal: what holds whatever a report says, and wherever it is printed."""

import io
import re

import pytest
from builders_reports import FAILED, REPORTS, REVIEW, a_norm_item, an_item, in_a_terminal, rows_of, shown
from hypothesis import given, settings
from rich.console import Console
from rich.text import Text

from grader.report import Pair
from grader.reports import terminal


@pytest.mark.parametrize(
    ("width", "reason", "cut"),
    [
        (200, "word " * 100, "word " * 20 + "word…"),
        (200, "x" * 500, "x" * 109 + "…"),
        (73, "`a log` is empty, cut short or damaged; save it", "`a log` is empty, cut short or…"),
        (73, "`a log` is empty", "`a log` is empty"),
        (73, "No file for the log; its name must be `a.csv` or", "No file for the log; its name…"),
    ],
)
def test_a_long_reason_is_cut(width: int, reason: str, cut: str) -> None:
    """At a word if there is one; the whole is in the report."""
    wordy = FAILED.model_copy(update={"items": (a_norm_item(message=reason),)})

    _, _, line = shown(terminal.class_table(rows_of([wordy])), width).splitlines()
    assert line.endswith(f"  {cut}")


def test_who_needs_a_person_comes_first() -> None:
    """One line each, however long a name is, in 80 columns; in the order given among equals."""
    reports = [
        FAILED.model_copy(update={"name": f"{verdict}{number}" * 30, "verdict": verdict})
        for number in (1, 2)
        for verdict in ("passed", "failed", "error", "review")
    ]
    _, _, *lines = shown(terminal.class_table(rows_of(reports))).splitlines()

    order = ["review1", "review2", "error1", "error2", "failed1", "failed2", "passed1", "passed2"]
    assert order == [re.match(r"[a-z]+\d", line)[0] for line in lines]
    assert 80 >= max(map(len, lines))


def test_a_long_table_ends_with_how_many_are_left_out() -> None:
    """Those who need a person are in it."""
    rows = rows_of([FAILED] * 300 + [REVIEW])
    _, _, first, *lines, last = shown(terminal.class_table(rows)).splitlines()
    every = shown(terminal.class_table(rows, most=301)).splitlines()

    assert first.startswith("Okafor")
    assert terminal.MOST_ROWS - 1 == len(lines)
    assert "101 more: --all lists everyone, and grades.csv." == last
    assert 303 == len(every)


def test_a_pair_is_a_footnote() -> None:
    """Each pair once with all that is similar, at most twenty of them."""
    model, log = Pair(id="b", part="model", message="Equal."), Pair(id="b", part="log", message="Equal.")
    one = FAILED.model_copy(update={"id": "a", "name": "Ann", "pairs": (model, log)})
    back = (Pair(id="a", part="log", message=""),)
    other = FAILED.model_copy(update={"id": "b", "name": "", "pairs": back})
    many = tuple(Pair(id=str(number), part="log", message="Equal.") for number in range(30))

    assert "Similar: Ann (a) and b (model, log)" == shown(terminal.similar_page(rows_of([one, other])))
    lines = shown(terminal.similar_page(rows_of([one.model_copy(update={"pairs": many})]))).splitlines()
    assert (21, "Similar: 10 more pairs") == (len(lines), lines[-1])
    assert "" == shown(terminal.similar_page(rows_of([FAILED])))


def test_each_neighbour_keeps_its_own_teachers_hint() -> None:
    """The sentence is said once, the hints that differ are all there."""
    items = [an_item(status="failed", teacher_hint=hint) for hint in ("One.", "Two.", "One.")]

    page = shown(terminal.items_page(items))

    for line in ("The hidden layers are [300, 100], as asked.", "your teacher: One.", "your teacher: Two."):
        assert 1 == page.count(line)


def test_no_items_no_page() -> None:
    """Nothing known yet shows nothing."""
    assert "" == shown(terminal.items_page([])).strip()


def test_what_is_known_so_far_is_a_line_for_each_item() -> None:
    """Whole words, titles cut at the edge, nothing of what is not known yet."""
    items = [an_item(), an_item(title="word " * 40, status="failed"), an_item(status="skipped")]
    page = shown(terminal.known_so_far(FAILED.model_copy(update={"items": tuple(items)}), "Trying the model"))

    following, passed, failed = page.splitlines()
    assert "Trying the model" == following
    assert "✓ passed       The hidden layers are [300, 100]" == passed
    assert "✗ failed       word word" == failed[:24]
    assert failed.endswith("…")


def test_a_terminal_that_has_only_ascii() -> None:
    """Symbols and lines have a form in ASCII, so the page can be printed there, however narrow it is."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    console = Console(file=stream, width=80, color_system=None)
    for width in (80, *range(1, 80)):
        console.print(terminal.class_table(rows_of([FAILED])), width=width)
    console.print(in_a_terminal(FAILED))
    stream.flush()

    page = stream.buffer.getvalue().decode("ascii")
    assert "|x failed |4.5 of 7.5 |The logged" in page
    assert "+ passed       The hidden layers are [300, 100]" in page
    assert "x failed       The logged norm stays within the cap" in page


@pytest.mark.parametrize("width", [40, 60, 80, 132, 250])
def test_every_word_is_there_at_any_width(width: int) -> None:
    """A narrow terminal wraps and cuts nothing; a wide one gets no lines longer than are good to read."""
    page = shown(in_a_terminal(FAILED), width)

    assert set(" ".join(str(item.message) for item in FAILED.items).split()) <= set(page.split())
    assert max(map(len, page.splitlines())) <= min(width, terminal.WIDEST)


@pytest.mark.hostile_row(69, 70)
@settings(max_examples=40)
@given(REPORTS)
def test_any_report_can_be_shown(report) -> None:
    """Nothing in a report reaches the terminal as a control, and nothing in it is markup."""
    page = shown(in_a_terminal(report)) + shown(terminal.class_table(rows_of([report])))

    assert not set(page) & set("\x1b\x07\r\x9b\u202e\u2066\ud800")
    assert page.encode()


@pytest.mark.parametrize("columns", ["20", ""])
def test_what_is_no_terminal_is_not_wrapped(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path stays whole in a pipe, however long it is."""
    monkeypatch.setenv("COLUMNS", columns)
    path = "/".join(["a folder"] * 50)
    terminal.console().print(Text(path))
    terminal.console(stderr=True).print(Text(path))

    printed = capsys.readouterr()
    assert (f"{path}\n", f"{path}\n") == (printed.out, printed.err)
