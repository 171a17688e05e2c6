"""Reads a figure that a student hands in: by its first bytes, within limits; nothing is rendered."""

from grader.evidence.figure import Figure
from grader.measure.figure.refusals import no_picture
from grader.measure.intake import shown


def read_figure(name: str, content: bytes) -> Figure:
    """What is known of a figure.

    Args:
        name: of its file, for the sentences.
        content: of its file.

    Raises:
        SubmissionError: it is no picture of a kind that is read, it is damaged, or it is over a limit.
    """
    # Each brings a library of its own, and most submissions have no figure.
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        from grader.measure.figure.raster import read_raster

        return read_raster(shown(name), content)
    if content.startswith(b"%PDF-"):
        from grader.measure.figure.pdf import read_pdf

        return read_pdf(shown(name), content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        from grader.measure.figure.svg import read_svg

        return read_svg(shown(name), content)
    raise no_picture(shown(name))
