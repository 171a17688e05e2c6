"""The file of a notebook as cells: nbformat 4, and 3 brought to its form. Nothing of it is run or drawn.

What is read as a log or as a figure, too, comes through here.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, Literal

from grader.analysis.notebook.work import headings
from grader.errors import SubmissionError
from grader.evidence.notebook import MOST_CELLS
from grader.measure.log.document import decoded, foreign
from grader.measure.notebook.html_table import table_in
from grader.measure.notebook.terminal import as_shown
from grader.measure.sources import shown
from grader.measure.strict_json import parse_json
from grader.messages.message import Message, say, together

SAVE = say(
    "Open the notebook in Jupyter, VS Code or Colab, run it from top to bottom, save it, and hand in that "
    "`.ipynb` file."
)
MOST_OUTPUTS = 20_000
_OF_HTML = "<IPython.core.display.HTML"
_PICTURES = ("image/png", "image/jpeg")
_KINDS = ("code", "markdown", "raw")
# How nbformat 3 names what nbformat 4 has in the `data` of an output.
_OLD_TYPES = {"text": "text/plain", "png": "image/png", "jpeg": "image/jpeg"}
_OLD_OUTPUTS = {"pyout": "execute_result", "pyerr": "error"}


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell with its place in the notebook, from 1, and the headings that it stands below."""

    number: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    headings: tuple[str, ...] = ()
    count: int | None = None
    tags: tuple[str, ...] = ()
    outputs: Sequence[Mapping[str, Any]] = ()

    def printed(self) -> str:
        """The text of its outputs as a terminal shows it, without errors."""
        pieces: list[str] = []
        before = ""
        for output in self.outputs:
            stream = str(output.get("name")) if output.get("output_type") == "stream" else ""
            if not (text := _printed(output)):
                continue
            # What one stream got piece by piece is one text; anything else begins on a line of its own.
            if pieces and not (stream and stream == before) and not pieces[-1].endswith("\n"):
                pieces.append("\n")
            pieces.append(text)
            before = stream
        return as_shown("".join(pieces)).strip("\n")

    def tables(self) -> Iterator[str]:
        """Its tables that are HTML alone, as text: trainers of Hugging Face and fastai show their logs so."""
        for output in self.outputs:
            data = output.get("data")
            held: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
            plain = _text(held.get("text/plain"))
            if not plain or plain.startswith(_OF_HTML):
                yield from filter(None, [table_in(_text(held.get("text/html")))])

    def errors(self) -> Iterator[tuple[str, str]]:
        """The names of the exceptions among its outputs, and what they say."""
        for output in self.outputs:
            if output.get("output_type") == "error":
                yield _text(output.get("ename")) or "error", as_shown(_text(output.get("evalue")))

    def pictures(self) -> Iterator[bytes]:
        """The bytes of each PNG or JPEG among its outputs; what is no base64 is left out."""
        for output in self.outputs:
            data = output.get("data")
            held: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
            written = next((text for kind in _PICTURES if (text := _text(held.get(kind)))), "")
            try:
                content = base64.b64decode("".join(written.split()), validate=True)
            except (binascii.Error, ValueError):
                continue
            if content:
                yield content


def is_notebook(content: bytes) -> bool:
    """Whether a file looks like a notebook."""
    return content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"nbformat"' in content


def open_notebook(name: str, content: bytes) -> tuple[str, tuple[Cell, ...]]:
    """The version of its format, and its cells; refused if it is no notebook or has too much in it."""
    if known := foreign(content):
        raise SubmissionError(_is(name, known[0]), SAVE)
    text, _ = decoded(content)
    if not text.strip():
        raise SubmissionError(_is(name, say("no text") if content.strip() else say("empty")), SAVE)
    if not text.lstrip().startswith("{"):
        raise SubmissionError(_is(name, say("a text file")), SAVE)
    whole = parse_json(PurePosixPath(name).name, text, SAVE)
    version = whole.get("nbformat")
    if "nbformat" not in whole and not isinstance(whole.get("cells"), list):
        raise SubmissionError(_is(name, say("JSON of another kind")), SAVE)
    if not isinstance(version, float):
        raise _damaged(name, say("the version of its format is no number"))
    if version not in {3.0, 4.0}:
        sentence = say(
            "{name} is a notebook of version {version} of the format; 3 and 4 are read.",
            name=shown(name),
            version=f"{version:g}",
        )
        raise SubmissionError(sentence, SAVE)
    every = _cells(name, whole) if version == 4.0 else _old_cells(name, whole)
    if len(every) > MOST_CELLS:
        raise _too_many(name, len(every), say("cells"), MOST_CELLS)
    cells = _below_headings(_cell(name, number, cell) for number, cell in enumerate(every, start=1))
    outputs = sum(len(cell.outputs) for cell in cells)
    if outputs > MOST_OUTPUTS:
        raise _too_many(name, outputs, say("outputs"), MOST_OUTPUTS)
    minor = whole.get("nbformat_minor")
    minor = f".{minor:.0f}" if isinstance(minor, float) and 0 <= minor < 100 else ""
    return f"{version:.0f}{minor}", cells


