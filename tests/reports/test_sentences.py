"""What people read in a report, word for word in `sentences.txt`, and what the sentences depend on."""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest
from builders_evidence import (
    a_log,
    a_model,
    a_norm,
    a_replay,
    a_step_log,
    an_accuracy,
    an_optimizer,
    some_evidence,
)
from builders_golden import said
from builders_pages import MISSING, YARDSTICK, Seen, drawable, measured, the_index
from builders_predictions import some_predictions
from builders_reports import (
    ALL,
    ERROR,
    FAILED,
    HOSTILE,
    LIKE,
    PARTIAL,
    PASSED,
    REVIEW,
    a_norm_item,
    a_pair,
    a_report,
    an_item,
    in_a_terminal,
    rows_of,
    shown,
)

from grader.evidence import Evidence
from grader.grading.verdict import with_decisions
from grader.report import LATE, Decision, Fact, Isolation, ItemResult
from grader.reports import csv_grades, html, junit, markdown, plain_text, sentences, terminal
from grader.reports.charts import Drawing, draw, how_to_read
from grader.reports.facts import facts_of
from grader.reports.html_class import Entry
from grader.submissions.roster import Student

ABSENT = (Student(id="9", name="Li Bo\x1b"), Student(id="77"))
MEASURED_IN = {
    "isolation": Isolation(level="limited", sentence="A worker that tried to could connect by TCP."),
    "limits": (Fact(name="Time", value="90 s"), Fact(name="Open files", value="256")),
}
NOT_DECIDED = a_report(
    *(an_item(status=one, hint="Do it.", teacher_hint="Read it.") for one in ("review",) * 2)
)
REPORTS = {
    "passed": PASSED.model_copy(update=MEASURED_IN),
    "passed with less than all": a_report(an_item(), a_norm_item()),
    "failed": FAILED,
    "failed with a skipped item": PARTIAL,
    "waits for a teacher": REVIEW,
    "nothing is decided": NOT_DECIDED.model_copy(update={"verdict": "review"}),
    "could not be graded": ERROR,
    "similar to others": LIKE,
    "review and similar": REVIEW.model_copy(update={"pairs": (a_pair(),), **MEASURED_IN}),
    "one item without an answer": a_report(an_item(), an_item(status="error", points=0.0), verdict="error"),
    "advice for what passed and was skipped": a_report(
        *(an_item(status=one, hint="Do it.", teacher_hint="Read it.") for one in ("passed", "skipped"))
    ),
    "points without an end": a_report(an_item(points=1.0, max_points=1.0), max_score=math.nan),
    "hostile": HOSTILE,
}


