"""Looks whether a figure was handed in, and whether something is to be seen in it."""

from pydantic import Field

from grader.checks import Check
from grader.evidence.figure import Figure
from grader.messages.phrase import say, together
from grader.messages.wording import number
from grader.report import Finding, failed, passed

_DRAW = say(
    "Draw the gradient norm of every step over the steps, with its axes named, save the figure after drawing "
    "and before closing it, and hand in that file."
)
_BLANK = say("It looks blank.")


class FigureIsThere(Check):
    """Is there a figure, and is something to be seen in it?

    The figure is the file that the rubric's `files: figure:` names. Of a PNG or JPEG, how much differs from
    its most common colour is compared, of an SVG or PDF, how many points its lines have.
    What it shows is for a person to see: the page of the report has a small copy of it beside the grader's
    own picture of the log. An SVG or a PDF is not shown, because it would have to be rendered for that.

    A figure that is equal to another student's is named as a pair in both reports, as models and logs are.

    Args:
        at_least_wide: The least width of a PNG or JPEG, in pixels.
        at_least_high: The least height of a PNG or JPEG, in pixels.
        at_least_ink: The share of a PNG or JPEG that must differ from its most common colour. A thin curve
            in its axes has 0.02 or more, axes without a curve 0.01, an empty picture 0.
        at_least_points: The least number of points in the lines of an SVG or PDF. Axes without a curve have
            20 to 40.

    Example:
        figure_is_there:
          {at_least_wide: 200, at_least_high: 150, at_least_ink: 0.005, at_least_points: 50}
    """

    at_least_wide: int = Field(default=200, ge=1, le=10_000, description="Pixels that a PNG or JPEG is wide.")
    at_least_high: int = Field(default=150, ge=1, le=10_000, description="Pixels that it is high.")
    at_least_ink: float = Field(
        default=0.005, ge=0, le=1, description="The share that must differ from the most common colour."
    )
    at_least_points: int = Field(default=50, ge=1, le=100_000, description="Points in an SVG or PDF.")

    def find(self, figure: Figure) -> Finding:
        """Compare the figure's size, and how much is in it, with what is asked for."""
        if figure.ink is not None:
            return self._of_pixels(figure, figure.ink)
        return self._of_lines(figure, figure.marks or 0)

    def _of_pixels(self, figure: Figure, ink: float) -> Finding:
        form, size = figure.form.upper(), f"{figure.width} x {figure.height}"
        asked = f"{self.at_least_wide} x {self.at_least_high}"
        if (figure.width or 0) < self.at_least_wide or (figure.height or 0) < self.at_least_high:
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
            ink=number(ink, apart_from=self.at_least_ink),
            asked=asked,
            at_least_ink=number(self.at_least_ink),
        )
        return passed(sentence) if ink >= self.at_least_ink else failed(together(sentence, _BLANK), _DRAW)

    def _of_lines(self, figure: Figure, marks: int) -> Finding:
        sentence = say(
            "The figure is {kind} whose lines have {marks} points; the rubric asks for at least {asked}.",
            kind=say("an SVG") if figure.form == "svg" else say("a PDF"),
            marks=marks,
            asked=self.at_least_points,
        )
        if marks >= self.at_least_points:
            return passed(sentence)
        return failed(together(sentence, _BLANK), _DRAW)
