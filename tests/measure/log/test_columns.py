"""Columns get their meaning: by their header, by `submission.yaml`, or by the name of the file."""

from typing import Any

import pytest
from builders_logs import csv_text, read, values

from grader.evidence.log import Cell, Column


def test_ignored_columns() -> None:
    """What is not known is named and left out; an index without a name is not worth naming."""
    log = read(",loss,test_acc,time\n0,0.5,0.8,3\n1,0.4,0.9,3\n")

    assert ["loss"] == [column.name for column in log.columns]
    assert ("test_acc", "time") == log.ignored


def test_canonical_name_is_preferred() -> None:
    """Of two columns with one meaning, the one with the canonical name is taken, and a note says so."""
    log = read("train_loss,loss\n1,2\n3,\n")

    assert {"loss": [2.0]} == values(log)
    assert ("train_loss",) == log.ignored
    assert 1 == len(log.notes)


def test_validation_of_the_epoch_is_preferred() -> None:
    """For validation, the value of the epoch is taken; for training, those of the steps."""
    log = read("train_loss_step,train_loss_epoch,val_loss_step,val_loss_epoch\n1,,5,\n2,3,6,7\n")

    assert {"train_loss_step": [1.0, 2.0], "val_loss_epoch": [7.0]} == values(log)


def test_all_norms_are_kept() -> None:
    """Several gradient norms are all kept, in the order of the file."""
    log = read("grad_norm_clipped,loss,grad_norm\n1,2,3\n")

    assert [("after", (1.0,)), (None, (3.0,))] == [(norm.stage, norm.values) for norm in log.norms()]


def test_norm_of_validation_is_left_out() -> None:
    """A norm on validation data is no norm of the training."""
    log = read("loss,grad_norm,val_grad_norm\n1,2,0\n")

    assert ["grad_norm"] == [norm.header for norm in log.norms()]
    assert ("val_grad_norm",) == log.ignored
    assert 1 == len(log.notes)


def test_columns_without_values() -> None:
    """Keras writes `NA` for validation that there was none of; such columns are left out, with a note."""
    log = read("epoch,loss,val_accuracy,val_loss\n0,1,NA,NA\n1,0.5,NA,NA\n")

    assert None is log.column("val_loss")
    assert ("val_accuracy", "val_loss") == log.ignored
    assert 1 == len(log.notes)


def test_columns_of_words_are_kept() -> None:
    """A column whose cells are all unreadable is kept, so that a check can say so."""
    column = read("epoch,loss\n0,low\n1,lower\n").column("loss")

    assert column is not None
    assert ((), (Cell(row=0, text="low"), Cell(row=1, text="lower")), 2) == (
        column.values,
        column.unreadable,
        column.unreadable_count,
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["10.5", "55.5", "87.5"], [0.105, 0.555, 0.875]),
        (["0", "50", "100"], [0.0, 0.5, 1.0]),
        (["50%", "87.5 %"], [0.5, 0.875]),
        (["50%", "nan"], [0.5, float("nan")]),
    ],
)
def test_percent(cells: list[str], expected: list[float]) -> None:
    """Accuracies in percent become fractions, with a note."""
    log = read(csv_text({"acc": cells}))

    assert repr(expected) == repr(values(log)["acc"])
    assert 1 == len(log.notes)


@pytest.mark.parametrize(
    "cells", [[0.5, 0.9], [0.5, 0.9, 7.3], [1.0, 1.0], [0.0, 200.0, 300.0], [-5.0, 50.0, 60.0]]
)
def test_no_percent(cells: list[float]) -> None:
    """Fractions stay, and so do values that are neither fractions nor percentages: a check must see those."""
    log = read(csv_text({"acc": cells}))

    assert cells == values(log)["acc"]
    assert () == log.notes


def test_percent_is_for_accuracies() -> None:
    """A loss of 50 is a loss of 50."""
    assert [50.0, 40.0] == values(read("loss,acc\n50,0.1\n40,0.2\n"))["loss"]


