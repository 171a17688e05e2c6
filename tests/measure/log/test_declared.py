"""What `submission.yaml` declares of the norm."""

from typing import Any

import pytest
from builders_logs import read, refused

from grader.evidence.log import Column


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
    (note,) = log.notes
    assert str(note) == (
        "`submission.yaml` says what the gradient norm is, but the log has 2, "
        "`grad_norm` and `global_norm`, and it names none of them; so the headers count."
    )


def test_declaration_against_the_header() -> None:
    """Where the header says something else, `submission.yaml` counts, and notes say so."""
    log = read("loss,global_norm_after\n1,2\n", scope="variable", stage="before")

    assert ("variable", "before") == (log.norms()[0].scope, log.norms()[0].stage)
    assert (
        "The header `global_norm_after` says `global`, `submission.yaml` says `variable`; the latter counts.",
        "The header `global_norm_after` says `after`, `submission.yaml` says `before`; the latter counts.",
    ) == tuple(map(str, log.notes))


@pytest.mark.parametrize(
    ("declared", "found"),
    [("grad_nrm", "the nearest there: `grad_norm`"), ("zzz", "there are: `epoch`, `loss` and `grad_norm`")],
)
def test_declared_column_is_not_there(declared: str, found: str) -> None:
    """A declared column that the log does not have is refused with the nearest headers."""
    refusal = refused("epoch,loss,grad_norm\n0,1,2\n", column=declared)

    assert (
        f"`submission.yaml` names the norm column `{declared}`, "
        f"and the log `log.csv` has no such column; {found}."
    ) == str(refusal.message)
    assert (
        "Write one of the log's own headers into `submission.yaml`, as in `norm: {column: grad_norm}`."
        == str(refusal.hint)
    )
