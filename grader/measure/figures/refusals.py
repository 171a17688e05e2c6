"""What is said of a figure that cannot be read."""

from grader.errors import SubmissionError

_SAVE_AGAIN = 'Save the figure as a PNG, for example with `plt.savefig("norms.png")`, and hand in that file.'


def no_picture(name: str) -> SubmissionError:
    """The file is of no kind that is read."""
    return SubmissionError(f"{name} is no PNG, JPEG, SVG or PDF: it does not begin as one.", _SAVE_AGAIN)


def damaged(name: str, kind: str) -> SubmissionError:
    """The file begins as this kind, and goes on otherwise."""
    return SubmissionError(f"{name} cannot be read as {kind}: it is damaged or not complete.", _SAVE_AGAIN)


def too_much(name: str, what: str, found: int, most: int) -> SubmissionError:
    """The file has more of something than is read."""
    return SubmissionError(
        f"{name} has {found:,} {what}; at most {most:,} are read.", "Save a smaller figure, as a PNG."
    )
