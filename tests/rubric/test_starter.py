"""The starter notebook of a rubric: its cells, and what is said of one that is none."""

from pathlib import Path

import pytest
from builders_golden import said
from builders_notebooks import code, notebook, old_notebook, text
from builders_rubric import RUBRIC, a_rubric, mistakes

STARTER = f"starter: starter.ipynb\n{RUBRIC}"
UNCHANGED = """\
- notebook_cells_unchanged: {tag: keep}
  title: As handed out
  points: 1
"""


def test_the_cells(tmp_path: Path) -> None:
    """They come with the rubric, as a student's are read."""
    (tmp_path / "starter.ipynb").write_bytes(
        notebook(text("# Data"), code("x = 1 ", tags=["keep"]), code("raise NotImplementedError"))
    )

    _, kept, left = a_rubric(
        tmp_path, f'files: {{notebook: ["*.ipynb"]}}\n{STARTER}{UNCHANGED}'
    ).starter_cells

    assert (2, ("keep",), ("Data",), "x = 1", "done") == (
        *(kept.number, kept.tags, kept.headings, kept.begins, kept.work),
    )
    assert "placeholder" == left.work


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "cells": [1]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "other", "source": ""}]}',
        b"\xff",
        b"[" * 100_000,
        old_notebook(),
    ],
    ids=["missing", "empty", "cut", "list", "no cells", "odd", "kind", "bytes", "deep", "version 3"],
)
def test_a_notebook_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    """It is a mistake of the rubric, with its line."""
    if content is not None:
        (tmp_path / "starter.ipynb").write_bytes(content)

    for line in mistakes(tmp_path, STARTER):
        said(line)


def test_checks_that_need_it(tmp_path: Path) -> None:
    """Both the starter and the patterns for the notebook are asked for."""
    for line in mistakes(tmp_path, RUBRIC + UNCHANGED):
        said(line)


def test_cells_that_it_does_not_have(tmp_path: Path) -> None:
    """A tag that nobody gave would let everybody pass, so it is a mistake."""
    (tmp_path / "starter.ipynb").write_bytes(
        notebook(text("x", metadata={"tags": ["keep"]}), code("", tags=["keep"]))
    )

    for line in mistakes(tmp_path, f'files: {{notebook: ["*.ipynb"]}}\n{STARTER}{UNCHANGED}'):
        said(line)
