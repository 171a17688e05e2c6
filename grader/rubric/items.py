"""The mistakes in how items are put together: their checks, their ids, and what they require."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from grader.checks import kinds, load
from grader.messages.english import names, nearest
from grader.messages.wording import quoted
from grader.rubric import Files, ItemKeys
from grader.rubric.document import Document, Mistake, Place


def item_mistakes(document: Document) -> Iterator[Mistake]:
    """A mistake for each item without exactly one known check, and for each id that is taken or unknown."""
    items = document.content.get("items")
    own_ids = [_ids(item) for item in items] if isinstance(items, tuple) else []
    every = frozenset(own_id for ids in own_ids for own_id in ids)
    earlier: dict[str, int] = {}
    for number, ids in enumerate(own_ids):
        place, item = ("items", number), document.content["items"][number]
        if not isinstance(item, Mapping):
            continue
        yield from _check_mistakes(item, place, document)
        yield from _requirement_mistakes(item, place, document, earlier, every)
        yield from _part_mistakes(item, place, document)
        for own_id in ids:
            if own_id in earlier:
                message = f"Duplicate id {quoted(own_id)}; the first is on line {earlier[own_id]}"
                hint = "Give one of the items an `id` of its own."
                yield Mistake(document.line((*place, "id")), message, hint)
            else:
                earlier[own_id] = document.line(place)


def _check_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    checks = [key for key in item if key in kinds()]
    unknown = [key for key in item if key not in kinds() and key not in ItemKeys.model_fields]
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
            yield Mistake(line, f"Unknown check {quoted(key)}; {nearest(key, kinds(), 'the checks are')}")
        elif owners := [kind for kind in checks if key in load(kind).model_fields]:
            yield Mistake(
                line, f"The key {quoted(key)} is a parameter of {quoted(owners[0])}; indent it below that."
            )
        else:
            allowed = [*ItemKeys.model_fields, *([] if checks else kinds())]
            rest = nearest(key, allowed, "beside its check, an item has the keys")
            yield Mistake(line, f"Unknown key {quoted(key)}; {rest}")


def _requirement_mistakes(
    item: Mapping[str, Any],
    place: Place,
    document: Document,
    earlier: Mapping[str, int],
    every: frozenset[str],
) -> Iterator[Mistake]:
    required = item.get("requires")
    listed = "the earlier items are" if earlier else "no item comes before this one"
    for number, wanted in enumerate(required if isinstance(required, tuple) else ()):
        if not isinstance(wanted, str) or wanted in earlier:
            continue
        line = document.line((*place, "requires", number))
        if wanted in every:
            yield Mistake(line, f"`requires` must name earlier items; {quoted(wanted)} is not one of them")
        else:
            rest = nearest(wanted, earlier, listed)
            yield Mistake(line, f"Unknown item {quoted(wanted)} in `requires`; {rest}")


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
                f"{quoted(kind)} needs patterns for the {part} in `files`",
                f'Add a line such as `{part}: ["*.png"]` below `files`.',
            )


def _ids(item: Any) -> tuple[str, ...]:
    """The id of an item: its own, else its check; several where it is not plain which check that is."""
    if not isinstance(item, Mapping):
        return ()
    if isinstance(written := item.get("id"), str) and written:
        return (written,)
    unknown = [key for key in item if key not in ItemKeys.model_fields]
    checks = tuple(key for key in unknown if key in kinds())
    return checks or tuple(
        nearest for key in unknown[:1] for nearest in get_close_matches(key, kinds(), n=1) or [key]
    )


def _is_nearly_a_field(key: str) -> bool:
    return nearest(key, ItemKeys.model_fields, "").startswith("did you mean")


def _which_checks(checks: list[str]) -> str:
    return (
        "Make an item of each check, with a `-` before it." if checks else "`grader checks` lists the checks."
    )
