"""From a YAML file to a rubric, or to the list of what must be corrected; and the JSON Schema of the file.

The form in which a teacher writes is a pydantic model made from the kinds of checks: the parts of the plan
stand at the top, and the kind of check is a key of the item.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from grader.checks import Check, kinds, load
from grader.evidence.answers import Answers
from grader.evidence.frozen import Frozen
from grader.evidence.model import OF_PYTORCH, Model
from grader.exercises import exercise
from grader.exercises.exercise import Exercise
from grader.exercises.handed_out import ANSWERS
from grader.messages.english import names, nearest
from grader.messages.languages import Language, of_environment
from grader.messages.wording import quoted
from grader.rubric import SHIPPED_DATA, Id, Item, ItemKeys, Plan, Rubric, RubricKeys
from grader.rubric.document import Document, Mistake, read_document, refusal
from grader.rubric.fields import field_mistakes
from grader.rubric.items import item_mistakes, number_mistakes, task_mistakes
from grader.rubric.labels import read_labels
from grader.rubric.lookup import find_calibration, find_rubric
from grader.rubric.starter import cell_mistakes, read_starter

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _asking_for_one(
    kinds_of: Callable[[], Mapping[str, type[BaseModel]]],
) -> Callable[[dict[str, Any]], None]:
    """Adds to a JSON Schema that one of these kinds is a key; what is null there has defaults."""

    def ask(schema: dict[str, Any]) -> None:
        for kind, own in kinds_of().items():
            reference = {"$ref": schema["properties"][kind]["$ref"]}
            wanted = any(parameter.is_required() for parameter in own.model_fields.values())
            schema["properties"][kind] = reference if wanted else {"anyOf": [reference, {"type": "null"}]}
        schema["oneOf"] = [{"required": [kind]} for kind in kinds_of()]

    return ask


def _checks() -> Mapping[str, type[Check]]:
    return {kind: load(kind) for kind in kinds()}


class ItemForm(ItemKeys):
    """An item of the rubric: one check, by its name, with its parameters, and what it is worth."""

    model_config = ConfigDict(json_schema_extra=_asking_for_one(_checks))

    def item(self) -> Item:
        """The item as data."""
        check: Check = next(filter(None, (getattr(self, kind) for kind in kinds())))
        keys = {key: getattr(self, key) for key in ItemKeys.model_fields}
        return Item(**{**keys, "id": self.id or check.kind()}, check=check)


class ExerciseForm(Frozen):
    """An exercise: one kind, by its name, with its parameters."""

    model_config = ConfigDict(json_schema_extra=_asking_for_one(exercise.kinds))

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"must have one kind of exercise: {names(exercise.kinds(), 'or')}")
        return self

    def exercise(self) -> Exercise:
        """The exercise as data."""
        (kind,) = self.model_fields_set
        found: Exercise = getattr(self, kind)
        return found


class RubricForm(Plan, RubricKeys):
    """A rubric of the grader: what is measured and what earns points."""

    exercises: Annotated[dict[Id, ExerciseForm], Field(max_length=50)] = Field(
        default={},
        description="What students compute with functions of their own, each with a name: one kind of "
        "exercise with its parameters. `answers_match` checks the answers.",
        json_schema_extra={"additionalProperties": False},
    )
    items: Annotated[tuple[ItemForm, ...], Field(min_length=1, max_length=200)] = Field(
        description="What earns points, in the order of the report."
    )

    def rubric(self, name: str) -> Rubric:
        """The rubric as data."""
        plan = Plan(**{part: getattr(self, part) for part in Plan.model_fields})
        if self.exercises and not getattr(plan.files, part := Answers.part_name()):
            plan = plan.model_copy(update={"files": plan.files.model_copy(update={part: (ANSWERS,)})})
        if self.network and (part := Model.part_name()) not in plan.files.model_fields_set:
            plan = plan.model_copy(update={"files": plan.files.model_copy(update={part: OF_PYTORCH})})
        asked = (getattr(form.item().check, "metric", None) for form in self.items)
        metrics = tuple(dict.fromkeys((*plan.metrics, *filter(None, asked))))
        plan = plan.model_copy(update={"metrics": metrics})
        return Rubric(
            name=name,
            plan=plan.model_copy(update={"runs": {name: plan.whole(run) for name, run in self.runs.items()}}),
            exercises={own: form.exercise() for own, form in self.exercises.items()},
            items=tuple(form.item() for form in self.items),
            **{key: getattr(self, key) for key in RubricKeys.model_fields},
        )


@cache
def rubric_form() -> type[RubricForm]:
    """The model of the YAML, with every kind of check as an optional key of an item."""
    nothing_is_defaults = BeforeValidator(lambda value: {} if value is None else value)

    def keys(kinds_of: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
        return {kind: (Annotated[own, nothing_is_defaults], None) for kind, own in kinds_of.items()}

    item: type[BaseModel] = create_model(
        "Item", __base__=ItemForm, __doc__=ItemForm.__doc__, **keys(_checks())
    )
    asked: type[BaseModel] = create_model(
        "Exercise", __base__=ExerciseForm, __doc__=ExerciseForm.__doc__, **keys(exercise.kinds())
    )
    parts: dict[str, Any] = {
        "items": (tuple[item, ...], RubricForm.model_fields["items"]),
        "exercises": (dict[Id, asked], RubricForm.model_fields["exercises"]),
    }
    return create_model("Rubric", __base__=RubricForm, __doc__=RubricForm.__doc__, **parts)


@cache
def rubric_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the YAML, for an editor that completes and checks it."""
    return {"$schema": DIALECT, **rubric_form().model_json_schema()}