def a_log_of(*norms: float, **columns: list[float]) -> Evidence:
    """A log of norms and of what else there is, in two epochs."""
    norm = a_norm(norms, "g", scope="variable", stage="after")
    return drawable(log=a_step_log(norm, steps=len(norms) // 2, epochs=2, **columns))


LOGS = {
    "700 steps": drawable(700),
    "global norms": drawable(
        log=a_step_log(a_norm([1.7] * 60, "h", scope="global", stage="after"), steps=60)
    ),
    "over the cap": a_log_of(*[0.9] * 11, 1.84, *[0.9] * 48),
    "diverged": a_log_of(*[0.9] * 41, *[math.nan] * 19, loss=[2.0] * 41 + [math.nan] * 19),
    "not finite once": a_log_of(*[0.9] * 58, math.inf, 0.9),
    "not finite twice": a_log_of(*[0.9] * 57, math.inf, math.inf, 0.9),
    "nothing finite": drawable(
        log=a_log(a_norm([math.nan] * 4, "g"), loss=[math.nan] * 4, accuracy=[math.nan] * 4)
    ),
    "two rows, nothing of the grader's own": drawable(
        log=a_log(a_norm([1.0, 0.5], "g", scope="variable", stage="before"), accuracy=[0.1, 0.5]),
        **dict.fromkeys(("rerun", "probe", "model", "accuracy"), MISSING),
    ),
}


def read(page: str) -> str:
    """The text of a page for a browser, a line for each element."""
    text = "".join("\0" if word == " " else word for word in Seen(page).words)
    return "\n".join(" ".join(line.split()) for line in text.split("\0") if line.strip())


def beside(drawing: Drawing) -> Iterator[str]:
    """What stands beside the charts."""
    yield from map(str, how_to_read(drawing.panels))
    for panel in drawing.panels:
        titles = [f"[{part.title}]" for part in (panel.chart.parts if panel.chart else ()) if part.title]
        keys = [f"{key.shape} {key.look}: {key.text}" for key in panel.keys]
        yield "\n    ".join((" ".join((str(panel.title), *titles)), *keys, str(panel.words)))


def facts(evidence: Evidence) -> Iterable[str]:
    return (f"{one.name}: {one.value}" for one in facts_of(evidence))


def texts() -> Iterator[tuple[str, str]]:
    """Everything that people read, each with its title."""
    yield "verdicts", "\n\n".join(f"{name}\n{plain_text.verdict_page(one)}" for name, one in REPORTS.items())
    for name in ("passed", "review and similar", "advice for what passed and was skipped"):
        yield f"plain text, {name}", plain_text.page(REPORTS[name])
    for name in ("failed with a skipped item", "could not be graded", "hostile"):
        yield f"terminal, {name}", shown(in_a_terminal(REPORTS[name]))
    yield "terminal, a class", shown(terminal.class_table(rows_of(ALL), ABSENT))
    yield "terminal, similar submissions", shown(terminal.similar_page(rows_of([PASSED, LIKE])))
    classes = ((), ()), (ALL, ABSENT[:1]), ((PASSED, LIKE), ABSENT), ((LIKE, LIKE, ERROR, ERROR), ())
    for reports, absent in classes:
        summary = terminal.class_summary(rows_of(reports), absent)
        yield f"terminal, the line below {len(reports)}", shown(summary, 200)
    yield "Markdown, passed", markdown.page(REPORTS["passed"])
    yield "Markdown, failed", markdown.page(PARTIAL)
    yield "Markdown, not finished", markdown.page(FAILED, finished=False).partition("\n")[0]
    yield "CSV", csv_grades.page((*ALL, LIKE), ABSENT)
    yield "JUnit", junit.page((FAILED, REPORTS["review and similar"]))
    drawing = draw(drawable(), YARDSTICK)
    yield "page, failed", read(html.page(FAILED, drawing))
    yield "teacher's page", read(html.teacher_page(REPORTS["review and similar"]))
    yield "page, no charts because of a bug", read(html.page(PASSED, Drawing(failed=True)))
    drawn = [Entry(measured(report), report.id) for report in (PASSED, FAILED, LIKE)]
    yield "page, a class", read(the_index([*drawn, Entry(ERROR, "smith")], ABSENT))
    for name, evidence in LOGS.items():
        yield f"charts, {name}", "\n".join(beside(draw(evidence, YARDSTICK)))
    yield "facts", "\n".join(facts(some_evidence()))
    usual, schedule = {"beta_1": 0.8999999761581421, "amsgrad": False}, "CosineDecay"
    optimizer = an_optimizer(
        learning_rate=None, schedule=schedule, settings={**usual, "epsilon": 0.1, "use_ema": True}
    )
    some = {"model": a_model(optimizer=optimizer), "predictions": some_predictions("a cat, b dog")}
    yield "facts, other settings and predictions", "\n".join(facts(some_evidence(**some)))
    tried = (("pixels / 255", 0.8812), ("raw pixels", 0.8891))
    other = some_evidence(
        model=a_model(optimizer=None), accuracy=an_accuracy(0.87, tried=tried), replay=a_replay()
    )
    yield (
        "facts, no optimizer, a replay, and another scale that is as good but for chance",
        "\n".join(facts(other)),
    )


def test_everything_that_people_read() -> None:
    """Who changes a sentence sees it here."""
    for title, text in texts():
        said(title, text)


@pytest.mark.parametrize("status", ["passed", "failed", "skipped", "review", "error"])
def test_who_acts_on_an_item(status: str) -> None:
    """What is not decided waits for somebody; the teacher's hint stands where points are missing."""
    item = an_item(status=status, hint="Do\n it.\n", teacher_hint="Read it.\n")
    due = ["Do it.", "Read it."] if status in {"failed", "review"} else ["Do it."]

    assert (status in {"review", "error"}) == ("zero" in sentences.who_looks(item))
    assert due == [line.partition(": ")[2] for line in sentences.advice(item)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ana", "Ana (garcia)"), ("", "garcia"), ("garcia", "garcia"), ("\x1b", r"\x1b (garcia)")],
)
def test_who_is_the_name_and_the_id(name: str, expected: str) -> None:
    """A name that says no more than the id is left out, for a report as for a student without one."""
    assert expected == sentences.who(a_report(name=name)) == sentences.who(Student(id="garcia", name=name))


def test_the_reason_is_the_first_item_that_decided() -> None:
    """It belongs to the verdict; where no item does, the summary says why, and a pass needs no reason."""
    mixed = a_report(a_norm_item(), an_item(status="review", message="They differ."), verdict="review")

    assert "They differ." == sentences.reason(mixed)
    assert str(a_norm_item().message) == sentences.reason(a_report(an_item(), a_norm_item()))
    assert str(LIKE.summary) == sentences.reason(LIKE)
    unchecked = a_report(an_item(status="not_checked"), summary="No optimizer.")
    reports = (PASSED, unchecked, a_report(), a_report(verdict="review"))
    assert [""] * 4 == [sentences.reason(one) for one in reports]


def test_the_reason_of_a_decided_item_is_the_decision() -> None:
    """What was found of an item, such as that a person grades it, does not say why it failed."""
    made = Decision(time=datetime(2026, 11, 29, tzinfo=UTC), by="Dr. Kim", points=1.0, comment="Too short")
    item = a_norm_item(status="review", is_by_hand=True)
    report = with_decisions(a_report(item, points_to_pass=3.0), {"norm": made})

    assert "Dr. Kim decided this on 2026-11-29: “Too short”." == sentences.reason(report)
    assert sentences.next_step(report) == "Your teacher can explain what did not pass."


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([a_norm_item()], True),
        ([a_norm_item(hint="")], False),
        ([a_norm_item(kind=LATE)], False),
    ],
)
def test_who_passes_is_sent_to_what_there_is_to_do(items: list[ItemResult], expected: bool) -> None:
    """To nothing where no item says what to do."""
    assert expected == ("To do" in sentences.next_step(a_report(*items)))


