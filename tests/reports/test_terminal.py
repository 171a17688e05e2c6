"""What the terminal shows, letter for letter in 80 columns."""

import io

import pytest
from builders_reports import (
    ALL,
    ERROR,
    FAILED,
    HOSTILE,
    LIKE,
    PARTIAL,
    PASSED,
    REPORTS,
    a_norm_item,
    a_report,
    an_item,
)
from hypothesis import given, settings
from rich.console import Console, RenderableType
from rich.text import Text

from grader.report import Fact, Isolation
from grader.reports import terminal
from grader.submissions.roster import Student


def _shown(page: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), record=True, width=width, color_system=None)
    console.print(page)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


def test_a_class_in_a_table() -> None:
    """One row a submission in the order given: who, verdict, points, why."""
    assert """
 Submission                 Verdict        Points   Why
 ──────────────────────────────────────────────────────────────────────────────
 Ana García (garcia)        ✓ passed   7.5 of 7.5
 Ito Ren (ito)              ✗ failed   4.5 of 7.5   The logged norm reaches
                                                    4.31 at step 12; the cap is
                                                    1.0, so 412 steps are above
                                                    it.
 Okafor (okafor)            ? review   4.5 of 7.5   The log ends at a norm of
                                                    0.12; the submitted model
                                                    has 0.97.
 smith                      ! error      - of 7.5   The worker used more than 4
                                                    GiB of memory and was
                                                    stopped.
 zhou                       ✗ failed     2 of 7.5   The logged norm reaches
                                                    4.31 at step 12; the cap is
                                                    1.0, so 412 steps are above
                                                    it.
 =cmd|' /C                  ✓ passed       2 of 2
 calc'!A0\\x1b[31m\\u202e[/
 red]"><script>
 (\\ud800\\t=1)
""" == _shown(terminal.class_table(ALL))


def test_a_class_with_pairs_has_a_column_for_them() -> None:
    """It names those that are alike, and is not there where nobody is."""
    assert """
 Submission            Verdict        Points   Why                   Like
 ──────────────────────────────────────────────────────────────────────────────
 Ana García (garcia)   ✓ passed   7.5 of 7.5
 mori                  ? review       2 of 2   The model has the     ito, smith
                                               weights of that of
                                               `ito`: all 266610
                                               numbers are equal.
""" == _shown(terminal.class_table([PASSED, LIKE]))


def test_the_line_under_the_table() -> None:
    """It counts the verdicts."""
    assert "1 submission: 1 passed, 0 failed." == _shown(terminal.class_summary([PASSED]))


def test_who_has_not_submitted_stands_at_the_end() -> None:
    """By name and id, and counted under the table."""
    absent = [Student(id="9", name="Li Bo\x1b"), Student(id="77")]

    assert """
 Submission            Verdict               Points   Why
 ────────────────────────────────────────────────────────
 Ana García (garcia)   ✓ passed          7.5 of 7.5
 Li Bo\\x1b (9)         - not submitted
 77                    - not submitted
""" == _shown(terminal.class_table([PASSED], absent))
    assert "1 submission: 1 passed, 0 failed. 2 students have not submitted." == _shown(
        terminal.class_summary([PASSED], absent)
    )


def test_a_long_reason_is_cut_at_a_word() -> None:
    """The table stays a table; the whole sentence is in the report."""
    wordy = FAILED.model_copy(update={"items": (a_norm_item(message="word " * 100),)})

    assert ("word " * 21).strip() + "..." in _shown(terminal.class_table([wordy]), 200)


def test_a_reason_of_one_word_is_cut_too() -> None:
    """Without a space there is no word to cut at."""
    endless = FAILED.model_copy(update={"items": (a_norm_item(message="x" * 500),)})

    assert "x" * 107 + "..." in _shown(terminal.class_table([endless]), 200)


def test_a_report_that_passed() -> None:
    """Items, what was measured, the files, the notes, and the verdict last."""
    assert """\
Ana García (garcia)
Rubric: gradient_clipping

✓ passed   The hidden layers are [300, 100]                               2 of 2
           The hidden layers are [300, 100], as asked.

✓ passed   The logged norm stays within the cap                           3 of 3
           The logged norm is at most 1.0000001; the cap is 1.0.

✓ passed   The model reaches 0.87 on the test images                  2.5 of 2.5
           The model is right on 0.8745 of 10,000 test images; the
           rubric asks for 0.87.

Measured
  test accuracy    0.8745 with inputs given as pixels / 255
  norm in the log  largest per-variable norm, after clipping

Files
  model  model.keras, 3.3 MB
  log    training_log.csv, 81.9 kB

Notes
  -  The log has 2 columns whose meaning is unknown: `lr`, `time`.
  -  `training_log.csv` was taken before `log.csv` because the rubric names it
     first.

Passed: 7.5 of 7.5 points.
Nothing is left to do.""" == _shown(terminal.report_page(PASSED))


