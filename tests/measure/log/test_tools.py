"""What the tool that wrote a log is known for, and columns with the norm of one variable each."""

import json

import pytest
from builders_logs import read, values

TRAINER = [
    {"epoch": 0.1, "grad_norm": 2.5, "learning_rate": 1e-3, "loss": 0.5, "step": 10},
    {"epoch": 0.2, "grad_norm": 1.5, "learning_rate": 9e-4, "loss": 0.4, "step": 20},
]
NORMS = {
    "trainer_state.json": (
        json.dumps({"log_history": TRAINER, "global_step": 20, "max_steps": 20}),
        ("global", "before"),
    ),
    "Hugging Face's console": (
        (
            "{'loss': 0.5, 'grad_norm': 2.5, 'learning_rate': 5e-05, 'epoch': 0.02}\n"
            "{'loss': 0.4, 'grad_norm': 1.5, 'learning_rate': 4e-05, 'epoch': 0.04}\n"
        ),
        ("global", "before"),
    ),
    "Lightning": ("step,train_loss,grad_2.0_norm_total\n0,0.5,2.5\n1,0.4,1.5\n", ("global", "before")),
    "DeepSpeed": ("step,Train/Samples/train_loss,grad_norm\n0,0.5,2.5\n1,0.4,1.5\n", ("global", "before")),
    "Composer": ("step,loss/train/total,l2_norm/grad/global\n0,0.5,2.5\n1,0.4,1.5\n", ("global", "after")),
    "a student": ("epoch,loss,learning_rate,grad_norm\n0,0.5,1,2.5\n1,0.4,1,1.5\n", (None, None)),
    "a student's list": (json.dumps({"log_history": TRAINER}), (None, None)),
}


@pytest.mark.parametrize("form", NORMS)
def test_the_tool_says_which_norm_it_is(form: str) -> None:
    """With a note; a student's own columns say nothing."""
    text, expected = NORMS[form]
    log = read(text)
    (norm,) = log.norms()

    assert ((2.5, 1.5), expected) == (norm.values, (norm.scope, norm.stage))
    assert (expected[0] is not None) == any("the norm of all gradients" in str(note) for note in log.notes)


def test_the_student_is_believed_before_the_tool() -> None:
    """Who changed what is logged can say so."""
    (norm,) = read(NORMS["Lightning"][0], stage="after").norms()

    assert ("global", "after") == (norm.scope, norm.stage)


@pytest.mark.parametrize(
    "header",
    ["epoch,train_loss,valid_loss,accuracy,time", "epoch,train/loss,val/loss,metrics/accuracy_top1,time"],
    ids=["fastai", "Ultralytics"],
)
def test_an_accuracy_on_validation_data(header: str) -> None:
    """Some tools do not say in the name on which data an accuracy is."""
    log = read(f"{header}\n0,0.5,0.6,0.75,00:01\n1,0.4,0.5,0.875,00:01\n")

    assert (None, (0.75, 0.875), 1) == (log.column("accuracy"), log.columns[3].values, len(log.notes))
    assert "val_accuracy" == log.columns[3].name


@pytest.mark.parametrize(
    ("headers", "stage"),
    [
        (("grad_norm/dense/kernel", "grad_norm/dense/bias"), None),
        (("grad_norm_clipped/dense/kernel", "grad_norm_clipped/dense/bias"), "after"),
        (("grad_2.0_norm/fc1.weight", "grad_2.0_norm/fc1.bias"), None),
        (("l2_norm/grad/fc1.weight", "l2_norm/grad/fc1.bias"), None),
    ],
)
def test_columns_of_variables(headers: tuple[str, str], stage: str | None) -> None:
    """The largest of each row in which all of them are is the largest norm of a variable."""
    log = read(f"loss,{','.join(headers)}\n0.5,3,4\n0.4,1,\n0.3,nan,1\n0.2,2,1\n")
    (norm,) = log.norms()

    assert ("variable", stage, (0, 2, 3), "[4.0, nan, 2.0]") == (
        norm.scope,
        norm.stage,
        norm.rows,
        str(list(norm.values)),
    )
    assert headers == log.ignored


def test_columns_of_statistics_are_none_of_variables() -> None:
    """Means and parts of a network say nothing about the largest norm."""
    assert {"loss": [0.5]} == values(read("loss,grad_norm/mean,grad_norm/max,grad_norm/layer1\n0.5,1,2,3\n"))
