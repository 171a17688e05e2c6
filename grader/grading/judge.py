"""Evidence and a rubric make a report: pure, quick, and repeatable for a whole class."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader import __version__
from grader.analysis.norms.infer import NormColumns, norms_of
from grader.analysis.predictions import Labels
from grader.analysis.targets import Targets
from grader.checks import HANDED_OUT, LABELS, OTHER, Check, ComparesRuns
from grader.evidence import Evidence, File
from grader.evidence.part import UNNAMED, kinds, wanted
from grader.evidence.problem import Problem
from grader.evidence.training import Replay
from grader.exercises.handed_out import HandedOut
from grader.grading.late import penalty
from grader.grading.verdict import settled
from grader.messages.languages import ENGLISH
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.messages.wording import of_run, quoted
from grader.report import (
    EARNING,
    FILES,
    Finding,
    ItemResult,
    Origin,
    Pair,
    Report,
    Status,
    Whose,
    cut,
)
from grader.reports.facts import facts_of, numbers_of
from grader.rubric import Item, Rubric

_CAN_BE_RUN = say("The network can be run")
_CLEAR_UP = say(
    "Train again, and submit the model and the log of that one training as they were written, or "
    "show your teacher the code of the training."
)
# For tests and tools that need no word on how the evidence was measured.
_UNKNOWN = Origin()

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Findings:
    """What the checks of a rubric, which has these targets, find in one submission's evidence.

    `handed_out` is what its student was given to compute, `labels` what predictions are compared with.
    """

    evidence: Evidence
    targets: Targets
    handed_out: HandedOut = field(default_factory=HandedOut)
    labels: Labels | None = None
    _norms: dict[str, NormColumns | Problem] = field(default_factory=dict, init=False)

    def of(self, check: Check, run: str = UNNAMED) -> Finding | Problem:
        """What a check finds in a run, or the reason why a part that it needs is missing."""
        try:
            parts: dict[str, object] = {}
            for name, is_required in check.needs().items():
                of = check.than if isinstance(check, ComparesRuns) and name.startswith(OTHER) else run
                part = self._part(name.removeprefix(OTHER), of)
                if isinstance(part, Problem) and is_required:
                    return part
                parts[name] = None if isinstance(part, Problem) else part
            found: Finding = check.find(**parts)
        except Exception as error:
            logger.exception("The check `%s` failed.", check.kind())
            return Problem(
                who="operator",
                message=say(
                    "The check `{kind}` failed because of a bug in the grader ({name}).",
                    kind=check.kind(),
                    name=type(error).__name__,
                ),
                hint=say("Please report it, with the traceback in the operator's log."),
            )
        return found

    def numbers(self) -> dict[str, float]:
        """What was measured, for programs; a bug in what is said of the norms costs only them."""
        found: dict[str, float] = {}
        for run in self.evidence.runs:
            norms: NormColumns | Problem | None = None
            try:
                norms = self._part("norms", run)
            except Exception:
                logger.exception("The largest norm is not known.")
            found |= numbers_of(self.evidence, norms, run)
        return found

    def _part(self, name: str, run: str) -> Any:
        """A part of a run; what its norm columns are is worked out when the first check asks for them."""
        if name == HANDED_OUT:
            return self.handed_out
        if name == LABELS:
            return self.labels
        if name != "norms":
            return self.evidence.named(name, run)
        if run not in self._norms:
            self._norms[run] = norms_of(self.evidence, self.targets, run)
        return self._norms[run]


def judge(rubric: Rubric, evidence: Evidence, whose: Whose, origin: Origin = _UNKNOWN) -> Report:
    """Judge one submission; parts of its evidence may be missing, and the name may be a declared one."""
    given = _handed_out(rubric, evidence, whose)
    findings = Findings(evidence, rubric.targets, given, rubric.true_labels)
    results: list[ItemResult] = []
    unusable: dict[Problem, ItemResult] = {}
    asked: dict[Problem, ItemResult] = {}
    for item in rubric.items:
        found = findings.of(item.check, item.run)
        if isinstance(found, Problem) and found.who == "student" and found not in unusable:
            unusable[found] = _unusable(found, evidence)
        results.append(_judged(item, found, {**unusable, **asked}))
        if isinstance(found, Problem) and found.who == "teacher":
            asked.setdefault(found, results[-1])
    late, late_notes = penalty(rubric, whose.handed_in)
    declared = evidence.declaration.name
    report = Report(
        program=f"grader {__version__}",
        id=whose.id,
        name=whose.name or declared or whose.id,
        id_from=whose.id_from,
        name_is_declared=not whose.name and bool(declared),
        rubric=rubric.name,
        rubric_version=rubric.sha256[:8],
        title=Message(rubric.title),
        data=Path(rubric.plan.data).name,
        contact=rubric.contact,
        verdict="passed",
        score=0.0,
        max_score=rubric.points,
        points_to_pass=rubric.pass_at * rubric.points,
        summary=EMPTY,
        items=(*unusable.values(), *_with_other_files(rubric, results, evidence.files), *late),
        facts=facts_of(evidence),
        numbers=findings.numbers(),
        files=evidence.files,
        declaration=evidence.declaration,
        notes=(*_notes(evidence), *late_notes),
        teacher_notes=tuple(_teacher_notes(evidence, findings.handed_out, whose)),
        handed_in_at=whose.handed_in.at,
        due_at=whose.handed_in.due or rubric.due,
        measured_at=origin.at,
        seconds=origin.seconds,
        isolation=origin.isolation,
        limits=origin.limits,
        language=rubric.language or ENGLISH,
    )
    return settled(report)


def judge_shortened(
    rubric: Rubric, evidence: Evidence, shortened: Message, whose: Whose, origin: Origin
) -> Report:
    """Judge a submission, and hold nothing against it that a shortened training may be the reason for.

    `shortened` says how the training was shortened; it is empty if it was not. If an item that needs the
    rerun does not pass, all items that need it become an error, which is for whoever runs the grader.
    """
    report = judge(rubric, evidence, whose, origin)
    if not shortened:
        return report
    need = {item.id for item in rubric.items if item.check.needs().get("rerun")}
    if any(item.id in need and item.status in {"failed", "review"} for item in report.items):
        too_short = Problem(
            who="operator",
            message=together(shortened, say("That is too short for a verdict.")),
            hint=say("Give the grader more time on the platform, and grade the submission again."),
        )
        for run in evidence.runs:
            evidence = evidence.having("rerun", too_short, run)
        report = judge(rubric, evidence, whose, origin)
    return report.model_copy(update={"notes": (*report.notes, shortened)})


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    """What a reader should know of how the files were found and read."""
    return (
        *evidence.notes,
        *(file.note for file in evidence.files if file.note),
        *(
            say("Run {run}: {note}", run=quoted(run), note=note) if run else note
            for run, _, part in evidence.every()
            if not isinstance(part, Problem)
            for note in part.remarks
        ),
    )


def _handed_out(rubric: Rubric, evidence: Evidence, whose: Whose) -> HandedOut:
    """The exercises of the student by the roster's id, else by the declared one, else by the submission's."""
    declared, given = evidence.declaration.id, rubric.starter_cells
    if not declared or whose.id_from == "roster":
        return HandedOut(rubric.exercises, rubric.plan.course_key, whose.id, whose.id_from, notebook=given)
    return HandedOut(rubric.exercises, rubric.plan.course_key, declared, "declared", whose.id, given)


def _teacher_notes(evidence: Evidence, handed_out: HandedOut, whose: Whose) -> Iterator[Message]:
    yield from (file.teacher_note for file in evidence.files if file.teacher_note)
    if handed_out.exercises and handed_out.student != whose.id:
        yield say(
            "The exercises were compared with the numbers of the id {id}, which `submission.yaml` declares; "
            "with `--roster`, the roster's id decides.",
            id=quoted(handed_out.student),
        )
    for run in evidence.runs:
        replay = evidence.found(Replay, run)
        if replay and replay.seed_by == "declared" and replay.student != whose.id:
            yield say(
                "The first steps were made again from the seed of the id {id}, which `submission.yaml` "
                "declares; with `--roster`, the roster's id decides.",
                id=quoted(replay.student),
            )


def is_inconsistent(rubric: Rubric, report: Report) -> bool:
    """Whether a check of the rubric found that log and model are likely of different trainings."""
    doubting = {item.id for item in rubric.items if item.check.doubts_the_origin}
    return any(item.id in doubting and item.status == "review" for item in report.items)


def with_pairs(rubric: Rubric, report: Report, pairs: tuple[Pair, ...], left_out: int = 0) -> Report:
    """Add the submissions that resemble this one to its report, and ask for a review if the rubric does.

    Points stay as they are, and so does a verdict that no teacher can change by looking at both. `left_out`
    more submissions are counted without their names.
    """
    if not pairs:
        return report
    more = say_counted(
        left_out,
        "{count} more submission resembles this one but is not named here.",
        "{count} more submissions resemble this one but are not named here.",
    )
    notes = (*report.teacher_notes, more) if left_out else report.teacher_notes
    decide = rubric.likeness == "review"
    return settled(report.model_copy(update={"pairs": pairs, "teacher_notes": notes, "pairs_decide": decide}))


def _with_other_files(
    rubric: Rubric, results: Sequence[ItemResult], files: Sequence[File]
) -> Iterator[ItemResult]:
    """The results; the first that a file may be the reason for says how to name another that is as good."""
    left = [file for file in files if file.instead]
    for item, result in zip(rubric.items, results, strict=True):
        needs = {name for name, is_required in item.check.needs().items() if is_required}
        # What is worked out or measured may come of any file.
        asks = [
            file
            for file in left
            if file.run == item.run and (file.role in needs or not needs & wanted().keys())
        ]
        if not asks or result.status not in {"failed", "review"}:
            yield result
            continue
        left = [file for file in left if file not in asks]
        hint = together(result.hint, *(file.instead for file in asks))
        yield result.model_copy(update={"hint": hint})


def _judged(item: Item, found: Finding | Problem, unusable: Mapping[Problem, ItemResult]) -> ItemResult:
    if isinstance(found, Finding):
        finding = _decided(item, found)
        result = _result(item, finding.status, finding.message, finding.hint)
        kept = {name: getattr(finding, name) for name in ("doubts", "is_by_hand", "numbers")}
        if finding.status == "failed":
            kept["points"] = cut(item.points * finding.share)
        return result.model_copy(update=kept)
    if found.who == "student":
        said = say("Skipped for the reason given under “{title}”.", title=unusable[found].title)
        return _result(item, "skipped", said)
    if found.who == "teacher":
        first = unusable.get(found)
        said = (
            say("This depends on the question under “{title}”.", title=first.title)
            if first
            else found.message
        )
        return _result(item, "review", said)
    status: Status = "error" if found.who == "operator" else "skipped"
    return _result(item, status, found.message, found.hint, is_open=True)


def _unusable(problem: Problem, evidence: Evidence) -> ItemResult:
    """What stands above the items of a file that cannot be used: nothing else can be said of it."""
    files = wanted()
    places = [
        (name, run)
        for name in dict.fromkeys((*files, *kinds()))
        for run in evidence.runs
        if evidence.named(name, run) == problem
    ]
    part, run = places[0]
    title = say("The {part} can be read", part=files[part].word) if part in files else _CAN_BE_RUN
    name, of = f"{FILES}-{part}", UNNAMED
    if any(other in files and other != part for other, _ in places):
        name, title = FILES, say("The files can be read")
    elif run and {own for _, own in places} == {run}:
        name, title, of = f"{name}-{run}", of_run(title, run), run
    return ItemResult(
        id=name,
        title=title,
        kind=FILES,
        status="failed",
        points=0.0,
        max_points=0.0,
        message=problem.message,
        hint=problem.hint,
        run=of,
    )


def _decided(item: Item, finding: Finding) -> Finding:
    """What the rubric makes of a finding in doubt, or that compared nothing; any hint is then a student's."""
    if finding.status == "not_checked" and item.not_checked != "earns":
        is_for_teacher = item.not_checked == "review"
        decided = {"status": "review"} if is_for_teacher else {"status": "failed", "hint": _CLEAR_UP}
        return finding.model_copy(update=decided)
    if not finding.doubts or item.in_doubt == "review":
        return finding
    # The doubt and its numbers stay; a hint is for the student now.
    rule, status, hint = say("In doubt, this rubric only leaves a note."), "passed", EMPTY
    if item.in_doubt == "failed":
        rule, status, hint = say("In doubt, this rubric fails the item."), "failed", _CLEAR_UP
    changed = {"status": status, "message": together(finding.message, rule), "hint": hint}
    return finding.model_copy(update=changed)


def _result(
    item: Item, status: Status, message: Message, hint: Message = EMPTY, *, is_open: bool = False
) -> ItemResult:
    return ItemResult(
        id=item.id,
        title=item.heading,
        kind=item.check.kind(),
        status=status,
        points=item.points if status in EARNING else 0.0,
        max_points=item.points,
        message=message,
        hint=hint,
        teacher_hint=item.hint if status in {"failed", "review"} else "",
        is_open=is_open or status == "review",
        is_extra=item.bonus,
        show=item.show,
        requires=item.requires,
        run=item.run,
    )
