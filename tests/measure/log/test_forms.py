"""The forms of logs: each is recognised by what the file holds, and read in all its dialects."""

import json
import math
from typing import Any

import numpy as np
import pytest
from builders_logs import event_file, npy, npz, read, rows, values

from grader.evidence.log import Cell
from grader.measure.log.document import open_document
from grader.measure.log.forms import delimited, forms, json_text, mlflow_metric, numpy_arrays, printed
from grader.measure.log.forms import event_file as events

RIGHT = {"epoch": [0.0, 1.0], "loss": [0.5, 0.25]}
COLUMNS = {"epoch": [0, 1], "loss": [0.5, 0.25]}
ROWS = [{"epoch": 0, "loss": 0.5}, {"epoch": 1, "loss": 0.25}]
TRAINING = [
    ("epoch_accuracy", 0, 0.5),
    ("epoch_loss", 0, 1.5),
    ("epoch_accuracy", 1, 0.75),
    ("epoch_loss", 1, 1.0),
]


def test_every_file_of_the_folder_is_a_form() -> None:
    """Nothing is registered; delimited text, which is what is left over, is asked last."""
    assert (events, json_text, mlflow_metric, numpy_arrays, printed, delimited) == forms()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        *((text, delimited) for text in (b"epoch,loss\n0,0.5\n", b"1.0\n0.5\n", b"1\n2\nthree\n", b"prose")),
        (b"{'loss': 1}\n{'loss': 2}\n", json_text),
        (b"{'loss': 1, 'step': 1}\n", printed),
        *(
            (text, json_text)
            for text in (b'{"loss": [1.0]}', b"\n [1.0]", b'{"loss": 1}\n[2]\n', b'{\n"a": 1}')
        ),
        *((text, json_text) for text in (b'{"loss": 1.0}\n{"loss": 0.5}\n', b'{"loss": 1}\n{')),
        (npy(np.ones(3)), numpy_arrays),
        (npz(loss=np.ones(3)), numpy_arrays),
        (event_file([("epoch_loss", 0, 1.0)]), events),
        (b"step 1 loss 0.5\n", printed),
        (b"1700000000000 1.0 0\n17", mlflow_metric),
        (b"a\0", None),
    ],
)
def test_a_form_is_recognised(content: bytes, expected: object) -> None:
    """By one form, and by delimited text if it is text."""
    document = open_document("log.csv", content)
    found = [form for form in forms() if form.recognises(document)]

    assert [expected] * (expected is not None) == found[:1]
    assert set(found) <= {expected, delimited}


@pytest.mark.hostile_row(57)
@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss\n0,0.5\n1,0.25\n",
        "epoch,loss\n0,0.5\n1,0.25",
        "epoch;loss\n0;0.5\n1;0.25\n",
        "epoch;loss\n0;0,5\n1;0,25\n",
        "epoch\tloss\n0\t0,5\n1\t0.25\n",
        "epoch,loss\r\r\n0,0.5\r\r\n1,0.25\r\r\n",
        "epoch,loss\r0,0.5\r1,0.25\r",
        "\n\nepoch,loss\n\n0,0.5\n   \n1,0.25\n\n\n",
        "epoch,loss\n0,0.5\n,\n1,0.25\n,,\n",
        " epoch , loss \n 0 , 0.5 \n 1 , 0.25 \n",
        '"epoch","loss"\n"0","0.5"\n"1","0.25"\n',
        "epoch,loss,\n0,0.5,\n1,0.25,\n",
        "epoch,loss\n0,0.5,\n1,0.25,\n",
        "epoch,loss\n0,0.5\n1,0.25,,,\n",
        "epoch,loss\n0,0.5,,,\n1,0.25\n",
        ",epoch,loss\n0,0,0.5\n1,1,0.25\n",
        "# epoch,loss\n0,0.5\n1,0.25\n",
        "# epoch loss\n0 5.0e-01\n1 2.5e-01\n",
        "epoch   loss\n    0   0,5\n    1  0,25\n",
        "   epoch  loss\n0      0  0.50\n1      1  0.25\n",
        '"epoch" "loss"\n"1" 0 0.5\n"2" 1 0.25\n',
        "|   | epoch | loss |\n|--:|------:|:-----|\n| 0 | 0 | 0.5 |\n| 1 | 1 | 0.25 |\n",
        "| epoch | loss |\n|---|---|\n| 0 | 0.5 |\n| 1 | 0.25 |\n",
        "+---+\n| epoch | loss |\n+===+===+\n| 0 | 0.5 |\n+---+---+\n| 1 | 0.25 |\n+---+---+\n"[6:],
    ],
)
def test_dialects_of_csv(text: str) -> None:
    """Separators, decimal commas, newlines, blank rows, quotes and trailing separators do not matter."""
    log = read(text)

    assert RIGHT == values(log)
    assert ("csv", 2, ()) == (log.form, log.rows, log.notes)


