"""Reports for tests: one of each verdict, one with a skipped item, one in which every text is hostile."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from rich.console import Console, Group, RenderableType

from grader.evidence import Declaration, File
from grader.report import Fact, ItemResult, Pair, Report, for_student
from grader.reports import terminal
from grader.reports.rows import Row, row_of

_TAKEN = "`training_log.csv` was taken before `log.csv` because the rubric names it first."
HOSTILE_NAME = "=cmd|' /C calc'!A0\x1b[31m\u202e[/red]\"><script>"


def in_a_terminal(report: Report) -> Group:
    """All that a terminal shows a student of a report."""
    report = for_student(report)
    items = terminal.items_page(report.items, report.language)
    details, verdict = terminal.details_page(report), terminal.verdict_page(report)
    return Group(terminal.heading(report), items, details, verdict)


def rows_of(reports: Iterable[Report]) -> list[Row]:
    """What is kept of the reports of a class."""
    return list(map(row_of, reports))


def shown(page: RenderableType, width: int = 80) -> str:
    """What a terminal of this width shows, without the spaces at the ends of its lines."""
    console = Console(file=io.StringIO(), record=True, width=width, color_system=None)
    console.print(page)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


def an_item(**fields: Any) -> ItemResult:
    """An item that passed, with any field replaced."""
    fields = {
        "id": "hidden_layers",
        "title": "The hidden layers are [300, 100]",
        "kind": "hidden_layers",
        "status": "passed",
        "points": 2.0,
        "max_points": 2.0,
        "message": "The hidden layers are [300, 100], as asked.",
    } | fields
    return ItemResult(**{"is_open": fields["status"] in {"review", "error", "skipped"}, **fields})


def a_norm_item(**fields: Any) -> ItemResult:
    """The item about the gradient norm, failed, with any field replaced."""
    fields = {
        "id": "norm",
        "title": "The logged norm stays within the cap",
        "kind": "norm_within_cap",
        "status": "failed",
        "points": 0.0,
        "max_points": 3.0,
        "message": "The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it.",
        "hint": "Pass `clipnorm=1.0` to `Adam` and train again.",
        "teacher_hint": "Chapter 11 shows\nwhere the argument goes.\n",
    } | fields
    return an_item(**fields)


def an_accuracy_item(**fields: Any) -> ItemResult:
    """The item about the accuracy, passed with a part of a point, with any field replaced."""
    fields = {
        "id": "accuracy",
        "title": "The model reaches 0.87 on the test images",
        "kind": "test_accuracy",
        "status": "passed",
        "points": 2.5,
        "max_points": 2.5,
        "message": "The model is right on 0.8745 of 10,000 test images; the rubric asks for 0.87.",
    } | fields
    return an_item(**fields)


def a_report(*items: ItemResult, **fields: Any) -> Report:
    """A report with these items; its score is the sum of theirs unless a field says otherwise."""
    fields = {
        "program": "grader 0.1.0",
        "id": "garcia",
        "name": "Ana García",
        "rubric": "gradient_clipping",
        "verdict": "passed",
        "score": sum(item.points for item in items),
        "max_score": sum(item.max_points for item in items),
        "summary": "",
        "items": items,
        "seconds": 2.25,
    } | fields
    return Report(**fields)


def a_pair(id: str = "ito", **fields: Any) -> Pair:  # noqa: A002  (its name in the report)
    """That the model is like another submission's, with any field replaced."""
    message = f"The model has the weights of that of `{id}`: all 266610 numbers are equal."
    fields = {"part": "model", "message": message, "hint": "Look at both,\nand decide."} | fields
    return Pair(id=id, **fields)


