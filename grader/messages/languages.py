"""The languages that students read, and the gettext catalogs with what they read."""

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from grader.messages.phrase import Phrase

Language = Literal["en", "es", "ko"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"
FOLDER = Path(__file__).with_name("locale")
DOMAIN = "grader"
# The first that is set decides, as POSIX has it.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_environment(environment: Mapping[str, str]) -> Language:
    """The language of a person's machine; English where it has another than ours, or says nothing."""
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    code = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return next((language for language in LANGUAGES if language == code), ENGLISH)


def chosen(asked: Language | None, rubric: Language | None, environment: Mapping[str, str]) -> Language:
    """The language of a report: of the command line, else of the rubric, else of the environment.

    Args:
        asked: by the command line.
        rubric: by the rubric.
        environment: variables.
    """
    return asked or rubric or of_environment(environment)


def translated(text: str, language: Language) -> str:
    """A sentence in a language; what is no phrase, such as a teacher's own words, stays as it is."""
    if not isinstance(text, Phrase) or language == ENGLISH:
        return str(text)
    catalog = _catalog(language)

    def lookup(template: str, plural: str, count: int) -> str:
        return catalog.ngettext(template, plural, count) if plural else catalog.gettext(template)

    return text.put(lookup)


@cache
def _catalog(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language])
