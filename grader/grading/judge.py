"""Evidence and a rubric make a report: pure, quick, and repeatable for a whole class."""

import logging
from collections.abc import Mapping
from functools import cached_property

from grader import __version__
from grader.analysis.norms.infer import NormColumns, norms_of
from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.messages.languages import ENGLISH
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.report import Finding, ItemResult, Origin, Pair, Report, Status, Verdict, Whose, failed, passed
from grader.reports.facts import facts_of, numbers_of
from grader.rubric import Item, Rubric

_STATUS_OF: Mapping[str, Status] = {"student": "failed", "operator": "error", "pending": "skipped"}
_CLEAR_UP = say(
    "Train again, and submit the model and the log of that one training as they were written, or "
    "show your teacher the code of the training."
)
# For tests and tools that need no word on how the evidence was measured.
_UNKNOWN = Origin()

logger = logging.getLogger(__name__)


class Findings:
    """What the checks of a rubric find in one submission's evidence."""

    def __init__(self, evidence: Evidence, targets: Targets) -> None:
        """Take the evidence, and what the rubric asks for; no check is asked yet."""
        self._evidence = evidence
        self._targets = targets

    def of(self, check: Check) -> Finding | Problem:
        """What a check finds, or the reason why a part that it needs is missing."""
        try:
            parts: dict[str, object] = {}
            for name, is_required in check.needs().items():
                part = self._norms if name == "norms" else self._evidence.named(name)
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

    @cached_property
    def _norms(self) -> NormColumns | Problem:
        """The norm columns of the log, worked out once for all checks, when the first asks for them."""
        return norms_of(self._evidence, self._targets)


def judge(rubric: Rubric, evidence: Evidence, whose: Whose, origin: Origin = _UNKNOWN) -> Report:
    """Judge one submission; parts of its evidence may be missing.

    Where no platform knows the student's name, the report has the one that the submission declares.
    """
    findings = Findings(evidence, rubric.targets)
    results: dict[str, ItemResult] = {}
    explained: dict[Problem, str] = {}
    for item in rubric.items:
        results[item.id] = _judge_item(item, findings, results, explained)
    items = tuple(results.values())
    score = sum(item.points for item in items)
    most = sum(item.max_points for item in items)
    verdict = _verdict(rubric, items, score, most)
    declared = evidence.declaration.name
    return Report(
        program=f"grader {__version__}",
        id=whose.id,
        name=whose.name or declared or whose.id,
        id_from=whose.id_from,
        name_is_declared=not whose.name and bool(declared),
        rubric=rubric.name,
        verdict=verdict,
        score=score,
        max_score=most,
        summary=_summary(verdict, items),
        items=items,
        facts=facts_of(evidence),
        numbers=numbers_of(evidence),
        files=evidence.files,
        declaration=evidence.declaration,
        notes=_notes(evidence),
        seconds=origin.seconds,
        isolation=origin.isolation,
        limits=origin.limits,
        language=rubric.language or ENGLISH,
    )


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
        report = judge(rubric, evidence.having("rerun", too_short), whose, origin)
    return report.model_copy(update={"notes": (*report.notes, shortened)})


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    """What a reader should know of how the files were found and read."""
    log, model = evidence.found(Log), evidence.found(Model)
    return (
        *evidence.notes,
        *(file.note for file in evidence.files if file.note),
        *(log.notes if log else ()),
        *(model.rescued if model else ()),
    )


def is_inconsistent(rubric: Rubric, report: Report) -> bool:
    """Whether a check of the rubric found that log and model are likely of different trainings."""
    doubting = {item.id for item in rubric.items if item.check.doubts_the_origin}
    return any(item.id in doubting and item.status == "review" for item in report.items)


def with_pairs(rubric: Rubric, report: Report, pairs: tuple[Pair, ...], left_out: int = 0) -> Report:
    """Add the submissions that resemble this one to its report, and ask for a review if the rubric does.

    Points stay as they are, and a report that is an error stays one. `left_out` more submissions are counted
    without their names.
    """
    if not pairs:
        return report
    more = say_counted(
        left_out,
        "{count} more submission resembles this one but is not named here.",
        "{count} more submissions resemble this one but are not named here.",
    )
    notes = (more,) if left_out else ()
    changed: dict[str, object] = {"pairs": pairs, "notes": (*report.notes, *notes)}
    if rubric.likeness == "review" and report.verdict in {"passed", "failed"}:
        changed |= {"verdict": "review", "summary": pairs[0].message}
    return report.model_copy(update=changed)


def _judge_item(
    item: Item,
    findings: Findings,
    earlier: Mapping[str, ItemResult],
    explained: dict[Problem, str],
) -> ItemResult:
    for required in item.requires:
        if earlier[required].status != "passed":
            said = say("Skipped because “{title}” did not pass.", title=earlier[required].title)
            return _result(item, "skipped", said)
    found = findings.of(item.check)
    if isinstance(found, Problem):
        return _missing(item, found, explained)
    finding = _decided(item, found)
    return _result(item, finding.status, finding.message, finding.hint)


def _decided(item: Item, finding: Finding) -> Finding:
    """What the rubric makes of a finding in doubt; a hint for the teacher becomes one for the student."""
    if finding.status != "review" or item.in_doubt == "review":
        return finding
    if item.in_doubt == "failed":
        return failed(together(finding.message, say("In doubt, this rubric fails the item.")), _CLEAR_UP)
    return passed(together(finding.message, say("In doubt, this rubric only leaves a note.")))


def _missing(item: Item, problem: Problem, explained: dict[Problem, str]) -> ItemResult:
    if problem.who == "student":
        if problem in explained:
            said = say("Skipped for the reason given under “{title}”.", title=explained[problem])
            return _result(item, "skipped", said)
        explained[problem] = item.title
    return _result(item, _STATUS_OF[problem.who], problem.message, problem.hint)


def _result(item: Item, status: Status, message: Message, hint: Message = EMPTY) -> ItemResult:
    return ItemResult(
        id=item.id,
        title=item.title,
        kind=item.check.kind(),
        status=status,
        points=item.points if status == "passed" else 0.0,
        max_points=item.points,
        message=message,
        hint=hint,
        teacher_hint=item.hint if status in {"failed", "review"} else "",
    )


def _verdict(rubric: Rubric, items: tuple[ItemResult, ...], score: float, most: float) -> Verdict:
    """The points decide, unless an item is an error or in review, which is for a person."""
    statuses = {item.status for item in items}
    if "error" in statuses:
        return "error"
    if "review" in statuses:
        return "review"
    # Points such as 0.1 do not add up exactly.
    return "passed" if score >= rubric.pass_at * most - 1e-9 else "failed"


def _summary(verdict: Verdict, items: tuple[ItemResult, ...]) -> Message:
    wanted = "failed" if verdict == "passed" else verdict
    first = next((item for item in items if item.status == wanted), None)
    first = first or next((item for item in items if item.status != "passed"), None)
    return first.message if first else say("Everything that was asked is there.")
