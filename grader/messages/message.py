"""A sentence in English that remembers how it was made, so that a page can say it in another language.

A message is no `str`, so a type checker refuses an f-string, `+` and `join` wherever data holds a message:
those would stay English. `say`, `say_counted`, `joined` and `together` make messages.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    # At run time they are imported where they are used: `grader --help` does without pydantic.
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

# Nothing that is filled in is looked at again, and no more than names can be filled in.
_PLACE = re.compile(r"\{(\w+)\}")
# Messages come from a worker, too: a few templates in one another could be a sentence of gigabytes.
_LONGEST = 10_000
_DEEPEST = 12
_LARGEST_COUNT = 10**18

Value: TypeAlias = "Message | str | int"


def places(template: str) -> tuple[str, ...]:
    """The names of the values that a template asks for, in their order."""
    return tuple(_PLACE.findall(template))


def filled(template: str, values: Mapping[str, Value], write: Callable[[Value], str]) -> str:
    """The text of a template with the text that `write` gives of each value; as it is without any values."""
    return _PLACE.sub(lambda place: write(values[place[1]]), template) if values else template


@dataclass(frozen=True, slots=True)
class Message:
    """An English sentence, or a part of one, with what it was made from; equal is what says the same.

    Text that is not the program's own, such as a name or a number, is a message without values; it stays
    as it is in every language unless a catalog has it. With a `plural`, the template for any `count` but 1,
    one of the values is `count`.

    Raises:
        KeyError: There are values, but not one for each place.
    """

    template: str = field(compare=False)
    values: Mapping[str, Value] = field(default_factory=dict, compare=False)
    plural: str = field(default="", compare=False)
    text: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        chosen = self.template if not self.plural or self.values["count"] == 1 else self.plural
        object.__setattr__(self, "text", filled(chosen, self.values, str))

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def data(self) -> dict[str, Any]:
        """The message as JSON has it: its English `text`, and where it has values what it was made from."""
        if not self.values:
            return {"text": self.text}
        values = {
            name: value.data() if isinstance(value, Message) else value for name, value in self.values.items()
        }
        plural = {"plural": self.plural} if self.plural else {}
        return {"text": self.text, "say": self.template, **plural, "with": values}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        written = core_schema.plain_serializer_function_ser_schema(cls.data)
        return core_schema.no_info_plain_validator_function(from_data, ref="Message", serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        # A value may be such an object again; pydantic knows no reference from a schema to itself.
        value = {"type": ["string", "integer", "object"]}
        return {
            "title": "Message",
            "description": "A sentence in English, and what another language is made from.",
            "type": "object",
            "properties": {
                "text": {"type": "string", "description": "The sentence in English."},
                "say": {
                    "type": "string",
                    "description": "The text with the names of the values in braces; left out without any.",
                },
                "plural": {"type": "string", "description": "The same for any `count` but 1."},
                "with": {"type": "object", "additionalProperties": value},
            },
            "required": ["text"],
            "additionalProperties": False,
        }


EMPTY = Message("")


def say(template: str, /, **values: Value) -> Message:
    """A sentence, or a part of one, that can be translated.

    The template is a literal, so that it is found for the catalogs; values stand in it as `{name}`.
    """
    return Message(template, values)


def say_counted(count: int, one: str, more: str, /, **values: Value) -> Message:
    """The same with a noun or verb that depends on a count, which stands as `{count}`."""
    return Message(one, {**values, "count": count}, more)


def verbatim(text: Message | str) -> Message:
    """A text that is not ours, such as a name or a number, where a message is asked for."""
    return text if isinstance(text, Message) else Message(text)


def joined(separator: str, parts: Iterable[Message | str]) -> Message:
    """Sentences or parts of them with something between them that is the same in every language."""
    present = [part for part in parts if part]
    if len(present) < 2:
        return verbatim(present[0]) if present else EMPTY
    named = {f"part{number}": part for number, part in enumerate(present, start=1)}
    return Message(separator.join(f"{{{name}}}" for name in named), named)


def together(*sentences: Message | None) -> Message:
    """Sentences one after the other; those that are empty are left out."""
    return joined(" ", filter(None, sentences))


def shortened(message: Message, longest: int) -> Message:
    """The message, or where it is too long the beginning of its English."""
    return message if len(message.text) <= longest else Message(message.text[:longest])


def from_data(data: Any, depth: int = 0) -> Message:
    """The message in data as JSON has it, see `Message.data`; a string is a text without values.

    What a message was made from is believed only if it gives the text; else the text stays English.

    Raises:
        ValueError: There is no text, or an absurdly long one.
    """
    if isinstance(data, Message):
        return data
    text = data.get("text") if isinstance(data, dict) else data
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ValueError(f"must be a sentence of at most {_LONGEST} characters")
    made = _made(data, depth) if isinstance(data, dict) else None
    return made if made is not None and made.text == text else Message(text)


def _made(data: Mapping[str, Any], depth: int) -> Message | None:
    """The message that the parts of this data make; None where they make none."""
    template, plural, given = data.get("say"), data.get("plural", ""), data.get("with")
    if not (isinstance(template, str) and isinstance(plural, str) and isinstance(given, dict)):
        return None
    if depth > _DEEPEST:
        return None
    values: dict[str, Value] = {}
    for name, value in given.items():
        if isinstance(value, str) or (isinstance(value, int) and abs(value) < _LARGEST_COUNT):
            values[name] = value
        else:
            try:
                values[name] = from_data(value, depth + 1)
            except ValueError:
                return None
    named = places(template + plural)
    counted = not plural or isinstance(values.get("count"), int)
    if not counted or any(name not in values for name in named):
        return None
    if len(template) + len(plural) + sum(len(str(values[name])) for name in named) > _LONGEST:
        return None
    return Message(template, values, plural)
