"""The forms of logs."""

import numpy as np
import pytest
from builders_logs import event_file, npy, npz

from grader.measure.log.document import open_document
from grader.measure.log.forms import forms


@pytest.mark.parametrize(
    "content",
    [
        b"epoch,loss\n0,0.5\n",
        b"1.0\n0.5\n",
        b'{"loss": [1.0]}',
        b"[1.0]",
        b'{"loss": 1.0}\n{"loss": 0.5}\n',
        b'{"loss": 1.0}\n',
        b"{'loss': 1}\n{'loss': 2}\n",
        npy(np.ones(3)),
        npz(loss=np.ones(3)),
        event_file([("epoch_loss", 0, 1.0)]),
    ],
)
def test_one_form_recognises(content: bytes) -> None:
    """No file is recognised by two forms, so their order does not matter."""
    document = open_document("log.csv", content)

    assert [True] == [True for form in forms() if form.recognises(document)]


def test_forms() -> None:
    """Every file of the folder is a form."""
    expected = ["delimited", "event_file", "json_document", "json_lines", "number_list", "numpy_arrays"]
    assert expected == [str(form).split("'")[1].rpartition(".")[2] for form in forms()]
