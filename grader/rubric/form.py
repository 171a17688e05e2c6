"""The rubric as the teacher writes it: a pydantic model made from the kinds of checks, and its JSON Schema.

In YAML the parts of the plan stand at the top, and the kind of check is a key of the item.
"""

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from grader.checks import Check, kinds, load
from grader.rubric import Item, ItemKeys, Plan, Rubric, RubricKeys

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _ask_for_one_kind(schema: dict[str, Any]) -> None:
    for kind in kinds():
        reference = {"$ref": schema["properties"][kind]["$ref"]}
        wanted = any(parameter.is_required() for parameter in load(kind).model_fields.values())
        schema["properties"][kind] = reference if wanted else {"anyOf": [reference, {"type": "null"}]}
    schema["oneOf"] = [{"required": [kind]} for kind in kinds()]


class ItemForm(ItemKeys):
    """An item of the rubric: one check, by its name, with its parameters, and what it is worth."""

    model_config = ConfigDict(json_schema_extra=_ask_for_one_kind)

    def item(self) -> Item:
        """The item as data."""
        check: Check = next(filter(None, (getattr(self, kind) for kind in kinds())))
        keys = {key: getattr(self, key) for key in ItemKeys.model_fields}
        return Item(**{**keys, "id": self.id or check.kind()}, check=check)


class RubricForm(Plan, RubricKeys):
    """A rubric of the grader: what is measured and what earns points."""

    items: Annotated[tuple[ItemForm, ...], Field(min_length=1, max_length=200)] = Field(
        description="What earns points, in the order of the report."
    )

    def rubric(self, name: str) -> Rubric:
        """The rubric as data."""
        return Rubric(
            name=name,
            plan=Plan(**{part: getattr(self, part) for part in Plan.model_fields}),
            items=tuple(form.item() for form in self.items),
            **{key: getattr(self, key) for key in RubricKeys.model_fields},
        )


@cache
def rubric_form() -> type[RubricForm]:
    """The model of the YAML, with every kind of check as an optional key of an item."""
    fields: dict[str, Any] = {
        kind: (Annotated[load(kind), BeforeValidator(_nothing_is_defaults)], None) for kind in kinds()
    }
    item: type[BaseModel] = create_model("Item", __base__=ItemForm, __doc__=ItemForm.__doc__, **fields)
    items: dict[str, Any] = {"items": (tuple[item, ...], RubricForm.model_fields["items"])}
    return create_model("Rubric", __base__=RubricForm, __doc__=RubricForm.__doc__, **items)


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the YAML, for an editor that completes and checks it."""
    return {"$schema": DIALECT, **rubric_form().model_json_schema()}


def _nothing_is_defaults(value: Any) -> Any:
    return {} if value is None else value
