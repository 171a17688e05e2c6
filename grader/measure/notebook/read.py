"""Reads a notebook: what each cell is, and what its outputs show, within bounds."""

from collections.abc import Iterable, Iterator, Sequence

from grader.analysis.notebook.work import work_in
from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.figure import Figure
from grader.evidence.notebook import (
    LONGEST_SHOWN,
    LONGEST_SHOWN_TOGETHER,
    MOST_PICTURES,
    Cell,
    Notebook,
    beginning,
    source_hash,
)
from grader.evidence.values import LONGEST_TEXT
from grader.measure.figure.read import figure_of
from grader.measure.notebook import cells as files
from grader.messages.safe_text import plain
from grader.rubric import Plan

_LONGEST_LINE = 1_000
_LEFT_OUT = "\n...\n"
_MOST_TAGS = 50


def read(name: str, content: bytes, _declaration: Declaration, _plan: Plan) -> Notebook:
    """The cells of a notebook; refused if it is none, is damaged, or has too much in it."""
    version, every = files.open_notebook(name, content)
    return Notebook(version=version, cells=tuple(_kept(every)))


def _kept(every: Sequence[files.Cell]) -> Iterator[Cell]:
    left, pictures = LONGEST_SHOWN_TOGETHER, MOST_PICTURES
    for cell in every:
        shown, is_cut = _bounded(
            "\n".join([cell.printed(), *cell.tables()]).strip("\n"), min(LONGEST_SHOWN, left)
        )
        left -= len(shown)
        there = list(cell.pictures())
        drawn = tuple(_figures(there[:pictures]))
        pictures -= len(drawn)
        error, says = next(cell.errors(), ("", ""))
        yield Cell(
            number=cell.number,
            kind=cell.kind,
            begins=beginning(cell.source),
            source=source_hash(cell.source),
            work=work_in(cell.kind, cell.source),
            count=cell.count,
            tags=tuple(plain(tag, LONGEST_TEXT) for tag in cell.tags[:_MOST_TAGS]),
            headings=tuple(plain(text, LONGEST_TEXT) for text in cell.headings),
            error=plain(error, LONGEST_TEXT),
            error_says=plain(says, LONGEST_TEXT),
            shows=shown,
            is_cut=is_cut or len(drawn) < len(there),
            pictures=drawn,
        )


def _bounded(text: str, most: int) -> tuple[str, bool]:
    """A text in which nothing acts; of a longer one its begin and its end, and that it is cut."""
    half = max(0, most // 2 - len(_LEFT_OUT))
    safe = _safe(text if len(text) <= most else text[:half])
    if len(text) <= most and len(safe) <= most:
        return safe, any(len(line) > _LONGEST_LINE for line in text.split("\n"))
    kept = (safe[:half], _safe(text[-half:])[-half:]) if half else ()
    return _LEFT_OUT.join(kept), True


def _safe(text: str) -> str:
    return "\n".join(plain(line.expandtabs(4), _LONGEST_LINE) for line in text.split("\n"))


def _figures(pictures: Iterable[bytes]) -> Iterator[Figure]:
    for content in pictures:
        try:
            yield figure_of("picture", content)
        except SubmissionError:
            continue
