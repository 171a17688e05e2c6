"""The mistakes in how items are put together: their checks, their ids, and what they require."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from grader.checks import LABELS, ComparesRuns, kinds, load
from grader.evidence.answers import Answers
from grader.evidence.part import wanted as wanted_files
from grader.evidence.values import METRICS_OF
from grader.messages.english import names, nearest
from grader.messages.message import places
from grader.messages.wording import quoted
from grader.rubric import Files, ItemKeys, Rubric
from grader.rubric.document import Document, Mistake, Place

_NO_RUNS = "Name the trainings that a submission holds in `runs`, as in `runs: {unclipped: {}, clipped: {}}`."


def item_mistakes(document: Document) -> Iterator[Mistake]:
    """A mistake for each item without exactly one known check, and for each id that is taken or unknown."""
    items = document.content.get("items")
    entries = enumerate(items if isinstance(items, tuple) else ())
    placed: list[tuple[Place, Mapping[str, Any]]] = [
        (("items", number), item) for number, item in entries if isinstance(item, Mapping)
    ]
    every = {own_id for _, item in placed for own_id in _ids(item)}
    earlier: dict[str, int] = {}
    for place, item in placed:
        yield from _check_mistakes(item, place, document)
        yield from _part_mistakes(item, place, document)
        yield from _run_mistakes(item, place, document)
        yield from _title_mistakes(item, place, document)
        yield from _exercise_mistakes(item, place, document)
        required = item.get("requires")
        for number, wanted in enumerate(required if isinstance(required, tuple) else ()):
            # What is no text is a mistake of its field.
            if isinstance(wanted, str) and wanted not in earlier:
                message = _not_earlier(wanted, earlier, every)
                yield document.mistake((*place, "requires", number), message)
        for own_id in _ids(item):
            if own_id in earlier:
                message = f"Duplicate id {quoted(own_id)}; the first is on line {earlier[own_id]}"
                hint = "Give one of the items an `id` of its own."
                yield document.mistake((*place, "id"), message, hint)
            else:
                earlier[own_id] = document.lines[place]


def task_mistakes(rubric: Rubric, document: Document) -> Iterator[Mistake]:
    """A mistake for each item that asks for what the rubric's task does not have."""
    task = rubric.plan.task
    known = f"Its metrics are {names(METRICS_OF[task])}."
    for number, item in enumerate(rubric.items):
        kind, metric = item.check.kind(), getattr(item.check, "metric", None)
        if item.check.needs_accuracy and task == "regression":
            message = f"{quoted(kind)} is about an accuracy, which `task: regression` does not have"
            hint = "Ask for `model_metric: {metric: rmse, at_most: ...}` in its place."
            yield document.mistake(("items", number, kind), message, hint)
        elif metric and metric not in METRICS_OF[task]:
            message = f"{quoted(metric)} is no metric of `task: {task}`"
            yield document.mistake(("items", number, kind, "metric"), message, known)
    for metric in rubric.plan.metrics:
        if metric not in METRICS_OF[task] and metric in document.content.get("metrics", ()):
            yield document.mistake(("metrics",), f"{quoted(metric)} is no metric of `task: {task}`", known)


def _check_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    checks = [key for key in item if key in kinds()]
    unknown = [key for key in item if key not in kinds() and key not in ItemKeys.model_fields]
    # Without a known check, the first unknown key that is not nearly one of the others is meant as the check.
    fields = list(ItemKeys.model_fields)
    strange = (key for key in unknown if not get_close_matches(key.lower(), fields, n=1))
    meant = None if checks else next(strange, None)
    if len(checks) != 1 and meant is None:
        message = f"An item must have one check. Received: {names(checks)}"
        apart = "Make an item of each check, with a `-` before it."
        yield document.mistake(place, message, apart if checks else "`grader checks` lists the checks.")
    for key in unknown:
        if key == meant:
            message = f"Unknown check {quoted(key)}; {nearest(key, kinds(), 'the checks are')}"
        elif owners := [kind for kind in checks if key in load(kind).model_fields]:
            message = f"The key {quoted(key)} is a parameter of {quoted(owners[0])}; indent it below that."
        else:
            allowed = fields if checks else [*fields, *kinds()]
            rest = nearest(key, allowed, "beside its check, an item has the keys")
            message = f"Unknown key {quoted(key)}; {rest}"
        yield document.mistake((*place, key), message)


def _not_earlier(wanted: str, earlier: Collection[str], every: Collection[str]) -> str:
    if wanted in every:
        return f"`requires` must name earlier items; {quoted(wanted)} is not one of them"
    otherwise = "the earlier items are" if earlier else "no item comes before this one"
    return f"Unknown item {quoted(wanted)} in `requires`; {nearest(wanted, earlier, otherwise)}"


