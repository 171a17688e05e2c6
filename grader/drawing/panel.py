"""A chart as it stands in a page: with its title, its key, and what it shows in words."""

from grader.drawing.chart import Chart, Look
from grader.drawing.svg import render
from grader.frozen import Frozen


class Key(Frozen):
    """What a look means in a chart.

    Attributes:
        look: as in `Look`.
        shape: `line`, `dashes`, `band`, `dot` or `ring`.
        text: what it is; it may hold words of a student.
    """

    look: str
    shape: str
    text: str


class Panel(Frozen):
    """A chart in a page.

    Attributes:
        name: unique among the panels of a page.
        title: what it shows.
        keys: what each look means.
        words: what is to be seen in it, for those who do not see it.
        svg: an element, without text from a student.
    """

    name: str
    title: str
    keys: tuple[Key, ...]
    words: str
    svg: str


def panel(name: str, title: str, chart: Chart, keys: tuple[tuple[Look, str, str], ...], words: str) -> Panel:
    """Draw a panel; each of `keys` is a look, a shape and a text."""
    return Panel(
        name=name,
        title=title,
        keys=tuple(Key(look=look, shape=shape, text=text) for look, shape, text in keys),
        words=words,
        svg=render(chart, name),
    )
