"""Tests of what is said of an accuracy that is not in the log."""

from builders_evidence import a_log

from grader.accuracies import no_accuracy
from grader.report import failed


def test_an_accuracy_that_was_not_logged_fails() -> None:
    """The sentence names it and what there is instead."""
    assert failed(
        "The log has no values of `accuracy`; it has no columns.",
        'Compile with `metrics=["accuracy"]`, and log what `fit` reports.',
    ) == no_accuracy(a_log(), "accuracy")
