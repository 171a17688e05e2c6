"""Gradescope: a folder for each submission, `submission_123`, and `submission_metadata.yml` with the names.

    submission_123:
      :submitters:
      - :name: Ana García
        :sid: '20301'
        :email: ana@example.edu
      :created_at: 2026-03-01 10:00:00.000000000 Z
      :results: ...

A group's submission is one folder with several submitters.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from grader.errors import UsageError
from grader.files import UnreadableError, read_limited
from grader.messages.message import say
from grader.messages.safe_text import plain
from grader.messages.wording import counted, quoted
from grader.platforms.downloads import Reading, some
from grader.submissions.class_folder import Listing
from grader.submissions.handed_in import HandedIn, time_of
from grader.submissions.people import Person
from grader.submissions.submission import Submission, open_submission

TITLE = "a Gradescope export"
METADATA = "submission_metadata.yml"
# Some 300 submissions with the outputs of ten tests each have half a megabyte; reading it takes two seconds.
LARGEST_METADATA = 8 << 20

_FOLDER = re.compile(r"submission_[0-9]+")
_DOWNLOAD_AGAIN = "Download the export again, or use `--layout folders` to grade the folders without names."
_NOTHING = ("", "~", "null")
_NAMELESS = say("`{file}` does not say who handed it in.", file=METADATA)


def read(listing: Listing) -> Reading | None:
    """Read a folder as a Gradescope export; raises `UsageError` where its metadata cannot be read."""
    if METADATA not in listing.files:
        return None
    content = _content(listing.path / METADATA)
    people = _people_by_folder(content)
    folders = [name for name in listing.folders if name in people or _FOLDER.fullmatch(name)]
    ids = _ids(folders, people)
    submissions = (
        Submission(
            id=ids[name],
            path=open_submission(listing.path / name).path,
            notes=() if people.get(name) else (_NAMELESS,),
            people=people.get(name, ()),
            handed_in=HandedIn(time_of(content[name].get(":created_at")) if name in people else None),
            id_from="platform" if ids[name] == name else "roster",
        )
        for name in folders
    )
    return Reading(
        submissions=tuple(sorted(submissions, key=lambda submission: submission.id)),
        used=frozenset((METADATA, *folders)),
        doubt="" if folders else f"`{METADATA}` names none of the folders",
        remarks=_without_folder([name for name in people if name not in folders]),
    )


def _ids(folders: Sequence[str], people: Mapping[str, tuple[Person, ...]]) -> Mapping[str, str]:
    """The student's own number where one student handed in one folder, else the folder's name."""
    own = {name: people[name][0].id for name in folders if len(people.get(name, ())) == 1}
    counts = Counter(number.casefold() for number in (*own.values(), *folders))
    return {
        name: own[name] if own.get(name) and counts[own[name].casefold()] == 1 else name for name in folders
    }


def _without_folder(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    verb = "has" if len(names) == 1 else "have"
    return (f"{counted(len(names), 'submission')} of `{METADATA}` {verb} no folder here: {some(names)}.",)


def read_metadata(source: Path) -> Mapping[str, tuple[Person, ...]]:
    """Read who handed in each folder, by its name; raises `UsageError` where the file does not say this."""
    return _people_by_folder(_content(source))


def _people_by_folder(content: Mapping[str, Any]) -> Mapping[str, tuple[Person, ...]]:
    return {folder: tuple(_people(entry, folder)) for folder, entry in content.items()}


def _content(source: Path) -> Mapping[str, Any]:
    """The entry of each folder."""
    # Every value is read as the text that it is, so a number such as 0012 keeps its zeros.
    yaml = YAML(typ="base", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        content = yaml.load(_text(source))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = plain(str(error.problem or error.context), 200)
        raise _refusal(f"The YAML of `{METADATA}` cannot be read here: {reason}", line) from None
    except RecursionError:
        raise _refusal(f"The values in `{METADATA}` are nested too deeply") from None
    except (YAMLError, ValueError, AssertionError, KeyError) as error:
        # ruamel lets a few errors of Python through; `%YAML 1.9` is a KeyError.
        reason = "unknown version of YAML" if isinstance(error, KeyError) else plain(str(error), 200)
        raise _refusal(f"The YAML of `{METADATA}` cannot be read: {reason}") from None
    if not isinstance(content, dict):
        raise _refusal(f"`{METADATA}` must have a key for each folder")
    return {str(folder): entry for folder, entry in content.items()}


def _text(source: Path) -> str:
    try:
        content = read_limited(source, LARGEST_METADATA)
    except UnreadableError as error:
        raise UsageError(
            f"`{METADATA}` {error}",
            "Take the parts `:results:` and `:history:` out of it if it is too large, "
            "or use `--layout folders` to grade the folders without names.",
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(f"`{METADATA}` must be UTF-8; 0x{content[error.start]:02X} is not", line) from None


def _people(entry: Any, folder: str) -> Sequence[Person]:
    submitters = entry.get(":submitters") if isinstance(entry, dict) else None
    if not isinstance(submitters, list) or not all(isinstance(one, dict) for one in submitters):
        raise _refusal(f"The entry of {quoted(folder)} in `{METADATA}` has no list of `:submitters:`")
    return [
        Person(*(_word(submitter.get(key), folder) for key in (":name", ":sid", ":email")))
        for submitter in submitters
    ]


def _word(value: Any, folder: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _refusal(f"Name, sid and email of a submitter of {quoted(folder)} in `{METADATA}` must be text")
    return "" if value in _NOTHING else value.strip()


def _refusal(message: str, line: int | None = None) -> UsageError:
    where = "" if line is None else f" ({METADATA}:{line})"
    return UsageError(f"{message}{where}.", _DOWNLOAD_AGAIN)
