"""What is said of a figure that cannot be read."""

from grader.errors import SubmissionError
from grader.messages.phrase import say

_SAVE_AGAIN = say(
    'Save the figure as a PNG, for example with `plt.savefig("norms.png")`, and hand in that file.'
)
SAVE_SMALLER = say("Save a smaller figure, as a PNG.")


def no_picture(name: str) -> SubmissionError:
    """The file is of no kind that is read."""
    return SubmissionError(
        say("{name} is no PNG, JPEG, SVG or PDF: it does not begin as one.", name=name), _SAVE_AGAIN
    )


def damaged(name: str, kind: str) -> SubmissionError:
    """The file begins as this kind, and goes on otherwise."""
    return SubmissionError(
        say("{name} cannot be read as {kind}: it is damaged or not complete.", name=name, kind=kind),
        _SAVE_AGAIN,
    )


def too_much(name: str, what: str, found: int, most: int) -> SubmissionError:
    """The file has more of something than is read."""
    sentence = say(
        "{name} has {found} {what}; at most {most} are read.",
        name=name,
        found=f"{found:,}",
        what=what,
        most=f"{most:,}",
    )
    return SubmissionError(sentence, SAVE_SMALLER)
