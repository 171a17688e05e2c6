"""Logs that a notebook printed: taken where the rubric allows it, with what it proves less."""

import pytest
from builders_golden import refusal_of, said
from builders_notebooks import Raw, code, counted, error, notebook, result, stream, text

from grader.evidence import Declaration
from grader.evidence.log import Log
from grader.measure.log.read import read
from grader.measure.runs import SeveralRuns
from grader.rubric import Files, Plan, RunPlan

ALLOWED = Plan(files=Files(log=("training_log.csv", "*.ipynb")))
SHORT = "epoch,step,loss,grad_norm\n0,1,2.3,1.0\n0,2,2.2,0.9\n"
LONG = SHORT + "".join(f"1,{step},2.0,0.{step}\n" for step in range(3, 9))


def read_log(*cells: Raw, run: str = "", plan: Plan = ALLOWED) -> Log | SeveralRuns:
    return read("hw/homework.ipynb", notebook(*cells), Declaration(run=run), plan)


def the_log(*cells: Raw, run: str = "") -> Log:
    found = read_log(*cells, run=run)
    assert isinstance(found, Log)
    for note in found.notes:
        said(note)
    return found


def test_what_a_cell_printed() -> None:
    """The one cell that prints a log gives it, and the report says which, and how little that proves."""
    log = the_log(
        *counted(
            text("# Homework"),
            code("print(keras.__version__)", stream("3.15.1\n")),
            code("fit()", stream(SHORT[:30]), stream(SHORT[30:])),
            code("model.evaluate(x, y)", result("[0.35, 0.87]")),
            code("model.summary()", stream("Model: sequential\n Layer (type)  Output Shape\n")),
        )
    )

    assert (3, 2, 2) == (log.cell, log.rows, log.trained_steps)
    assert [False] == [bool(merit.amount) for merit in log.merits[-1:]]


def test_an_interrupted_training() -> None:
    """What stands before the error is the log."""
    assert 2 == the_log(code("fit()", stream(SHORT), error("KeyboardInterrupt", ""))).rows


def test_the_fullest_of_several() -> None:
    """What has less than half of the rows, such as a try of one epoch or the head of a table, is left out."""
    log = the_log(code("try", stream(SHORT)), code("fit", stream(LONG)), code("df.head()", stream(SHORT)))

    assert (2, 8) == (log.cell, log.rows)


def test_the_one_that_holds_most() -> None:
    """A log with the norm of each step goes before one without."""
    losses = "epoch,loss,accuracy\n" + "".join(f"{epoch},0.5,0.8\n" for epoch in range(20))

    assert 1 == the_log(code("norms", stream(LONG)), code("fit", stream(losses))).cell


TWO = (
    text("# Without clipping"),
    code("fit", stream(LONG)),
    text("# With clipping"),
    code("fit", stream(LONG)),
)


def test_several_trainings_are_asked() -> None:
    """Two that are equally good are two runs, called by their headings and cells, and none is guessed."""
    found = read_log(*TWO)

    assert isinstance(found, SeveralRuns)
    assert ["Without clipping, cell 2", "With clipping, cell 4"] == list(found.parts)
    said(found.question("homework.ipynb").message)


@pytest.mark.parametrize("run", ["cell 4", "Cell 4", "With clipping, cell 4"])
def test_the_one_that_is_declared(run: str) -> None:
    """The student names a cell in `submission.yaml`."""
    assert 4 == the_log(*TWO, run=run).cell


def test_a_rubric_with_runs() -> None:
    """Every log is one of a run, also where one training was stopped early."""
    plan = Plan(files=Files(log=("*.ipynb",)), runs={"clipped": RunPlan(), "unclipped": RunPlan()})
    found = read_log(text("# Unclipped"), code("a", stream(SHORT)), *TWO[2:], plan=plan)

    assert isinstance(found, SeveralRuns)
    assert {"Unclipped, cell 2": 2, "With clipping, cell 4": 8} == {
        run: log.rows for run, log in found.parts.items() if isinstance(log, Log)
    }


