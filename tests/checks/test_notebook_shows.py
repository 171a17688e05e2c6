"""Tests of `notebook_shows`: texts and figures among the outputs."""

from typing import Any

import pytest
from builders_evidence import ask
from builders_figures import a_figure, written
from builders_notebooks import code, notebook, picture, read_notebook, result, stream, text
from PIL import Image

from grader.analysis.targets import Targets
from grader.checks.notebook_shows import NotebookShows

CURVE, BLANK = picture(a_figure()), picture(written(Image.new("RGB", (300, 200), "white"), "PNG"))
NOTEBOOK = read_notebook(
    notebook(
        code("import keras"),
        text("## Exercise 2: clipping\nSecret words"),
        code("print('Secret words')", stream("Test  Accuracy:\n0.8712\n"), tags=["result"]),
        code("plt.show()", CURVE, BLANK),
        text("## Exercise 20"),
        code(
            "history",
            result("{'loss': [0.5]}"),
            {"output_type": "display_data", "data": {"text/html": "HTML"}},
        ),
        code("empty"),
    )
)
LONG = read_notebook(notebook(code("fit", stream("".join(f"step {step}\n" for step in range(9_000))))))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"text": "test accuracy: 0.87"}, "passed"),
        ({"text": "test accuracy", "under": "exercise 2"}, "passed"),
        ({"text": "test accuracy", "under": "Exercise 20"}, "failed"),
        ({"text": "test accuracy", "tag": "RESULT"}, "passed"),
        ({"text": "Secret words"}, "failed"),
        ({"text": "HTML"}, "failed"),
        ({"text": "a.*c"}, "failed"),
        ({"figures": 1, "under": "Exercise 2"}, "passed"),
        ({"figures": 2}, "failed"),
        ({"figures": 1, "under": "Exercise 20"}, "failed"),
        ({"text": "accuracy", "figures": 1}, "passed"),
        ({"text": "perplexity", "figures": 1}, "failed"),
        ({}, "passed"),
        ({"tag": "result"}, "passed"),
        ({"under": "Exercise 3"}, "failed"),
        ({"under": "Exercise 20", "tag": "result"}, "failed"),
    ],
    ids=str,
)
def test_what_is_shown(asked: dict[str, Any], status: str) -> None:
    """Only what was printed or drawn counts, not the source, not text, not HTML, and no blank figure."""
    assert status == ask(NotebookShows(**asked), notebook=NOTEBOOK).status


def test_an_output_that_is_too_long_to_keep() -> None:
    """What may stand in the part that is not kept is for a teacher; what is kept decides."""
    assert "review" == ask(NotebookShows(text="step 4500"), notebook=LONG).status
    assert "passed" == ask(NotebookShows(text="step 8999"), notebook=LONG).status


def test_nothing_to_show() -> None:
    """A notebook without code, or whose outputs were cleared."""
    assert "failed" == ask(NotebookShows(), notebook=read_notebook(notebook(text("a")))).status
    assert "failed" == ask(NotebookShows(), notebook=read_notebook(notebook(code("a")))).status


def test_the_cells_that_pages_show() -> None:
    """Those of every item count, where of a cap the first check's does."""
    asked = (NotebookShows(under="Exercise 2"), NotebookShows(text="a", tag="result"))

    assert (("", "Exercise 2"), ("result", "")) == Targets.of(check.targets() for check in asked).cells
