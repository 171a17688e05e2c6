"""Gradescope's `submission_metadata.yml`: who handed in which folder.

    submission_123:
      :submitters:
      - :name: Ana García
        :sid: '20301'
        :email: ana@example.edu
      :created_at: 2026-03-01 10:00:00.000000000 Z
      :results: ...

Only the submitters are read; the rest, which may be long, is passed over.
It is read from the parser's events, so that nothing is built that was not asked for.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.submissions.people import Person

METADATA = "submission_metadata.yml"
# Some 300 submissions with the outputs of ten tests each have half of one; reading one takes two seconds.
LARGEST = 8 << 20
_DEEPEST = 30
_DOWNLOAD_AGAIN = "Download the export again, or say `--layout folders` to grade the folders without names."
_NOTHING = ("", "~", "null")


def read_metadata(source: Path) -> Mapping[str, tuple[Person, ...]]:
    """Who handed in each folder, by the folder's name.

    Raises:
        UsageError: the file cannot be read, or does not say this; the message ends with `(file:line)`.
    """
    text = _text(source)
    try:
        return _submissions(iter(YAML(typ="base", pure=True).parse(text)))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refusal(f"The YAML cannot be read here: {error.problem}", line) from None
    except (YAMLError, ValueError, AssertionError) as error:
        raise _refusal(f"The YAML cannot be read: {plain(str(error), 200)}", 1) from None


def _text(source: Path) -> str:
    try:
        with source.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"`{METADATA}` cannot be read: {error.strerror}.", _DOWNLOAD_AGAIN) from None
    if len(content) > LARGEST:
        raise UsageError(
            f"`{METADATA}` has more than {LARGEST:,} bytes; at most that many are read.",
            "Take the parts `:results:` and `:history:` out of it, "
            "or say `--layout folders` to grade the folders without names.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(f"The byte 0x{content[error.start]:02X} is not UTF-8", line) from None


def _submissions(events: Iterator[Event]) -> Mapping[str, tuple[Person, ...]]:
    next(events)
    start = next(events)
    if not isinstance(start, DocumentStartEvent):
        raise _refusal("The file is empty; it must have a key for each folder", 1)
    found: dict[str, tuple[Person, ...]] = {}
    for folder, event in _entries(events, _plain_node(next(events)), "The file"):
        if folder in found:
            raise _refusal(f"The folder {quoted(folder)} is there twice", _line(event))
        people: tuple[Person, ...] | None = None
        for key, inner in _entries(events, _plain_node(event), f"The entry of {quoted(folder)}"):
            if key == ":submitters":
                people = tuple(_people(events, _plain_node(inner), folder))
            else:
                _skip(events, inner)
        if people is None:
            raise _refusal(f"The entry of {quoted(folder)} has no `:submitters:`", _line(event))
        found[folder] = people
    next(events)
    if not isinstance(event := next(events), StreamEndEvent):
        raise _refusal("The file must be one YAML document; a second one begins", _line(event))
    return found


def _people(events: Iterator[Event], start: Event, folder: str) -> Iterator[Person]:
    if not isinstance(start, SequenceStartEvent):
        raise _refusal(f"`:submitters:` of {quoted(folder)} must be a list", _line(start))
    while not isinstance(event := next(events), SequenceEndEvent):
        texts = {}
        for key, value in _entries(events, _plain_node(event), f"A submitter of {quoted(folder)}"):
            if key in (":name", ":sid", ":email"):
                texts[key] = _word(value, key)
            else:
                _skip(events, value)
        yield Person(name=texts.get(":name", ""), id=texts.get(":sid", ""), email=texts.get(":email", ""))


def _word(event: Event, key: str) -> str:
    event = _plain_node(event)
    if not isinstance(event, ScalarEvent):
        raise _refusal(f"`{key}:` of a submitter must be text", _line(event))
    return "" if event.style is None and event.value in _NOTHING else str(event.value).strip()


def _entries(events: Iterator[Event], start: Event, what: str) -> Iterator[tuple[str, Event]]:
    """Each key of a mapping with the event at which its value begins.

    The value must be consumed before the next key is asked for.
    """
    if not isinstance(start, MappingStartEvent):
        raise _refusal(f"{what} must be a mapping of keys to values", _line(start))
    while not isinstance(event := next(events), MappingEndEvent):
        if not isinstance(event, ScalarEvent):
            raise _refusal(f"{what} must have words as keys", _line(event))
        yield event.value, next(events)


def _skip(events: Iterator[Event], event: Event) -> None:
    """Consume a value of any kind; an alias or a tag in it is never followed."""
    first = _line(event)
    open_collections = int(isinstance(event, CollectionStartEvent))
    while open_collections:
        if open_collections > _DEEPEST:
            raise _refusal(f"The value that begins here is nested more than {_DEEPEST} levels deep", first)
        event = next(events)
        open_collections += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)


def _plain_node(event: Event) -> Event:
    if isinstance(event, AliasEvent):
        raise _refusal("An alias, `*...`, is not read", _line(event))
    if tag := getattr(event, "tag", None):
        raise _refusal(f"The tag {quoted(str(tag))} is not read", _line(event))
    return event


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _refusal(message: str, line: int) -> UsageError:
    return UsageError(f"{message} ({METADATA}:{line}).", _DOWNLOAD_AGAIN)
