"""The report as a page for a browser: one file, no script, nothing from any other place.

It begins with the verdict and the one thing to do next, then come the items, then the pictures.
"""

from dataclasses import dataclass

from markupsafe import Markup

from grader.messages.languages import Language
from grader.report import ItemResult, Report
from grader.reports import sentences
from grader.reports.charts import Drawing
from grader.reports.charts.captions import how_to_read
from grader.reports.charts.svg import placed
from grader.reports.filled import filled
from grader.reports.sentences import earned_of

FILE = "report.html"


@dataclass(frozen=True)
class _Next:
    """The one thing to do next.

    Attributes:
        text: what it is.
        item: the number of the item that it is about, from 1; 0 for none.
    """

    text: str
    item: int = 0


def page(report: Report, drawing: Drawing | None = None) -> str:
    """The whole report.

    Args:
        report: on the submission.
        drawing: what was drawn of its evidence; without it the page has no pictures.
    """
    language = report.language
    own = drawing.own if drawing else ()
    return filled(
        "report.html",
        language,
        report=report,
        verdict=sentences.verdict(report),
        who=sentences.who(report),
        next_step=sentences.next_step(report),
        first=_first(report),
        items=[
            (
                item,
                earned_of(item, language),
                sentences.who_looks(item, language),
                sentences.advice_by(item, language),
            )
            for item in report.items
        ],
        pairs=sentences.pairs(report),
        notes=sentences.notes(report),
        footer=sentences.footer(report),
        own=[(picture, Markup(picture.address)) for picture in own],  # noqa: S704  (its form is checked)
        failed=drawing is not None and drawing.failed,
        how_to_read=how_to_read(drawing.panels) if drawing else (),
        panels=placed(drawing.panels if drawing else ()),
    )


def _first(report: Report) -> _Next | None:
    """The first item that can be done something about, if the student is the one to act."""
    if report.verdict not in {"passed", "failed"}:
        return None
    for number, item in enumerate(report.items, start=1):
        if item.status == "failed" and (text := _to_do(item, report.language)):
            return _Next(text, number)
    return None


def _to_do(item: ItemResult, language: Language) -> str:
    return next((text for _, text in sentences.advice_by(item, language)), "")
