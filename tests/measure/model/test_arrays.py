"""Sums of arrays, and sketches of weights: what they keep, and what they leave out."""

import math
import time
from pathlib import Path as File

import numpy as np
import pytest
from builders_class import Weights, in_another_order, some_weights, with_noise
from builders_models import a_dense, a_keras_file, a_sequential, an_h5_file, an_input, hdf5, numbers, old

from grader.evidence.model import Sketch
from grader.measure.model.arrays import CHUNK, PROJECTIONS, Totals, sketch, totals_of
from grader.measure.model.read import read_model


def sketched(weights: Weights) -> Sketch:
    """The sketch of weights that have one."""
    found = sketch(weights)
    assert found is not None
    return found


def cosine(one: Weights, other: Weights) -> float:
    """The cosine of the sketches of these weights."""
    return float(np.dot(sketched(one).projections, sketched(other).projections))


def test_a_sketch_is_a_hash_and_a_vector_of_length_one() -> None:
    """The same weights have the same one."""
    found = sketched(some_weights(1))

    assert found == sketch(some_weights(1))
    assert (64, PROJECTIONS) == (len(found.sha256), len(found.projections))
    assert 1.0 == pytest.approx(np.linalg.norm(found.projections))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 1.0])
def test_noise_leaves_the_cosine_that_arithmetic_says(share: float) -> None:
    """It is 1 / sqrt(1 + x^2), within three standard errors of a sketch."""
    expected = (1 + share**2) ** -0.5
    found = cosine(some_weights(1), with_noise(some_weights(1), share))

    assert expected == pytest.approx(found, abs=1e-6 + 3 * (1 - expected**2) / PROJECTIONS**0.5)


def test_weights_from_chance_are_at_right_angles() -> None:
    """Within five standard errors, among forty."""
    table = np.array([sketched(some_weights(seed)).projections for seed in range(40)])
    cosines = (table @ table.T)[np.triu_indices(40, 1)]

    assert np.abs(cosines).max() < 5 / PROJECTIONS**0.5


def test_one_number_changes_the_hash() -> None:
    """Also of a bias, which the projections leave out."""
    weights = some_weights(1)
    weights["dense", "1"][3] += 1
    one, other = sketched(some_weights(1)), sketched(weights)

    assert one.sha256 != other.sha256
    assert one.projections == other.projections


def test_a_layer_that_is_multiplied_changes_nothing() -> None:
    """Two layers can be multiplied and divided without a change in what the network does."""
    weights = some_weights(1)
    weights["dense", "0"] *= 4
    weights["dense_1", "0"] /= 4

    assert 1.0 == pytest.approx(cosine(some_weights(1), weights))


def test_statistics_of_the_pixels_do_not_outweigh_the_rest() -> None:
    """Honest models have the same moving variances."""
    variances = {("batch_normalization", "3"): np.linspace(0, 9000, 784, dtype=np.float32)}
    one, other = ({**some_weights(seed), **variances} for seed in (1, 2))

    assert abs(cosine(one, other)) < 5 / PROJECTIONS**0.5


def test_units_in_another_order_have_one_unordered_hash() -> None:
    """So has the sign of a zero a place in the order; other numbers have another hash."""
    weights = some_weights(1)
    signs = {path: np.copysign(np.float32(0.0), array) for path, array in weights.items()}
    zeros = {path: np.where(array < 0.5, signs[path], array) for path, array in weights.items()}
    hashes = [
        sketched(arrays).unordered
        for arrays in (weights, in_another_order(weights), some_weights(2), zeros, in_another_order(zeros))
    ]

    assert hashes[0] == hashes[1]
    assert hashes[3] == hashes[4]
    assert 3 == len(set(hashes))


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {("a",): np.zeros((3, 4), np.float32)},
        {("a",): np.ones(4, np.float32)},
        {("a",): np.zeros((0, 4), np.float32)},
        {("a",): np.full((3, 4), 1e300)},
        *({**some_weights(1), ("a",): np.full((3, 4), bad)} for bad in (np.nan, np.inf, -np.inf)),
    ],
    ids=["nothing", "zeros", "a bias", "empty", "too large to square", "NaN", "infinite", "below all"],
)
def test_weights_without_a_direction_have_no_sketch(weights: Weights) -> None:
    """There is nothing to compare; a training that diverged ends with the same NaN for everyone."""
    assert sketch(weights) is None


