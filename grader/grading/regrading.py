"""Judges a graded class by another rubric, and says in lines what that changes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.grading.cache import Cache
from grader.grading.decisions import Decisions
from grader.grading.graded_folder import REPORT, GradedSubmission, Run, read_report
from grader.grading.judge import with_pairs
from grader.grading.judged_class import JudgedClass
from grader.grading.judging import Judges
from grader.messages.english import names
from grader.messages.safe_text import plain
from grader.report import ItemResult, Report
from grader.reports.sentences import in_words, sentence
from grader.rubric import Rubric


@dataclass(frozen=True)
class JudgedAgain:
    """A submission's report `before`, if it can be read, and `after`, the same where nothing is cached."""

    submission: GradedSubmission
    before: Report | None
    after: Report | None
    is_cached: bool


def judged_again(out: Path, rubric: Rubric, run: Run, cache: Cache, judges: Judges) -> Iterator[JudgedAgain]:
    """Judge the submissions of a run into `out` by another rubric, from the cache alone."""
    with JudgedClass(rubric, out) as again:
        measured = ((one, cache.measured(one.key)) for one in run.submissions)
        begun = ((one, judges.judge(one.whose, found)) for one, found in measured if found)
        for one, judged in judges.in_order(begun):
            again.add(one.id, judged)
        reports = again.reports(one.id for one in run.submissions if one.id in again)
        gone = {one.id for one in run.submissions if one.id not in again}
        decisions = Decisions.read(out)
        for one in run.submissions:
            before = None
            with suppress(UsageError):
                before = read_report(out / one.folder / REPORT)
            after = before
            if one.id in again:
                after = decisions.applied(_with_earlier_pairs(rubric, next(reports), before, gone))
            yield JudgedAgain(one, before, after, one.id in again)


def _with_earlier_pairs(rubric: Rubric, report: Report, before: Report | None, gone: set[str]) -> Report:
    """Keep the pairs with submissions that cannot be compared again."""
    if before is None or rubric.likeness == "off":
        return report
    earlier = tuple(pair for pair in before.pairs if pair.id in gone)
    return with_pairs(rubric, report, (*report.pairs, *earlier)) if earlier else report


def changes(before: Report | None, after: Report, rubric: Rubric | None = None) -> Iterator[str]:
    """Say whether a submission now has another verdict or score, and then why, a line for each reason.

    Where another rubric is the reason, it is given.
    """
    name = plain(after.id)
    if before is None:
        yield f"{name}: {after.verdict}, {_score(after)} (no earlier report)"
        return
    verdict, score = _change(before.verdict, after.verdict), _change(_score(before), _score(after))
    if (before.verdict, _score(before)) == (after.verdict, _score(after)):
        return
    yield f"{name}: {verdict}, {score}"
    yield from (
        f"  {reason}"
        for reason in [*_items(before, after)] or [*(_whole(before, after, rubric) if rubric else ())]
    )


def _items(before: Report, after: Report) -> Iterator[str]:
    """The items with another status or other points."""
    earlier = {item.id: item for item in before.items}
    for item in after.items:
        was = earlier.pop(item.id, None)
        said = sentence(item.message)
        if was is None:
            yield f"{item.id}: new, {item.status}. {said}"
        elif _counted(was) != _counted(item):
            worth = f", worth {in_words(item.max_points)} instead of {in_words(was.max_points)}"
            worth = "" if was.max_points == item.max_points else worth
            if item.decision and item.decision != was.decision:
                points = _change(f"{in_words(was.points)}", f"{in_words(item.points)}")
                said = f"{points} points, as {plain(item.decision.by)} decided."
            yield f"{item.id}: {_change(was.status, item.status)}{worth}. {said}"
    yield from (f"{plain(gone)}: no longer asked for." for gone in earlier)


def _whole(before: Report, after: Report, rubric: Rubric) -> Iterator[str]:
    """Why the verdict changes although every item is as it was."""
    if "review" in (before.verdict, after.verdict) and (before.pairs or after.pairs):
        others = dict.fromkeys(pair.id for pair in after.pairs or before.pairs)
        decides = {
            "review": "a teacher will review it",
            "note": "the rubric only notes it",
            "off": "the rubric ignores it",
        }
        yield f"It resembles {names(others)}; {decides[rubric.likeness]}."
    else:
        needed = in_words(rubric.pass_at * rubric.points)
        yield f"The rubric asks for {needed} of {in_words(rubric.points)} points to pass."


def overridden(report: Report) -> Iterator[str]:
    """What the rubric finds and a decision overrides, a line for each item."""
    for item in report.items:
        if item.decision and item.before and not item.decision.is_earlier:
            decided, found = f"{item.status}, {in_words(item.points)} points", item.before
            yield (
                f"{plain(report.id)}: {item.id} stays {decided}, as {plain(item.decision.by)} decided; "
                f"the rubric finds {found.status}, {in_words(found.points)}."
            )
    if report.decision and not report.decision.is_earlier:
        yield f"{plain(report.id)}: stays {report.verdict}, as {plain(report.decision.by)} decided."


def _counted(item: ItemResult) -> tuple[str, float, float]:
    return item.status, item.points, item.max_points


def _score(report: Report) -> str:
    return f"{in_words(report.score)} of {in_words(report.max_score)}"


def _change(was: str, now: str) -> str:
    return now if was == now else f"{was} -> {now}"