def _below_headings(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    found, below = [], tuple[tuple[int, str], ...]()
    for cell in cells:
        below = headings(below, cell.source) if cell.kind == "markdown" else below
        found.append(replace(cell, headings=tuple(text for _, text in below)))
    return tuple(found)


def _is(name: str, what: Message) -> Message:
    return say("{name} is {what}; asked for is a Jupyter notebook (`.ipynb`).", name=shown(name), what=what)


def _cells(name: str, whole: Mapping[str, Any]) -> list[Any]:
    cells = whole.get("cells")
    if not isinstance(cells, list):
        raise _damaged(name, say("it has no list of cells"))
    return cells


def _cell(name: str, number: int, cell: Any) -> Cell:
    kind = cell.get("cell_type") if isinstance(cell, Mapping) else None
    if kind not in _KINDS:
        raise _damaged(name, say("cell {number} is neither code nor text", number=number))
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else ()
    outputs = cell.get("outputs") if kind == "code" else ()
    count = cell.get("execution_count")
    return Cell(
        number=number,
        kind=kind,
        source=_text(cell.get("source")),
        count=int(count) if isinstance(count, float) and 0 <= count < 1e9 and count.is_integer() else None,
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        outputs=[one for one in outputs if isinstance(one, Mapping)] if isinstance(outputs, list) else (),
    )


def _old_cells(name: str, whole: Mapping[str, Any]) -> list[Any]:
    """The cells of a notebook of version 3 in the form of version 4."""
    sheets = whole.get("worksheets")
    if not isinstance(sheets, list) or not all(isinstance(sheet, Mapping) for sheet in sheets):
        raise _damaged(name, say("it has no list of cells"))
    return [_renewed(cell) for cell in chain.from_iterable(_cells(name, sheet) for sheet in sheets)]


def _renewed(cell: Any) -> Any:
    if not isinstance(cell, Mapping):
        return cell
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        marks = "#" * (int(level) if isinstance(level, float) and 1 <= level <= 6 else 1)
        return {**cell, "cell_type": "markdown", "source": f"{marks} {_text(cell.get('source'))}"}
    if cell.get("cell_type") != "code":
        return cell
    outputs = cell.get("outputs")
    return {
        **cell,
        "source": cell.get("input"),
        "execution_count": cell.get("prompt_number"),
        "outputs": [_renewed_output(one) for one in outputs if isinstance(one, Mapping)]
        if isinstance(outputs, list)
        else [],
    }


def _renewed_output(output: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = output.get("output_type")
    if kind == "stream":
        return {**output, "name": output.get("stream")}
    data = {new: output[old] for old, new in _OLD_TYPES.items() if old in output}
    return {**output, "output_type": _OLD_OUTPUTS.get(str(kind), kind), "data": data}


def _printed(output: Mapping[str, Any]) -> str:
    if output.get("output_type") == "stream":
        return _text(output.get("text"))
    data = output.get("data")
    # Beside a picture stands what it is, such as `<Figure size 640x480 with 1 Axes>`.
    if not isinstance(data, Mapping) or any(kind in data for kind in _PICTURES):
        return ""
    return _text(data.get("text/plain"))


def _text(value: Any) -> str:
    """A text, which may be written as a list of its lines; anything else says nothing."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _damaged(name: str, why: Message) -> SubmissionError:
    return SubmissionError(say("{name} is a damaged notebook: {why}.", name=shown(name), why=why), SAVE)


def _too_many(name: str, found: int, what: Message, most: int) -> SubmissionError:
    sentence = say(
        "{name} has {count} {what}; at most {most} are read.",
        name=shown(name),
        count=f"{found:,}",
        what=what,
        most=f"{most:,}",
    )
    return SubmissionError(
        sentence, together(say("Remove what is not asked for, or clear outputs that are not needed."), SAVE)
    )