def _part_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    """A mistake for each check of a file that is looked for only where the rubric has patterns for it."""
    files = document.content.get("files")
    given = files if isinstance(files, Mapping) else {}
    unasked = [
        part for part, field in Files.model_fields.items() if not field.default and not given.get(part)
    ]
    # They are looked for where there are exercises, which is asked below.
    unasked = [part for part in unasked if part != Answers.part_name()]
    for kind in (key for key in item if key in kinds()):
        if "replay" in load(kind).needs() and document.content.get("replay") is None:
            yield document.mistake(
                (*place, kind),
                f"{quoted(kind)} needs the rubric's `replay`",
                "Add `replay: {steps: 20, seed: per_student}` at the top level.",
            )
        if load(kind).compares_with_starter and not document.content.get("starter"):
            yield document.mistake(
                (*place, kind),
                f"{quoted(kind)} needs the notebook that you hand out",
                "Put it beside the rubric, and add `starter: starter.ipynb` at the top level.",
            )
        if LABELS in load(kind).needs() and not document.content.get("labels"):
            yield document.mistake(
                (*place, kind),
                f"{quoted(kind)} needs the true labels",
                "Put a CSV with the columns `id` and `label` beside the rubric, and add `labels: labels.csv` "
                "at the top level.",
            )
        for part in (part for part in unasked if part in load(kind).needs()):
            example = next(iter(wanted_files()[part].others), "*.png")
            yield document.mistake(
                (*place, kind),
                f"{quoted(kind)} needs patterns for the {part} in `files`",
                f'Add a line such as `{part}: ["{example}"]` below `files`.',
            )


def number_mistakes(document: Document) -> Iterator[Mistake]:
    """A mistake for each check of numbers, where the labels are classes."""
    items = document.content.get("items")
    for number, item in enumerate(items if isinstance(items, tuple) else ()):
        for kind in (key for key in item if key in kinds()) if isinstance(item, Mapping) else ():
            if load(kind).compares_numbers:
                yield document.mistake(
                    ("items", number, kind), f"{quoted(kind)} needs labels that are all numbers"
                )


def _run_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    """A mistake for each run that is named and not known, or not named where a check needs one."""
    given = document.content.get("runs")
    runs = list(given) if isinstance(given, Mapping) else []
    named: list[tuple[Place, object]] = [((*place, "run"), item["run"])] if item.get("run") else []
    for kind in (key for key in item if key in kinds()):
        check, parameters = load(kind), item[kind]
        if issubclass(check, ComparesRuns) and isinstance(parameters, Mapping) and "than" in parameters:
            named.append(((*place, kind, "than"), parameters["than"]))
            if parameters["than"] == item.get("run"):
                yield document.mistake((*place, kind, "than"), "`than` must name another run than `run`")
        if not named and (issubclass(check, ComparesRuns) or (runs and check.is_of_a_run())):
            message = f"An item with {quoted(kind)} must name its `run`"
            yield document.mistake(place, message, f"The runs are {names(runs)}." if runs else _NO_RUNS)
    for where, name in named:
        if isinstance(name, str) and name not in runs:
            message = f"Unknown run {quoted(name)}; {nearest(name, runs, 'the runs are')}"
            yield document.mistake(
                where, message if runs else f"Unknown run {quoted(name)}", "" if runs else _NO_RUNS
            )


def _exercise_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    """A mistake for each check of answers to an exercise that the rubric does not have."""
    written = document.content.get("exercises")
    known = written if isinstance(written, Mapping) else {}
    for kind in (key for key in item if key in kinds() and "exercise" in load(key).model_fields):
        own = item[kind].get("exercise") if isinstance(item[kind], Mapping) else None
        if isinstance(own, str) and own not in known:
            rest = nearest(
                own, known, "the rubric's `exercises` are" if known else "the rubric has no `exercises`"
            )
            yield document.mistake((*place, kind, "exercise"), f"Unknown exercise {quoted(own)}; {rest}")


def _title_mistakes(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Mistake]:
    """A mistake for each name in braces in a title that is no parameter of the item's check."""
    title = item.get("title")
    known = [name for kind in item if kind in kinds() for name in load(kind).model_fields]
    for name in places(title) if isinstance(title, str) and known else ():
        if name not in known:
            rest = nearest(name, known, "the parameters are")
            yield document.mistake(
                (*place, "title"), f"Unknown parameter {quoted(name)} in the title; {rest}"
            )


def _ids(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The id of an item: its own, else its check; several where it is not plain which check that is."""
    if isinstance(written := item.get("id"), str) and written:
        return (written,)
    unknown = [key for key in item if key not in ItemKeys.model_fields]
    checks = tuple(key for key in unknown if key in kinds())
    return checks or tuple(
        nearest for key in unknown[:1] for nearest in get_close_matches(key, kinds(), n=1) or [key]
    )