def test_a_report_with_pairs() -> None:
    """Who is like it stands before what was measured, with what it can mean."""
    assert """\
Like other submissions
  -  The model has the weights of that of `ito`: all 266610 numbers are equal.
  -  The model has the weights of that of `smith`: all 266610 numbers are equal.
  -  The log has values of that of `ito`.
  -  Look at both, and decide.
""" == _shown(terminal.details_page(LIKE))


def test_the_footer_comes_after_the_details() -> None:
    """Isolation and limits stand below what was measured, a line each."""
    report = a_report(
        isolation=Isolation(level="full", sentence="A worker could do nothing."),
        limits=(Fact(name="Time", value="90 s"),),
    )

    assert """Isolation: full. A worker could do nothing.
Limits: time 90 s.
""" == _shown(terminal.details_page(report))


def test_items_that_failed_and_were_skipped() -> None:
    """What to do stands under the sentence, the teacher's own hint under that."""
    assert (
        """\
✓ passed   The hidden layers are [300, 100]                               2 of 2
           The hidden layers are [300, 100], as asked.

✗ failed   The logged norm stays within the cap                           0 of 3
           The logged norm reaches 4.31 at step 12; the cap is 1.0, so
           412 steps are above it.
           To do: Pass `clipnorm=1.0` to `Adam` and train again.
           From your teacher: Chapter 11 shows where the argument
           goes.

- skipped  The model reaches 0.87 on the test images                    - of 2.5
           Not looked at, because `norm` did not pass.

"""
        == _shown(terminal.items_page(PARTIAL.items)) + "\n"
    )


def test_neighbours_that_say_the_same_say_it_once() -> None:
    """A worker that died is told once, under all the items it took with it."""
    assert """\
smith
Rubric: gradient_clipping

! error    The hidden layers are [300, 100]                               - of 2
! error    The logged norm stays within the cap                           - of 3
! error    The model reaches 0.87 on the test images                    - of 2.5
           The worker used more than 4 GiB of memory and was stopped.
           The grader could not do its work here; whoever runs it will
           look at this, and it is not counted as a zero.
           To do, for whoever runs the grader: Raise `memory` in the
           rubric, or look at the model by hand.

Not fully graded: all 7.5 points are still open; 3 items were not graded.
Whoever runs the grader looks at this next; what was not graded is not counted
as a zero.""" == _shown(terminal.report_page(ERROR))


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


@pytest.mark.hostile_row(62, 69, 70)
def test_hostile_text_only_shows_itself() -> None:
    """Markup is letters, escapes and overrides are spelt out."""
    assert """\
=cmd|' /C calc'!A0\\x1b[31m\\u202e[/red]"><script> (\\ud800\\t=1)
Rubric: [/red]

✓ passed   [bold]\\x1b[2J\\ud800                                            2 of 2
           Line 1 line 2\\x07 \\u202egnp.exe

Measured
  [link=x]a  \\x9b31m

Files
  model  a\\u202eb.keras, 1 byte

Notes
  -  \\ufeffnote

Passed: 2 of 2 points.
Nothing is left to do.""" == _shown(terminal.report_page(HOSTILE))


def test_a_terminal_that_has_only_ascii() -> None:
    """Symbols and lines have a form in ASCII, so the page can be printed there."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    console = Console(file=stream, width=80, color_system=None)
    console.print(terminal.class_table([FAILED]))
    console.print(terminal.report_page(FAILED))
    stream.flush()

    shown = stream.buffer.getvalue().decode("ascii")
    assert "| x failed | 4.5 of 7.5 |" in shown
    assert "+ passed   The hidden layers are [300, 100]" in shown
    assert "x failed   The logged norm stays within the cap" in shown


@pytest.mark.parametrize("width", [40, 60, 80, 132, 250])
def test_every_word_is_there_at_any_width(width: int) -> None:
    """A narrow terminal wraps and cuts nothing; a wide one gets no lines longer than are good to read."""
    shown = _shown(terminal.report_page(FAILED), width)

    assert set(" ".join(str(item.message) for item in FAILED.items).split()) <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= min(width, terminal.WIDEST)


@pytest.mark.hostile_row(69, 70)
@settings(max_examples=40, deadline=None)
@given(REPORTS)
def test_any_report_can_be_shown(report) -> None:
    """Nothing in a report reaches the terminal as a control, and nothing in it is markup."""
    shown = _shown(terminal.report_page(report)) + _shown(terminal.class_table([report]))

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
