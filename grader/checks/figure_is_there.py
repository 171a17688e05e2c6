"""Checks that a figure was submitted and is not blank."""

from pydantic import Field

from grader.checks import Check
from grader.evidence.figure import SOME_INK, Figure
from grader.messages.message import say, together
from grader.messages.wording import number
from grader.report import Finding, failed, passed

_DRAW = say(
    "Draw the gradient norm of every step over the steps, with its axes named, save the figure after drawing "
    "and before closing it, and hand in that file."
)
_BLANK = say("It looks blank.")


class FigureIsThere(Check):
    """Is there a figure, and is something to be seen in it?

    The figure is the PNG or JPEG that the rubric's `files: figure:` names; no other form is read. It must be
    large enough, and enough of it must differ clearly from its most common colour. What it shows is for a
    person to judge: the page of the report has a small copy of it beside the grader's own charts of the log.

    Args:
        at_least_wide: The least width, in pixels.
        at_least_high: The least height, in pixels.
        at_least_ink: The share that must differ from the most common colour. A thin curve of 200 steps in its
            axes has 0.05 or more, axes without a curve 0.01 to 0.02, an empty picture 0.

    Example:
        figure_is_there: {at_least_wide: 200, at_least_high: 150, at_least_ink: 0.005}
    """

    at_least_wide: int = Field(default=200, ge=1, le=10_000)
    at_least_high: int = Field(default=150, ge=1, le=10_000)
    at_least_ink: float = Field(default=SOME_INK, ge=0, le=1)

    def find(self, figure: Figure) -> Finding:
        """Compare the figure's size, and how much is in it, with what is asked for."""
        form, size = figure.form.upper(), f"{figure.width} x {figure.height}"
        asked = f"{self.at_least_wide} x {self.at_least_high}"
        if figure.width < self.at_least_wide or figure.height < self.at_least_high:
            return failed(
                say(
                    "The figure is a {form} of {size} pixels; the rubric asks for at least {asked}.",
                    form=form,
                    size=size,
                    asked=asked,
                ),
                say(
                    'Save the figure in a larger size, for example with `plt.savefig("norms.png", dpi=150)`.'
                ),
            )
        sentence = say(
            "The figure is a {form} of {size} pixels, and {ink} of it differs from its most common colour; "
            "the rubric asks for at least {asked} and {at_least_ink}.",
            form=form,
            size=size,
            ink=number(figure.ink, apart_from=self.at_least_ink),
            asked=asked,
            at_least_ink=number(self.at_least_ink),
        )
        if figure.ink >= self.at_least_ink:
            return passed(sentence)
        return failed(together(sentence, _BLANK), _DRAW)
