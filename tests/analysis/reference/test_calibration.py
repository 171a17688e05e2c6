"""Tests of the calibration as data."""

import json

import pytest
from builders_golden import said
from builders_runs import a_calibration, a_size, the_calibration
from pydantic import ValidationError

from grader.analysis.reference.calibration import Calibration


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
