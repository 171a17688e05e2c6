"""A chart as it stands in a page: with its title, its key, and what it shows in words."""

import re
from html import escape

from grader.frozen import Frozen
from grader.messages.languages import Language, translated
from grader.messages.phrase import Said
from grader.reports.charts.chart import Chart, Look
from grader.reports.charts.svg import labels, render

_LABEL = re.compile(r">label-(\d+)<")


class Key(Frozen):
    """What a look means in a chart.

    Attributes:
        look: as in `Look`.
        shape: `line`, `dashes`, `band`, `dot` or `ring`.
        text: what it is; it may hold words of a student.
    """

    look: str
    shape: str
    text: Said


class Panel(Frozen):
    """A chart in a page.

    Attributes:
        name: unique among the panels of a page.
        title: what it shows.
        keys: what each look means.
        words: what is to be seen in it, for those who do not see it.
        svg: an element, without text from a student, and with `label-0` in the place of the first label.
        labels: the texts in it.
    """

    name: str
    title: Said
    keys: tuple[Key, ...]
    words: Said
    svg: str
    labels: tuple[Said, ...]

    def lettered(self, language: Language) -> str:
        """The element with its texts in a language."""
        return _LABEL.sub(
            lambda found: f">{escape(translated(self.labels[int(found[1])], language), quote=False)}<",
            self.svg,
        )


def panel(name: str, title: str, chart: Chart, keys: tuple[tuple[Look, str, str], ...], words: str) -> Panel:
    """Draw a panel; each of `keys` is a look, a shape and a text."""
    return Panel(
        name=name,
        title=title,
        keys=tuple(Key(look=look, shape=shape, text=text) for look, shape, text in keys),
        words=words,
        svg=render(chart, name),
        labels=labels(chart),
    )
