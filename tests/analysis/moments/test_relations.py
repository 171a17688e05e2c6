"""Norms of one step beside each other."""

from builders_evidence import a_norm
from builders_runs import a_training

from grader.analysis.moments.rows import Impossible, impossible

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


def test_one_variable_is_not_longer_than_all() -> None:
    """All gradients as one vector have at least its norm."""
    variable = a_norm([1.0, 1.0, 0.75], "variable")
    found = impossible({("global", "before"): BEFORE, ("variable", "before"): variable}, 6, 48)

    assert found is not None
    assert (variable, 2, 0.75) == (found.column, found.row, found.value)


def test_all_are_not_longer_than_the_largest_allows() -> None:
    """Four variables have at most twice the norm of the largest."""
    variable = a_norm([0.75, 1.0, 0.4], "variable")
    found = impossible({("global", "before"): BEFORE, ("variable", "before"): variable}, 4, 48)

    assert found is not None
    assert (BEFORE, 0, 1.5) == (found.column, found.row, found.most)


def test_a_unit_of_the_last_place_is_no_contradiction() -> None:
    """Rounding can turn two numbers around."""
    after = a_norm([2.01, 1.5, 0.5], "after")

    assert (
        impossible({("global", "before"): a_norm([2.0, 1.49, 0.5]), ("global", "after"): after}, 6, 48)
        is None
    )


def test_only_rows_with_both_norms_count() -> None:
    """The other cells may be empty."""
    after = a_norm([None, 9.0, 0.4], "after")
    found = impossible({("global", "before"): a_norm([2.0, None, 0.5]), ("global", "after"): after}, 6, 48)

    assert found is None


def test_nothing_beside_it() -> None:
    """One column cannot contradict itself."""
    assert impossible({("global", "before"): BEFORE}, 6, 48) is None
