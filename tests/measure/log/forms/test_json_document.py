"""JSON documents of every shape."""

import json
import math
from typing import Any

import pytest
from builders_logs import ADVICE, read, refused, values

from grader.evidence.log import Cell

SHAPE = f"Write one list of numbers for each name, as `json.dump(history.history, file)` does. {ADVICE}"
DUMP = f"Write it with `json.dump(history.history, file)`; what `print` or `str` shows is not JSON. {ADVICE}"
RIGHT = {"epoch": [0.0, 1.0], "loss": [0.5, 0.25]}
COLUMNS = {"epoch": [0, 1], "loss": [0.5, 0.25]}
ROWS = [{"epoch": 0, "loss": 0.5}, {"epoch": 1, "loss": 0.25}]


@pytest.mark.parametrize(
    "document",
    [
        COLUMNS,
        {**COLUMNS, "best_epoch": 1, "name": "adam", "input_shape": [28, 28, 1]},
        {"epoch": ["0", "1"], "loss": ["0.5", "2.5E-01"]},
        {"epoch": {"0": 0, "1": 1}, "loss": {"1": 0.25, "0": 0.5}},
        {"columns": ["epoch", "loss"], "index": [0, 1], "data": [[0, 0.5], [1, 0.25]]},
        {"0": ROWS[0], "1": ROWS[1]},
        {"epoch_2": ROWS[1], "epoch_1": ROWS[0]},
        ROWS,
        [ROWS[0], {}, ROWS[1]],
        [["epoch", "loss"], [0, 0.5], [1, 0.25]],
        {"history": COLUMNS, "config": {"batch_size": 32, "shape": [28, 28]}},
        {"training_config": {"input_shape": [28, 28]}, "evaluation": {"loss": 0.3}, "history": COLUMNS},
        {"log_history": ROWS, "best_metric": None},
        {"epoch": [0, 1], "history": {"loss": [0.5, 0.25]}, "params": {"epochs": 2}},
        {"history": COLUMNS, "test_history": {"loss": [0.75]}},
    ],
)
def test_shapes(document: Any) -> None:
    """Every shape in which people write a history is read as the same columns."""
    log = read(json.dumps(document))

    assert RIGHT == values(log)
    assert ("json", 2) == (log.form, log.rows)


def test_byte_order_mark() -> None:
    """A mark at the beginning does not matter."""
    assert RIGHT == values(read(json.dumps(COLUMNS).encode("utf-8-sig")))


@pytest.mark.hostile_row(60)
def test_cells() -> None:
    """NaN and infinity are values, null is none, and what is no number is unreadable."""
    log = read('{"loss": [NaN, Infinity, -Infinity, null, "NA", true, [1], {"a": 1}, "x", 1e999]}')
    column = log.columns[0]

    assert (0, 1, 2, 9) == column.rows
    assert [True, False] == [math.isnan(value) for value in column.values[:2]]
    assert (math.inf, -math.inf, math.inf) == column.values[1:]
    assert (
        Cell(row=5, text="true"),
        Cell(row=6, text="a list"),
        Cell(row=7, text="an object"),
    ) == column.unreadable
    assert 4 == column.unreadable_count


@pytest.mark.hostile_row(60)
@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("{", "not valid JSON: expecting property name enclosed in double quotes at line 1, column 2", DUMP),
        (
            "{'loss': [1]}",
            "not valid JSON: expecting property name enclosed in double quotes at line 1, column 2",
            DUMP,
        ),
        ('{"loss": [0.5,\n 0.2', "not valid JSON: expecting ',' delimiter at line 2, column 5", DUMP),
        ('{"loss": [\uff11]}', "not valid JSON: expecting value at line 1, column 11", DUMP),
        ("[" * 100_000, "nested too deeply to be a log", ADVICE),
        ('{"a":' * 100_000, "nested too deeply to be a log", ADVICE),
        ("{}", "an empty JSON document", ADVICE),
        ("[]", "an empty JSON document", ADVICE),
        ('{"cells": [], "metadata": {}, "nbformat": 4}', "a Jupyter notebook", ADVICE),
        ('[["a", 1], [2]]', "a JSON list in which no table was found", SHAPE),
        ("[[1, 2, 3], [4, 5, 6]]", "a JSON list in which no table was found", SHAPE),
        ("[[[1, 2]]]", "a JSON list in which no table was found", SHAPE),
        ("[[], []]", "a JSON list in which no table was found", SHAPE),
        ('[1, {"loss": 1}]', "a JSON list in which no table was found", SHAPE),
        (
            '{"a": {"b": {"loss": [1]}}}',
            "a JSON object with `a`, in which no list of numbers was found",
            SHAPE,
        ),
        (
            '{"loss": [], "acc": []}',
            "a JSON object with `loss` and `acc`, in which no list of numbers was found",
            SHAPE,
        ),
    ],
)
def test_refusals(text: str, sentence: str, hint: str) -> None:
    """What is no log says what it is."""
    refusal = refused(text)

    assert f"The log `log.csv` is {sentence}." == str(refusal.message)
    assert str(hint) == str(refusal.hint)
