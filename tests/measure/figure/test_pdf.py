"""Tests of `grader.measure.figure.pdf`: what the pages of a PDF draw is counted."""

import io
import zlib

import pytest
from builders_figures import a_figure
from pypdf import PdfReader, PdfWriter

from grader.errors import SubmissionError
from grader.measure.figure import pdf
from grader.measure.figure.pdf import read_pdf

FIGURE = a_figure("pdf")


def a_pdf(pages: int = 1, locked_with: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_page(PdfReader(io.BytesIO(FIGURE)).pages[0])
    if locked_with:
        writer.encrypt(locked_with, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def a_page_of(size: int) -> bytes:
    """A PDF by hand whose page is that many bytes of a comment, packed."""
    packed = zlib.compress(b"%" + b" " * size)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    tree = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    stream = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n" % (len(packed), packed)
    return head + tree + page + stream + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


def test_a_curve_has_many_points_and_axes_have_few() -> None:
    """So a figure without a curve is known."""
    curve, empty = read_pdf("a", FIGURE).marks, read_pdf("a", a_figure("pdf", curve=False)).marks

    assert curve is not None
    assert empty is not None
    assert curve > 300
    assert empty < 50


def test_an_encrypted_pdf() -> None:
    """It is not tried to open it."""
    with pytest.raises(SubmissionError) as caught:
        read_pdf("`norms.pdf`", a_pdf(locked_with="x"))

    assert "`norms.pdf` is encrypted, so it cannot be read." == caught.value.message
    assert "Save it without a password, or as a PNG." == caught.value.hint


def test_too_many_pages() -> None:
    """A book is no figure."""
    with pytest.raises(SubmissionError) as caught:
        read_pdf("`book.pdf`", a_pdf(51))

    assert "`book.pdf` has 51 pages; at most 50 are read." == caught.value.message


@pytest.mark.hostile_row(16)
def test_a_page_that_unpacks_to_far_too_much() -> None:
    """The limit holds for what is unpacked."""
    with pytest.raises(SubmissionError) as caught:
        read_pdf("`norms.pdf`", a_page_of(200_000_000))

    assert caught.value.message.startswith("`norms.pdf` has ")
    assert caught.value.message.endswith(f"at most {pdf.LARGEST_CONTENT:,} are read.")


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", FIGURE[:300], b"%PDF-1.4\ntrailer<</Root 1 0 R>>", FIGURE[:-900]]
)
def test_a_damaged_pdf(content: bytes) -> None:
    """What cannot be read is refused, or read as far as it goes."""
    try:
        figure = read_pdf("`norms.pdf`", content)
    except SubmissionError as error:
        assert "`norms.pdf` cannot be read as a PDF: it is damaged or not complete." == error.message  # noqa: PT017
    else:
        assert "pdf" == figure.form
