"""Text as a terminal shows it: progress bars that go back on their line, and colours."""

import re

# A return, a step back, a sequence with its numbers and letter, a title, and what begins as one of these.
_ACTS = re.compile(r"[\r\b]|\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07\x1b]*\x07?|\x1b.?")
_MOST_STEPS = 10_000


def as_shown(text: str) -> str:
    r"""The text after all that moves within its lines: `\r`, `\b`, erasing; colours are left out.

    It takes time in proportion to the text, whatever that is.
    """
    text = text.replace("\r\n", "\n")
    return "\n".join(_line(line) if _ACTS.search(line) else line for line in text.split("\n"))


def _line(text: str) -> str:
    shown: list[str] = []
    at = begin = 0
    for act in _ACTS.finditer(text):
        at = _write(shown, at, text[begin : act.start()])
        begin = act.end()
        if act[0] == "\r":
            at = 0
        elif act[0] == "\b" or act[2] == "D":
            steps = int(act[1]) if act[1] and act[1].isdecimal() and len(act[1]) < 5 else 1
            at = max(0, at - min(steps, _MOST_STEPS))
        elif act[2] == "K" and act[1] == "2":
            shown.clear()
            at = 0
        elif act[2] == "K" and act[1] in {"", "0"}:
            del shown[at:]
    _write(shown, at, text[begin:])
    return "".join(shown).rstrip()


def _write(shown: list[str], at: int, text: str) -> int:
    """Write over what stands there; how far that goes."""
    shown[at : at + len(text)] = text
    return at + len(text)
