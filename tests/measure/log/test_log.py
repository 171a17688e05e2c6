"""A log from its bytes to evidence."""

import json
from typing import Any

import numpy as np
import pytest
from builders_logs import csv_text, event_file, npy, npz, read, values
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence.log import Log
from grader.evidence.problem import Problem
from grader.measure.runs import SeveralRuns

OUR_OWN = (
    "epoch,step,loss,accuracy,val_loss,val_accuracy,"
    "variable_norm_before,variable_norm_after,global_norm_before,global_norm_after\n"
    "0,1,2.3,0.1,,,2.5,1.0,3.5,1.75\n"
    "0,2,2.0,0.3,0.9,0.7,2.25,1.0,3.0,1.5\n"
    "1,3,0.9,0.7,,,0.5,0.5,0.75,0.75\n"
    "1,4,0.8,0.75,0.7,0.8,1.5,1.0,2.0,1.25\n"
)


def test_the_documented_form() -> None:
    """The log of `NormLogger` is read whole, with scope and stage of each norm, without a note."""
    log = read(OUR_OWN)

    assert ("csv", 4, (), ()) == (log.form, log.rows, log.ignored, log.notes)
    assert ["epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy"] == [
        column.name for column in log.columns[:6]
    ]
    assert [
        ("variable", "before", (2.5, 2.25, 0.5, 1.5)),
        ("variable", "after", (1.0, 1.0, 0.5, 1.0)),
        ("global", "before", (3.5, 3.0, 0.75, 2.0)),
        ("global", "after", (1.75, 1.5, 0.75, 1.25)),
    ] == [(column.scope, column.stage, column.values) for column in log.norms()]
    assert ((1, 3), (0.7, 0.8)) == (log.columns[5].rows, log.columns[5].values)
    assert ((0, 1, 2, 3), (1.0, 2.0, 3.0, 4.0)) == (log.columns[1].rows, log.columns[1].values)


@pytest.mark.hostile_row(61)
def test_names_are_not_looked_at() -> None:
    """What a log is, its content says."""
    assert "csv" == read(OUR_OWN, "log.json").form
    assert "json" == read('{"loss": [1.0]}', "log.csv").form
    assert "csv" == read(OUR_OWN, "http://localhost/log.csv.zip").form


def test_what_is_unknown_is_capped() -> None:
    """Of many unknown columns, fifty are named, each shortened."""
    headers = [f"{number}{'x' * 400}" for number in range(60)]
    log = read(csv_text({"loss": [1.0], **{header: [2.0] for header in headers}}))

    assert 50 == len(log.ignored)
    assert 300 == max(map(len, log.ignored))


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TABLES = st.integers(1, 30).flatmap(
    lambda count: st.fixed_dictionaries(
        {
            "step": st.just([float(step) for step in range(count)]),
            "loss": st.lists(NUMBERS, min_size=count, max_size=count),
            "accuracy": st.lists(st.floats(0, 1), min_size=count, max_size=count),
            "global_norm_after": st.lists(NUMBERS, min_size=count, max_size=count),
        }
    )
)


