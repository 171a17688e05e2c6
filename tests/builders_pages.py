"""Evidence to draw, and a page in HTML, read back."""

import math
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from typing import Any

from builders_evidence import a_norm, a_rerun, a_step_log, an_accuracy, some_evidence, some_norms

from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.evidence.training import Probe
from grader.report import Report
from grader.reports import html_class
from grader.reports.html_class import Entry
from grader.reports.rows import INDEX
from grader.submissions.roster import Student

YARDSTICK = Targets(cap=1.0, accuracy=0.87)
MISSING = Problem(who="student", message="No file was found.")


def a_wave(steps: int, start: float, end: float) -> list[float]:
    """Values that fall from one number to another, and jump from step to step."""
    falls = (start + (end - start) * step / max(1, steps - 1) for step in range(steps))
    return [value * (1 + 0.3 * math.sin(1.7 * step)) for step, value in enumerate(falls)]


def drawable(steps: int = 60, **parts: Any) -> Evidence:
    """Evidence with the norms of a variable before and after a cap of 1.0, with loss and accuracy."""
    before = a_wave(steps, 2.5, 0.8)
    log = a_step_log(
        a_norm(before, "norm_before", scope="variable", stage="before"),
        a_norm([min(1.0, norm) for norm in before], "norm_after", scope="variable", stage="after"),
        steps=steps,
        loss=a_wave(steps, 2.3, 0.3),
        accuracy=[min(0.9, 0.1 + step / steps) for step in range(steps)],
        val_accuracy=[None] * (steps - 1) + [0.88],
    )
    probe = Probe(norms=some_norms(40, variable_after=a_wave(40, 0.9, 0.7)), batch_size=32)
    return some_evidence(
        **{"log": log, "probe": probe, "rerun": a_rerun(), "accuracy": an_accuracy(0.8734), **parts}
    )


def the_index(entries: Iterable[Entry], absent: Sequence[Student] = ()) -> str:
    """The first page of a class."""
    return dict(html_class.pages(entries, absent))[INDEX]


def measured(report: Report) -> Report:
    """The report with the numbers that the page of a class shows."""
    return report.model_copy(update={"numbers": {"accuracy": 0.8734, "largest_norm": 1.0}})


TAGS = set(
    """
    html head meta title link style body a header p b main section div span h1 h2 h3 ol ul li dl dt dd code
    figure figcaption img svg path text pre footer details summary table thead tbody tr th td caption
    """.split()  # noqa: SIM905  (one in each line would be two pages)
)
ATTRIBUTES = set(
    """
    lang charset http-equiv content name rel href class id tabindex aria-labelledby aria-describedby
    aria-hidden style viewbox focusable d x y width height src alt scope
    """.split()  # noqa: SIM905  (likewise)
)
TRICKS = (
    '"><script>alert(1)</script>',
    "<!--",
    "</style><img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "`<b>`",
    "&lt;b&gt;",
    "]]>",
)


class Seen(HTMLParser):
    """The tags and attributes of a page, where its links lead, and its text."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.comments: list[str] = []
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag."""
        self.tags.add(tag)
        self.inside = tag
        self._part(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        """Take text, but that of the style sheet."""
        if self.inside != "style":
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        self.inside = ""
        self._part(tag)

    def handle_comment(self, data: str) -> None:
        """Take a comment."""
        self.comments.append(data)

    def _part(self, tag: str) -> None:
        if tag not in {"a", "b", "code"}:
            self.words.append(" ")

    @property
    def text(self) -> str:
        """The text, with one space for each gap."""
        return " ".join("".join(self.words).split())
