"""Predictions for tests, and the labels that they are compared with."""

from grader.analysis.predictions import Labels
from grader.evidence.predictions import Predictions

LABELS = Labels(column="label", values={"a": "cat", "b": "dog", "c": "cat", "d": "bird"})


def some_predictions(rows: str) -> Predictions:
    """Predictions of a text such as `a cat, b dog`."""
    pairs = [row.strip().partition(" ") for row in rows.split(",")]
    return Predictions(
        header="prediction", ids=tuple(one for one, _, _ in pairs), values=tuple(value for *_, value in pairs)
    )
