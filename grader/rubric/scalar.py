"""What a word without quotes means in YAML 1.2: nothing, true or false, a number, or text.

`no` is a word, `1e-5` a number, `2026-11-20` and `1:30` are text.
https://yaml.org/spec/1.2.2/#103-core-schema
"""

import math
import re

_WORDS = {
    word: value for value in (True, False) for word in (str(value), str(value).lower(), str(value).upper())
}
_NULLS = ("", "~", "null", "Null", "NULL")
# A whole number of more digits would not be exact as a float; nothing in a rubric is so large.
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def scalar(text: str) -> str | float | bool | None:
    """The value of a plain scalar; whole numbers are `int`.

    No number in a rubric is infinite or not a number:
    `.inf`, `.nan` and `1e999` stay text, which no field for a number accepts.
    """
    if text in _NULLS:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