def test_notes_are_said_once() -> None:
    """A note that two files have is one line."""
    repeated = PASSED.model_copy(update={"notes": ("A\nnote.", "A note.")})

    assert ("A note.",) == sentences.sections(repeated)[-2].lines


def test_a_line_break_in_a_files_name_is_seen() -> None:
    """Unlike one in a sentence, it is not a space."""
    (log,) = (file for file in PASSED.files if file.role == "log")
    odd = PASSED.model_copy(update={"files": (log.model_copy(update={"name": "a\nb.csv"}),)})

    (line,) = next(section for section in sentences.sections(odd) if section.name == "files").lines
    assert r"log: a\nb.csv, 81.9 kB" == line


def test_a_section_that_has_nothing_is_left_out() -> None:
    """The others come in their order: what was measured, graded, and is to be known, and who graded."""
    assert ["measured", "files", "notes", "graded"] == [one.name for one in sentences.sections(PASSED)]
    assert ["graded"] == [one.name for one in sentences.sections(FAILED)]
    assert () == sentences.footer(FAILED)


@pytest.mark.parametrize(
    ("value", "words"),
    [(2.0, "2"), (0.1 + 0.2, "0.3"), (1 / 3, "0.33"), (-1.0, "-1"), (-0.0, "0"), (math.nan, "unknown")],
)
def test_a_number_of_points_is_short(value: float, words: str) -> None:
    """Two decimals at most."""
    assert str(words) == str(sentences.in_words(value))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "2 of 2 points"),
        ({"status": "failed", "points": 0.0, "max_points": 1.0}, "0 of 1 point"),
        ({"status": "review"}, "2 points still open"),
        ({"status": "error", "max_points": 1.0}, "1 point still open"),
        ({"status": "review", "is_open": False}, "- of 2 points"),
        ({"points": math.nan, "max_points": math.inf}, "- of unknown points"),
    ],
)
def test_points_in_words(fields: dict[str, float | str], words: str) -> None:
    """What is not decided is open, not zero; what nobody will decide is neither."""
    assert words == sentences.earned_of(an_item(**fields))
