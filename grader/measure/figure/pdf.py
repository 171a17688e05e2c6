"""A figure made of lines, as a PDF: what its first pages draw is counted, never rendered."""

import io
import logging
import warnings
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ContentStream

from grader.errors import SubmissionError
from grader.evidence.figure import Figure
from grader.measure.figure.refusals import damaged, too_much
from grader.messages.phrase import say

MOST_PAGES = 50
LARGEST_CONTENT = 20_000_000
# A figure stands on the first page; a report may have a title page before it.
_PAGES_LOOKED_AT = 3
# What an operator counts: one that goes to a point is a point; a picture inside is as good as many.
_MARKS = dict.fromkeys((b"m", b"l", b"c", b"v", b"y", b"re"), 1) | {b"Do": 1, b"BI": 100}


def read_pdf(name: str, content: bytes) -> Figure:
    """What is known of a PDF.

    Args:
        name: of its file, for the sentences.
        content: of its file.

    Raises:
        SubmissionError: it is damaged, encrypted, or has too much in it.
    """
    # It tells of each small mistake in a file; a student has not asked.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Figure(form="pdf", marks=_marks(name, PdfReader(io.BytesIO(content))))
    except SubmissionError:
        raise
    except LimitReachedError:
        raise too_much(name, say("bytes or more on a page"), LARGEST_CONTENT, LARGEST_CONTENT) from None
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError):
        raise damaged(name, say("a PDF")) from None


def _marks(name: str, reader: PdfReader) -> int:
    if reader.is_encrypted:
        raise SubmissionError(
            say("{name} is encrypted, so it cannot be read.", name=name),
            say("Save it without a password, or as a PNG."),
        )
    pages = len(reader.pages)
    if pages > MOST_PAGES:
        raise too_much(name, say("pages"), pages, MOST_PAGES)
    return sum(_on_page(name, reader, place) for place in range(min(pages, _PAGES_LOOKED_AT)))


def _on_page(name: str, reader: PdfReader, place: int) -> int:
    drawn: Any = reader.pages[place].get_contents()
    if drawn is None:
        return 0
    size = len(drawn.get_data())
    if size > LARGEST_CONTENT:
        raise too_much(name, say("bytes on a page"), size, LARGEST_CONTENT)
    operators = [operator for _, operator in ContentStream(drawn, reader).operations]
    return sum(_MARKS.get(operator, 0) for operator in operators)
