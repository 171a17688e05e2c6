"""What cannot be measured is refused; the rest is tested with `NormLogger`."""

from types import SimpleNamespace

import keras
import pytest

from grader.student.measuring import start_measuring


def test_several_replicas_are_refused() -> None:
    """Each replica has gradients of its own; the sentence has their number."""
    strategy = SimpleNamespace(num_replicas_in_sync=2)
    model = SimpleNamespace(optimizer=keras.optimizers.SGD(0.1), distribute_strategy=strategy)
    with pytest.raises(ValueError) as error:  # noqa: PT011  (the whole sentence is compared)
        start_measuring(model)

    expected = (
        "The model must train on one device, because each replica has gradients of its own. "
        "Received: 2 replicas."
    )
    assert str(expected) == str(error.value)
    assert "apply" not in vars(model.optimizer)
