"""Evidence and a rubric make a report: pure, quick, and repeatable for a whole class."""

from collections.abc import Mapping

from grader import __version__
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.findings import Findings, outline_of
from grader.messages.languages import ENGLISH
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.report import Finding, ItemResult, Origin, Pair, Report, Status, Verdict, Whose, failed, passed
from grader.rubric import Item, Rubric

_STATUS_OF = {"student": "failed", "operator": "error", "pending": "skipped"}
_CLEAR_UP = say(
    "Train again, and submit the model and the log of that one training as they were written, or "
    "show your teacher the code of the training."
)


# Of what somebody only wants judged, nobody has to say how it was measured.
_UNKNOWN = Origin()


def judge(rubric: Rubric, evidence: Evidence, whose: Whose, origin: Origin = _UNKNOWN) -> Report:
    """Judge one submission.

    Args:
        rubric: what is asked.
        evidence: what was measured; parts may be missing.
        whose: it is; where no platform knows a name, the report has the one that the submission declares.
        origin: how the evidence was measured, for the report.
    """
    outline = outline_of(evidence)
    findings = Findings(evidence, rubric.targets)
    results: dict[str, ItemResult] = {}
    explained: dict[Problem, str] = {}
    for item in rubric.items:
        results[item.id] = _judge_item(item, findings, results, explained)
    items = tuple(results.values())
    score = sum(item.points for item in items)
    most = sum(item.max_points for item in items)
    verdict = _verdict(rubric, items, score, most)
    return Report(
        program=f"grader {__version__}",
        id=whose.id,
        name=whose.name or outline.declaration.name or whose.id,
        id_from=whose.id_from,
        name_is_declared=not whose.name and bool(outline.declaration.name),
        rubric=rubric.name,
        verdict=verdict,
        score=score,
        max_score=most,
        summary=_summary(verdict, items),
        items=items,
        facts=outline.facts,
        numbers=outline.numbers,
        files=outline.files,
        declaration=outline.declaration,
        notes=outline.notes,
        seconds=origin.seconds,
        isolation=origin.isolation,
        limits=origin.limits,
        language=rubric.language or ENGLISH,
    )


def is_inconsistent(rubric: Rubric, report: Report) -> bool:
    """Whether the log is likely of another training than the model, as a check of the rubric has found."""
    doubting = {item.id for item in rubric.items if item.check.doubts_the_origin}
    return any(item.id in doubting and item.status == "review" for item in report.items)


def with_pairs(rubric: Rubric, report: Report, pairs: tuple[Pair, ...], left_out: int = 0) -> Report:
    """The report with the submissions that are like this one, for a teacher where the rubric asks for that.

    Points stay as they are, and a report that is an error stays one.

    Args:
        rubric: what is asked.
        report: of the submission by itself.
        pairs: those that are named.
        left_out: how many more there are.
    """
    if not pairs:
        return report
    more = say_counted(
        left_out,
        "{count} more submission is like this one and not named here.",
        "{count} more submissions are like this one and not named here.",
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
            return _result(
                item,
                "skipped",
                say("Not looked at, because “{title}” did not pass.", title=earlier[required].title),
            )
    outcome = findings.of(item.check)
    if isinstance(outcome, Problem):
        return _missing(item, outcome, explained)
    finding = _decided(item, outcome)
    return _result(item, finding.status, finding.message, finding.hint)


def _decided(item: Item, finding: Finding) -> Finding:
    """The finding, or where it asks for a teacher what the rubric makes of that.

    A hint for the teacher is then replaced by one for the student.
    """
    if finding.status != "review" or item.in_doubt == "review":
        return finding
    if item.in_doubt == "failed":
        return failed(together(finding.message, say("The rubric counts a doubt here as failed.")), _CLEAR_UP)
    return passed(together(finding.message, say("The rubric only notes a doubt here.")))


def _missing(item: Item, problem: Problem, explained: dict[Problem, str]) -> ItemResult:
    if problem.who == "student":
        if problem in explained:
            return _result(
                item,
                "skipped",
                say(
                    "Not looked at, for the reason given under “{title}”.",
                    title=explained[problem],
                ),
            )
        explained[problem] = item.title
    status: Status = _STATUS_OF[problem.who]  # type: ignore[assignment]  # the literal's three values
    return _result(item, status, problem.message, problem.hint)


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
    """An error or a review is for a person, whatever the points; else the points decide."""
    statuses = {item.status for item in items}
    if "error" in statuses:
        return "error"
    if "review" in statuses:
        return "review"
    # Points such as 0.1 do not add up exactly.
    return "passed" if score >= rubric.pass_at * most - 1e-9 else "failed"


def _summary(verdict: Verdict, items: tuple[ItemResult, ...]) -> Message:
    wanted = {"passed": "failed", "failed": "failed", "review": "review", "error": "error"}[verdict]
    first = next((item for item in items if item.status == wanted), None)
    first = first or next((item for item in items if item.status != "passed"), None)
    return first.message if first else say("Everything that was asked is there.")
