"""Tests of `notebook_has_no_errors`: outputs that are errors."""

import pytest
from builders_evidence import ask
from builders_notebooks import code, error, notebook, read_notebook, stream

from grader.checks.notebook_has_no_errors import NotebookHasNoErrors

ERROR = code("model.fit(x)", stream("Epoch 1\n"), error("InvalidArgumentError", "bad shape"))


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ([code("a", stream("Traceback (most recent call last):\nValueError", "stderr"))], "passed"),
        ([code("a"), ERROR], "failed"),
        ([ERROR, code("a"), code("", error("KeyboardInterrupt", ""))], "failed"),
        ([ERROR] * 9, "failed"),
        ([code("a", {"output_type": "error"})], "failed"),
    ],
    ids=["printed", "one", "two", "nine", "nameless"],
)
def test_errors(cells: list[object], status: str) -> None:
    """Each cell is named, and the first error; what is only printed is none."""
    assert status == ask(NotebookHasNoErrors(), notebook=read_notebook(notebook(*cells))).status
