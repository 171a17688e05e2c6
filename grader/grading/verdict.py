"""What the items of a report decide together: which are skipped, the points, and the verdict."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader.messages.message import EMPTY, Message, say
from grader.report import FILES, LATE, Decision, ItemResult, Report, Verdict, attainable, earns, made

_EVERYTHING = say("Everything that was asked is there.")
# Points such as 0.1 do not add up exactly.
_ROUNDING = 1e-9


def settled(report: Report) -> Report:
    """Work out what follows from what was found of each item and from what people decided.

    An item is skipped where one that it requires does not earn its points. A decision goes before what was
    found, and one about the whole report before those about items. What was found stays in `before`, so a
    report can be settled again, with other decisions, without its evidence.
    """
    items: dict[str, ItemResult] = {}
    for item in report.items:
        items[item.id] = _settled(item, items)
    every = tuple(items.values())
    score, most = sum(item.points for item in every), sum(item.max_points for item in _counting(every))
    found = report.model_copy(update={"items": every, "score": max(score, 0.0), "max_score": most})
    decided = found.model_copy(update=_decided(found) or _found(found))
    if decided.verdict in {"passed", "failed"} and any(item.is_open for item in every):
        return decided.model_copy(update={"items": tuple(map(_closed, every))})
    if decided.verdict == "review" and any(map(_waits_by_hand, every)) and not _depends_on_doubts(found):
        return decided.model_copy(update={"items": tuple(_without_doubts(every))})
    return decided


def with_decisions(report: Report, decisions: Mapping[str, Decision]) -> Report:
    """Settle a report with these decisions, each by the id of its item, "" for the whole report."""
    items = (item.model_copy(update={"decision": decisions.get(item.id)}) for item in report.items)
    return settled(report.model_copy(update={"items": tuple(items), "decision": decisions.get("")}))


def _settled(item: ItemResult, earlier: Mapping[str, ItemResult]) -> ItemResult:
    own, decision = item.before or item.model_copy(update={"decision": None}), item.decision
    change: dict[str, Any] = {}
    if decision is not None and not decision.is_earlier:
        points = decision.points_of(own.max_points)
        if decision.status == "failed" and own.kind == LATE:
            points = own.points
        status = decision.status or ("passed" if points >= own.max_points - _ROUNDING else "failed")
        change = {"status": status, "points": points, "hint": EMPTY, "is_open": False}
    elif lacking := next((earlier[name] for name in own.requires if not earns(earlier[name])), None):
        said = say("Skipped because “{title}” did not pass.", title=lacking.title)
        change = {"status": "skipped", "points": 0.0, "is_open": lacking.is_open, "message": said}
        change |= {"hint": EMPTY, "teacher_hint": "", "numbers": ()}
    if not change and decision is None:
        return own
    return own.model_copy(update={**change, "decision": decision, "before": own})


def _closed(item: ItemResult) -> ItemResult:
    """The item where nobody is asked about it, because it cannot change the verdict."""
    closed = {"is_open": False, "before": item.before or item}
    return item.model_copy(update=closed) if item.is_open else item


def _without_doubts(items: Iterable[ItemResult]) -> Iterator[ItemResult]:
    """The items where a person only has to grade those that are by hand."""
    closed: set[str] = set()
    for item in items:
        is_doubt = item.status == "review" and not item.is_by_hand
        if is_doubt or (item.status == "skipped" and closed.intersection(item.requires)):
            closed.add(item.id)
        yield _closed(item) if item.id in closed else item


def _waits_by_hand(item: ItemResult) -> bool:
    return item.is_by_hand and item.status == "review"


def _counting(items: Iterable[ItemResult]) -> Iterator[ItemResult]:
    return (item for item in items if not item.is_extra)


def _decided(report: Report) -> dict[str, object] | None:
    """The verdict where a person decided it, or has to decide again; else None."""
    decision = report.decision
    if decision is not None and not decision.is_earlier:
        score = report.score if decision.points is None else decision.points_of(attainable(report))
        verdict = decision.status or ("passed" if score >= _asked(report) else "failed")
        return {"verdict": verdict, "score": score, "summary": say("{by} decided this.", by=decision.by)}
    if earlier := next((one for one in made(report) if one.is_earlier), None):
        said = say(
            "{by} decided about earlier files. They have changed since, so somebody has to decide again.",
            by=earlier.by,
        )
        return {"verdict": "review", "summary": said}
    return None


def _found(report: Report) -> dict[str, object]:
    """The verdict that the points give.

    Items that wait for a person make it a review where it depends on that person. It does not where the
    submission fails although all of them are granted, or passes although none is and no item that earns
    nothing, which can only guard, is among them. A pair only matters to who passes. An item that is graded by
    hand is part of the grade, so it is waited for whatever the others say.
    """
    verdict = _by_points(report)
    if verdict == "passed" and report.pairs and report.pairs_decide:
        return {"verdict": "review", "summary": report.pairs[0].message}
    return {"verdict": verdict, "summary": _summary(verdict, report.items)}


def _by_points(report: Report) -> Verdict:
    if any(item.status == "error" for item in report.items):
        return "error"
    if any(map(_waits_by_hand, report.items)) or _depends_on_doubts(report):
        return "review"
    earned = sum(item.points for item in _counting(report.items))
    return "passed" if earned >= _asked(report) else "failed"


def _depends_on_doubts(report: Report) -> bool:
    """Whether what a person makes of doubtful items can change the verdict."""
    asked, items = _asked(report), list(_counting(report.items))
    doubts = [item for item in items if item.status == "review" and not item.is_by_hand]
    earned = sum(item.points for item in items)
    if_granted = earned + sum(item.max_points for item in items if item.is_open)
    guards = any(not item.max_points for item in doubts)
    return bool(doubts) and if_granted >= asked and (earned < asked or guards)


def _asked(report: Report) -> float:
    """The points that are enough to pass."""
    return report.points_to_pass - _ROUNDING


def _summary(verdict: Verdict, items: tuple[ItemResult, ...]) -> Message:
    wanted = "failed" if verdict == "passed" else verdict
    decisive = items if wanted in {"review", "error"} else _counting(items)
    first = next((item for item in decisive if item.kind == FILES or item.status == wanted), None)
    first = first or next((item for item in items if item.status != "passed"), None)
    return first.message if first else _EVERYTHING
