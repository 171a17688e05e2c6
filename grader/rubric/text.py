"""The text of a rubric's file."""

import re
from pathlib import Path

from grader.errors import RubricError
from grader.rubric.mistakes import Mistake, refusal

MOST_BYTES = 256 * 1024

# What YAML 1.2 does not count as printable.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_text(source: Path) -> str:
    """Read a file of at most `MOST_BYTES` bytes as UTF-8.

    Raises:
        RubricError: there is no such file, it is too large, or it is not text.
    """
    try:
        if source.is_dir():
            raise RubricError(f"The rubric must be a YAML file. Received: the folder `{source}`.")
        if source.exists() and not source.is_file():
            raise RubricError(
                f"The rubric must be a YAML file. Received: `{source}`, which is no ordinary file."
            )
        with source.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise RubricError(f"The rubric `{source}` does not exist.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RubricError(f"The rubric `{source}` cannot be read: {reason}.") from error
    if len(content) > MOST_BYTES:
        raise RubricError(
            f"The rubric `{source}` must be at most 256 KB. Received: more than {MOST_BYTES} bytes."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mistake = Mistake(
            line,
            f"A rubric must be UTF-8 text. Received: the byte 0x{content[error.start]:02X}",
            "Save it as UTF-8.",
        )
        raise refusal(str(source), [mistake]) from error
    if strange := _NOT_TEXT.search(text):
        mistake = Mistake(
            text.count("\n", 0, strange.start()) + 1,
            f"A rubric must be plain text. Received: the character U+{ord(strange[0]):04X}",
        )
        raise refusal(str(source), [mistake])
    return text
