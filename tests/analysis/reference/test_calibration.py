"""Tests of the calibration as data."""

import json

import pytest
from builders_golden import said
from builders_runs import UNCOVERED, a_calibration, a_network_with, a_size, the_calibration
from pydantic import ValidationError

from grader.analysis.reference.calibration import Calibration
from grader.evidence.model import Model


@pytest.mark.parametrize(
    ("inputs", "largest", "expected"),
    [
        ("pixels / 255", None, [("pixels / 255", 32), ("pixels / 255", 64), ("pixels / 255", 128)]),
        (None, None, [("pixels / 255", 32), ("pixels / 255", 64), ("pixels / 255", 128)]),
        ("pixels / 255", 35.0, [("pixels / 255", 32), ("pixels / 255", 64)]),
        ("pixels / 255", 8.0, [("pixels / 255", 32)]),
        ("raw pixels", 8.0, [("pixels / 255", 32), ("raw pixels", 32)]),
        ("standardised pixels", 35.0, [("pixels / 255", 32), ("pixels / 255", 64)]),
    ],
)
def test_the_sizes_follow_from_the_pixels_and_the_rows(
    inputs: str | None, largest: float | None, expected: list[tuple[str, int]]
) -> None:
    """Those that are possible and the next larger one; of the first way of giving the pixels, too."""
    sizes = [a_size(size, way) for way in ("pixels / 255", "raw pixels") for size in (32, 64, 128)]

    found = a_calibration(*sizes).sizes_for(inputs, largest)

    assert expected == [(size.inputs, size.batch_size) for size in found]


def test_a_size_has_anchors_for_both_scopes() -> None:
    """The variable's and the global one."""
    size = the_calibration().sizes[0]

    assert (size.variable_norm, size.global_norm) == (size.ends("variable"), size.ends("global"))


def test_it_is_cited_with_what_it_rests_on() -> None:
    """The runs, the batch sizes and the version."""
    assert said(the_calibration().cited())


def test_its_file_has_a_line_for_each_size() -> None:
    """It reads back as it was."""
    calibration = a_calibration(a_size(32), a_size(64))
    page = calibration.page()

    assert calibration == Calibration.model_validate_json(page)
    assert 2 == sum(line.startswith('  {"inputs"') for line in page.splitlines())
    assert page.endswith("\n")


def test_a_file_may_lack_accuracies_and_not_sizes() -> None:
    """What was not measured is nothing to compare with in an old file."""
    content = json.loads(a_calibration().page())
    del content["accuracies"]

    assert Calibration.model_validate_json(json.dumps(content)).accuracies is None
    with pytest.raises(ValidationError):
        Calibration.model_validate_json(json.dumps({**content, "sizes": []}))


@pytest.mark.parametrize("number", range(len(UNCOVERED)))
def test_dense_networks_tell_nothing_of_other_kinds(number: int) -> None:
    """Layers, a loss or averages that no run had; what was tried and fits is covered."""
    assert said(the_calibration().uncovered(UNCOVERED[number]))


@pytest.mark.parametrize("kinds", [(), ("Dropout", "Conv2D", "MaxPooling2D"), ("LayerNormalization",)])
def test_honest_runs_of_these_kinds_fit_the_dense_ones(kinds: tuple[str, ...]) -> None:
    """So they are compared."""
    assert the_calibration().uncovered(a_network_with(*kinds)) is None


RECURRENT = a_network_with("LSTM", "Dropout", loss="hinge", loss_form="other")


@pytest.mark.parametrize(
    ("model", "covered"),
    [
        (RECURRENT, True),
        (a_network_with("Dropout", "LSTM", "LSTM", loss="hinge", loss_form="other"), True),
        (a_network_with("LSTM", loss="hinge", loss_form="other"), False),
        (a_network_with("LSTM", "Dropout", "GRU", loss="hinge", loss_form="other"), False),
        (a_network_with("LSTM", "Dropout", loss="hinge", loss_form="summed"), False),
        (a_network_with("LSTM", "Dropout"), False),
        (a_network_with(), False),
        (None, True),
    ],
)
def test_a_calibration_covers_the_kind_of_network_that_it_was_made_of(
    model: Model | None, covered: bool
) -> None:
    """The same kinds of layers, in any number and order, and the same loss."""
    own = a_calibration().model_copy(
        update={"other_layers": ("LSTM", "Dropout"), "loss": "other hinge", "hidden_layers": (300, 100)}
    )
    found = own.uncovered(model)

    assert covered == (found is None)
    assert found is None or said(found)


def test_a_dense_network_is_not_the_recurrent_one_with_its_units() -> None:
    """Nobody's accuracy is compared with that of another network."""
    own = the_calibration()

    assert own.is_of(a_network_with())
    assert not own.is_of(a_network_with("Dropout"))
    assert not own.model_copy(update={"other_layers": ("LSTM",)}).is_of(a_network_with())
