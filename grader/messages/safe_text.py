"""Makes text that came from a student safe for a screen, a CSV cell, a file name or JSON.

The formats call these, each for its own sink; nothing is trusted because it was cleaned somewhere else.
"""

import hashlib
import itertools
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

LONGEST_TEXT = 1000
LONGEST_FILE_NAME = 60

# What acts on a screen without being seen: controls (C0, C1, line and paragraph separators),
# bidirectional overrides and other invisible formatting, lone surrogates, non-characters, tags.
# The two joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
_HIDDEN_BUT_LINE_FEEDS = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
_HIDDEN = re.compile(f"[\n{_HIDDEN_BUT_LINE_FEEDS}]")
_HIDDEN_IN_JSON = re.compile(f"[{_HIDDEN_BUT_LINE_FEEDS}]")
# A spreadsheet reads a cell as a formula by its first character, in its ASCII, full-width or small form.
# The semicolon is there because many countries' spreadsheets split at it, inside of what is one cell here.
_FORMULA = re.compile(r'(^|;)(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])')
# A leading dot hides a file, a leading hyphen is an option, Windows drops a dot at the end.
_KEPT = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
# Names that Windows gives to devices, with or without an extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    r"""One line of text in which nothing acts: hidden characters are shown as `\x1b` or `\u202e`.

    A text of more than `longest` characters, which are at least 3, is cut and ends with three dots.
    """
    # Cut first, too: a text of megabytes is not worth escaping.
    shown = _HIDDEN.sub(lambda hidden: hidden[0].encode("unicode_escape").decode(), text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."


def csv_cell(text: str) -> str:
    """Text for a cell of a CSV file, which no spreadsheet takes for a formula; it gets a `'` in front then.

    A number is not given to this, so a negative score stays one; the `csv` module quotes.
    """
    # Tab and carriage return would start a formula too; `plain` writes them as letters, and the mark says so.
    cell = _FORMULA.sub(r"\1'", plain(text))
    return f"'{cell}" if text.startswith(("\t", "\r")) else cell


def file_name(name: str) -> str:
    """A name for a file or folder that every system takes: at most 60 ASCII letters, digits, `.`, `_`, `-`.

    A name that is already like that stays. Any other is spelt in these characters and gets eight hexadecimal
    digits of its hash, which keep apart what is spelt alike. `file_names` keeps apart what differs in case.
    """
    if _KEPT.fullmatch(name) and len(name) <= LONGEST_FILE_NAME and not _DEVICE.fullmatch(name):
        return name
    return _with_hash(name, name)


def file_names(names: Iterable[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """One `file_name` per name, in order, all different even where a file system ignores case.

    The first of the names that collide keeps its own; a later one, or one that is `taken`, gets a hash.
    """
    used = {name.casefold() for name in taken}
    chosen = []
    for name in names:
        unused = next(candidate for candidate in _candidates(name) if candidate.casefold() not in used)
        used.add(unused.casefold())
        chosen.append(unused)
    return tuple(chosen)


def _candidates(name: str) -> Iterator[str]:
    yield file_name(name)
    yield _with_hash(name, name)
    for repeat in itertools.count(2):
        yield _with_hash(name, f"{name}\0{repeat}")


def _with_hash(name: str, hashed: str) -> str:
    # Marks are taken off their letters first, so that `García` becomes `Garcia`.
    letters = unicodedata.normalize("NFKD", name[:LONGEST_TEXT])
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    slug = re.sub(r"[^A-Za-z0-9-]+", "_", unmarked)[: LONGEST_FILE_NAME - 9].strip("_-") or "submission"
    return f"{slug}-{hashlib.sha256(hashed.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def json_text(data: Any) -> str:
    r"""Data as indented JSON that every parser reads and that can be printed.

    NaN and infinity become `null`, and a lone surrogate its visible escape; any other hidden character is
    written as a JSON escape, so its value is kept.
    """
    # With indents the encoder of `json` is a slow one; `grader --help` does without pydantic.
    from pydantic_core import PydanticSerializationError, to_json

    try:
        text = to_json(data, indent=2, inf_nan_mode="null").decode()
    except PydanticSerializationError:
        # A lone surrogate is no UTF-8.
        text = to_json(encodable(data), indent=2, inf_nan_mode="null").decode()
    return _HIDDEN_IN_JSON.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def encodable(data: Any) -> Any:
    """Data that every parser of JSON reads: without NaN, infinity and lone surrogates."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, Mapping):
        return {encodable(key): encodable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [encodable(value) for value in data]
    return data
