"""What examples are, and in which scales they are given to a network."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.errors import RubricError
from grader.evidence.training import Kind
from grader.measure.data import dataset_for
from grader.measure.inputs import Scale, kind_of, scales_of
from grader.rubric import InputsPlan, Plan

GENERATOR = np.random.default_rng(7)
PIXELS = GENERATOR.integers(0, 256, (50, 8, 8, 3))
TABLE = GENERATOR.normal(5, (1, 2, 3), (60, 3))
TOKENS = GENERATOR.integers(0, 5_000, (40, 20))


@pytest.mark.parametrize(
    ("examples", "kind"),
    [
        (PIXELS.astype(np.uint8), "images"),
        (PIXELS / 255, "images"),
        (PIXELS[..., 0].astype(np.float32), "images"),
        (PIXELS[..., 0].reshape(50, 64), "images"),  # flat, as `fetch_openml` gives digits
        (PIXELS.reshape(50, 192).astype(np.float32), "images"),
        (TOKENS, "tokens"),
        (TOKENS.astype(np.uint16), "tokens"),
        (TABLE, "features"),
        (PIXELS[..., 0].reshape(50, 64) / 255, "features"),  # flat and scaled: a table of small numbers
        (TOKENS - 5_000, "features"),
        (TABLE[:, :, None], "features"),  # a sequence of three steps
        (TOKENS.astype(float), "features"),
    ],
)
def test_what_examples_are(examples: Any, kind: Kind) -> None:
    """Their type, shape and range tell pixels from token ids and from features."""
    assert kind == kind_of(examples)


def scales(examples: Any, data: str = "own.npz", **inputs: Any) -> dict[str, Scale]:
    """The scales that are tried."""
    return dict(scales_of(data, examples, InputsPlan(**inputs)))


def test_pixels_are_scaled_as_their_names_say() -> None:
    """0 and 255 come out at the ends; Fashion-MNIST is standardised by all of its training images."""
    image = np.array([[[0, 255]]], np.uint8)
    ends = {
        name: scale.of(image.astype(np.float32)).ravel().tolist()
        for name, scale in scales(image, "fashion_mnist").items()
    }

    assert [0.0, 1.0] == ends["pixels / 255"]
    assert [0.0, 255.0] == ends["raw pixels"]
    assert [-1.0, 1.0] == ends["pixels / 127.5 - 1"]
    assert pytest.approx([-0.8102, 2.0227], abs=1e-4) == ends["standardised pixels"]


@pytest.mark.parametrize(
    ("examples", "name", "axis"),
    [
        (PIXELS, "standardised pixels", None),
        (PIXELS / 255, "standardised pixels", None),
        (PIXELS, "standardised channels", (0, 1, 2)),
        (TABLE, "standardised features", 0),
        (GENERATOR.normal(3, 2, (30, 9, 2)), "standardised features", (0, 1)),
        (GENERATOR.uniform(3, 9, (30, 9, 2)), "standardised features", (0, 1)),  # or images?
    ],
)
def test_numbers_are_standardised_by_the_training_examples(examples: Any, name: str, axis: Any) -> None:
    """The mean becomes 0 and the deviation 1: of all pixels, or of each channel or feature."""
    found = scales(examples)[name].of(examples.astype(np.float32))

    np.testing.assert_allclose(found.mean(axis=axis), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(axis=axis), 1, atol=1e-4)


def test_numbers_that_are_all_alike_have_no_deviation() -> None:
    """Nothing is divided by 0."""
    found = scales(np.full((5, 2), 0.1))["standardised features"].of(np.full((5, 2), 0.1, np.float32))

    np.testing.assert_allclose(found, 0, atol=1e-6)


@pytest.mark.parametrize(
    ("examples", "inputs", "names"),
    [
        (TABLE, {}, ["raw values", "standardised features"]),
        (TOKENS, {}, ["token ids"]),
        (PIXELS[..., 0], {}, ["pixels / 255", "raw pixels", "pixels / 127.5 - 1", "standardised pixels"]),
        (PIXELS, {"scale": "none"}, ["raw pixels"]),
        (TABLE, {"scale": "none"}, ["raw values"]),
        (PIXELS, {"scale": "standardised"}, ["standardised features"]),
        (TABLE, {"divide": 10.0}, ["values / 10"]),
        (PIXELS, {"divide": 255.0, "mean": (0.5,), "deviation": (0.2,)}, ["the rubric's scale"]),
    ],
)
def test_which_scales_are_tried(examples: Any, inputs: dict[str, Any], names: list[str]) -> None:
    """Pixels alone are divided by 255 by trial; where the rubric says the scale, it is the only one."""
    assert names == list(scales(examples, **inputs))


def test_a_scale_that_the_rubric_gives() -> None:
    """The numbers are those of the formula, each channel with its own."""
    (scale,) = scales(PIXELS, divide=255.0, mean=(0.1, 0.2, 0.3), deviation=(1.0, 2.0, 4.0)).values()
    found = scale.of(PIXELS[:1].astype(np.float32))

    np.testing.assert_allclose(found, (PIXELS[:1] / 255 - [0.1, 0.2, 0.3]) / [1.0, 2.0, 4.0], rtol=1e-4)


def test_the_numbers_of_a_scale_fit_the_data(tmp_path: Path) -> None:
    """One for each of three channels is a mistake of the rubric where an example has two features."""
    np.savez(tmp_path / "own.npz", x_train=TABLE, y_train=TABLE[:, 0], x_test=TABLE, y_test=TABLE[:, 0])
    plan = Plan(data=str(tmp_path / "own.npz"), task="regression", inputs=InputsPlan(mean=(0.5, 0.5)))

    with pytest.raises(RubricError, match=r"`mean` of `inputs` has 2 numbers; .*must have 1 or 3\."):
        dataset_for(plan)
