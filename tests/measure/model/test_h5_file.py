"""`.h5` files: what is taken from them and what is written anew."""

import pytest
from builders_models import a_dense, a_sequential, an_h5_file, an_input, hdf5, numbers, old

from grader.errors import SubmissionError
from grader.measure.model.h5_file import read_h5, write_h5
from grader.measure.model.reading import SAVE_AGAIN, Limits, start

READING = start("model.h5", Limits())
NETWORK = old(a_sequential(old(an_input(3)), old(a_dense(2))))


def refusal(content: bytes, limits: Limits | None = None) -> SubmissionError:
    """The error on this file."""
    with pytest.raises(SubmissionError) as caught:
        read_h5(start("model.h5", limits or Limits()), content)
    return caught.value


def test_weights_are_numbered_by_layer() -> None:
    """Layers without weights do not count."""
    weights = {
        "flatten": {},
        "first": {"first/kernel:0": numbers(3, 2)},
        "second": {"second/kernel:0": numbers(2, 2), "second/bias:0": numbers(2)},
    }
    stored = read_h5(READING, an_h5_file(NETWORK, weights))

    assert [("0", "0"), ("1", "0"), ("1", "1")] == sorted(stored.weights)
    assert ("2.3.0-tf", {}) == (stored.version, stored.compiled)


def test_a_weight_that_is_not_there() -> None:
    """The list names it."""
    content = hdf5(
        {"model_weights/dense/dense/kernel:0": numbers(3, 2)},
        {
            "/": {"model_config": "{}"},
            "model_weights": {"layer_names": [b"dense"]},
            "model_weights/dense": {"weight_names": [b"dense/kernel:0", b"dense/bias:0"]},
        },
    )

    assert "`model.h5` has no weights `dense/bias:0` for its layer `dense`." == str(refusal(content).message)


def test_weights_alone() -> None:
    """`save_weights` leaves the network out."""
    error = refusal(hdf5({"layers/dense/vars/0": numbers(3, 2)}))

    assert (
        "`model.h5` holds weights without a network, as `model.save_weights` writes them; "
        "the whole model was asked for."
    ) == str(error.message)
    assert 'Save the whole model with `model.save("model.keras")` and submit that file.' == str(error.hint)


def test_another_hdf5_file() -> None:
    """It has neither."""
    assert "`model.h5` is an HDF5 file without a Keras model; it has no `model_config`." == (
        str(refusal(hdf5({"data": numbers(3)})).message)
    )


def test_a_network_that_is_described_at_length() -> None:
    """Both numbers would be the same in every file, so the cap is named."""
    error = refusal(an_h5_file(NETWORK), Limits(config_bytes=100))

    assert "The `model_config` of `model.h5` is larger than 100 bytes, the most that is read." == str(
        error.message
    )
    assert str(SAVE_AGAIN) == str(error.hint)


def test_a_clean_file_reads_as_it_was_written() -> None:
    """More than ten layers keep their order."""
    weights = {(str(layer), "0"): numbers(1, layer + 1) for layer in range(12)}
    stored = read_h5(READING, write_h5(READING, {"class_name": "Sequential"}, "3.15.1", weights))

    assert {"class_name": "Sequential"} == stored.config
    assert [(path, array.tolist()) for path, array in weights.items()] == [
        (path, array.tolist()) for path, array in stored.weights.items()
    ]


def test_a_slice_with_an_ellipsis_cannot_be_written() -> None:
    """Keras does not read it back from an `.h5` file."""
    with pytest.raises(SubmissionError) as caught:
        write_h5(READING, {"slice": {"class_name": "__ellipsis__"}}, "3.15.1", {})

    assert "`model.h5` has a slice with `...`, which Keras does not load from an `.h5` file." == (
        str(caught.value.message)
    )
