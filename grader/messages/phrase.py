"""A sentence in English that remembers how it was made, so that a page can say it in another language.

A phrase is a `str`, the English sentence, with the template and the values that it was filled from.
A value can be a phrase again. Whatever does not know of phrases, such as a comparison, sees a string.
An f-string, `+` and `join` give plain strings, which stay English: `say`, `joined` and `together` do not.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, WrapValidator

# Nothing that is filled in is looked at again, and no more than names can be filled in.
_PLACE = re.compile(r"\{(\w+)\}")
# Phrases come from a worker, too: a few templates in one another could be a sentence of gigabytes.
_LONGEST = 10_000
_DEEPEST = 12

Value = str | int  # a `Phrase` is a `str`
Lookup = Callable[[str, str, int], str]


class Phrase(str):
    """An English sentence with what it was made from."""

    __slots__ = ("_plural", "_template", "_values")

    _template: str
    _plural: str
    _values: Mapping[str, Value]

    def __new__(cls, template: str, values: Mapping[str, Value], plural: str = "") -> Self:
        """Fill the template.

        Args:
            template: with the names of the values in braces.
            values: by name; `count` is a number where there is a plural.
            plural: the template for any `count` but 1; empty where nothing is counted.

        Raises:
            KeyError: a value is missing.
        """
        chosen = template if not plural or values["count"] == 1 else plural
        phrase = super().__new__(cls, _filled(chosen, values, str))
        phrase._template, phrase._plural, phrase._values = template, plural, values
        return phrase

    def __getnewargs__(self) -> tuple[str, Mapping[str, Value], str]:  # type: ignore[override]
        """What a copy is made from."""
        return self._template, self._values, self._plural

    def parts(self) -> dict[str, Any]:
        """What it was made from, as JSON has it: `say`, and where there are any, `plural` and `with`."""
        parts: dict[str, Any] = {"say": self._template}
        if self._plural:
            parts["plural"] = self._plural
        if self._values:
            parts["with"] = {
                name: value.parts() if isinstance(value, Phrase) else value
                for name, value in self._values.items()
            }
        return parts

    def put(self, lookup: Lookup) -> str:
        """The sentence in another language.

        Args:
            lookup: gives the template in that language, from this template, its plural (or "") and the count.
        """
        count = self._values.get("count", 0)
        template = lookup(self._template, self._plural, count if isinstance(count, int) else 0)
        return _filled(
            template,
            self._values,
            lambda value: value.put(lookup) if isinstance(value, Phrase) else str(value),
        )


class KeptPhrase(Phrase):
    """A sentence that was kept beside its parts, which are looked at when it is put in another language.

    Parts that do not give this sentence are not believed: it stays English.
    """

    __slots__ = ("_kept",)

    _kept: dict[str, Any]

    def __new__(cls, english: str, parts: dict[str, Any]) -> Self:
        """Nothing of the parts is looked at.

        Args:
            english: the sentence.
            parts: what it was made from, or anything; see `Phrase.parts`.
        """
        phrase = super(Phrase, cls).__new__(cls, english)
        phrase._kept = parts
        return phrase

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        """What a copy is made from."""
        return str(self), self._kept

    def parts(self) -> dict[str, Any]:
        """What was kept."""
        return self._kept

    def put(self, lookup: Lookup) -> str:
        """The sentence in another language; see `Phrase.put`."""
        try:
            phrase = from_data(self._kept)
        except ValueError:
            return str(self)
        return phrase.put(lookup) if phrase == self else str(self)


def say(template: str, /, **values: Value) -> Phrase:
    """A sentence, or a part of one, that can be translated.

    Args:
        template: in English, a literal, so that it is found for the catalogs; values stand as `{name}`.
        values: by name.
    """
    return Phrase(template, values)


def say_counted(count: int, one: str, more: str, /, **values: Value) -> Phrase:
    """The same with a noun or verb that depends on a count, which stands as `{count}`.

    Args:
        count: how many there are.
        one: the template for 1.
        more: the template for any other count.
        values: further ones by name.
    """
    return Phrase(one, {**values, "count": count}, more)


def joined(separator: str, parts: Iterable[str]) -> str:
    """Sentences or parts of them with something between them that is the same in every language."""
    present = [part for part in parts if part]
    if len(present) == 1:
        return present[0]
    named = {f"part{number}": part for number, part in enumerate(present, start=1)}
    return Phrase(separator.join(f"{{{name}}}" for name in named), named)


def together(*sentences: str | None) -> str:
    """Sentences one after the other; those that are empty are left out."""
    return joined(" ", filter(None, sentences))


def shortened(sentence: str, longest: int) -> str:
    """The sentence, or its beginning where it is too long, which stays English."""
    return sentence if len(sentence) <= longest else sentence[:longest]


def _filled(template: str, values: Mapping[str, Value], write: Callable[[Value], str]) -> str:
    return _PLACE.sub(lambda place: write(values[place[1]]), template)


def from_data(data: Any, depth: int = 0) -> Phrase:
    """A phrase from its form in JSON.

    Raises:
        ValueError: it is none, or an absurdly long one.
    """
    if not isinstance(data, dict) or depth > _DEEPEST:
        raise ValueError("must be a sentence")
    template, plural, given = data.get("say"), data.get("plural", ""), data.get("with", {})
    if not (isinstance(template, str) and isinstance(plural, str) and isinstance(given, dict)):
        raise ValueError("must be a template with its values")  # noqa: TRY004  (pydantic collects ValueErrors)
    values = {
        str(name): value if isinstance(value, (str, int)) else from_data(value, depth + 1)
        for name, value in given.items()
    }
    places = _PLACE.findall(template + plural)
    counted = not plural or isinstance(values.get("count"), int)
    if not counted or any(name not in values for name in places):
        raise ValueError("must have a value for each place in its template")
    if len(template) + len(plural) + sum(len(str(values[name])) for name in places) > _LONGEST:
        raise ValueError(f"must be at most {_LONGEST} characters long")
    return Phrase(template, values, plural)


def _read(value: Any, check: Callable[[Any], str]) -> str:
    if isinstance(value, dict):
        value = from_data(value)
    if not isinstance(value, Phrase):
        return check(value)
    check(str(value))
    return value


def _write(text: str) -> Any:
    return text.parts() if isinstance(text, Phrase) else text


# A field for a sentence: it keeps a phrase as it is, and in JSON it has the phrase's parts.
Said = Annotated[str, WrapValidator(_read), PlainSerializer(_write, when_used="json")]
