"""Tests of the forms that logs are written in: the program reads the same numbers from each."""

import json
from pathlib import Path

import log_forms
import numpy as np
import pandas as pd
import pytest
from builders_logs import read

LOG = pd.DataFrame(
    {
        "epoch": [0, 0, 1, 1],
        "step": [1, 2, 3, 4],
        "loss": [2.25, 1.5, 1.25, 1.0],
        "val_accuracy": [np.nan, 0.75, np.nan, 0.875],
        "grad_norm": [1.0, 1.0000001192, 0.75, 0.5],
    }
)

FORMS = [
    log_forms.plain_csv,
    log_forms.semicolons_and_decimal_commas,
    log_forms.utf_16,
    log_forms.title_line,
    log_forms.doubled_line_ends,
    log_forms.weights_and_biases,
    log_forms.json_columns,
    log_forms.json_rows,
    log_forms.json_lines,
    log_forms.nested_history,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_program_reads_the_same_numbers_from_each_form(form, tmp_path: Path) -> None:
    """A form is another way to write the same log."""
    form(LOG, tmp_path)
    (path,) = tmp_path.iterdir()
    log = read(path.read_bytes(), path.name)

    norm, accuracy = log.column("gradient_norm"), log.column("val_accuracy")

    assert norm is not None
    assert (0, 1, 2, 3) == norm.rows
    assert LOG["grad_norm"].tolist() == pytest.approx(list(norm.values), rel=1e-8)
    assert accuracy is not None
    # A history has a list of its own for each epoch's value, which names no step.
    assert ((0, 1) if form is log_forms.nested_history else (1, 3)) == accuracy.rows


def test_history_has_a_value_an_epoch_and_norms_a_value_a_step(tmp_path: Path) -> None:
    """That is what a student gets who puts the norms beside `fit`'s history."""
    log_forms.nested_history(LOG, tmp_path)
    history = json.loads((tmp_path / "training_log.json").read_text(encoding="utf-8"))["history"]

    assert {"loss": 2, "val_accuracy": 2, "grad_norm": 4} == {
        name: len(values) for name, values in history.items()
    }


def test_nothing_may_be_handed_in(tmp_path: Path) -> None:
    """No file at all, or one without a byte."""
    log_forms.no_log(LOG, tmp_path)
    before = list(tmp_path.iterdir())
    log_forms.empty_file(LOG, tmp_path)

    assert [] == before
    assert [b""] == [path.read_bytes() for path in tmp_path.iterdir()]