@pytest.mark.parametrize("dtype", ["float16", "float64", "int8", "uint32", "bool"])
def test_numbers_of_any_kind_are_projected(dtype: str) -> None:
    """What a model file may hold has a sketch."""
    random = np.random.default_rng(3)
    found = sketched({("a",): (9 * random.random((20, 20)) - 2 * (dtype != "uint32")).astype(dtype)})

    assert 1.0 == pytest.approx(np.linalg.norm(found.projections))


def test_both_forms_of_one_network_have_one_sketch() -> None:
    """A `.keras` file names its weights, an `.h5` file counts them; in each, ten comes after two."""
    network = a_sequential(an_input(3), *(a_dense(3, f"d{layer}") for layer in range(12)))
    kernels = [numbers(3, 3) + layer**2 for layer in range(12)]
    paths = ["layers/dense/vars/0", *(f"layers/dense_{layer}/vars/0" for layer in range(1, 12))]
    keras = a_keras_file(network, hdf5(dict(zip(paths, kernels, strict=True))))
    layers = {f"d{layer}": {f"d{layer}/kernel:0": kernel} for layer, kernel in enumerate(kernels)}
    described = old(a_sequential(old(an_input(3)), *(old(a_dense(3, f"d{layer}")) for layer in range(12))))

    found = read_model("model.keras", keras).facts.sketch

    assert found is not None
    assert found == read_model("model.h5", an_h5_file(described, layers)).facts.sketch


def test_a_large_kernel_goes_through_in_parts() -> None:
    """The parts are added up, and where they meet nothing is lost."""
    kernel = np.random.default_rng(4).standard_normal((2, CHUNK)).astype(np.float32)
    noisy = kernel + 0.5 * np.random.default_rng(5).standard_normal(kernel.shape).astype(np.float32)

    assert 1.25**-0.5 == pytest.approx(cosine({("a",): kernel}, {("a",): noisy}), abs=0.03)


def test_trainings_with_different_seeds_are_apart(examples: File) -> None:
    """The five examples are real trainings, each with a seed of its own: no cosine is over 0.2."""
    files = sorted(examples.glob("*/model.*"))
    found = [read_model(file.name, file.read_bytes()).facts.sketch for file in files]
    table = np.array([one.projections for one in found if one])

    assert 5 == len(table)
    assert np.abs((table @ table.T)[np.triu_indices(5, 1)]).max() < 0.2


def test_the_homeworks_network_takes_little_time() -> None:
    """Twenty milliseconds at most for its 266,610 numbers, the best of three."""
    shapes = ((784, 300), (300,), (300, 100), (100,), (100, 10), (10,))
    weights = {(str(number),): np.ones(shape, np.float32) for number, shape in enumerate(shapes)}
    seconds = []
    for _ in range(3):
        start = time.process_time()
        sketch(weights)
        seconds.append(time.process_time() - start)

    assert min(seconds) < 0.02


def test_sums_of_any_numbers() -> None:
    """A million float32 numbers lose nothing, no numbers sum to nothing, and no warning is raised."""
    found = totals_of(np.full((1000, 1000), 0.1, "float32"))

    assert pytest.approx(float(np.float32(0.1)) * 1e6, rel=1e-12) == found.total
    assert pytest.approx(float(np.float32(0.1)) ** 2 * 1e6, rel=1e-12) == found.squares
    assert ((1000, 1000), "float32") == (found.shape, found.dtype)
    for dtype in ("float64", "float16", "int64"):
        assert Totals((2,), dtype, 3.0, 5.0, 1.0) == totals_of(np.array([1, 2], dtype))
    assert Totals((0, 3), "float64", 0.0, 0.0, 0.0) == totals_of(np.zeros((0, 3)))
    assert math.isnan(totals_of(np.array([1.0, np.nan])).total)
    assert math.isinf(totals_of(np.array([1e300, 1.0])).squares)
