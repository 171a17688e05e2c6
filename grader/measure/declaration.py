"""Reads `submission.yaml`: the student's name and id, and what the norm column of the log means."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from grader.errors import SubmissionError
from grader.evidence import Declaration, DeclaredRun
from grader.evidence.part import kinds, wanted
from grader.evidence.values import LONGEST_TEXT
from grader.messages.message import Message, say
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted

_FORM = say(
    'Write it as `name: Your Name`, `id: "12345"` and, if needed, `norm: {column: grad_norm, '
    "scope: global, stage: after}`, `model: model.keras` or `log: training_log.csv`."
)
_RUNS = say(
    "Name the file of each run, as in `runs: {clipped: {log: a.csv}}`, or its name in a log of several runs, "
    "as in `runs: {clipped: {log: both.csv, group: with}}`."
)
_MOST_RUNS = 20
_CHOICES = {"scope": ("variable", "global"), "stage": ("before", "after")}
_LEFT_OUT = (None, "", "~", "null")
# A complete declaration has 19 events; a file with far more is something else, or made to take long.
_MOST_EVENTS = 500


def read_declaration(content: bytes) -> Declaration:
    """Read `submission.yaml`; refused if it is not YAML, or has a key or value that is not known."""
    whole = _with_keys("`submission.yaml`", _parse(content), "name", "id", "norm", "run", "runs", *wanted())
    norm = _with_keys(say("`norm` in `submission.yaml`"), _written(whole, "norm"), "column", "scope", "stage")
    return Declaration(
        name=_text("name", whole.get("name")),
        id=_text("id", whole.get("id")),
        norm_column=_text("column", norm.get("column")),
        norm_scope=_choice("scope", norm.get("scope")),
        norm_stage=_choice("stage", norm.get("stage")),
        files={part: name for part in wanted() if (name := _text(part, whole.get(part)))},
        run=_text("run", whole.get("run")),
        runs=_runs(_written(whole, "runs")),
    )


def _written(whole: Mapping[str, Any], key: str) -> Any:
    """The value of a key that is a mapping, empty where it is left out."""
    return {} if whole.get(key) in _LEFT_OUT else whole[key]


def _runs(written: Any) -> dict[str, DeclaredRun]:
    """The files of each run, and its name in a log of several."""
    if not isinstance(written, dict) or not all(isinstance(name, str) for name in written):
        raise SubmissionError(
            say("`runs` in `submission.yaml` must have the name of each run as a key."), _RUNS
        )
    parts, found = [name for name in wanted() if kinds()[name].per_run], {}
    for run in list(written)[:_MOST_RUNS]:
        name = plain(run, LONGEST_TEXT)
        what = say("`{run}` in `submission.yaml`", run=name)
        keys = _with_keys(what, _written(written, run), *parts, "group", advice=_RUNS)
        files = {part: file for part in parts if (file := _text(part, keys.get(part)))}
        found[name] = DeclaredRun(files=files, group=_text("group", keys.get("group")))
    return found


def _with_keys(what: Message | str, value: Any, *keys: str, advice: Message = _FORM) -> dict[Any, Any]:
    """The value, if it has only these keys."""
    asked = listed([f"`{key}`" for key in keys])
    if not isinstance(value, dict):
        raise SubmissionError(
            say("{what} must have the keys {keys}; it has none.", what=what, keys=asked), advice
        )
    for key in value:
        if key not in keys:
            sentence = say(
                "{what} may have the keys {keys}. Received: {unknown}.",
                what=what,
                keys=asked,
                unknown=quoted(str(key)),
            )
            raise SubmissionError(sentence, advice)
    return value


def _parse(content: bytes) -> Any:
    """The document with every scalar as the text that it is: an id of 0012 stays so, and Null is a name."""
    try:
        text = content.decode("utf-8-sig")
        events = list(islice(YAML(typ="base", pure=True).parse(text), _MOST_EVENTS + 1))
        if len(events) <= _MOST_EVENTS and not any(isinstance(event, AliasEvent) for event in events):
            return YAML(typ="base", pure=True).load(text)
    # A list of nothing as a key is no YAMLError in the library, but a TypeError.
    except (YAMLError, ValueError, TypeError, RecursionError):
        pass
    raise SubmissionError(say("`submission.yaml` cannot be read; it must be plain YAML in UTF-8."), _FORM)


def _text(key: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise SubmissionError(say("`{key}` in `submission.yaml` must be text.", key=key), _FORM)
    return plain(value, LONGEST_TEXT)


def _choice(key: str, value: Any) -> Any:
    if value in _LEFT_OUT:
        return None
    if value in _CHOICES[key]:
        return value
    first, second = _CHOICES[key]
    sentence = say(
        "`{key}` in `submission.yaml` must be `{first}` or `{second}`. Received: {value}.",
        key=key,
        first=first,
        second=second,
        value=quoted(str(value)),
    )
    raise SubmissionError(sentence, _FORM)
