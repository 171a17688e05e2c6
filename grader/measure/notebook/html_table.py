"""Tables of HTML as text: a line for each row, with tabs between its cells. Nothing else of it is read."""

import html
import re

_LONGEST = 2_000_000
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_CELL = re.compile(r"<t[hd]\b[^<>]*>", re.IGNORECASE)
_CELL_END = re.compile(r"</t[hdr]\b|</table\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def table_in(text: str) -> str:
    """The rows of its tables, one below the other; "" without any."""
    _, *rows = _ROW.split(text[:_LONGEST])
    lines = ("\t".join(_cell(cell) for cell in _CELL.split(row)[1:]) for row in rows)
    return "\n".join(line for line in lines if line.strip())


def _cell(text: str) -> str:
    inner = _CELL_END.split(text, maxsplit=1)[0]
    return " ".join(html.unescape(_TAG.sub("", inner)).split())
