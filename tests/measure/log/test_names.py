"""What headers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.measure.log.names import (
    Meaning,
    is_nameless,
    is_part_of_run,
    meaning,
    meaning_of_file_name,
    words,
)

# By canonical name; the spellings were seen in public logs.
NAMES = {
    "epoch": "epoch, Epoch, Época, 에폭",
    "step": "step, global_step, iteration, iter, trainer/global_step, num_updates, iteration_number, 스텝",
    "batch": "batch, batch_idx",
    "loss": "loss, TrainLoss, train/loss, train_loss_step, epoch_loss, logs/loss, pérdida, "
    "running_loss, Average loss, loss/train/total, 훈련 손실",
    "accuracy": "acc, ACC, accuracy (%), train_acc, sparse_categorical_accuracy, "
    "binary_accuracy, top1, acc@1, metrics/accuracy_top1, Precisión",
    "val_loss": "val_loss, ValLoss, loss_val, test_loss, Test Average loss",
    "val_accuracy": "valacc, ValAcc, validacc, testaccuracy, validation_accuracy, "
    "val_sparse_categorical_accuracy, Val - Accuracy, "
    "evaluation_accuracy_vs_iterations, imperial-droid-52 - Val Accuracy, test_acc, 검증_정확도",
    "learning_rate": "lr, learning_rates, epoch_learning_rate, lr/pg0, lr-Adam",
    "perplexity": "ppl, perplexity",
    "val_mae": "val_mae, val_mean_absolute_error",
}
# By scope and stage.
NORMS = {
    (None, None): "grad_norm, gradient_norms, gradNorm, gnorm, grad_gnorm, norm, train/grad_norm, "
    "grad_norm_step, grad_2_norm_step, norma_gradiente, grad_l2, ‖grad‖, ||g||, 기울기_노름",
    ("global", None): "global_norm, GlobalNorm, total_norm, gradient_norm/global, grad_2.0_norm_total, "
    "l2_norm/grad/global",
    ("variable", None): "per_variable_norm",
    (None, "after"): "grad_norm_clipped, clipped grad norm, grad_norm_after_clip, grad_norm_post_clip",
    (None, "before"): "grad_norm_before_clip, grad_norm_pre_clip, norm_pre_clipped, unclipped_norm, "
    "클리핑 전 노름",
    ("variable", "before"): "variable_norm_before",
    ("variable", "after"): "variable_norm_after",
    ("global", "before"): "global_norm_before",
    ("global", "after"): "global_norm_after",
}
# Thresholds, statistics, layers, and whatever else is no name of a known column.
OTHERS = (
    ", - ,__,clip_norm,clipnorm,global_clip_norm,max_grad_norm,batch_norm,weight_norm,gradients/mean_norm,"
    "Norm Grad (mean),grad_norm/layer00_dense,variable_global_norm,clip_ratio,best_val_acc,"
    "grad_inf_norm_total,grad_norm_mean,average_grad_norm,best_epoch,val_lr,val_step,steps_per_epoch,"
    "epoch_time,Wall time,t,run - loss__MIN,run - loss__MAX,precision,mean"
)


@pytest.mark.parametrize("expected", NAMES)
def test_names(expected: str) -> None:
    """Every spelling has its canonical name."""
    for header in NAMES[expected].split(", "):
        understood = meaning(header)

        assert (header, expected) == (header, understood and understood.name)


@pytest.mark.parametrize(("scope", "stage"), NORMS)
def test_gradient_norms(scope: str | None, stage: str | None) -> None:
    """The name of a gradient norm says its scope and its stage, or neither."""
    for header in NORMS[scope, stage].split(", "):
        understood = meaning(header)

        assert understood is not None, header
        assert (header, "gradient_norm", scope, stage) == (
            header,
            understood.name,
            understood.scope,
            understood.stage,
        )


def test_other_headers() -> None:
    """They mean nothing."""
    assert [] == [header for header in OTHERS.split(",") if meaning(header) is not None]


def test_norms_of_validation_and_runs_of_weights_and_biases() -> None:
    """What stands before ` - ` is the run, unless it says training or validation."""
    assert Meaning("gradient_norm", validation=True) == meaning("val_grad_norm")
    assert Meaning("gradient_norm", run="a - 5") == meaning("a - 5 - train/grad_norm")
    assert Meaning("loss") == meaning("Train - Loss")


def test_words() -> None:
    """A header is split at capitals and at everything that is no letter or digit; accents do not count."""
    assert ("train", "loss") == words("TrainLoss") == words("train/loss") == words(" Train-Loss ")
    assert (("l2", "norm"), ("epoca",)) == (words("L2Norm"), words("época"))
    assert (True, False) == (is_nameless("Value"), is_nameless("loss"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grad_norms.json", Meaning("gradient_norm")),
        ("training_loss.txt", Meaning("loss")),
        ("run-.-tag-grad_norm_clipped.csv", Meaning("gradient_norm", stage="after")),
        ("someone__run-train-tag-epoch_loss.csv", Meaning("loss", per_epoch=True)),
        ("run-validation-tag-epoch_accuracy.csv", Meaning("val_accuracy", per_epoch=True)),
        *((name, None) for name in ("training_log.csv", "epoch.csv", "")),
    ],
)
def test_file_names(name: str, expected: Meaning | None) -> None:
    """A file that has one series is named for it, by the student or by TensorBoard."""
    assert expected == meaning_of_file_name(name)


@pytest.mark.parametrize("name", ["train", "val", "validation_history", "epochs", "per_step", "step_logs"])
def test_parts_of_a_run(name: str) -> None:
    """Names of parts of one run are told from names of runs."""
    assert is_part_of_run(name)
    assert not is_part_of_run(f"{name}_sgd")


@given(st.text())
def test_any_text(header: str) -> None:
    """Any text is a header, in lower-case words of ASCII."""
    meaning(header)
    assert all(word.isascii() and word == word.lower() for word in words(header))
