"""What another rubric changes in a report, in lines for whoever changed it."""

from collections.abc import Iterator

from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted
from grader.report import ItemResult, Report
from grader.reports import sentences
from grader.reports.sentences import in_words
from grader.rubric import Rubric


def changes(before: Report | None, after: Report, rubric: Rubric) -> Iterator[str]:
    """Who has another verdict or score, and then why, a line for each reason; nothing if both stay.

    Args:
        before: The earlier report, if there is one.
        after: The report that takes its place.
        rubric: The rubric by which it was judged.
    """
    name = plain(after.id)
    if before is None:
        yield f"{name}: {after.verdict}, {_score(after)} (no earlier report)"
        return
    verdict, score = _change(before.verdict, after.verdict), _change(_score(before), _score(after))
    if (before.verdict, _score(before)) == (after.verdict, _score(after)):
        return
    yield f"{name}: {verdict}, {score}"
    yield from (f"  {reason}" for reason in [*_items(before, after)] or [*_whole(before, after, rubric)])


def _items(before: Report, after: Report) -> Iterator[str]:
    """The items that are worth or found something else."""
    earlier = {item.id: item for item in before.items}
    for item in after.items:
        was = earlier.pop(item.id, None)
        said = sentences.sentence(item.message)
        if was is None:
            yield f"{item.id}: new, {item.status}. {said}"
        elif _counted(was) != _counted(item):
            worth = f", worth {in_words(item.max_points)} instead of {in_words(was.max_points)}"
            worth = "" if was.max_points == item.max_points else worth
            yield f"{item.id}: {_change(was.status, item.status)}{worth}. {said}"
    yield from (f"{plain(gone)}: no longer asked for." for gone in earlier)


def _whole(before: Report, after: Report, rubric: Rubric) -> Iterator[str]:
    """What the rubric makes of a submission in which every item is as it was."""
    if "review" in (before.verdict, after.verdict) and (before.pairs or after.pairs):
        others = dict.fromkeys(pair.id for pair in after.pairs or before.pairs)
        like = listed([quoted(other) for other in others])
        decides = {
            "review": "a teacher will review it",
            "note": "the rubric only notes it",
            "off": "the rubric ignores it",
        }
        yield f"It resembles {like}; {decides[rubric.likeness]}."
    else:
        needed = in_words(rubric.pass_at * rubric.points)
        yield f"The rubric asks for {needed} of {in_words(rubric.points)} points to pass."


def _counted(item: ItemResult) -> tuple[str, float, float]:
    return item.status, item.points, item.max_points


def _score(report: Report) -> str:
    return f"{in_words(report.score)} of {in_words(report.max_score)}"


def _change(was: str, now: str) -> str:
    return now if was == now else f"{was} -> {now}"
