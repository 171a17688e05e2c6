"""Which rows belong to an optimizer, and which no gradient can have."""

from typing import Any

import pytest
from builders_evidence import a_norm
from builders_runs import a_training

from grader.analysis.moments.rows import Impossible, RowRange, impossible, row_ranges
from grader.analysis.norms.columns import Series
from grader.evidence.log import Column


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param((10, 10), [RowRange(0, 10, 0)], id="as many rows as steps"),
        pytest.param((10, 10, None, [0] * 5 + [1] * 5), [RowRange(0, 10, 0)], id="no place in them is tried"),
        pytest.param((10, 6), [RowRange(0, 6, 0), RowRange(4, 10, 0)], id="more rows: the first or the last"),
        pytest.param((10, 15), [RowRange(0, 10, 5)], id="more steps: the first are not in the log"),
        pytest.param(
            (12, 6, [1, 2, 3, 4, 5, 6] * 2),
            [RowRange(0, 6, 0), RowRange(6, 12, 0)],
            id="steps that are counted in each epoch",
        ),
        # A checkpoint is saved there; Keras may have counted a step more in each.
        pytest.param(
            (9, 8, None, [0, 0, 0, 1, 1, 1, 2, 2, 2]),
            [RowRange(0, 8, 0), RowRange(1, 9, 0), RowRange(0, 6, 2), RowRange(0, 3, 5, is_ambiguous=True)],
            id="ends of epochs from the last",
        ),
        pytest.param(
            (1000, 500, None, list(range(1000))),
            [RowRange(0, 500, 0), RowRange(500, 1000, 0)],
            id="a column that counts the rows does not number epochs",
        ),
        pytest.param((0, 5), [], id="no rows"),
        pytest.param((5, 0), [], id="no steps"),
    ],
)
def test_the_rows_of_an_optimizer(given: tuple[Any, ...], found: list[RowRange]) -> None:
    """The likeliest are the first."""
    assert tuple(found) == row_ranges(*given)


def test_the_number_of_the_step_decides() -> None:
    """A log that begins at step 101 ends at row 6 for step 106; one that counts from 0, at the sixth row."""
    assert RowRange(0, 6, 100) == row_ranges(10, 106, [float(number) for number in range(101, 111)])[1]
    assert RowRange(0, 6, 0) == row_ranges(10, 6, [float(number) for number in range(10)])[0]


def test_a_second_fit_begins_where_epochs_go_back() -> None:
    """The optimizer may have been made anew there."""
    assert RowRange(4, 7, 0) in row_ranges(8, 3, None, [0, 0, 1, 1, 0, 0, 0, 1])


BEFORE = a_norm([2.0, 1.5, 0.5], "before")


def test_an_honest_training_has_no_impossible_row() -> None:
    """All six relations hold, rounded or not."""
    norms = a_training().norms
    columns = {series: a_norm(values) for series, values in norms.items()}
    rounded = {series: a_norm([round(value, 2) for value in values]) for series, values in norms.items()}

    assert impossible(columns, 6, 48) is None
    assert impossible(rounded, 6, 48) is None


def test_clipping_makes_no_gradient_longer() -> None:
    """The first such row is named, and how many there are."""
    after = a_norm([1.0, 1.75, 0.75], "after")
    found = impossible({("global", "before"): BEFORE, ("global", "after"): after}, 6, 48)

    assert Impossible(after, BEFORE, 1, 1.75, 1.5, 1.5, 2, 3) == found


@pytest.mark.parametrize(
    ("variable", "variables", "named"),
    [
        pytest.param([1.0, 1.0, 0.75], 6, ("variable", 2, 0.75, 0.5), id="one is not longer than all"),
        # Four variables have at most twice the norm of the largest.
        pytest.param([0.75, 1.0, 0.4], 4, ("before", 0, 2.0, 1.5), id="all are not longer than it allows"),
    ],
)
def test_the_largest_norm_bounds_that_of_all(
    variable: list[float], variables: int, named: tuple[object, ...]
) -> None:
    """All gradients as one vector have at least its norm, and at most the root of their number times it."""
    largest = a_norm(variable, "variable")
    found = impossible({("global", "before"): BEFORE, ("variable", "before"): largest}, variables, 48)

    assert found is not None
    assert named == (found.column.header, found.row, found.value, found.most)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([2.0, 1.49, 0.5], [2.01, 1.5, 0.5], id="a unit of the last place"),
        pytest.param([2.0, None, 0.5], [None, 9.0, 0.4], id="rows without one of both"),
        pytest.param([2.0, 1.5, 0.5], None, id="nothing beside it"),
    ],
)
def test_what_contradicts_nothing(before: list[float | None], after: list[float | None] | None) -> None:
    """Rounding can turn two numbers around, and other cells may be empty."""
    given: dict[Series, Column] = {("global", "before"): a_norm(before)}
    beside: dict[Series, Column] = {("global", "after"): a_norm(after)} if after else {}

    assert impossible(given | beside, 6, 48) is None