@pytest.mark.hostile_row(57)
def test_rows_of_csv() -> None:
    """Empty cells, and those that a short row lacks, have no value; blank rows are not counted."""
    sparse = read("loss,epoch,step,val_loss\n0.5,0,9,\n\n,0,19,0.75\n")

    assert [(0,), (0, 1), (0, 1), (1,)] == [column.rows for column in sparse.columns]
    assert {"epoch": [0.0, 1.0], "loss": [0.5]} == values(read("epoch,loss\n0,0.5\n1\n"))
    assert {"grad_norm": [2.5, 2.0]} == values(read("grad_norm\n2.5\n2.0\n"))


@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss\n0,0.5\n1,0.25\n0",
        '{"epoch": 0, "loss": 0.5}\n{"epoch": 1, "loss": 0.25}\n{"epoch": 3, "lo',
        "model_history_log\r\nepoch;loss\r\n0;0.5\r\n1;0.25\r\n",
        "My log, of loss\n2025\n\nepoch,loss\n0,0.5\n1,0.25\n",
    ],
)
def test_what_is_left_out_is_noted(text: str) -> None:
    """A last row that is cut off may end within a number; lines above the header are a title."""
    log = read(text)

    assert (RIGHT, 1) == (values(log), len(log.notes))


@pytest.mark.hostile_row(56)
def test_cells_that_are_no_numbers() -> None:
    """A cell of 200,000 characters is one, and so is a word further down in a list of numbers."""
    long = read(f"epoch,loss\n0,{'x' * 200_000}\n1,0.5\n").columns[1]
    odd = read("1.0\n" * 20 + "two\nnan\n", "loss.txt").columns[0]

    assert ((1,), 1) == (long.rows, long.unreadable_count)
    assert ((Cell(row=20, text="two"),), 21) == (odd.unreadable, len(odd.values))


def test_values_that_pandas_prints_where_there_are_none() -> None:
    """NaN in a printed column of validation is no value; in a column of norms it is one."""
    log = read("   step  norm  val_acc\n0     1   NaN      NaN\n1     2   1.0      0.5\n")

    assert "{'step': [1.0, 2.0], 'norm': [nan, 1.0], 'val_acc': [0.5]}" == str(values(log))


def test_metric_of_mlflow() -> None:
    """The file of one metric has its name, and perhaps a data set in its lines."""
    log = read(
        "1700000000000 1.5 0\n1700000000004 NaN 1\n1700000000008 0.5 2 images 0a1b\n17000", "grad_norm"
    )

    assert "{'step': [0.0, 1.0, 2.0], 'value': [1.5, nan, 0.5]}" == str(values(log))
    assert ("mlflow", "gradient_norm") == (log.form, log.columns[1].name)


