"""Data whose sentences stand in English in JSON, with what they were made from beside them.

So whoever reads the JSON finds plain strings, and it is read without looking into any template.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core.core_schema import SerializationInfo

from grader.frozen import Frozen
from grader.messages.phrase import KeptPhrase, Phrase


class Translatable(Frozen):
    """Such data.

    Attributes:
        phrases: in JSON only: the parts of each phrase (see `Phrase.parts`), by its place such as
            `items/0/message`.
    """

    phrases: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _in_english(self, write: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        if info.mode == "json":
            phrases: dict[str, Any] = {}
            _put_aside(self, data, "", phrases)
            # Last, for a person has no use for them.
            del data["phrases"]
            data["phrases"] = phrases
        return data

    @model_validator(mode="after")
    def _with_phrases(self) -> Self:
        if not self.phrases:
            return self
        whole: Self = with_phrases(self, self.phrases)
        return whole.model_copy(update={"phrases": {}})


def _put_aside(value: Any, data: Any, place: str, phrases: dict[str, Any]) -> None:
    """Put the parts of each phrase in a value into `phrases`, and its English into the data of the value."""
    named = vars(value) if isinstance(value, BaseModel) else value
    for step, part in enumerate(named) if isinstance(named, tuple) else named.items():
        if isinstance(part, Phrase):
            phrases[f"{place}{step}"] = part.parts()
            data[step] = str(part)
        elif isinstance(part, (BaseModel, tuple, dict)):
            _put_aside(part, data[step], f"{place}{step}/", phrases)


def with_phrases(value: Any, phrases: Mapping[str, dict[str, Any]]) -> Any:
    """The value with a phrase for each sentence in one of these places; a place that has none stays.

    Args:
        value: models, tuples and mappings in one another, or data as JSON has it.
        phrases: their parts by their place.
    """
    if isinstance(value, str):
        return KeptPhrase(value, phrases[""]) if "" in phrases else value
    below: dict[str, dict[str, Any]] = {}
    for place, parts in phrases.items():
        step, _, rest = place.partition("/")
        below.setdefault(step, {})[rest] = parts
    if isinstance(value, (tuple, list)):
        steps = [below.get(str(position)) for position in range(len(value))]
        return type(value)(
            part if inner is None else with_phrases(part, inner)
            for inner, part in zip(steps, value, strict=True)
        )
    named = vars(value) if isinstance(value, BaseModel) else value
    if not isinstance(named, dict):
        return value
    changed = {step: with_phrases(named[step], inner) for step, inner in below.items() if step in named}
    return value.model_copy(update=changed) if isinstance(value, BaseModel) else {**value, **changed}
