"""Tests of how a running mean within the epoch is recognised."""

import math
from collections.abc import Sequence

import pytest
from builders_evidence import a_log, a_norm
from builders_runs import a_run

from grader.analysis.norms.columns import Series, declared_columns
from grader.analysis.norms.fabrication import is_running_mean
from grader.evidence.log import Log

PER_EPOCH = 500
EVERY_SERIES: list[Series] = [
    ("variable", "before"),
    ("variable", "after"),
    ("global", "before"),
    ("global", "after"),
]


def means(values: Sequence[float], per_epoch: int = PER_EPOCH) -> list[float]:
    """The running mean within each epoch."""
    found: list[float] = []
    for begin in range(0, len(values), per_epoch):
        total = 0.0
        for place, value in enumerate(values[begin : begin + per_epoch], start=1):
            total += value
            found.append(total / place)
    return found


def is_mean(values: Sequence[float], **columns: Sequence[float | None]) -> bool:
    named = columns or {"epoch": [place // PER_EPOCH for place in range(len(values))]}
    log: Log = a_log(a_norm(values), **named)
    return is_running_mean(log, declared_columns(log)[0])


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("decimals", [4, 15])
def test_a_running_mean_is_recognised(series: Series, decimals: int) -> None:
    """Of each of the four series, with the digits that logs have."""
    assert is_mean([round(value, decimals) for value in means(a_run(1, 2000, series))])


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("decimals", [1, 2, 4, 15])
def test_norms_of_steps_are_none(series: Series, decimals: int) -> None:
    """However they are rounded."""
    assert not is_mean([round(value, decimals) for value in a_run(1, 2000, series)])


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"step": list(range(500)) * 4}, id="steps of each epoch"),
        pytest.param({"val_accuracy": ([None] * 499 + [0.8]) * 4}, id="validation"),
        pytest.param({"epoch": [1] * 2000, "batch": list(range(500)) * 4}, id="batches"),
    ],
)
def test_an_epoch_begins_where_the_log_says_it(columns: dict[str, list[float | None]]) -> None:
    """By its steps or by its validation, where it has no epochs."""
    assert is_mean(means(a_run(1)), **columns)


def test_a_mean_over_the_whole_training_is_one_epoch() -> None:
    """A metric that is never reset."""
    assert is_mean(means(a_run(1), 2000), step=list(range(2000)))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1.0] * 2000, id="constant"),
        pytest.param([1.0 + 2 * math.exp(-place / 400) for place in range(2000)], id="curve"),
        pytest.param(
            [1.0 + 2 * math.exp(-place / 400) + 0.001 * norm for place, norm in enumerate(a_run(1))],
            id="curve with noise",
        ),
        pytest.param(means(a_run(1, 60), 20), id="short epochs"),
        pytest.param([round(value, 1) for value in means(a_run(1))], id="too much rounded"),
        pytest.param([0.0] * 2000, id="nothing"),
        pytest.param([1.0], id="one"),
    ],
)
def test_what_is_no_mean_of_norms_is_none(values: list[float]) -> None:
    """Undone, it gives no norms, or too few to tell."""
    assert not is_mean(values)
