"""Tests of `grader.platforms.packing.shipment`: a rubric with all that belongs to it."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC

from grader.errors import RubricError, UsageError
from grader.platforms.packing.shipment import shipment
from grader.rubric.shelf import DEFAULT, find_rubric


def test_a_rubric_that_ships_with_its_calibration() -> None:
    """Both are copied as they are."""
    found = shipment(DEFAULT)

    assert "rubric/gradient_clipping.yaml" == found.rubric
    assert {found.rubric, "rubric/gradient_clipping.calibration.json"} == set(found.files)
    assert find_rubric(DEFAULT).read_bytes() == found.files[found.rubric]
    assert "fashion_mnist" == found.plan.data


def test_the_data_beside_a_rubric(tmp_path: Path) -> None:
    """It goes to the same place; a name that means something to a shell is spelt otherwise."""
    file = tmp_path / "my $(hw) 1.yaml"
    file.write_text(f"data: sets/own.npz\n{RUBRIC}", encoding="utf-8")
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "own.npz").write_bytes(b"data")
    found = shipment(str(file))

    assert b"data" == found.files["rubric/sets/own.npz"]
    assert found.rubric.startswith("rubric/my_hw_1-")
    assert not set(found.rubric) & set(" $()")


@pytest.mark.parametrize("above", ["..", "{folder}"])
def test_data_elsewhere_is_refused(tmp_path: Path, above: str) -> None:
    """On the platform it would not be there."""
    data = f"{above.format(folder=tmp_path)}/own.npz"
    (tmp_path / "own.npz").touch()
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "hw.yaml").write_text(f"data: {data}\n{RUBRIC}", encoding="utf-8")

    with pytest.raises(UsageError) as caught:
        shipment(str(tmp_path / "rubrics" / "hw.yaml"))

    assert f"The rubric's data `{data}` must lie in its folder to be packed." == caught.value.message
    assert "Move the file beside the rubric, and write its name alone after `data:`." == caught.value.hint


def test_a_rubric_with_a_mistake_is_not_packed(tmp_path: Path) -> None:
    """It is better seen here than on the platform."""
    (tmp_path / "hw.yaml").write_text("version: 1\n", encoding="utf-8")

    with pytest.raises(RubricError):
        shipment(str(tmp_path / "hw.yaml"))
