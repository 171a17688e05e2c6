"""What pages show of a notebook: outputs as text and pictures, and nothing that acts."""

import pytest
from builders_evidence import a_norm, a_step_log
from builders_figures import a_figure
from builders_notebooks import code, error, notebook, picture, read_notebook, stream, text
from builders_pages import ATTRIBUTES, TAGS, TRICKS, YARDSTICK, Seen, drawable
from builders_reports import FAILED

from grader.analysis.targets import Targets
from grader.evidence import Evidence, File
from grader.evidence.notebook import Cell, Notebook
from grader.reports import html
from grader.reports.charts import draw
from grader.reports.outputs import LONGEST, MOST_CELLS, MOST_PICTURES, outputs_of

NOTEBOOK = read_notebook(
    notebook(
        text("# Exercise 2"),
        code("print(1)", stream("first\n    second"), tags=["shown"]),
        code("train()", stream("loss: 0.5")),
        code("1 / 0", error("ZeroDivisionError", "division by zero")),
        code("plt.show()", picture(a_figure()), tags=["shown"]),
        code("silent", tags=["shown"]),
    )
)
SHOWN = ("shown", "exercise 2")
FILES = tuple(File(role=role, name="a.ipynb", bytes=1, sha256="") for role in ("log", "notebook"))


def with_notebook(found: Notebook = NOTEBOOK, cell: int = 0, files: tuple[File, ...] = FILES) -> Evidence:
    log = a_step_log(a_norm([1.0] * 9), steps=9).model_copy(update={"cell": cell})
    return drawable(notebook=found, log=log, files=files)


def named(evidence: Evidence, *cells: tuple[str, str]) -> list[str]:
    return [str(one.name) for one in outputs_of(evidence, Targets(cells=cells))]


def test_which_outputs_are_shown() -> None:
    """Those that an item is about, those that broke, and that of which the log is; not those without any."""
    assert ["Cell 4 (`1 / 0`)"] == named(with_notebook())
    assert ["Cell 3 (`train()`)", "Cell 4 (`1 / 0`)"] == named(with_notebook(cell=3))
    assert ["Cell 2 (`print(1)`)", "Cell 4 (`1 / 0`)", "Cell 5 (`plt.show()`)"] == named(
        with_notebook(), SHOWN, ("other", "")
    )
    assert [] == named(drawable())


def test_the_log_of_another_notebook() -> None:
    """Its cell is none of the notebook that was graded."""
    files = (FILES[0].model_copy(update={"name": "b.ipynb"}), FILES[1])

    assert ["Cell 4 (`1 / 0`)"] == named(with_notebook(cell=3, files=files))


def test_a_page_with_a_notebook() -> None:
    """Lines stay lines, a picture is the small copy, and an error is its name and what it says."""
    page = html.page(FAILED, draw(with_notebook(), Targets(cells=(SHOWN,))))
    seen = Seen(page)

    assert '<pre tabindex="0">first\n    second</pre>' in page
    assert "ZeroDivisionError: division by zero" in seen.text
    assert [NOTEBOOK.cells[4].pictures[0].small] == [
        one for one in seen.links if one.startswith("data:image/")
    ]


def test_a_page_without_a_notebook() -> None:
    """Nothing is said of one."""
    assert "<pre" not in html.page(FAILED, draw(drawable(), YARDSTICK))


@pytest.mark.hostile_row(150)
@pytest.mark.parametrize("trick", TRICKS)
def test_what_acts_is_text(trick: str) -> None:
    """Also where the evidence is not what the grader's own worker would send."""
    cell = Cell(
        number=1, kind="code", begins=trick, shows=f"{trick}\n\x1b[2J\u202e", error=trick, error_says=trick
    )
    page = html.page(FAILED, draw(drawable(notebook=Notebook(version="4.5", cells=(cell,))), YARDSTICK))
    seen = Seen(page)

    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert not seen.comments
    assert " ".join(trick.split()) in seen.text or "`" in trick
    assert not {"\x1b", "\u202e"} & set(page)


def test_the_page_of_a_large_notebook_is_bounded() -> None:
    """A few outputs, of each the begin and the end, and a few pictures."""
    figure = NOTEBOOK.cells[4].pictures[0]
    cells = tuple(
        Cell(number=number, kind="code", error="E", shows="x\n" * 9_000, pictures=(figure,))
        for number in range(1, 90)
    )
    shown = list(outputs_of(with_notebook(Notebook(version="4.5", cells=cells)), YARDSTICK))

    assert (MOST_CELLS, MOST_PICTURES) == (len(shown), sum(len(one.pictures) for one in shown))
    assert all(len("\n".join(one.lines)) < LONGEST + 100 for one in shown)