@given(
    TABLES,
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_tables_as_text(
    table: dict[str, list[float]], separator: str, comma: bool, newline: str, encoding: str
) -> None:
    """Any table that is written as delimited text is read as it was, in any dialect."""
    text = csv_text(table, separator, newline)
    if comma and separator != ",":
        text = text.replace(".", ",")

    assert table == values(read(text.encode(encoding)))


@given(TABLES, st.sampled_from(["columns", "rows", "lines", "nested", "texts", "lists", "npz", "pandas"]))
def test_tables_in_other_forms(table: dict[str, list[float]], form: str) -> None:
    """Any table that is written as JSON, JSON Lines or NumPy is read as it was."""
    assert table == values(read(_written(table, form)))


def _written(table: dict[str, list[float]], form: str) -> str | bytes:
    rows: list[Any] = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    if form == "lines":
        # A single line is a document.
        return "\n".join(map(json.dumps, rows)) if len(rows) > 1 else json.dumps(rows)
    if form == "npz":
        return npz(**table)
    return json.dumps(
        {
            "columns": table,
            "rows": rows,
            "nested": {"config": {"epochs": 5}, "history": table},
            "texts": {header: list(map(str, cells)) for header, cells in table.items()},
            "lists": [list(table), *(list(row.values()) for row in rows)],
            "pandas": {
                header: {str(at): cell for at, cell in enumerate(cells)} for header, cells in table.items()
            },
        }[form]
    )


STARTS = [
    b"",
    b"epoch,loss\n",
    b"{",
    b"[",
    b'{"loss":1}\n{',
    b"\x93NUMPY\x01\0",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"1.0\n",
    b"step 1 loss 0.5\n",
    b"Epoch 1/2\n9/9 [==] - 1s - loss: 0.5",
    b"{'loss': 0.5, 'epoch': 1}\n",
    b"key,value,step\nloss,1,0\n",
    b"| loss |\n|---|\n| 1 |\n",
    b"1700000000000 1.0 0\n",
]


@given(st.sampled_from(STARTS), st.one_of(st.binary(max_size=80), st.text(max_size=60).map(str.encode)))
def test_any_bytes(start: bytes, rest: bytes) -> None:
    """Any bytes are read, or refused with a sentence and a hint."""
    _read_or_refuse(start + rest)


MUTATED = [
    OUR_OWN.encode(),
    b'{"history": {"loss": [1.0, 0.5], "acc": ["0.1", NaN]}, "best": 3}',
    b'{"step": 1, "loss": 1.0}\n{"step": 2, "loss": 0.5}\n',
    npy(np.array([(1, 2.0)], dtype=[("step", "i4"), ("loss", "f8")])),
    npz(loss=np.ones(3)),
    event_file([("epoch_loss", 0, 1.0), ("grad_norm", 1, 2.0)]),
    'Step,"a - loss"\n1,"2"\n'.encode("utf-16"),
    b"Epoch 1/2\n9/9 [==] - 1s - loss: 0.5 - val_loss: 0.4\nEpoch [2/2], Step [1/9], Loss: 0.5, Norm: nan\n",
    b"{'loss': 0.5, 'grad_norm': 1.5, 'epoch': 0.1}\n[metric][batch=1]: loss: 0.5\n",
    b"data,tag,step,value\ntrain,loss,0,0.5\nval,loss,0,0.4\ntrain,grad_norm,0,1\n",
    b"1700000000000 1.0 0\n1700000000004 0.5 1\n",
    b"| step | loss | g/kernel |\n|---|---|---|\n| 0 | 0.5 | 1 |\n",
    b'{"loss": {"steps": [0, 1], "values": [0.5, 0.4]}, "grad_norm": {"steps": [0], "values": [1]}}',
    b'{"grad_norm": [[1, 2, 3, 4], [1, 2]], "loss": [0.5, 0.4]}',
]


@given(
    st.sampled_from(MUTATED),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=6),
    st.integers(0, 500),
)
def test_damaged_logs(content: bytes, changes: list[tuple[int, int]], length: int) -> None:
    """A log with some bytes changed and its end cut off is read, or refused with a sentence and a hint."""
    damaged = bytearray(content)
    for at, byte in changes:
        damaged[at % len(damaged)] = byte
    _read_or_refuse(bytes(damaged)[: length or None])


def _read_or_refuse(content: bytes) -> None:
    try:
        found: Log | SeveralRuns = read(content)
    except SubmissionError as refusal:
        said = (str(refusal.message), str(refusal.hint))
    else:
        said = ()
        # A damaged name may look like that of another run.
        logs = found.parts.values() if isinstance(found, SeveralRuns) else [found]
        for log in logs:
            assert isinstance(log, Log | Problem)
            columns = log.columns if isinstance(log, Log) else ()
            assert all(row < log.rows for column in columns for row in column.rows)

    assert all(one.endswith(".") and len(one) <= 1000 for one in said)
