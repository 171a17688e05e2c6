"""The terminal: what holds whatever a report says, and wherever it is printed."""

import io

import pytest
from builders_reports import (
    FAILED,
    REPORTS,
    a_norm_item,
    an_item,
    in_a_terminal,
)
from hypothesis import given, settings
from rich.console import Console, RenderableType
from rich.text import Text

from grader.reports import terminal


def _shown(page: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), record=True, width=width, color_system=None)
    console.print(page)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


@pytest.mark.parametrize(
    ("reason", "cut"), [("word " * 100, "word " * 20 + "word..."), ("x" * 500, "x" * 107 + "...")]
)
def test_a_long_reason_is_cut(reason: str, cut: str) -> None:
    """At a word if there is one: the table stays a table, and the whole sentence is in the report."""
    wordy = FAILED.model_copy(update={"items": (a_norm_item(message=reason),)})

    assert f" {cut}\n" in _shown(terminal.class_table([wordy]), 200) + "\n"


def test_each_neighbour_keeps_its_own_teachers_hint() -> None:
    """The sentence is said once, the hints that differ are all there."""
    items = [an_item(status="failed", teacher_hint=hint) for hint in ("One.", "Two.", "One.")]

    shown = _shown(terminal.items_page(items))

    assert 1 == shown.count("The hidden layers are [300, 100], as asked.")
    assert 1 == shown.count("From your teacher: One.")
    assert 1 == shown.count("From your teacher: Two.")


def test_no_items_no_page() -> None:
    """Nothing known yet shows nothing."""
    assert "" == _shown(terminal.items_page([])).strip()
    assert "" == _shown(terminal.details_page(FAILED)).strip()


def test_a_terminal_that_has_only_ascii() -> None:
    """Symbols and lines have a form in ASCII, so the page can be printed there."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    console = Console(file=stream, width=80, color_system=None)
    console.print(terminal.class_table([FAILED]))
    console.print(in_a_terminal(FAILED))
    stream.flush()

    shown = stream.buffer.getvalue().decode("ascii")
    assert "| x failed | 4.5 of 7.5 |" in shown
    assert "+ passed   The hidden layers are [300, 100]" in shown
    assert "x failed   The logged norm stays within the cap" in shown


@pytest.mark.parametrize("width", [40, 60, 80, 132, 250])
def test_every_word_is_there_at_any_width(width: int) -> None:
    """A narrow terminal wraps and cuts nothing; a wide one gets no lines longer than are good to read."""
    shown = _shown(in_a_terminal(FAILED), width)

    assert set(" ".join(str(item.message) for item in FAILED.items).split()) <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= min(width, terminal.WIDEST)


@pytest.mark.hostile_row(69, 70)
@settings(max_examples=40, deadline=None)
@given(REPORTS)
def test_any_report_can_be_shown(report) -> None:
    """Nothing in a report reaches the terminal as a control, and nothing in it is markup."""
    shown = _shown(in_a_terminal(report)) + _shown(terminal.class_table([report]))

    assert not set(shown) & set("\x1b\x07\r\x9b\u202e\u2066\ud800")
    assert shown.encode()


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
