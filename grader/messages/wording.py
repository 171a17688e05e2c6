"""How numbers and names are written in sentences for people."""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from grader.messages.message import EMPTY, Message, joined, say, say_counted, verbatim
from grader.messages.safe_text import LONGEST_TEXT, plain

LONGEST_NAME = 60
_DIGITS = 4
_ALL_DIGITS = 17
_SCALES = (
    *(say("pixels / 255"), say("pixels / 127.5 - 1"), say("raw pixels"), say("standardised pixels")),
    *(say("standardised channels"), say("raw values"), say("standardised features"), say("token ids")),
    say("the rubric's scale"),
)
_METRICS = {
    "auc": say("area under the ROC curve"),
    "cross_entropy": say("cross-entropy"),
    "perplexity": say("perplexity"),
    "mae": say("mean absolute error"),
    "rmse": say("root mean squared error"),
}


def number(value: float, apart_from: float | None = None) -> Message | str:
    """Write a number with four significant digits: `0.001`, `1.0`, `2.449`, `1,719`.

    NaN and infinity are written as words. A number that is not equal to `apart_from`, another one of the same
    sentence that is written by `number`, gets enough digits to show that.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else say("infinity") if value > 0 else say("minus infinity")
    digits = _DIGITS
    if apart_from is not None and value != apart_from:
        while digits < _ALL_DIGITS and _rounded(value, digits) == _rounded(apart_from, _DIGITS):
            digits += 1
    if 1000 <= abs(value) < 1e6 and digits == _DIGITS:
        return f"{value:,.0f}"
    shown = f"{_rounded(value, digits):,}"
    return shown.removesuffix(".0") if "," in shown else shown


def accuracy(value: float, apart_from: float | None = None) -> Message | str:
    """Write a share in [0, 1] with four decimals at most, with more where it would equal `apart_from`."""
    if not math.isfinite(value):
        return number(value)
    decimals = _DIGITS
    if apart_from is not None and value != apart_from:
        while decimals < _ALL_DIGITS and f"{value:.{decimals}f}" == f"{apart_from:.{decimals}f}":
            decimals += 1
    shown = f"{value:.{decimals}f}".rstrip("0")
    return f"{shown}0" if shown.endswith(".") else shown


def counted(count: int, noun: str) -> Message:
    """Write a count with its noun, a literal whose plural has an `s`: `1 step`, `1,719 steps`."""
    return say_counted(count, f"{{number}} {noun}", f"{{number}} {noun}s", number=f"{count:,}")


def listed(words: Sequence[Message | str]) -> Message:
    """Write a list: `a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return verbatim(words[0]) if words else EMPTY
    return say("{words} and {last}", words=joined(", ", words[:-1]), last=words[-1])


def of_run(name: Message, run: str) -> Message:
    """A name of what belongs to one of several runs, with that of the run, if it has one."""
    return say("{name} (run {run})", name=name, run=quoted(run)) if run else name


def moment(at: datetime) -> str:
    """Write a time to the minute, with its offset from UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC{at.isoformat()[-6:] if at.utcoffset() else ''}"


def metric(name: str) -> Message:
    """A metric in words."""
    return _METRICS[name]


def pixels(given: str) -> Message:
    """The scale of the pixels that a model was given, in words."""
    return next((scale for scale in _SCALES if scale.text == given), verbatim(given))


def quoted(text: str | PurePath, longest: int = LONGEST_NAME) -> str:
    """Write a name from a file, or a whole path, in backticks: on one line, nothing hidden in it."""
    most = LONGEST_TEXT if isinstance(text, PurePath) else longest
    return f"`{plain(str(text), most).replace('`', chr(39))}`"


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