@pytest.mark.parametrize("name", ["grad_norm.txt", "norm"])
def test_list_of_numbers(name: str) -> None:
    """One number on each line is a series that the file names, with or without an extension."""
    log = read("2.5e+00\n\n 2.0\r\n1\n", name)

    assert ("numbers", 3, "gradient_norm") == (log.form, log.rows, log.columns[0].name)
    assert {"value": [2.5, 2.0, 1.0]} == values(log)


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
        {"history": COLUMNS, "other_history": {"loss": [0.75]}},
    ],
)
def test_shapes_of_json(document: Any) -> None:
    """Every shape in which people write a history is read as the same columns, with or without a mark."""
    log = read(json.dumps(document))

    assert (RIGHT, "json", 2) == (values(log), log.form, log.rows)
    assert log == read(json.dumps(document).encode("utf-8-sig"))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("[[0, 2.5], [1, 2.0]]", "grad_norm.json", {"step": [0.0, 1.0], "value": [2.5, 2.0]}),
        (
            '{"grad_norm": [[0, 2.5], [1, 2.0]], "loss": [1, 0.5]}',
            "log.json",
            {"loss": [1.0, 0.5], "grad_norm": [2.5, 2.0]},
        ),
        ("[[1748869402.7, 250, 107.5]]", "run-.-tag-grad_norm.json", {"step": [250.0], "value": [107.5]}),
        ("[2.5, 2.0]", "grad_norms.json", {"value": [2.5, 2.0]}),
        ('{"1": 2.0, "0": 2.5}', "grad_norms.json", {"value": [2.5, 2.0]}),
        ('{"epoch": 0, "loss": 0.5}', "log.json", {"epoch": [0.0], "loss": [0.5]}),
        (
            '[{"epoch": 0, "train": {"loss": 0.5}, "val": {"loss": 0.75}}, {"epoch": 1}]',
            "log.json",
            {"epoch": [0.0, 1.0], "train/loss": [0.5], "val/loss": [0.75]},
        ),
        (
            '{"train": {"loss": [0.5], "acc": [0.75]}, "val": {"loss": [0.25]}}',
            "log.json",
            {"train/loss": [0.5], "train/acc": [0.75], "val/loss": [0.25]},
        ),
        (
            '{"steps": {"loss": [3, 2], "grad_norm": [2, 1]}, "epochs": {"loss": [2.5], "val_acc": [0.5]}}',
            "log.json",
            {"steps/loss": [3.0, 2.0], "steps/grad_norm": [2.0, 1.0], "epochs/val_acc": [0.5]},
        ),
        (
            '{"loss": [0.5], "validation": {"loss": [0.25]}}',
            "log.json",
            {"loss": [0.5], "validation/loss": [0.25]},
        ),
        ('{"other": {"loss": [1]}, "history": {"loss": [2]}}', "log.json", {"loss": [2.0]}),
    ],
)
def test_series_in_json(text: str, name: str, expected: dict[str, list[float]]) -> None:
    """Pairs, triples of TensorBoard, bare lists, one row, and parts of a run in objects of their own."""
    assert expected == values(read(text, name))


def test_lists_of_steps_by_epochs() -> None:
    """Each step is a row, and what there is once an epoch stands in the last row of its epoch."""
    log = read(json.dumps({"val_acc": [0.5, 0.7], "grad_norm": [[3, 2, 1, 1], [1, 0.5]], "best": 0.7}))
    long = read(json.dumps({"loss": [[0.5] * 1719] * 2, "grad_norm": [[1.0] * 1719] * 2}))

    assert {"val_acc": [0.5, 0.7], "grad_norm": [3.0, 2.0, 1.0, 1.0, 1.0, 0.5]} == {
        header: cells for header, cells in values(log).items() if header != "epoch"
    }
    assert ([0.0] * 4 + [1.0] * 2, [3, 5], ()) == (values(log)["epoch"], rows(log, "val_accuracy"), log.notes)
    assert (2 * 1719, ()) == (long.rows, long.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'loss': [0.5, 0.25], 'epoch': [0, 1], 'best': None}", RIGHT),
        ("{'loss': [np.float64(0.5), 0.25], 'epoch': [0, 1], 'done': [True]}", RIGHT),
        ("{'loss': 0.5, 'epoch': 0}\n{'loss': 0.25, 'epoch': 1}\n", RIGHT),
        ("[{'loss': nan}, {'loss': -inf}]", {"loss": [float("nan"), -math.inf]}),
    ],
)
def test_what_python_prints_of_a_history(text: str, expected: dict[str, list[float]]) -> None:
    """Its quotes and words are not those of JSON, and the numbers are the same."""
    assert sorted(map(str, expected.items())) == sorted(
        str((header, cells)) for header, cells in values(read(text)).items() if header in expected
    )