PASSED = a_report(
    an_item(),
    a_norm_item(
        status="passed", points=3.0, message="The logged norm is at most 1.0000001; the cap is 1.0.", hint=""
    ),
    an_accuracy_item(),
    facts=(
        Fact(name="test accuracy", value="0.8745 with inputs given as pixels / 255"),
        Fact(name="norm in the log", value="largest per-variable norm, after clipping"),
    ),
    files=(
        File(role="model", name="model.keras", bytes=3_271_000, sha256="00" * 32),
        File(role="log", name="training_log.csv", bytes=81_920, sha256="11" * 32, note=_TAKEN),
    ),
    notes=("The log has 2 columns whose meaning is unknown: `lr`, `time`.", _TAKEN),
    rubric_version="1f2e3d4c",
    data="fashion_mnist",
    measured_at=datetime(2026, 11, 29, 14, 50, tzinfo=UTC),
)

FAILED = a_report(an_item(), a_norm_item(), an_accuracy_item(), id="ito", name="Ito Ren", verdict="failed")

REVIEW = a_report(
    an_item(),
    a_norm_item(
        status="review",
        message="The log ends at a norm of 0.12; the submitted model has 0.97.",
        hint="Ask the student how the log was made.",
    ),
    an_accuracy_item(),
    id="okafor",
    name="Okafor",
    verdict="review",
)

ERROR = a_report(
    *(
        make(
            status="error",
            points=0.0,
            message="The worker used more than 4 GiB of memory and was stopped.",
            hint="Raise `memory` in the rubric, or look at the model by hand.",
        )
        for make in (an_item, a_norm_item, an_accuracy_item)
    ),
    id="smith",
    name="",
    verdict="error",
)

PARTIAL = a_report(
    an_item(),
    a_norm_item(),
    an_accuracy_item(
        status="skipped", points=0.0, message="Not looked at, because `norm` did not pass.", is_open=False
    ),
    id="zhou",
    name="zhou",
    verdict="failed",
)

HOSTILE = a_report(
    an_item(title="[bold]\x1b[2J\ud800", message="Line 1\nline 2\x07 \u202egnp.exe", id="-1+1"),
    id="\ud800\t=1",
    name=HOSTILE_NAME,
    rubric="[/red]",
    facts=(Fact(name="[link=x]a\r", value="\x9b31m"),),
    files=(File(role="model", name="a\u202eb.keras", bytes=1, sha256=""),),
    notes=("\ufeffnote",),
)

LIKE = a_report(
    an_item(),
    id="mori",
    name="mori",
    verdict="review",
    summary=a_pair().message,
    pairs=(a_pair(), a_pair("smith"), a_pair(part="log", message="The log has values of that of `ito`.")),
)

ALL = (PASSED, FAILED, REVIEW, ERROR, PARTIAL, HOSTILE)


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
# Text with a greatest length is refused by pydantic where it cannot be encoded.
ENCODABLE_TEXT = st.text(max_size=40)
ANY_NUMBER = st.floats() | st.integers(-10, 100).map(float)
REPORTS = st.builds(
    Report,
    items=st.lists(
        st.builds(
            ItemResult,
            **dict.fromkeys(("id", "title", "kind", "message", "hint", "teacher_hint"), ANY_TEXT),
            points=ANY_NUMBER,
            max_points=ANY_NUMBER,
        ),
        max_size=4,
    ).map(tuple),
    facts=st.lists(st.builds(Fact, name=ANY_TEXT, value=ANY_TEXT), max_size=2).map(tuple),
    files=st.lists(
        st.builds(File, role=ENCODABLE_TEXT, name=ENCODABLE_TEXT, bytes=st.just(1), sha256=ENCODABLE_TEXT),
        max_size=2,
    ).map(tuple),
    notes=st.lists(ANY_TEXT, max_size=2).map(tuple),
    pairs=st.lists(st.builds(Pair, id=ANY_TEXT, message=ANY_TEXT, hint=ANY_TEXT), max_size=2).map(tuple),
    **dict.fromkeys(("program", "id", "name", "rubric", "summary"), ANY_TEXT),
    **dict.fromkeys(("score", "max_score", "seconds"), ANY_NUMBER),
    declaration=st.builds(Declaration, name=ENCODABLE_TEXT),
)
