"""The rubric as the teacher writes it: a pydantic model made from the kinds of checks, and its JSON Schema.

In YAML the parts of the plan stand at the top, and the kind of check is a key of the item.
"""

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from grader.checks import Check, kinds, load
from grader.frozen import Frozen
from grader.messages.languages import Language
from grader.rubric import Hint, Id, InDoubt, Item, OnLikeness, Plan, Points, Rubric, Share, Title

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _ask_for_one_kind(schema: dict[str, Any]) -> None:
    for kind in kinds():
        reference = {"$ref": schema["properties"][kind]["$ref"]}
        wanted = any(parameter.is_required() for parameter in load(kind).model_fields.values())
        schema["properties"][kind] = reference if wanted else {"anyOf": [reference, {"type": "null"}]}
    schema["oneOf"] = [{"required": [kind]} for kind in kinds()]


class ItemForm(Frozen):
    """An item of the rubric: one check, by its name, with its parameters, and what it is worth."""

    model_config = ConfigDict(json_schema_extra=_ask_for_one_kind)

    title: Title = Field(description="What the item asks for, as it stands in the report.")
    points: Points = Field(description="What the item earns; 0 for an item that only informs.")
    id: Id = Field(
        default="",
        description="The item's name in `requires` and in `grades.csv`; the check's name if left out.",
    )
    requires: tuple[str, ...] = Field(
        default=(), description="The ids of earlier items that must pass, or this one is skipped."
    )
    hint: Hint = Field(default="", description="What the student reads when the item does not pass.")
    in_doubt: InDoubt = Field(
        default="review",
        description="Where the evidence contradicts itself: `review` leaves the item to a teacher, "
        "`failed` fails it, `note` lets it pass and says so in the report.",
    )

    def item(self) -> Item:
        """The item as data."""
        check: Check = next(filter(None, (getattr(self, kind) for kind in kinds())))
        return Item(
            id=self.id or check.kind(),
            title=self.title,
            points=self.points,
            requires=self.requires,
            hint=self.hint,
            in_doubt=self.in_doubt,
            check=check,
        )


class RubricForm(Plan):
    """A rubric of the grader: what is measured and what earns points."""

    version: Literal[1] = Field(description="The version of this form of rubric: 1.")
    title: Title = Field(description="The name of the assignment, as it stands in the report.")
    pass_at: Share = Field(default=1.0, description="The share of the points that passes: 1 asks for all.")
    likeness: OnLikeness = Field(
        default="review",
        description="Submissions of a folder with equal or nearly equal models or logs: `review` asks "
        "a teacher to look, `note` only names them, `off` does not compare. "
        "Choose `note` where the course fixes the seed.",
    )
    language: Language | None = Field(
        default=None,
        description="The language of the reports: `en`, `es` or `ko`; where it is left out, that of the "
        "machine that grades. Titles and hints stay as they are written here.",
    )
    items: Annotated[tuple[ItemForm, ...], Field(min_length=1, max_length=200)] = Field(
        description="What earns points, in the order of the report."
    )

    def rubric(self, rubric_name: str) -> Rubric:
        """The rubric as data."""
        return Rubric(
            version=self.version,
            name=rubric_name,
            title=self.title,
            plan=Plan(**{part: getattr(self, part) for part in Plan.model_fields}),
            pass_at=self.pass_at,
            likeness=self.likeness,
            language=self.language,
            items=tuple(form.item() for form in self.items),
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
