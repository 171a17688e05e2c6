"""TensorBoard's event files."""

import pytest
from builders_logs import ADVICE, event_file, read, refused, rows, values

from grader.measure.log.forms.event_file import fields, records
from grader.measure.log.table import Limits

TRAINING = [
    ("epoch_accuracy", 0, 0.5),
    ("epoch_loss", 0, 1.5),
    ("epoch_accuracy", 1, 0.75),
    ("epoch_loss", 1, 1.0),
]


@pytest.mark.parametrize("as_tensor", [True, False])
def test_epochs(as_tensor: bool) -> None:
    """What Keras' callback writes once an epoch is a row for each epoch, in files of TensorFlow 1 and 2."""
    log = read(event_file(TRAINING, as_tensor=as_tensor))

    assert {"epoch": [0.0, 1.0], "epoch_accuracy": [0.5, 0.75], "epoch_loss": [1.5, 1.0]} == values(log)
    assert ("tensorboard", 2, ()) == (log.form, log.rows, log.notes)


def test_steps() -> None:
    """What is written for each step has rows of its own."""
    log = read(event_file([("grad_norm", 1, 2.5), ("grad_norm", 300, 2.0), ("epoch_loss", 0, 1.5)]))

    assert {"epoch": [0.0], "step": [1.0, 300.0], "grad_norm": [2.5, 2.0], "epoch_loss": [1.5]} == values(log)
    assert [0, 1] == rows(log, "step")
    assert [2] == rows(log, "epoch")


def test_validation() -> None:
    """The file of the validation is known by its tags, which are else those of the training."""
    log = read(event_file([("evaluation_loss_vs_iterations", 1719, 0.5), ("epoch_loss", 0, 0.75)]))

    assert {"epoch": [0.0], "step": [1719.0], "validation/epoch_loss": [0.75]} == values(log)
    assert "val_loss" == log.columns[2].name
    assert "The event file is that of the validation data." == str(log.notes[0])


def test_second_run() -> None:
    """A run that is appended begins new rows."""
    log = read(event_file([*TRAINING, *TRAINING]))

    assert {"epoch": [0.0, 1.0], "epoch_accuracy": [0.5, 0.75], "epoch_loss": [1.5, 1.0]} == values(log)
    assert str(log.notes[0]).startswith("The log has 2 runs,")


def test_tags_named_like_places() -> None:
    """A tag `step` is a column that is there twice, and refused like any other."""
    refusal = refused(event_file([("step", 1, 5.0), ("loss", 1, 0.5)]))

    assert "The log `log.csv` has 2 columns with the name `step`; each name must be there once." == str(
        refusal.message
    )


def test_cut_off() -> None:
    """The records before one that is cut off are read."""
    assert [0.5, 0.75] == values(read(event_file(TRAINING)[:-10]))["epoch_accuracy"]


def test_no_scalars() -> None:
    """A file without scalars is refused."""
    refusal = refused(event_file([]))

    assert "The event file `log.csv` has no scalars in it." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


def test_damaged() -> None:
    """A record that is none is refused."""
    refusal = refused(event_file([]) + (4).to_bytes(8, "little") + bytes(4) + b"\xff\xff\xff\xff" + bytes(4))

    assert "The event file `log.csv` is damaged." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


def test_rows_are_counted() -> None:
    """The rows are counted."""
    refusal = refused(event_file([("loss", step, 1.0) for step in range(4)]), limits=Limits(rows=3))

    assert "The log `log.csv` has 4 rows; at most 3 are read." == str(refusal.message)


def test_fields() -> None:
    """Numbers, bytes, four bytes and eight bytes are told apart."""
    message = b"\x08\x96\x01" + b"\x12\x03abc" + b"\x1d1234" + b"\x2112345678"

    assert [(1, 150), (2, b"abc"), (3, b"1234"), (4, b"12345678")] == list(fields(message))


@pytest.mark.parametrize("message", [b"\x08", b"\x08\x80", b"\x12\x05abc", b"\x1d123", b"\x0b", b"\x80" * 20])
def test_damaged_messages(message: bytes) -> None:
    """A message that is cut off or of an unknown kind is an error."""
    with pytest.raises(ValueError, match=r"cut off|unknown wire type"):
        list(fields(message))


def test_records() -> None:
    """Records are read until one is cut off."""
    record = (3).to_bytes(8, "little") + b"sum." + b"abc" + b"sum."

    assert [b"abc", b"abc"] == list(records(record * 2 + record[:-1]))
    assert [] == list(records((2**64 - 1).to_bytes(8, "little") + bytes(20)))
    assert [] == list(records(b""))
