"""Amounts of memory with their units."""

import pytest
from pydantic import ValidationError

from grader.rubric import Limits
from grader.rubric.memory import amount


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4 GiB", 4 * 2**30),
        ("1.5GiB", 3 * 2**29),
        ("512 MiB", 2**29),
        ("500 MB", 500_000_000),
        ("2 GB", 2_000_000_000),
        ("8 KiB", 8192),
        (" 7 B ", 7),
    ],
)
def test_units(text: str, size: int) -> None:
    """Binary and decimal units mean what they say."""
    assert size == amount(text)


@pytest.mark.parametrize(
    "text", ["", "4", "GiB", "4 gib", "-4 GiB", "4 GiB!", "4,5 GiB", "1e3 MiB", "\uff14 GiB"]
)
def test_other_text_is_refused(text: str) -> None:
    """The units are listed, and one example is given."""
    with pytest.raises(ValueError, match=r"^must be a number and a unit") as caught:
        amount(text)

    assert "must be a number and a unit (B, KiB, MiB, GiB, MB, GB), such as `4 GiB`" == str(caught.value)


def test_memory_travels_as_bytes() -> None:
    """JSON of the limits comes back equal."""
    limits = Limits.model_validate({"memory": "2 GiB"})

    assert 2 * 2**30 == limits.memory
    assert limits == Limits.model_validate_json(limits.model_dump_json())


@pytest.mark.parametrize("value", [4, 4.0, True, None, "100 MiB", "9000000000000 GiB"])
def test_too_little_or_too_much(value: object) -> None:
    """A forgotten unit is not four bytes."""
    with pytest.raises(ValidationError):
        Limits.model_validate({"memory": value})


def test_the_size_of_a_file_travels_as_bytes() -> None:
    """In YAML it has its unit, in JSON it is a number."""
    limits = Limits.model_validate({"log_file": "40 MiB"})

    assert 40 * 2**20 == limits.log_file
    assert limits == Limits.model_validate_json(limits.model_dump_json())


@pytest.mark.parametrize("value", ["20", 20, "0.5 KiB", "2048 GiB", "much", None, True])
def test_wrong_sizes_of_a_file(value: object) -> None:
    """A bare number is a forgotten unit."""
    with pytest.raises(ValidationError):
        Limits.model_validate({"log_file": value})
