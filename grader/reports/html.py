"""A report as a page for a browser: one file, without scripts or network requests.

Every text of a report is shown on one line, and nothing in it acts. A template calls `say` as the rest of the
program does; its sentences and those of the report are translated where they are written into the page.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.evidence.values import LONGEST_SENTENCE
from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import Message, say, together
from grader.messages.safe_text import plain
from grader.report import FILES, LATE, NOT_SHOWN, ItemResult, Report, earns, for_student
from grader.reports import sentences
from grader.reports.charts import Drawing, how_to_read
from grader.reports.charts.svg import placed

FILE = "report.html"
TEACHER_FILE = "teacher.html"
# In this order stand the items that have not earned their points.
_DUE = ("failed", "review", "error", "skipped")
# Names stand in backticks, one on each side.
_NAME = re.compile(r"(?<!`)`([^`]+)`(?!`)")

# Two submissions, each with a link or "", and in what parts they are similar.
Alike = tuple[tuple[str, str], tuple[str, str], Iterable[tuple[Message, Message]]]


def page(report: Report, drawing: Drawing | None = None) -> str:
    """What the student reads, with the charts of the evidence if they are given.

    Where the student does not see an item, they are left out: they could show what it asks for.
    """
    return _students(report, _written(drawing, report.language))


def teacher_page(report: Report, drawing: Drawing | None = None) -> str:
    """The whole report, with a link to the student's page beside it."""
    return _page(report, _written(drawing, report.language), students=FILE)


def both_pages(report: Report, drawing: Drawing) -> tuple[str, str]:
    """The student's page and the teacher's; what they share is written once."""
    written = _written(drawing, report.language)
    return _students(report, written), _page(report, written, students=FILE)


def _written(drawing: Drawing | None, language: Language) -> Mapping[str, Any]:
    """The parts of a page that show a drawing."""
    drawn = drawing or Drawing()
    return {
        "own": [(word, name, Markup(address)) for word, name, address in drawn.own],  # noqa: S704  (checked)
        "outputs": [
            (one.name, Markup("\n").join(map(escape, one.lines)), list(map(Markup, one.pictures)))
            for one in drawn.outputs
        ],
        "failed": drawn.failed,
        "how_to_read": list(how_to_read(drawn.panels)),
        "panels": Markup(filled("panels.html", language, panels=placed(drawn.panels))),  # noqa: S704  (ours)
    }


def _students(report: Report, written: Mapping[str, Any]) -> str:
    view = for_student(report)
    hides = any(item.kind == NOT_SHOWN for item in view.items)
    return _page(view, _written(None, report.language) if hides else written)


def _page(report: Report, written: Mapping[str, Any], students: str = "") -> str:
    language = report.language
    # The number leads to the item, wherever it stands.
    numbered = list(enumerate(report.items, start=1))
    is_open = {"failed", "review", "error"} if students else {"failed"}
    guards = [
        (at, item)
        for at, item in numbered
        if not item.max_points and item.kind != LATE and item.status not in is_open
    ]
    others = [one for one in numbered if one not in guards]
    due = [(at, item) for at, item in others if not earns(item)]
    due.sort(key=lambda one: _DUE.index(one[1].status))
    unusable = [one for one in due if students and one[1].kind == FILES]
    waiting = [one for one in due if students and one[1].status == "review"]
    by_hand = [one for one in waiting if one[1].is_by_hand]
    doubts = [one for one in waiting if one not in by_hand]
    alike = [pair.hint for pair in report.pairs] + list(report.teacher_notes)
    counts = Counter(sentences.status(item.status, language) for _, item in guards)
    return filled(
        "report.html",
        language,
        report=report,
        students_page=students,
        rubric=sentences.rubric_title(report),
        verdict=sentences.verdict(report),
        who=sentences.who(report),
        next_step=sentences.next_step(report),
        first=_first(report),
        reasons=[
            ("unusable", say("Files that cannot be used"), unusable),
            ("doubts", say("In doubt"), doubts),
            ("by-hand", say("To grade by hand"), by_hand),
        ],
        pairs=list(_pairs(report)),
        alike=list(dict.fromkeys(filter(None, alike))),
        due=[one for one in due if one not in unusable + waiting],
        earned=[one for one in others if one not in due],
        guards=guards,
        guarded=", ".join(f"{word}: {count}" for word, count in counts.items()),
        address=partial(_address, report) if report.contact and not students else None,
        points_of=partial(sentences.earned_of, language=language),
        who_looks=partial(sentences.who_looks, language=language),
        advice_by=partial(sentences.advice_by, language=language),
        sections=sentences.sections(report),
        footer=sentences.footer(report),
        **written,
    )


def _pairs(report: Report) -> Iterator[Alike]:
    """Each similar submission once, after this one, with what is similar."""
    found: dict[str, dict[Message, Message]] = {}
    for pair in report.pairs:
        found.setdefault(pair.id, {}).setdefault(sentences.part(pair.part), pair.message)
    for other, parts in found.items():
        yield (sentences.who(report), ""), (other, ""), parts.items()


def _address(report: Report, item: ItemResult | None = None) -> str:
    """Where a link leads that writes an e-mail about the whole report or one item of it."""
    about = say("Submission {id}, {program}.", id=report.id, program=report.program)
    if item is not None:
        about = together(about, say("Item “{title}” ({id}).", title=item.title, id=item.id))
    texts = (sentences.rubric_title(report), about)
    subject, body = (quote(sentences.sentence(text, report.language), safe="") for text in texts)
    return f"mailto:{quote(report.contact, safe='@')}?subject={subject}&body={body}%0A%0A"


def _first(report: Report) -> tuple[int, str] | None:
    """The number, from 1, of the first item that the student can do something about, and what to do.

    Where a person decided the whole, what they say comes first.
    """
    if report.verdict in {"passed", "failed"} and not report.decision:
        for number, item in enumerate(report.items, start=1):
            if item.status == "failed" and (advice := sentences.advice_by(item, report.language)):
                return number, advice[0][1]
    return None


def filled(template: str, language: Language, /, **parts: Any) -> str:
    """The page of a template in `templates`: every text in its parts is escaped, unless it is `Markup`."""
    return _environment(language).get_template(template).render(parts)


def with_names(text: Message | str, language: Language = ENGLISH) -> Markup:
    """One line of text, in which names in backticks are set as code."""
    # Escaping leaves backticks as they are.
    return Markup(_NAME.sub(r"<code>\1</code>", str(escape(_shown(text, language)))))  # noqa: S704


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=partial(_finished, language=language),
    )
    environment.filters["names"] = partial(with_names, language=language)
    environment.globals.update(say=say, language=language)
    return environment


def _finished(value: Any, language: Language) -> Any:
    is_text = isinstance(value, str | Message) and not isinstance(value, Markup)
    return _shown(value, language) if is_text else value


def _shown(text: Message | str, language: Language) -> str:
    # A finding may be longer than what a terminal shows of a text.
    return plain(" ".join(translated(text, language).split()), 2 * LONGEST_SENTENCE)
