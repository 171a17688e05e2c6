"""Whole notebooks as students save them, each with the right values: its log, its order, its errors."""

from typing import NamedTuple

import pytest
from builders_evidence import ask
from builders_figures import a_figure
from builders_notebooks import (
    Raw,
    code,
    counted,
    error,
    notebook,
    old_notebook,
    picture,
    read_notebook,
    result,
    stream,
    text,
)

from grader.checks.notebook_has_no_errors import NotebookHasNoErrors
from grader.checks.notebook_ran_in_order import NotebookRanInOrder
from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.log import Log
from grader.measure.log.read import read
from grader.rubric import Files, Plan

TAKEN = Plan(files=Files(log=("*.ipynb",)))


class Saved(NamedTuple):
    """A notebook, what one column of its log ends with, and whether it ran in order and without errors."""

    content: bytes
    rows: int = 0
    column: str = ""
    last: float = 0.0
    order: str = "passed"
    errors: str = "passed"


def bar(done: int, total: int, rest: str) -> str:
    """What Keras 3 writes for a step."""
    whole = "━" * 20
    drawn = f"\x1b[32m{whole}\x1b[0m\x1b[37m\x1b[0m"
    return f"\r\x1b[1m{done}/{total}\x1b[0m {drawn} \x1b[1m5s\x1b[0m 3ms/step - {rest}"


def epochs(*accuracies: float) -> list[Raw]:
    """What `fit` prints in a notebook, piece by piece, as it goes back over its bar."""
    pieces = []
    for number, accuracy in enumerate(accuracies, start=1):
        first = bar(1, 1719, "accuracy: 0.1250 - loss: 2.3514")
        last = bar(1719, 1719, f"accuracy: 0.8 - loss: {1 / number:.4f} - val_accuracy: {accuracy}")
        pieces += [f"Epoch {number}/{len(accuracies)}\n", first, "\b" * 75, f"{last}\n"]
    return [stream(piece) for piece in pieces]


def old_epochs(*accuracies: float) -> str:
    """What Keras 2 printed, as an editor keeps it: every state of the bar on the line of the last."""
    return "".join(
        f"Epoch {number}/{len(accuracies)}\n"
        "   1/1719 [..............................] - ETA: 9s - loss: 2.3 - accuracy: 0.1"
        + "\b" * 76
        + f"1719/1719 [==============================] - 5s 3ms/step - loss: 0.5 - val_accuracy: {accuracy}\n"
        for number, accuracy in enumerate(accuracies, start=1)
    )


STEPS = "".join(
    f"step: {step}, loss: {2.3 / step:.4f}, gradient_norm: {1 / step:.6f}\n" for step in range(1, 41)
)
TQDM = [
    stream(
        f"\r{done:>3}%|{'█' * (done // 10)}| {done}/100 [00:{done:02}<00:00, loss={1 / done:.3f}]", "stderr"
    )
    for done in range(1, 101)
]
FIT = [
    text("# Homework 11"),
    code("import keras"),
    code("history = model.fit(x, y)", *epochs(0.81, 0.86, 0.8712)),
]
PLOT = code("plt.plot(norms)", picture(a_figure()))
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "a", "version_major": 2}}
COLAB = {
    "colab": {"provenance": [], "gpuType": "T4"},
    "accelerator": "GPU",
    "kernelspec": {"name": "python3"},
}
V3 = {"cell_type": "code", "language": "python", "collapsed": False, "metadata": {}}

