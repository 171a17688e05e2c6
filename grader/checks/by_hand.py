"""Leaves an item to a person."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from grader.checks import Check, Setting
from grader.messages.message import say, verbatim
from grader.report import Finding, by_hand

Text = Annotated[str, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=4_000)]


class ByHand(Check):
    """Does the person who grades it find what was asked for?

    For a written answer, or what a plot shows. The item waits until somebody gives its points with
    `grader decide --item`; everything else is graded and shown meanwhile. Nobody gets a zero for an item that
    waits, and no grade is final before, also of a submission that fails otherwise: its points are still open.
    With `requires`, the item is skipped where another one did not pass.

    Args:
        rubric: What the person who grades looks for. Teachers read it; students read the title and the hint.

    Example:
        by_hand: {rubric: "1 point: names the cap. 1 point: says why the norm is below it at the end."}
    """

    rubric: Text

    def warnings(self, setting: Setting) -> Iterator[str]:
        """A person may give a part of the points."""
        if setting.all_needed:
            yield (
                "fails whoever gets fewer than all of its points, because `pass_at` is 1; lower it, or "
                "make the item a `bonus`."
            )

    def find(self) -> Finding:
        """Leave it to a person, who reads what to look for."""
        return by_hand(say("This is graded by hand."), verbatim(self.rubric))