def load_rubric(source: Path) -> Rubric:
    """Read and check a rubric.

    A data set that lies beside the rubric comes back as an absolute path. A calibration comes with it,
    from beside the rubric or from a rubric that ships, if it was made for the same plan.
    What cannot be used raises `RubricError`, with a line for each mistake that ends with `(file:line)`.
    """
    document = read_document(source)
    starter, unread_starter = read_starter(document, source)
    labels, unread_labels = read_labels(document, source)
    found = [
        *item_mistakes(document),
        *_network_mistakes(document),
        *_data_mistakes(document, source),
        *unread_starter,
        *unread_labels,
        *(number_mistakes(document) if labels and not labels.are_numbers else ()),
    ]
    form: RubricForm | None = None
    try:
        form = rubric_form().model_validate(document.content)
    except ValidationError as error:
        found += field_mistakes(error, document, rubric_schema())
    # What could not be read at all has its mistake already; what follows from that is no second one.
    unread = {mistake.line for mistake in document.mistakes}
    mistakes = [*document.mistakes, *(mistake for mistake in found if mistake.line not in unread)]
    if mistakes or form is None:
        raise refusal(document.file, mistakes or found)
    rubric = form.rubric(source.stem)
    if mistakes := [*task_mistakes(rubric, document), *cell_mistakes(rubric, document, starter)]:
        raise refusal(document.file, mistakes)
    plan = rubric.plan
    calibration = find_calibration(source, plan)
    of_runs = {run: find_calibration(source, plan.of(run), run) for run in plan.runs if plan.runs[run].rerun}
    if plan.data not in SHIPPED_DATA:
        plan = plan.model_copy(update={"data": str(source.absolute().parent / plan.data)})
    measured = {run: found for run, found in of_runs.items() if found}
    known: dict[str, Any] = {"plan": plan, "calibration": calibration, "calibrations": measured}
    known |= {"sha256": document.sha256, "starter_cells": starter, "true_labels": labels}
    return rubric.model_copy(update=known)


def rubric_for(name_or_path: str, language: Language | None) -> Rubric:
    """The rubric that `find_rubric` finds, in the language asked for, else its own, else the machine's."""
    rubric = load_rubric(find_rubric(name_or_path))
    return rubric.model_copy(update={"language": language or rubric.language or of_environment(os.environ)})


def _data_mistakes(document: Document, source: Path) -> Iterator[Mistake]:
    data = document.content.get("data", SHIPPED_DATA[0])
    if not isinstance(data, str) or data in SHIPPED_DATA:
        return
    if not data.endswith(".npz"):
        rest = nearest(data, SHIPPED_DATA, "a data set is the path of an `.npz` file, or one that ships:")
        yield document.mistake(("data",), f"Unknown data set {quoted(data)}; {rest}")
    # Unlike `Path.is_file`, it takes a name that is too long for any file.
    elif not os.path.isfile(source.absolute().parent / data):  # noqa: PTH113
        hint = "A relative path starts at the rubric's folder."
        yield document.mistake(("data",), f"The data set {quoted(data)} does not exist", hint)


def _network_mistakes(document: Document) -> Iterator[Mistake]:
    """A network over images of whose shape nothing is said."""
    written = document.content.get("network")
    layers = written if isinstance(written, tuple) else ()
    kinds_of = [next(iter(layer), "") if isinstance(layer, dict) else layer for layer in layers]
    is_own = document.content.get("data", SHIPPED_DATA[0]) not in SHIPPED_DATA
    if is_own and "conv" in kinds_of and kinds_of[0] != "input":
        message = "`network` must begin with the shape of an image, as in `input: {shape: [32, 32, 3]}`"
        yield document.mistake(("network",), message)
