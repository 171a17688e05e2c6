"""The labels of a rubric: what is read, and what is said of a file that has none."""

from pathlib import Path

import pytest
from builders_golden import said
from builders_rubric import RUBRIC, a_rubric, mistakes

ITEM = "- predictions_match: {at_least: 0.5}\n  title: Predictions\n  points: 1\n"
NEAR = "- predictions_are_near: {at_most: 0.5}\n  title: Predictions\n  points: 1\n"
FILES = 'files: {predictions: ["*.csv"]}\n'
WHOLE = f"labels: labels.csv\n{FILES}{RUBRIC}{ITEM}"


def test_labels_come_with_the_rubric_and_not_with_its_plan(tmp_path: Path) -> None:
    """The plan travels to the worker; the labels do not."""
    (tmp_path / "labels.csv").write_text("id,label\n01,Cat\n2.0,dog\n\n")

    rubric = a_rubric(tmp_path, WHOLE)

    assert rubric.true_labels is not None
    assert ("label", {"1": "cat", "2": "dog"}) == (rubric.true_labels.column, rubric.true_labels.values)
    assert "dog" not in rubric.plan.model_dump_json()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"id,label\n", id="no rows"),
        pytest.param(b"label\ncat\n", id="one column"),
        pytest.param(b"id,first,second\n1,2,3\n", id="which column"),
        pytest.param(b"id,label\n1,cat\n1.0,dog\n", id="twice"),
        pytest.param(b"id,label\n1,\n", id="no label"),
        pytest.param(b"id,label\n1\n", id="a short row"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
        pytest.param(b'id,label\n"1,cat\n', id="an open quote"),
    ],
)
def test_labels_that_are_none(tmp_path: Path, content: bytes | None) -> None:
    """They are a mistake of the rubric, with its line."""
    if content is not None:
        (tmp_path / "labels.csv").write_bytes(content)

    for line in mistakes(tmp_path, WHOLE):
        said(line)


@pytest.mark.parametrize(
    "text",
    [
        f"{FILES}{RUBRIC}{ITEM}",
        f"labels: labels.csv\n{RUBRIC}{ITEM}",
        f"labels: labels.csv\n{FILES}{RUBRIC}{NEAR}",
    ],
    ids=["no labels", "no patterns", "classes for numbers"],
)
def test_what_the_checks_need(tmp_path: Path, text: str) -> None:
    """Labels, patterns for the predictions, and numbers where numbers are compared."""
    (tmp_path / "labels.csv").write_text("id,label\n1,cat\n")

    for line in mistakes(tmp_path, text):
        said(line)