NOTEBOOKS: dict[str, Saved] = {
    "Keras 3": Saved(notebook(*counted(*FIT, PLOT)), 3, "val_accuracy", 0.8712),
    "Keras 2": Saved(notebook(*counted(code("fit", stream(old_epochs(0.8, 0.85))))), 2, "val_accuracy", 0.85),
    "Colab": Saved(
        notebook(
            *counted(*(({**one, "id": "Xy", "metadata": {"colab": {}}}) for one in FIT)), metadata=COLAB
        ),
        3,
        "val_accuracy",
        0.8712,
    ),
    "two lines an epoch": Saved(
        notebook(
            *counted(
                code(
                    "fit",
                    stream(
                        "Epoch 1/2\n1719/1719 - 5s - 3ms/step - accuracy: 0.8 - loss: 0.5\n"
                        "Epoch 2/2\n1719/1719 - 5s - 3ms/step - accuracy: 0.9 - loss: 0.25\n"
                    ),
                )
            )
        ),
        2,
        "loss",
        0.25,
    ),
    "a loop of its own": Saved(
        notebook(*counted(code("train()", stream(STEPS)))), 40, "gradient_norm", 0.025
    ),
    "printed piece by piece": Saved(
        notebook(*counted(code("train()", *map(stream, STEPS.splitlines(keepends=True))))),
        40,
        "gradient_norm",
        0.025,
    ),
    "Hugging Face": Saved(
        notebook(
            *counted(
                code(
                    "trainer.train()",
                    stream(
                        "{'loss': 2.1, 'grad_norm': 1.5, 'epoch': 0.5}\n"
                        "{'loss': 1.2, 'grad_norm': 0.75, 'epoch': 1.0}\n"
                    ),
                )
            )
        ),
        2,
        "gradient_norm",
        0.75,
    ),
    "tqdm on the other stream": Saved(notebook(*counted(code("train()", *TQDM))), 0),
    "tqdm as a widget": Saved(
        notebook(*counted(code("train()", result("0%|  | 0/5", **WIDGET), stream(STEPS)))), 40, "loss", 0.0575
    ),
    "a table of pandas": Saved(
        notebook(
            *counted(
                code(
                    "print(df.to_csv())", stream(",epoch,step,loss,grad_norm\n0,0,1,2.3,1.0\n1,0,2,2.2,0.5\n")
                )
            )
        ),
        2,
        "gradient_norm",
        0.5,
    ),
    "a table of HTML": Saved(
        notebook(
            *counted(code("df", {"output_type": "execute_result", "data": {"text/html": "<table><tr><td>1"}}))
        ),
        0,
    ),
    "colours around numbers": Saved(
        notebook(*counted(code("train()", stream(STEPS.replace("loss: ", "\x1b[31mloss\x1b[0m: "))))),
        40,
        "loss",
        0.0575,
    ),
    "out of order": Saved(
        notebook(code("a", count=2), code("train()", stream(STEPS), count=1)), 40, "loss", 0.0575, "failed"
    ),
    "run twice": Saved(notebook(*counted(*FIT, start=5)), 3, "val_accuracy", 0.8712, "failed"),
    "cleared": Saved(
        notebook(*({**one, "outputs": []} if one["cell_type"] == "code" else one for one in FIT)),
        order="failed",
    ),
    "without counts": Saved(notebook(*FIT), 3, "val_accuracy", 0.8712, "review"),
    "stopped": Saved(
        notebook(
            *counted(code("fit", *epochs(0.8, 0.85)[:-1], error("KeyboardInterrupt", ""))),
            code("model.save()"),
        ),
        2,
        "loss",
        2.3514,
        "failed",
        "failed",
    ),
    "an error at its end": Saved(
        notebook(*counted(*FIT, code("1 / 0", error("ZeroDivisionError", "division by zero")))),
        3,
        "loss",
        0.3333,
        errors="failed",
    ),
    "version 3": Saved(
        old_notebook(
            {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Homework"]},
            {
                **V3,
                "input": ["train()"],
                "prompt_number": 1,
                "outputs": [{"output_type": "stream", "stream": "stdout", "text": STEPS}],
            },
        ),
        40,
        "gradient_norm",
        0.025,
    ),
    "version 3 with an error": Saved(
        old_notebook(
            {**V3, "input": "1/0", "prompt_number": 1, "outputs": [{"output_type": "pyerr", "ename": "E"}]}
        ),
        errors="failed",
    ),
    "a try before": Saved(
        notebook(*counted(code("train(5)", stream(STEPS[:190])), code("train()", stream(STEPS)))),
        40,
        "loss",
        0.0575,
    ),
    "with a byte order mark": Saved(b"\xef\xbb\xbf" + notebook(*counted(*FIT)), 3, "val_accuracy", 0.8712),
    "text alone": Saved(notebook(text("# Homework"), text(STEPS)), order="failed"),
    "huge": Saved(
        notebook(
            *counted(
                code(
                    "train()",
                    stream("".join(f"step: {step}, loss: {1 / step:.6f}\n" for step in range(1, 20_001))),
                )
            )
        ),
        20_000,
        "loss",
        0.00005,
    ),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_log(name: str) -> None:
    """What was printed gives the rows and values that a reader sees; without any, it is refused."""
    saved = NOTEBOOKS[name]
    if not saved.rows:
        with pytest.raises(SubmissionError):
            read("a.ipynb", saved.content, Declaration(), TAKEN)
        return
    log = read("a.ipynb", saved.content, Declaration(), TAKEN)

    assert isinstance(log, Log)
    column = log.column(saved.column)
    assert column is not None
    assert (saved.rows, saved.last) == (log.rows, pytest.approx(column.values[-1], abs=1e-4))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_order_and_errors(name: str) -> None:
    """Both checks say what a person sees."""
    found = read_notebook(NOTEBOOKS[name].content)

    assert NOTEBOOKS[name].order == ask(NotebookRanInOrder(), notebook=found).status
    assert NOTEBOOKS[name].errors == ask(NotebookHasNoErrors(), notebook=found).status
