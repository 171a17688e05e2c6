"""Columns of JSON values."""

import json

from builders_logs import read, refused, rows, values


def test_unequal_lengths() -> None:
    """Lists of epochs and of steps stand beside each other; that their rows do not correspond is noted."""
    log = read(json.dumps({"val_acc": [0.5, 0.7], "grad_norm": [3, 2, 1]}))

    assert {"val_acc": [0.5, 0.7], "grad_norm": [3.0, 2.0, 1.0]} == values(log)
    assert 3 == log.rows
    assert ("The lists are of unequal lengths, 2 to 3; their rows do not correspond.",) == tuple(
        map(str, log.notes)
    )


def test_missing_names_in_rows() -> None:
    """Rows need not have the same names."""
    log = read('[{"step": 1, "grad_norm": 2.5}, {"step": 2, "loss": 0.5, "type": "window"}]')

    assert [0] == rows(log, "gradient_norm")
    assert [1] == rows(log, "loss")
    assert ("type",) == log.ignored


def test_objects_in_rows() -> None:
    """Objects in rows are opened one level; their names say to what their columns belong."""
    log = read('[{"epoch": 0, "train": {"loss": 0.5}, "val": {"loss": 0.75}}, {"epoch": 1}]')

    assert {"epoch": [0.0, 1.0], "train/loss": [0.5], "val/loss": [0.75]} == values(log)
    assert ["epoch", "loss", "val_loss"] == [column.name for column in log.columns]


def test_pairs() -> None:
    """A list of pairs has the step first; the file, the key or `submission.yaml` says what the other is."""
    pairs = "[[0, 2.5], [1, 2.0]]"

    assert {"step": [0.0, 1.0], "value": [2.5, 2.0]} == values(read(pairs, "grad_norm.json"))
    assert {"grad_norm": [2.5, 2.0], "loss": [1.0, 0.5]} == values(
        read(f'{{"grad_norm": {pairs}, "loss": [1, 0.5]}}')
    )
    assert (2.5, 2.0) == read(pairs, column="value").norms()[0].values


def test_download_from_tensorboard() -> None:
    """TensorBoard's JSON has the wall time, the step and the value."""
    log = read("[[1748869402.7, 250, 107.5], [1748869469.5, 400, 121.25]]", "run-.-tag-grad_norm.json")

    assert {"step": [250.0, 400.0], "value": [107.5, 121.25]} == values(log)
    assert ("Wall time",) == log.ignored


def test_bare_list() -> None:
    """A bare list is named by its file."""
    assert {"value": [2.5, 2.0]} == values(read("[2.5, 2.0]", "grad_norms.json"))
    assert "gradient_norm" == read("[2.5, 2.0]", "grad_norms.json").columns[0].name


def test_series_of_pandas() -> None:
    """A bare series as pandas writes it is a list; names with numbers in them are not."""
    assert {"value": [2.5, 2.0]} == values(read('{"1": 2.0, "0": 2.5}', "grad_norms.json"))
    assert "one value for each" in str(refused('{"acc1": 0.9, "loss2": 0.5}').message)


def test_names_are_counted() -> None:
    """An object with more names than a log may have columns is refused before they are looked at."""
    text = json.dumps({f"{number} norm": [1] for number in range(513)})

    assert "The log `log.csv` has 513 columns; at most 512 are read." == str(refused(text).message)


def test_one_row() -> None:
    """An object with an epoch and single values is one row."""
    assert {"epoch": [0.0], "loss": [0.5]} == values(read('{"epoch": 0, "loss": 0.5}'))