def test_lists_of_unequal_lengths() -> None:
    """Lists of epochs and of steps stand beside each other; that their rows do not correspond is noted."""
    log = read(json.dumps({"val_acc": [0.5, 0.7], "grad_norm": [3, 2, 1]}))

    assert {"val_acc": [0.5, 0.7], "grad_norm": [3.0, 2.0, 1.0]} == values(log)
    assert (3, 1) == (log.rows, len(log.notes))


def test_rows_need_not_have_the_same_names() -> None:
    """What a row does not name has no value there."""
    log = read('[{"step": 1, "grad_norm": 2.5}, {"step": 2, "loss": 0.5, "type": "window"}]')

    assert ([0], [1], ("type",)) == (rows(log, "gradient_norm"), rows(log, "loss"), log.ignored)


@pytest.mark.hostile_row(60)
def test_cells_of_json() -> None:
    """NaN and infinity are values, null is none, and what is no number is unreadable."""
    log = read('{"loss": [NaN, Infinity, -Infinity, null, "NA", true, [1], {"a": 1}, "x", 1e999]}')
    column = log.columns[0]

    assert (0, 1, 2, 9) == column.rows
    assert [True, False] == [math.isnan(value) for value in column.values[:2]]
    assert (math.inf, -math.inf, math.inf) == column.values[1:]
    assert ["true", "a list", "an object"] == [cell.text for cell in column.unreadable]
    assert 4 == column.unreadable_count
    assert {"loss": [math.inf]} == values(read(f'{{"loss": [{"9" * 5000}]}}'))
    assert read('{"loss": [1], "\\ud800": [2]}').ignored == ("\\ud800",)


def test_json_lines() -> None:
    """Each line is a row, blank lines are none, and runs that are appended are found as in a CSV."""
    log = read('{"step": 1, "loss": 0.5, "grad_norm": "2.5"}\r\n\n{"step": 2, "loss": NaN}\n')
    pairs = [(0, 2), (1, 0.5), (0, 1.9), (1, 0.4)]
    two = read("\n".join(f'{{"epoch": {epoch}, "loss": {loss}}}' for epoch, loss in pairs))

    assert ("jsonl", 2, ()) == (log.form, log.rows, log.notes)
    assert "{'step': [1.0, 2.0], 'loss': [0.5, nan], 'grad_norm': [2.5]}" == str(values(log))
    assert {"epoch": [0.0, 1.0], "loss": [1.9, 0.4]} == values(two)


@pytest.mark.parametrize(
    "array",
    [
        np.array([2.0, 1.0, 0.5]),
        np.array([2.0, 1.0, 0.5], dtype=np.float32),
        np.array([2.0, 1.0, 0.5], dtype=">f8"),
        np.array([[2.0, 1.0, 0.5]]),
        np.array([[[2.0]], [[1.0]], [[0.5]]]),
        np.asfortranarray([[2.0, 1.0, 0.5]]),
    ],
)
def test_one_array(array: Any) -> None:
    """An array along one axis is a series, whatever its numbers are made of."""
    log = read(npy(array), "grad_norm.npy")

    assert {"value": [2.0, 1.0, 0.5]} == values(log)
    assert ("numpy", 3, "gradient_norm") == (log.form, log.rows, log.columns[0].name)


