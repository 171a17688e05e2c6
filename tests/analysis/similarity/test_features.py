"""What is kept of a submission to compare it with others."""

import sys

import numpy as np
import pytest
from builders_class import NOTHING, a_loss, a_norm_series, a_series, a_student, some_weights, work
from builders_evidence import a_log, a_model, some_evidence

from grader.analysis.similarity.features import features_of
from grader.evidence.model import Sketch
from grader.evidence.training import MISTAKES_OF


def test_the_features_of_a_submission() -> None:
    """The norms and the loss, the sketch at length 1, and the hash of the model's file."""
    features = a_student(
        "ana", a_norm_series(a_series(1)), a_loss(a_series(2)), weights=some_weights(1), file="ab"
    )

    assert "ana" == features.id
    assert ("grad_norm", "loss") == features.headers
    assert [("grad_norm", 400), ("loss", 400)] == [
        (series.header, series.values) for series in features.series
    ]
    assert ("ab", 1830) == (features.weights.file, features.weights.parameters)
    assert 1.0 == pytest.approx(float(np.linalg.norm(features.weights.projections)), abs=1e-6)


def test_features_are_small() -> None:
    """A thousand submissions with long logs fit into memory many times."""
    columns = [a_norm_series(a_series(seed, 20_000), f"norm {seed}") for seed in range(4)]
    features = a_student("ana", *columns, weights=some_weights(1), mistakes=(1,) * MISTAKES_OF)
    arrays = (
        features.weights.projections,
        features.shingles.hashes,
        features.shingles.columns,
        features.mistakes,
    )

    assert all(array.base is None for array in arrays)
    assert sum(sys.getsizeof(array) for array in arrays) < 15_000


def test_a_submission_with_nothing_has_no_features() -> None:
    """It can be like no other."""
    features = features_of("dan", some_evidence(log=NOTHING, model=NOTHING))

    assert ((), (), 0) == (features.series, features.headers, len(features.shingles.hashes))
    assert 0 == len(features.weights.projections)


@pytest.mark.parametrize("projections", [(0.0, 0.0), ()])
def test_a_sketch_without_a_direction_is_none(projections: tuple[float, ...]) -> None:
    """Evidence comes from a worker; what cannot be compared is left out."""
    model = a_model(sketch=Sketch(sha256="ab", projections=projections))

    assert 0 == len(features_of("dan", some_evidence(model=model)).weights.projections)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.53127, 0.41236, 0.38761, 0.35128], True),
        ([0.53127, 0.41236, 0.38761], False),
        ([0.5312, 0.4123, 0.3876, 0.3512, 0.3321], False),
        ([1.0, 1.0000001192, 0.99999994, 1.0000002384, 1.0], False),
        ([0.53127] * 8, False),
        ([float("nan"), float("inf")] * 8, False),
    ],
)
def test_a_short_column_tells_something_by_its_digits(values: list[float], *, told: bool) -> None:
    """Four different numbers of five digits are not equal by chance; a rounded or constant one may be."""
    evidence = some_evidence(log=a_log(loss=values))

    assert told == bool(features_of("ana", evidence).series)


def test_a_rounded_column_tells_something_by_its_moves() -> None:
    """Two digits are enough where there are hundreds of steps."""
    assert 1 == len(features_of("ana", work(a_loss(np.round(a_series(1), 2)))).series)


def test_a_single_layer_is_no_trace_of_anybody() -> None:
    """Whoever trains it to the end comes to nearly the same weights, so only equal ones are alike."""
    sketch = Sketch(sha256="ab", unordered="cd", projections=(1.0, 2.0))
    one, two = (
        features_of("dan", some_evidence(model=a_model(sketch=sketch, variables=count))).weights
        for count in (2, 4)
    )

    assert (0, "cd") == (len(one.projections), one.unordered)
    assert 2 == len(two.projections)