@pytest.mark.parametrize(
    "name", ["grad_norm.csv", "run-.-tag-grad_norm.csv", "x__run-a-tag-train_gradient_norm.csv"]
)
def test_download_from_tensorboard(name: str) -> None:
    """A download from TensorBoard has its metric in the name of the file, and a note on its gaps."""
    log = read("Wall time,Step,Value\n1748869402.7,250,107.5\n1748869469.5,400,121.25\n", name)

    assert {"Step": [250.0, 400.0], "Value": [107.5, 121.25]} == values(log)
    assert ("gradient_norm", 1) == (log.columns[1].name, len(log.notes))


def test_export_from_weights_and_biases() -> None:
    """The run before the metric and the range beside it do not matter."""
    log = read(
        '"Step","a-52 - grad_norm","a-52 - grad_norm__MIN","a-52 - grad_norm__MAX"\n"1","2.5","2.5","2.5"\n'
    )

    assert {"Step": [1.0], "a-52 - grad_norm": [2.5]} == values(log)
    assert ("a-52 - grad_norm__MIN", "a-52 - grad_norm__MAX") == log.ignored


def the_norm(text: str, **declared: Any) -> Column:
    """The first gradient norm of a log."""
    return read(text, **declared).norms()[0]


def test_declared_column() -> None:
    """A column that `submission.yaml` names is the gradient norm, and the first of them."""
    log = read("loss,grad_norm,size\n1,2,3\n", column="size", scope="global", stage="after")

    assert ["size", "grad_norm"] == [norm.header for norm in log.norms()]
    assert ("global", "after", (3.0,)) == (log.norms()[0].scope, log.norms()[0].stage, log.norms()[0].values)
    assert (None, None) == (log.norms()[1].scope, log.norms()[1].stage)
    assert () == log.notes


@pytest.mark.parametrize("column", ["Grad Norm", "grad-norm", "GradNorm"])
def test_declared_column_is_spelled_otherwise(column: str) -> None:
    """A declared column may be spelled in another way than in the log."""
    assert "after" == the_norm("loss,grad_norm,gnorm\n1,2,3\n", column=column, stage="after").stage


def test_declared_column_that_is_nested() -> None:
    """A column within an object may be declared by its own name."""
    content = (
        '[{"step": 1, "extra": {"size": 2.5}, "loss": 1.0}, {"step": 2, "extra": {"size": 2.0}, "loss": 0.5}]'
    )

    assert (2.5, 2.0) == the_norm(content, column="size").values


def test_declared_norm_of_validation() -> None:
    """A column that is declared counts, whatever its name says."""
    assert "val_grad_norm" == the_norm("loss,val_grad_norm\n1,2\n", column="val_grad_norm").header


def test_declared_scope_of_the_only_norm() -> None:
    """Without a column, the declaration is for the only norm; what it does not say, the header does."""
    norm = the_norm("loss,grad_norm_clipped\n1,2\n", scope="variable")

    assert ("variable", "after") == (norm.scope, norm.stage)


def test_declared_stage_of_a_series_without_a_name() -> None:
    """A declaration makes a series without a name a gradient norm."""
    norm = the_norm("2.5\n2.0\n", stage="before")

    assert ("gradient_norm", "before", (2.5, 2.0)) == (norm.name, norm.stage, norm.values)


def test_declaration_without_a_norm() -> None:
    """A declaration of a norm that is not there changes nothing."""
    assert () == read("epoch,loss\n0,1\n", scope="global").norms()


def test_declaration_that_could_be_for_two() -> None:
    """A declaration without a column does not count where there are two norms, and a note says so."""
    log = read("grad_norm,global_norm\n1,2\n", scope="variable")

    assert [None, "global"] == [norm.scope for norm in log.norms()]
    assert 1 == len(log.notes)


def test_declaration_against_the_header() -> None:
    """Where the header says something else, `submission.yaml` counts, and notes say so."""
    log = read("loss,global_norm_after\n1,2\n", scope="variable", stage="before")

    assert ("variable", "before") == (log.norms()[0].scope, log.norms()[0].stage)
    assert 2 == len(log.notes)


def test_unknown_header_that_is_declared() -> None:
    """A header without a known name is found by the numbers below it."""
    assert {"size": [2.5]} == values(read("a title\nsize;time\n2,5;3\n", column="size"))
