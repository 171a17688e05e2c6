"""Tests of `grader.reports.facts`."""

import builders_evidence as build

from grader.reports.facts import facts_of


def facts(**parts: object) -> dict[str, str]:
    return {str(fact.name): str(fact.value) for fact in facts_of(build.some_evidence(**parts))}


def test_facts_lay_out_what_was_measured() -> None:
    """Model, optimizer, accuracy, pixels, log, probe and rerun are facts with their numbers."""
    found = facts()

    assert (
        "Flatten, Dense 300, Dense 100, Dense 10; 266610 parameters; saved by Keras 3.15.1" == found["Model"]
    )
    assert "Adam, learning rate 0.001, clipnorm 1, 8595 steps" == found["Stored optimizer"]
    assert "0.8765" == found["Accuracy on the test images"]
    assert "csv, 2 rows; read: epoch, val_accuracy" == found["Log"]
    assert (
        "largest norm before clipping 2.0 (variable), 2.5 (global); after 1.0, 1.4"
        == found["Norms at the submitted weights"]
    )
    assert found["Rerun from fresh weights"].startswith(
        "40 steps of 32, seed 111, made once for this network: accuracy 0.8123 "
    )


def test_facts_without_an_optimizer_say_so() -> None:
    """A model that was saved without its optimizer is shown as such."""
    found = facts(model=build.a_model(optimizer=None))

    assert "none" == found["Stored optimizer"]
