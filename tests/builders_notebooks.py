"""Notebooks of many kinds, as Jupyter, Colab and VS Code save them, made without any of these."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from grader.evidence import Declaration
from grader.evidence.notebook import Cell, Notebook
from grader.measure.notebook.read import read
from grader.rubric import Plan

Raw = Mapping[str, Any]


def code(
    source: str = "x = 1", *outputs: Raw, count: int | None = None, tags: Sequence[str] = (), **more: Any
) -> Raw:
    """A code cell with its outputs."""
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": list(outputs),
        "source": source.splitlines(keepends=True),
        **more,
    }


def text(source: str, **more: Any) -> Raw:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def stream(printed: str | Sequence[str], name: str = "stdout") -> Raw:
    """What `print` writes."""
    return {"output_type": "stream", "name": name, "text": printed}


def result(shown: str, kind: str = "execute_result", **data: Any) -> Raw:
    """The value of the last line of a cell, or what it displays."""
    return {"output_type": kind, "metadata": {}, "data": {"text/plain": shown, **data}}


def picture(content: bytes, kind: str = "image/png", **data: Any) -> Raw:
    """A figure as Matplotlib shows it: base64 with a line feed at its end."""
    written = base64.b64encode(content).decode() + "\n"
    return result("<Figure size 640x480 with 1 Axes>", "display_data", **{kind: written, **data})


def error(name: str = "ValueError", says: str = "no", *traceback: str) -> Raw:
    """An exception that ended a cell."""
    return {"output_type": "error", "ename": name, "evalue": says, "traceback": list(traceback)}


def counted(*cells: Raw, start: int = 1) -> list[Raw]:
    """The cells, the code cells that are not empty with the counts of a run from top to bottom."""
    count, numbered = start - 1, []
    for cell in cells:
        runs = cell["cell_type"] == "code" and "".join(cell["source"]).strip()
        count += bool(runs)
        numbered.append({**cell, "execution_count": count} if runs else cell)
    return numbered


def notebook(*cells: Raw, **whole: Any) -> bytes:
    """A notebook of version 4.5 as a file."""
    fields = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **whole}
    return json.dumps(fields).encode()


def old_notebook(*cells: Raw) -> bytes:
    """A notebook of version 3 as a file, whose cells are written as that version has them."""
    return json.dumps(
        {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": list(cells)}]}
    ).encode()


def read_notebook(content: bytes, name: str = "hw/homework.ipynb") -> Notebook:
    """What is read of a file."""
    return read(name, content, Declaration(), Plan())


def cell_of(*outputs: Raw, source: str = "x = 1") -> Cell:
    """What is read of one code cell with these outputs."""
    return read_notebook(notebook(code(source, *outputs))).cells[0]
