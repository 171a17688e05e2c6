"""Pages in HTML from templates: every text of a report is shown, on one line, and nothing in it acts.

A template says its sentences with `say`, as the rest of the program does. They and the sentences of a report
are put into the language of the page where they are written.
"""

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.evidence.values import LONGEST_SENTENCE
from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import Message, say
from grader.messages.safe_text import plain

# Names stand in backticks, one on each side.
_NAME = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def filled(template: str, language: Language, /, **parts: Any) -> str:
    """The text of a page.

    Args:
        template: the name of a file in `templates`.
        language: of the page.
        parts: what the template names. A text is escaped, whatever it holds; only `Markup` is
            taken as it is.
    """
    return _environment(language).get_template(template).render(parts)


def with_names(text: Message | str, language: Language = ENGLISH) -> Markup:
    """One line of text, in which names in backticks are set as code."""
    return Markup().join(_pieces(_shown(text, language)))


def _pieces(text: str) -> Iterator[Markup]:
    end = 0
    for match in _NAME.finditer(text):
        yield escape(text[end : match.start()])
        yield Markup("<code>{}</code>").format(match[1])
        end = match.end()
    yield escape(text[end:])


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=partial(_finished, language=language),
    )
    environment.filters["names"] = partial(with_names, language=language)
    environment.globals.update(say=say, language=language)
    return environment


def _finished(value: Any, language: Language) -> Any:
    own = isinstance(value, str | Message) and not isinstance(value, Markup)
    return _shown(value, language) if own else value


def _shown(text: Message | str, language: Language) -> str:
    # Findings are longer than what a terminal shows of a text.
    return plain(" ".join(translated(text, language).split()), 2 * LONGEST_SENTENCE)
