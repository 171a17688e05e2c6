"""Tests of the check on predicted classes."""

import pytest
from builders_evidence import ask
from builders_predictions import LABELS, some_predictions
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.predictions import Labels
from grader.checks.predictions_match import PredictionsMatch

HALF = PredictionsMatch(at_least=0.5)
ALL = PredictionsMatch(at_least=1.0, partial_from=0.25)
DIGITS = Labels(column="label", values={str(one): str(one % 2) for one in range(10)})


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        pytest.param("a cat, b dog, c cat, d bird", "passed", id="all are right"),
        pytest.param("a CAT, b Dog , c dog, d dog", "passed", id="half, in any case"),
        pytest.param("a cat, b cat, c dog, d dog", "failed", id="a quarter"),
        pytest.param("a cat, b dog", "passed", id="half have none"),
        pytest.param("a cat", "failed", id="three have none"),
        pytest.param("a cat, b", "failed", id="an empty one is none"),
        pytest.param("a cat, a cat, b dog", "passed", id="twice the same"),
        pytest.param("a cat, a dog, b dog", "failed", id="two that differ"),
        pytest.param("a cat, b dog, e cat, f dog, g dog", "passed", id="others that are not asked for"),
        pytest.param("x cat, y dog, z dog", "failed", id="no id that is asked for"),
        pytest.param("image breed, a cat, b dog", "passed", id="a header with other names"),
        pytest.param("a horse, b dog, c cow, d cat", "failed", id="classes that there are not"),
        pytest.param("a 0.93, b 0.2, c 0.4, d 0.1", "failed", id="probabilities"),
    ],
)
def test_predictions_are_compared_id_by_id(rows: str, status: str) -> None:
    """What is missing, twice or unknown is said with two of the student's own ids."""
    finding = ask(HALF, predictions=some_predictions(rows), labels=LABELS)

    assert status == finding.status


def test_numbers_are_compared_as_numbers() -> None:
    """A spreadsheet writes 7.0 and loses zeros in front."""
    rows = ", ".join(f"0{one}.0 {one % 2}.0" for one in range(10))

    assert "passed" == ask(ALL, predictions=some_predictions(rows), labels=DIGITS).status


def test_probabilities_are_no_classes_of_numbers() -> None:
    """0 and 1 themselves are classes."""
    shares = some_predictions(", ".join(f"{one} 0.{one}7" for one in range(10)))
    rounded = some_predictions(", ".join(f"{one} {one % 2}.0" for one in range(10)))

    assert "failed" == ask(HALF, predictions=shares, labels=DIGITS).status
    assert "passed" == ask(HALF, predictions=rounded, labels=DIGITS).status


def test_a_part_of_the_points() -> None:
    """In proportion, from where the rubric says."""
    assert 1 / 3 == pytest.approx(ask(ALL, predictions=some_predictions("a cat, b dog"), labels=LABELS).share)


@given(
    st.lists(st.sampled_from(["cat", "dog", "bird", "cow", "", "0.5"]), min_size=4, max_size=4),
    st.integers(0, 3),
)
def test_a_right_prediction_never_earns_less(values: list[str], place: int) -> None:
    """And the sentence on the student's page has no label that the student did not write."""
    before = [*zip("abcd", values, strict=True)]
    after = [*before[:place], ("abcd"[place], LABELS.values["abcd"[place]]), *before[place + 1 :]]
    less, more = (
        HALF.find(some_predictions(", ".join(f"{one} {value}" for one, value in rows)), LABELS)
        for rows in (before, after)
    )

    assert (less.status == "passed") <= (more.status == "passed") or "0.5" in values
    assert not [label for label in {"cat", "dog", "bird"} - set(values) if label in str(less.message)]