def test_several_runs_in_one_cell() -> None:
    """A table with a column for the run is asked about like a file, and each log says where it is from."""
    table = "run,step,loss,grad_norm\n" + "".join(
        f"{run},{step},1.0,0.5\n" for run in "ab" for step in range(4)
    )
    found = read_log(code("x", stream("a text\n")), code("fit", stream(table)))

    assert isinstance(found, SeveralRuns)
    assert {"a": 2, "b": 2} == {run: log.cell for run, log in found.parts.items() if isinstance(log, Log)}


def html_table(*rows: str) -> Raw:
    """A table as the trainers of Hugging Face and fastai show it, with a bar above it."""
    cells = "".join(f"<tr><td>{'</td><td>'.join(row.split())}</td></tr>" for row in rows[1:])
    head = "".join(f"<th>{name}</th>" for name in rows[0].split(","))
    style = "<tr style='text-align: left;'>"
    table = f"<table><thead>{style}{head}</tr></thead><tbody>{cells}</tbody></table>"
    bar = "<div><progress value='30' max='30'></progress> [30/30 00:10, Epoch 3/3]</div>"
    return result("<IPython.core.display.HTML object>", "display_data", **{"text/html": f"{bar}{table}<p>"})


def test_tables_of_html() -> None:
    """Their cells are read as text, and nothing else of them."""
    trainer = the_log(code("trainer.train()", html_table("Step,Training Loss", "10 2.30", "20 1.95")))
    fastai = the_log(
        code(
            "learn.fit(2)",
            html_table("epoch,train_loss,valid_loss,time", "0 0.9 0.8 00:05", "1 0.5 0.4 00:05"),
        )
    )

    evaluated = the_log(
        code(
            "trainer.train()",
            html_table(
                "Epoch,Training Loss,Validation Loss,Accuracy", "1 No&nbsp;log 0.9 0.80", "2 0.5 0.4 0.85"
            ),
            result("TrainOutput(global_step=690, training_loss=0.7, metrics={'loss': 0.7, 'epoch': 2.0})"),
        ),
        code("trainer.evaluate()", result("{'eval_loss': 0.4, 'eval_accuracy': 0.85, 'epoch': 2.0}")),
    )

    assert {"epoch": [1.0, 2.0], "loss": [0.5], "val_loss": [0.9, 0.4], "val_accuracy": [0.8, 0.85]} == {
        column.name: list(column.values) for column in evaluated.columns
    }
    assert not any(column.unreadable_count for column in evaluated.columns)
    losses = [log.column("loss") for log in (trainer, fastai)]
    assert [[2.3, 1.95], [0.9, 0.5]] == [list(column.values) for column in losses if column]


def test_the_history_that_fit_gives() -> None:
    """What stands below the lines of `fit` in its own cell is no row."""
    history = result("<keras.src.callbacks.history.History at 0x7f8c>")
    lines = "Epoch 1/2\n1719/1719 - 5s - loss: 0.5\nEpoch 2/2\n1719/1719 - 5s - loss: 0.25\n"

    assert 2 == the_log(code("model.fit(x, y)", stream(lines), history)).rows


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [code("fit")],
        [code("fit", stream("Training took 35.1 seconds, the best of 3 runs.\n"))],
        [code("evaluate", result("[0.35, 0.87]")), code("x", result("{'a': 1}"))],
        [text("epoch,loss\n0,1\n1,2\n")],
    ],
    ids=["empty", "without outputs", "prose", "values", "text"],
)
def test_a_notebook_without_a_log(cells: list[Raw]) -> None:
    """It is refused with what to print; what is typed as text is no output."""
    said(*refusal_of(lambda: read_log(*cells)))


@pytest.mark.parametrize(
    "files",
    [Files(), Files(log=("*.csv",)), Files(log=("other/*.ipynb",))],
    ids=["none", "others", "another folder"],
)
def test_a_rubric_that_does_not_take_notebooks(files: Files) -> None:
    """Without a pattern that names it, what a notebook prints is no log."""
    said(*refusal_of(lambda: read_log(code("fit", stream(LONG)), plan=Plan(files=files))))
