"""Tests of accuracies: one that is not in the log, and how much chance is in those that are."""

import math
import struct

import pytest
from builders_evidence import a_log
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.accuracies import (
    FLOAT32,
    no_accuracy,
    printed_within,
    standard_error,
    validation_images,
)
from grader.report import failed


def test_an_accuracy_that_was_not_logged_fails() -> None:
    """The sentence names it and what there is instead."""
    assert failed(
        "The log has no values of `accuracy`; it has no columns.",
        'Compile with `metrics=["accuracy"]`, and log what `fit` reports.',
    ) == no_accuracy(a_log(), "accuracy")


def in_float32(right: int, images: int) -> float:
    """An accuracy as Keras computes it and a log with nine digits writes it."""
    (share,) = struct.unpack("f", struct.pack("f", right / images))
    return float(f"{share:.9g}")


@pytest.mark.parametrize(
    ("images", "right"),
    [
        (500, (411, 433, 440)),
        (1_000, (811, 833, 867)),
        (5_000, (4211, 4301, 4353, 4377)),
        (6_000, (5011, 5123, 5200)),
        (12_000, (10_001, 10_333, 10_517)),
        (18_000, (15_001, 15_333, 15_517)),
    ],
)
def test_fractions_tell_the_number_of_images(images: int, right: tuple[int, ...]) -> None:
    """All accuracies are multiples of 1/n, to the precision of float32."""
    assert images == validation_images(in_float32(count, images) for count in right)


def test_a_common_divisor_gives_a_smaller_number() -> None:
    """The standard error that follows is too large then, never too small."""
    assert 3_000 == validation_images(in_float32(count, 6_000) for count in (5_002, 5_102, 5_214))


@pytest.mark.parametrize(
    "accuracies",
    [
        pytest.param((0.8731, 0.8812, 0.8733), id="rounded to four decimals"),
        pytest.param(
            tuple(in_float32(right, 10_000) for right in (8731, 8797, 8813)),
            id="validated on the test images",
        ),
    ],
)
def test_four_decimals_tell_no_more_than_the_usual_number(accuracies: tuple[float, ...]) -> None:
    """Any number with four decimals is a multiple of 1/10,000, so more images than 5,000 are not assumed."""
    assert 5_000 == validation_images(accuracies)


@pytest.mark.parametrize(
    "accuracies",
    [
        pytest.param((), id="none"),
        pytest.param((0.0, 1.0, math.nan, math.inf, -0.5), id="none that tell"),
        pytest.param((0.8713492,), id="one, which fits many numbers by chance"),
        pytest.param((0.87134921, 0.88412237, 0.89012345), id="no fractions"),
        pytest.param((in_float32(50_001, 55_000), in_float32(50_333, 55_000)), id="too many images"),
    ],
)
def test_what_tells_nothing(accuracies: tuple[float, ...]) -> None:
    """Nothing is made of fractions that chance explains as well."""
    assert validation_images(accuracies) is None


def test_the_same_value_on_every_row_counts_once() -> None:
    """It is one measurement, however often it was written."""
    assert validation_images([0.8713492] * 1_000) is None


@given(
    images=st.integers(min_value=50, max_value=60_000),
    shares=st.lists(st.floats(min_value=0.0, max_value=1.0), min_size=1, max_size=8),
)
@settings(max_examples=40)
def test_never_more_images_than_there_were(images: int, shares: list[float]) -> None:
    """Honest accuracies give their own number, a smaller one or none."""
    told = validation_images(in_float32(round(share * images), images) for share in shares)

    assert told is None or told <= images


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ((0.871, 0.88), 0.0005),
        ((0.87, 0.9), 0.005),
        ((0.9, 0.8), 0.005),
        ((1.0,), 0.005),
        ((0.87134921,), FLOAT32),
    ],
)
def test_printing_moves_an_accuracy_by_half_of_its_last_digit(
    accuracies: tuple[float, ...], expected: float
) -> None:
    """Of the second at least, because trailing zeros are lost, and by what float32 has at least."""
    assert expected == pytest.approx(printed_within(accuracies))


def test_the_standard_error_of_a_difference() -> None:
    """sqrt(0.87 * 0.13 * (1 / 5,000 + 1 / 10,000)) is 0.0058; nothing is uncertain of 0 and 1."""
    assert 0.005825 == pytest.approx(standard_error(0.87, 5_000, 0.87, 10_000), abs=1e-6)
    assert 0.008238 == pytest.approx(standard_error(0.87, 2_000, 0.87, 10_000), abs=1e-6)
    assert 0.0 == standard_error(1.0, 5_000, 1.0, 10_000)
    assert 0.0 == standard_error(0.0, 5_000, 0.0, 10_000)
