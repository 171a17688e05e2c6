"""What headers mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.measure.log.names import (
    Meaning,
    is_nameless,
    is_part_of_run,
    meaning,
    meaning_of_file_name,
    words,
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("epoch", "epoch"),
        ("Epoch", "epoch"),
        ("Época", "epoch"),
        ("step", "step"),
        ("global_step", "step"),
        ("iteration", "step"),
        ("iter", "step"),
        ("batch", "batch"),
        ("batch_idx", "batch"),
        ("loss", "loss"),
        ("TrainLoss", "loss"),
        ("train/loss", "loss"),
        ("train_loss_step", "loss"),
        ("epoch_loss", "loss"),
        ("logs/loss", "loss"),
        ("pérdida", "loss"),
        ("acc", "accuracy"),
        ("ACC", "accuracy"),
        ("accuracy (%)", "accuracy"),
        ("train_acc", "accuracy"),
        ("sparse_categorical_accuracy", "accuracy"),
        ("val_loss", "val_loss"),
        ("ValLoss", "val_loss"),
        ("loss_val", "val_loss"),
        ("valacc", "val_accuracy"),
        ("ValAcc", "val_accuracy"),
        ("validation_accuracy", "val_accuracy"),
        ("val_sparse_categorical_accuracy", "val_accuracy"),
        ("evaluation_accuracy_vs_iterations", "val_accuracy"),
        ("lr", "learning_rate"),
        ("learning_rates", "learning_rate"),
        ("epoch_learning_rate", "learning_rate"),
        ("imperial-droid-52 - Val Accuracy", "val_accuracy"),
        ("Val - Accuracy", "val_accuracy"),
    ],
)
def test_names(header: str, expected: str) -> None:
    """Every way to write a name that was seen in public logs has its canonical name."""
    understood = meaning(header)

    assert understood is not None
    assert expected == understood.name


@pytest.mark.parametrize(
    ("header", "scope", "stage"),
    [
        ("grad_norm", None, None),
        ("gradient_norms", None, None),
        ("gradNorm", None, None),
        ("gnorm", None, None),
        ("grad_gnorm", None, None),
        ("norm", None, None),
        ("train/grad_norm", None, None),
        ("grad_norm_step", None, None),
        ("grad_2_norm_step", None, None),
        ("norma_gradiente", None, None),
        ("global_norm", "global", None),
        ("GlobalNorm", "global", None),
        ("total_norm", "global", None),
        ("gradient_norm/global", "global", None),
        ("per_variable_norm", "variable", None),
        ("grad_norm_clipped", None, "after"),
        ("clipped grad norm", None, "after"),
        ("grad_norm_after_clip", None, "after"),
        ("grad_norm_post_clip", None, "after"),
        ("grad_norm_before_clip", None, "before"),
        ("grad_norm_pre_clip", None, "before"),
        ("norm_pre_clipped", None, "before"),
        ("unclipped_norm", None, "before"),
        ("variable_norm_before", "variable", "before"),
        ("variable_norm_after", "variable", "after"),
        ("global_norm_before", "global", "before"),
        ("global_norm_after", "global", "after"),
    ],
)
def test_gradient_norms(header: str, scope: str | None, stage: str | None) -> None:
    """The name of a gradient norm says its scope and its stage, or neither."""
    understood = meaning(header)

    assert understood is not None
    assert ("gradient_norm", scope, stage) == (understood.name, understood.scope, understood.stage)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " - ",
        "__",
        "clip_norm",
        "clipnorm",
        "global_clip_norm",
        "max_grad_norm",
        "batch_norm",
        "weight_norm",
        "gradients/mean_norm",
        "Norm Grad (mean)",
        "grad_norm/layer00_dense",
        "variable_global_norm",
        "clip_ratio",
        "test_acc",
        "best_val_acc",
        "best_epoch",
        "val_lr",
        "val_step",
        "steps_per_epoch",
        "batch_size",
        "epoch_time",
        "Wall time",
        "t",
        "run - loss__MIN",
        "run - loss__MAX",
        "precision",
        "mean",
    ],
)
def test_other_headers(header: str) -> None:
    """Thresholds, statistics, layers and whatever else is no name of a known column."""
    assert meaning(header) is None


def test_norm_of_validation() -> None:
    """A norm on validation data is known as such."""
    assert Meaning("gradient_norm", validation=True) == meaning("val_grad_norm")


def test_run_of_weights_and_biases() -> None:
    """What stands before ` - ` is the run, unless it says training or validation."""
    assert Meaning("gradient_norm", run="a - 5") == meaning("a - 5 - train/grad_norm")
    assert Meaning("loss") == meaning("Train - Loss")


def test_words() -> None:
    """A header is split at capitals and at everything that is no letter or digit; accents do not count."""
    assert ("train", "loss") == words("TrainLoss") == words("train/loss") == words(" Train-Loss ")
    assert ("l2", "norm") == words("L2Norm")
    assert ("epoca",) == words("época")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grad_norms.json", Meaning("gradient_norm")),
        ("training_loss.txt", Meaning("loss")),
        ("run-.-tag-grad_norm_clipped.csv", Meaning("gradient_norm", stage="after")),
        ("someone__run-train-tag-epoch_loss.csv", Meaning("loss", per_epoch=True)),
        ("run-validation-tag-epoch_accuracy.csv", Meaning("val_accuracy", per_epoch=True)),
        ("training_log.csv", None),
        ("epoch.csv", None),
        ("", None),
    ],
)
def test_file_names(name: str, expected: Meaning | None) -> None:
    """A file that has one series is named for it, by the student or by TensorBoard."""
    assert expected == meaning_of_file_name(name)


def test_nameless() -> None:
    """`Value` names nothing."""
    assert is_nameless("Value")
    assert not is_nameless("loss")


@pytest.mark.parametrize("name", ["train", "val", "validation_history", "epochs", "per_step", "step_logs"])
def test_parts_of_a_run(name: str) -> None:
    """Names of parts of one run are told from names of runs."""
    assert is_part_of_run(name)
    assert not is_part_of_run(f"{name}_sgd")


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_any_text(header: str) -> None:
    """Any text is a header, and what it means does not depend on its case."""
    assert meaning(header.lower()) == meaning(header.lower())
    assert all(word.isascii() and word == word.lower() for word in words(header))
