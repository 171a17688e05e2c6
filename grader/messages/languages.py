"""The languages that students read, and the gettext catalogs with what they read."""

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from grader.messages.message import Message, Value, filled

Language = Literal["en", "es", "ko"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"
FOLDER = Path(__file__).with_name("locale")
DOMAIN = "grader"
# The first that is set decides, as POSIX has it.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_environment(environment: Mapping[str, str]) -> Language:
    """The language of a person's machine; English where it is not one of ours, or not set."""
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    code = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return next((language for language in LANGUAGES if language == code), ENGLISH)


def translated(text: Message | str, language: Language) -> str:
    """A message in a language; a string, such as a teacher's own words, stays as it is."""
    return str(text) if language == ENGLISH else _translated(text, _catalog(language))


def _translated(value: Value, catalog: gettext.NullTranslations) -> str:
    # What gettext has for the empty text is the head of the catalog.
    if not isinstance(value, Message) or not value.text:
        return str(value)
    template, count = value.template, value.values.get("count")
    if value.plural and isinstance(count, int):
        template = catalog.ngettext(template, value.plural, count)
    else:
        template = catalog.gettext(template)
    return filled(template, value.values, lambda inner: _translated(inner, catalog))


@cache
def _catalog(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language])
