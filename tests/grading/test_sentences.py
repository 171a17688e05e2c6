"""What people read of grading and of the sandbox, word for word in `sentences.txt`."""

from collections.abc import Iterator, Mapping
from typing import Any

import builders_reports as build
from builders_evidence import a_rerun, some_evidence
from builders_golden import said
from builders_grading import ACCURACY, LAYERS, LOGGED, a_rubric

from grader.checks import Check
from grader.checks.rerun_learns import RerunLearns
from grader.errors import IsolationError
from grader.evidence.problem import Problem
from grader.grading.budget import limits_of, within_budget
from grader.grading.engines import ended_early
from grader.grading.incomplete import NOT_BEGUN, nothing_measured
from grader.grading.judge import judge, judge_shortened, with_pairs
from grader.grading.regrading import changes
from grader.messages.message import EMPTY, say
from grader.report import Finding, Origin, Report, Whose, review
from grader.rubric import Item, Limits, Plan, RerunPlan, Rubric
from grader.sandbox.layers import Layer
from grader.sandbox.self_test import ATTEMPTS, FILES, LIMITS, SelfTest, require

PLAN = Plan(limits=Limits(seconds=30.5, memory=2**30, model_file=2**28, log_file=2**20, log_rows=5000))
RUBRIC = a_rubric(ACCURACY, LOGGED, pass_at=0.5)
BEFORE = build.a_report(build.an_item(), build.a_norm_item(), verdict="failed")
PAIRS = (build.a_pair(),)
BROKEN = Problem(who="student", message=say("`model.keras` is empty."), hint=say("Save it again."))


class Doubts(Check):
    """Asks for a teacher."""

    def find(self) -> Finding:
        """Doubt it."""
        return review(say("The log differs from the model."), say("Ask the student."))


class Raises(Check):
    """Fails by a mistake."""

    def find(self) -> Finding:
        """Raise."""
        raise TypeError


DOUBT = Item(id="agree", title="Agree", points=1, check=Doubts())


def after(*items: Any, **fields: Any) -> Report:
    return build.a_report(*(items or BEFORE.items), **{"verdict": "failed", **fields})


# What another rubric changes: the earlier report, the new one, and the rubric.
CHANGES: Mapping[str, tuple[Report | None, Report, Rubric]] = {
    "nothing but a title and a sentence": (
        BEFORE,
        after(build.an_item(title="New"), build.a_norm_item(message="New."), seconds=9.0),
        RUBRIC,
    ),
    "a status": (
        BEFORE,
        after(
            build.an_item(),
            build.a_norm_item(status="passed", points=3.0, message="It is within 5.0."),
            verdict="passed",
        ),
        RUBRIC,
    ),
    "points": (
        BEFORE,
        after(build.an_item(points=2.5, max_points=2.5, message="They are [300, 100]."), build.a_norm_item()),
        RUBRIC,
    ),
    "items that come and go": (
        BEFORE,
        after(build.an_accuracy_item(message="0.8745 is reached."), verdict="passed"),
        RUBRIC,
    ),
    "another share of the points": (BEFORE, after(verdict="passed"), RUBRIC),
    "pairs are only noted": (
        after(verdict="review", pairs=PAIRS),
        after(pairs=PAIRS),
        a_rubric(likeness="note"),
    ),
    "pairs are ignored": (after(verdict="review", pairs=PAIRS), after(), a_rubric(likeness="off")),
    "pairs are for a teacher": (
        after(pairs=PAIRS),
        after(verdict="review", pairs=PAIRS),
        a_rubric(likeness="review"),
    ),
    "no earlier report": (None, BEFORE, RUBRIC),
    "names that act": (
        BEFORE,
        after(
            build.an_item(message="a\nb\x1b[2J", status="failed", points=0.0),
            build.a_norm_item(),
            id="\x1b[31m\n",
        ),
        RUBRIC,
    ),
}
SELF_TESTS = {
    "full": SelfTest((Layer("limits"),), frozenset(ATTEMPTS)),
    "limited": SelfTest((Layer("limits"), Layer("Landlock", "None here.")), frozenset({*FILES, *LIMITS})),
    "unknown": SelfTest((), frozenset()),
}


def items(report: Report) -> str:
    lines = [f"{item.status}: {item.message} {item.hint}".rstrip() for item in report.items]
    return "\n".join([*lines, *(f"note: {note}" for note in (*report.notes, *report.teacher_notes))])


def texts() -> Iterator[tuple[str, str]]:
    """Each case by its title."""
    for title, (earlier, report, rubric) in CHANGES.items():
        yield f"regrade: {title}", "\n".join(changes(earlier, report, rubric))
    whose = Whose("ana")
    yield "nothing is measured yet", items(judge(a_rubric(LAYERS), nothing_measured(NOT_BEGUN), whose))
    waits = ACCURACY.model_copy(update={"requires": ("layers",)})
    for title, asked in (("one reason for two items", ACCURACY), ("an item that waits for another", waits)):
        evidence = some_evidence(model=BROKEN, accuracy=BROKEN)
        yield title, items(judge(a_rubric(LAYERS, asked), evidence, whose))
    for decision in ("failed", "note"):
        rubric = a_rubric(DOUBT.model_copy(update={"in_doubt": decision}))
        yield f"in doubt: {decision}", items(judge(rubric, some_evidence(), whose))
    raises = DOUBT.model_copy(update={"check": Raises()})
    yield "a check that raises", items(judge(a_rubric(raises), some_evidence(), whose))
    alone = judge(a_rubric(DOUBT), some_evidence(), whose)
    for left_out in (1, 979):
        yield f"{left_out} more pairs", items(with_pairs(a_rubric(), alone, PAIRS, left_out))
    shortened = within_budget(Plan(rerun=RerunPlan(steps=50_000)), 120.0)
    slow = some_evidence(rerun=a_rerun(test_accuracy=0.5))
    learns = Item(id="learns", title="Learns", points=1, check=RerunLearns())
    yield "a shortened rerun", items(judge_shortened(a_rubric(learns), slow, shortened.note, whose, Origin()))
    yield "limits", "\n".join(f"{limit.name}: {limit.value}" for limit in limits_of(PLAN))
    for how in (EMPTY, say("was ended by signal {name}", name="SIGSEGV")):
        error = ended_early(how)
        yield f"a worker that {how or 'ended'}", f"{error.message}\n{error.hint}"
    for title, found in SELF_TESTS.items():
        yield f"self-test: {title}", str(found.described().sentence)
        try:
            require("full", found)
        except IsolationError as refused:
            yield f"self-test: {title} is not enough", f"{refused.message}\n{refused.hint}"


def test_every_sentence_is_as_it_was_agreed() -> None:
    """Who changes a wording sees it here, and nowhere else."""
    for title, text in texts():
        said(title, text)
