"""Pages in HTML from templates: every text of a report is shown, on one line, and nothing in it acts."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.evidence import LONGEST_SENTENCE
from grader.safe_text import plain

# Names stand in backticks, one on each side.
_NAME = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def filled(template: str, **parts: Any) -> str:
    """The text of a page.

    Args:
        template: the name of a file in `templates`.
        parts: what the template names. A `str` is escaped, whatever it holds; only `Markup` is
            taken as it is.
    """
    return _environment().get_template(template).render(parts)


def with_names(text: str) -> Markup:
    """One line of text, in which names in backticks are set as code."""
    return Markup().join(_pieces(_shown(text)))


def _pieces(text: str) -> Iterator[Markup]:
    end = 0
    for match in _NAME.finditer(text):
        yield escape(text[end : match.start()])
        yield Markup("<code>{}</code>").format(match[1])
        end = match.end()
    yield escape(text[end:])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.formats"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finished,
    )
    environment.filters["names"] = with_names
    return environment


def _finished(value: Any) -> Any:
    return _shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _shown(text: str) -> str:
    # Findings are longer than what a terminal shows of a text.
    return plain(" ".join(text.split()), 2 * LONGEST_SENTENCE)
