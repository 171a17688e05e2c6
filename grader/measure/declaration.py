"""Reads `submission.yaml`: the student's name and id, and what the norm column of the log means."""

from itertools import islice
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.values import LONGEST_TEXT
from grader.messages.message import say
from grader.messages.safe_text import plain
from grader.messages.wording import quoted

_FORM = say(
    'Write it as `name: Your Name`, `id: "12345"` and, if needed, `norm: {column: grad_norm, '
    "scope: global, stage: after}`."
)
_CHOICES = {"scope": ("variable", "global"), "stage": ("before", "after")}
_LEFT_OUT = (None, "", "~", "null")
# A whole declaration has 19 events; what has so many more is something else, or made to take long.
_MOST_EVENTS = 500


def read_declaration(content: bytes) -> Declaration:
    """Read `submission.yaml`.

    Raises:
        SubmissionError: it is not YAML, or a key or a value is not one that can be understood.
    """
    parsed = _parse(content)
    if not isinstance(parsed, dict):
        raise SubmissionError(
            say("`submission.yaml` must have the keys `name`, `id` and `norm`; it has none."), _FORM
        )
    unknown = [key for key in parsed if key not in {"name", "id", "norm"}]
    if unknown:
        raise SubmissionError(
            say(
                "`submission.yaml` may have the keys `name`, `id` and `norm`. Received: {unknown}.",
                unknown=quoted(str(unknown[0])),
            ),
            _FORM,
        )
    norm = {} if parsed.get("norm") in _LEFT_OUT else parsed["norm"]
    if not isinstance(norm, dict):
        raise SubmissionError(
            say("`norm` in `submission.yaml` must have the keys `column`, `scope` and `stage`; it has none."),
            _FORM,
        )
    unknown = [key for key in norm if key not in {"column", "scope", "stage"}]
    if unknown:
        raise SubmissionError(
            say(
                "`norm` in `submission.yaml` may have the keys `column`, `scope` and `stage`. Received: "
                "{unknown}.",
                unknown=quoted(str(unknown[0])),
            ),
            _FORM,
        )
    return Declaration(
        name=_text("name", parsed.get("name")),
        id=_text("id", parsed.get("id")),
        norm_column=_text("column", norm.get("column")),
        norm_scope=_choice("scope", norm.get("scope")),
        norm_stage=_choice("stage", norm.get("stage")),
    )


def _parse(content: bytes) -> Any:
    """The document with every scalar as the text that it is: an id of 0012 stays so, and Null is a name."""
    try:
        text = content.decode("utf-8-sig")
        events = list(islice(_yaml().parse(text), _MOST_EVENTS + 1))
        if len(events) <= _MOST_EVENTS and not any(isinstance(event, AliasEvent) for event in events):
            return _yaml().load(text)
    except (YAMLError, ValueError, RecursionError):
        pass
    raise SubmissionError(say("`submission.yaml` cannot be read; it must be plain YAML in UTF-8."), _FORM)


def _yaml() -> YAML:
    return YAML(typ="base", pure=True)


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
    raise SubmissionError(
        say(
            "`{key}` in `submission.yaml` must be `{first}` or `{second}`. Received: {str}.",
            key=key,
            first=first,
            second=second,
            str=quoted(str(value)),
        ),
        _FORM,
    )
