"""The mistakes in how items are put together: their checks, their ids, and what they require."""

from collections.abc import Iterator, Mapping
from typing import Any

from grader.checks import kinds, load
from grader.rubric import Files
from grader.rubric.document import Document, Place
from grader.rubric.form import ItemForm
from grader.rubric.mistakes import Mistake
from grader.rubric.wording import name, names, nearest


def item_mistakes(document: Document) -> Iterator[Mistake]:
    """A mistake for each item without exactly one known check, and for each id that is taken or unknown."""
    items = document.content.get("items")
    earlier: dict[str, int] = {}
    own_ids = [_id(item) for item in items] if isinstance(items, tuple) else []
    for number, own_id in enumerate(own_ids):
        place, item = ("items", number), document.content["items"][number]
        if not isinstance(item, Mapping):
            continue
        yield from _check_mistakes(item, place, document)
        yield from _requirement_mistakes(item, place, document, earlier, own_ids)
        yield from _part_mistakes(item, place, document)
        if own_id in earlier:
            message = (
                f"The id {name(own_id)} must be of one item. Received: a second one; the first is on line"
            )
            hint = "Give one of the items an `id` of its own."
            yield Mistake(document.line((*place, "id")), f"{message} {earlier[own_id]}", hint)
        elif own_id:
            earlier[own_id] = document.line(place)


def _check_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    checks = [key for key in item if key in kinds()]
    unknown = [key for key in item if key not in kinds() and key not in ItemForm.model_fields]
    # Without a known check, the first unknown key that is not nearly one of the others is meant as the check.
    meant = None if checks else next((key for key in unknown if not _is_nearly_a_field(key)), None)
    if len(checks) != 1 and meant is None:
        received = names(checks) if checks else "none"
        yield Mistake(
            document.line(place), f"An item must have one check. Received: {received}", _which_checks(checks)
        )
    for key in unknown:
        line = document.line((*place, key))
        if key == meant:
            yield Mistake(line, f"Unknown check {name(key)}; {nearest(key, kinds(), 'the checks are')}")
        elif owners := [kind for kind in checks if key in load(kind).model_fields]:
            yield Mistake(
                line, f"The key {name(key)} is a parameter of {name(owners[0])}; indent it below that."
            )
        else:
            allowed = [*ItemForm.model_fields, *([] if checks else kinds())]
            rest = nearest(key, allowed, "beside its check, an item has the keys")
            yield Mistake(line, f"Unknown key {name(key)}; {rest}")


def _requirement_mistakes(
    item: Mapping[str, Any], place: Place, document: Document, earlier: Mapping[str, int], own_ids: list[str]
) -> Iterator[Mistake]:
    required = item.get("requires")
    listed = "the earlier items are" if earlier else "no item comes before this one"
    for number, wanted in enumerate(required if isinstance(required, tuple) else ()):
        if not isinstance(wanted, str) or wanted in earlier:
            continue
        line = document.line((*place, "requires", number))
        if wanted in own_ids:
            message = (
                f"`requires` must name earlier items. Received: {name(wanted)}, which does not come before"
            )
            yield Mistake(line, message)
        else:
            rest = nearest(wanted, earlier, listed)
            yield Mistake(line, f"Unknown item {name(wanted)} in `requires`; {rest}")


def _part_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    """A mistake for each check of a file that is looked for only where the rubric has patterns for it."""
    files = document.content.get("files")
    given = files if isinstance(files, Mapping) else {}
    unasked = [
        part for part, field in Files.model_fields.items() if not field.default and not given.get(part)
    ]
    for kind in (key for key in item if key in kinds()):
        for part in (part for part in unasked if part in load(kind).needs()):
            yield Mistake(
                document.line((*place, kind)),
                f"{name(kind)} must have patterns for the {part} in `files`. Received: none",
                f'Add a line such as `{part}: ["*.png"]` below `files`.',
            )


def _id(item: Any) -> str:
    if not isinstance(item, Mapping):
        return ""
    written = item.get("id")
    if isinstance(written, str):
        return written
    unknown = [key for key in item if key not in ItemForm.model_fields]
    return next((key for key in unknown if key in kinds()), unknown[0] if unknown else "")


def _is_nearly_a_field(key: str) -> bool:
    return nearest(key, ItemForm.model_fields, "").startswith("did you mean")


def _which_checks(checks: list[str]) -> str:
    return "Make an item of each check." if checks else "`grader checks` lists the checks."
