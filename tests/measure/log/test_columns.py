"""Columns get their meaning: by their header, by `submission.yaml`, or by the name of the file."""

from typing import Any

import pytest
from builders_logs import csv_text, read, values

from grader.evidence.log import Cell

DOWNLOAD = "Wall time,Step,Value\n1748869402.7,250,107.5\n1748869469.5,400,121.25\n"


@pytest.mark.parametrize(
    ("text", "kept", "ignored", "notes"),
    [
        (",loss,speed,time\n0,0.5,0.8,3\n1,0.4,0.9,3\n", {"loss": [0.5, 0.4]}, ("speed", "time"), 0),
        ("test_acc,val_acc,test_loss\n1,0.5,3\n", {"val_acc": [0.5], "test_loss": [3.0]}, ("test_acc",), 1),
        ("train_loss,loss\n1,2\n3,\n", {"loss": [2.0]}, ("train_loss",), 1),
        ("loss,grad_norm,val_grad_norm\n1,2,0\n", {"loss": [1.0], "grad_norm": [2.0]}, ("val_grad_norm",), 1),
        (
            "train_loss_step,train_loss_epoch,val_loss_step,val_loss_epoch\n1,,5,\n2,3,6,7\n",
            {"train_loss_step": [1.0, 2.0], "val_loss_epoch": [7.0]},
            ("train_loss_epoch", "val_loss_step"),
            2,
        ),
        (
            "epoch,loss,val_accuracy,val_loss\n0,1,NA,NA\n1,0.5,NA,NA\n",
            {"epoch": [0.0, 1.0], "loss": [1.0, 0.5]},
            ("val_accuracy", "val_loss"),
            1,
        ),
        (
            '"Step","a-52 - grad_norm","a-52 - grad_norm__MIN","a-52 - grad_norm__MAX"\n"1","2.5","2","3"\n',
            {"Step": [1.0], "a-52 - grad_norm": [2.5]},
            ("a-52 - grad_norm__MIN", "a-52 - grad_norm__MAX"),
            0,
        ),
        ("a - loss,b - val_grad_norm\n1,2\n", {"a - loss": [1.0]}, ("b - val_grad_norm",), 1),
    ],
    ids=[
        *(
            "unknown",
            "validation before test",
            "two losses",
            "norm of validation",
            "steps and epochs",
            "no values",
        ),
        *("Weights & Biases", "validation of another run"),
    ],
)
def test_what_is_kept(text: str, kept: dict[str, list[float]], ignored: tuple[str, ...], notes: int) -> None:
    """Of one meaning the canonical name, of validation the value of the epoch; notes say what was chosen."""
    log = read(text)

    assert (kept, ignored, notes) == (values(log), log.ignored, len(log.notes))


def test_all_norms_are_kept() -> None:
    """In the order of the file."""
    log = read("grad_norm_clipped,loss,grad_norm\n1,2,3\n")

    assert [("after", (1.0,)), (None, (3.0,))] == [(norm.stage, norm.values) for norm in log.norms()]


def test_columns_of_words_are_kept() -> None:
    """A column whose cells are all unreadable is kept, so that a check can say so."""
    column = read("epoch,loss\n0,low\n1,lower\n").columns[1]

    assert ((), 2) == (column.values, column.unreadable_count)
    assert (Cell(row=0, text="low"), Cell(row=1, text="lower")) == column.unreadable


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["10.5", "55.5", "87.5"], [0.105, 0.555, 0.875]),
        (["0", "50", "100"], [0.0, 0.5, 1.0]),
        (["50%", "87.5 %"], [0.5, 0.875]),
        (["50%", "nan"], [0.5, float("nan")]),
        *((cells, None) for cells in ([0.5, 0.9], [0.5, 0.9, 7.3], [1.0, 1.0], [0.0, 200.0, 300.0])),
        ([-5.0, 50.0, 60.0], None),
    ],
)
def test_percent(cells: list[Any], expected: list[float] | None) -> None:
    """Percentages become fractions, with a note; what is neither stays, because a check must see it."""
    log = read(csv_text({"acc": cells, "loss": [50.0] * len(cells)}))

    assert str(expected or cells) == str(values(log)["acc"])
    assert [50.0] * len(cells) == values(log)["loss"]
    assert (expected is not None) == len(log.notes)


@pytest.mark.parametrize(
    "name", ["grad_norm.csv", "run-.-tag-grad_norm.csv", "x__run-a-tag-train_gradient_norm.csv"]
)
def test_download_from_tensorboard(name: str) -> None:
    """A download from TensorBoard has its metric in the name of the file, and a note on its gaps."""
    log = read(DOWNLOAD, name)

    assert {"Step": [250.0, 400.0], "Value": [107.5, 121.25]} == values(log)
    assert ("gradient_norm", 1) == (log.columns[1].name, len(log.notes))


@pytest.mark.parametrize(
    ("text", "declared", "norms", "notes"),
    [
        (
            "loss,grad_norm,size\n1,2,3\n",
            {"column": "size", "scope": "global", "stage": "after"},
            [("size", "global", "after"), ("grad_norm", None, None)],
            0,
        ),
        *(
            (
                "loss,grad_norm\n1,2\n",
                {"column": spelled, "stage": "after"},
                [("grad_norm", None, "after")],
                0,
            )
            for spelled in ("Grad Norm", "grad-norm", "GradNorm")
        ),
        ("loss,val_grad_norm\n1,2\n", {"column": "val_grad_norm"}, [("val_grad_norm", None, None)], 0),
        (
            "loss,grad_norm_clipped\n1,2\n",
            {"scope": "variable"},
            [("grad_norm_clipped", "variable", "after")],
            0,
        ),
        ("2.5\n2.0\n", {"stage": "before"}, [("value", None, "before")], 0),
        ("1 2.3 1.5\n2 2.2 1.0\n3 2", {"column": "3"}, [("3", None, None)], 0),
        ("epoch,loss\n0,1\n", {"scope": "global"}, [], 0),
        (
            "grad_norm,global_norm\n1,2\n",
            {"scope": "variable"},
            [("grad_norm", None, None), ("global_norm", "global", None)],
            1,
        ),
        (
            "loss,global_norm_after\n1,2\n",
            {"scope": "variable", "stage": "before"},
            [("global_norm_after", "variable", "before")],
            2,
        ),
        ("a title\nsize;time\n2,5;3\n", {"column": "size"}, [("size", None, None)], 1),
        (
            '[{"step": 1, "extra": {"size": 2.5}, "loss": 1.0}, {"step": 2, "extra": {"size": 2.0}}]',
            {"column": "size"},
            [("extra/size", None, None)],
            0,
        ),
    ],
)
def test_declared_norms(
    text: str, declared: dict[str, str], norms: list[tuple[str, str | None, str | None]], notes: int
) -> None:
    """`submission.yaml` counts before the header, for its column, which comes first, or for the only norm."""
    log = read(text, **declared)

    assert norms == [(norm.header, norm.scope, norm.stage) for norm in log.norms()]
    assert notes == len(log.notes)