def test_several_arrays() -> None:
    """The arrays of a zip and the fields of a structured array are columns; NaN and infinity are values."""
    fields = np.array([(1, 0.5), (2, 0.25)], dtype=[("step", "i4"), ("loss", "f8")])
    odd = read(npz(loss=[1.0], images=np.zeros((2, 2)), names=["a"], config=np.array([{}], dtype=object)))

    assert {"step": [1.0, 2.0], "loss": [0.5, 0.25]} == values(read(npy(fields)))
    assert {"step": [1.0, 2.0], "loss": [0.5, 0.25]} == values(read(npz(step=[1, 2], loss=[0.5, 0.25])))
    assert {"value": [2.5]} == values(read(npz([2.5]), "grad_norm.npz"))
    assert "{'value': [nan, inf]}" == str(values(read(npy(np.array([np.nan, np.inf])), "loss.npy")))
    assert {"loss": [2.0], "grad_norm": [2.0, 1.0]} == values(read(npz(loss=[2.0], grad_norm=[2.0, 1.0])))
    assert ({"loss": [1.0]}, 1) == (values(odd), len(odd.notes))


@pytest.mark.parametrize(
    ("content", "runs"),
    [
        (event_file(TRAINING, as_tensor=True), 1),
        (event_file(TRAINING, as_tensor=False), 1),
        (event_file([*TRAINING, *TRAINING]), 2),
    ],
    ids=["TensorFlow 2", "TensorFlow 1", "a second run, appended"],
)
def test_events_of_epochs(content: bytes, runs: int) -> None:
    """What Keras' callback writes once an epoch is a row for each epoch of the last run."""
    log = read(content)

    assert {"epoch": [0.0, 1.0], "epoch_accuracy": [0.5, 0.75], "epoch_loss": [1.5, 1.0]} == values(log)
    assert ("tensorboard", 2, runs - 1) == (log.form, log.rows, len(log.notes))


def test_events_of_steps() -> None:
    """What is written for each step has rows of its own; the records before one that is cut off are read."""
    log = read(event_file([("grad_norm", 1, 2.5), ("grad_norm", 300, 2.0), ("epoch_loss", 0, 1.5)]))

    assert {"epoch": [0.0], "step": [1.0, 300.0], "grad_norm": [2.5, 2.0], "epoch_loss": [1.5]} == values(log)
    assert ([0, 1], [2]) == (rows(log, "step"), rows(log, "epoch"))
    assert [0.5, 0.75] == values(read(event_file(TRAINING)[:-10]))["epoch_accuracy"]


def test_events_of_validation() -> None:
    """The file of the validation is known by its tags, which are else those of the training."""
    log = read(event_file([("evaluation_loss_vs_iterations", 1719, 0.5), ("epoch_loss", 0, 0.75)]))

    assert {"epoch": [0.0], "step": [1719.0], "validation/epoch_loss": [0.75]} == values(log)
    assert ("val_loss", 2) == (log.columns[2].name, len(log.notes))


@pytest.mark.parametrize("message", [b"\x08", b"\x08\x80", b"\x12\x05abc", b"\x1d123", b"\x0b", b"\x80" * 20])
def test_damaged_messages(message: bytes) -> None:
    """A message that is cut off or of an unknown kind is an error."""
    with pytest.raises(ValueError, match=r"cut off|unknown wire type"):
        list(events.fields(message))


def test_records() -> None:
    """Records are read until one is cut off."""
    record = (3).to_bytes(8, "little") + b"sum." + b"abc" + b"sum."

    assert [b"abc", b"abc"] == list(events.records(record * 2 + record[:-1]))
    assert [] == list(events.records((2**64 - 1).to_bytes(8, "little") + bytes(20)))
    assert [] == list(events.records(b""))
