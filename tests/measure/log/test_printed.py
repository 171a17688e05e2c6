"""Printed text: what programs and students print while they train is read; prose is not."""

import contextlib
import time

import pytest
from builders_logs import read, refused, rows, values
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError

BAR = "━" * 20
STAMP = "2025-04-14 09:41:54,270"
PRINTED = {
    "a line for each step": (
        (
            "Epoch [1/2], Step [100/600], Loss: 0.5, Grad norm: 1.25\n"
            "Epoch [1/2], Step [200/600], Loss: 0.4, Grad norm: nan\n"
        ),
        {"Epoch": [1, 1], "Step": [100, 200], "Loss": [0.5, 0.4], "Grad norm": [1.25, float("nan")]},
    ),
    "names without colons": (
        "step 1 loss 0.5 norm 1e-1\nstep 2 loss -.5 norm inf\n",
        {"step": [1, 2], "loss": [0.5, -0.5], "norm": [0.1, float("inf")]},
    ),
    "scalars of libraries": (
        (
            "step 1 loss tensor(0.5, grad_fn=<NllLossBackward0>) norm "
            "<tf.Tensor: shape=(), dtype=float32, numpy=2.5>\n"
            "step 2 loss tensor(0.25) norm np.float32(1.5)\n"
        ),
        {"step": [1, 2], "loss": [0.5, 0.25], "norm": [2.5, 1.5]},
    ),
    "a place, then its values": (
        "Step: 100\nLoss: 0.5\nGrad norm: 1.25\nStep: 200\nLoss: 0.4\nGrad norm: 1.5\n",
        {"Step": [100, 200], "Loss": [0.5, 0.4], "Grad norm": [1.25, 1.5]},
    ),
    "training and validation by lines": (
        (
            "Epoch 0/1\n----------\ntrain Loss: 0.5 Acc: 0.8\nval Loss: 0.4 Acc: 0.85\n\n"
            "Epoch 1/1\n----------\ntrain Loss: 0.3 Acc: 0.875\nval Loss: 0.35 Acc: 0.875\n\n"
            "Best val Acc: 0.875\n"
        ),
        {
            "Epoch": [0, 1],
            "train Loss": [0.5, 0.3],
            "Acc": [0.8, 0.875],
            "val Loss": [0.4, 0.35],
            "val Acc": [0.85, 0.875],
        },
    ),
    "MNIST of PyTorch": (
        (
            "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.25\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 2.0\n\n"
            "Test set: Average loss: 0.5, Accuracy: 9800/10000 (98%)\n"
        ),
        {
            "Train Epoch": [1, 1],
            "Loss": [2.25, 2.0],
            "Test Average loss": [0.5],
            "Test Accuracy": [0.98],
        },
    ),
    "CIFAR of PyTorch": (
        "[1,  2000] loss: 2.186\n[1,  4000] loss: 1.8\n",
        {"epoch": [1, 1], "step": [2000, 4000], "loss": [2.186, 1.8]},
    ),
    "ImageNet of PyTorch": (
        (
            "Epoch: [0][  10/5005]\tTime  0.3 ( 0.4)\tLoss 6.5e+00 (6.9e+00)\tAcc@1   0.50 (  0.1)\n"
            "Epoch: [0][  20/5005]\tTime  0.3 ( 0.4)\tLoss 6.0e+00 (6.9e+00)\tAcc@1   0.75 (  0.1)\n"
            " * Acc@1 3.5 Acc@5 7.0\n"
        ),
        {"Epoch": [0, 0], "Loss": [6.5, 6], "Acc@1": [0.5, 0.75]},
    ),
    "nanoGPT": (
        (
            "iter 100: loss 2.5, time 5.2ms, mfu 1.2%\nstep 200: train loss 2.25, val loss 2.75\n"
            "iter 1,200: loss 2.0, time 5.2ms\n"
        ),
        {"iter": [100, 200, 1200], "loss": [2.5, 2.0], "val loss": [2.75]},
    ),
    "Megatron": (
        (
            " iteration       10/   1000 | elapsed time (ms): 120.3 | lm loss: 1.0E+01 | grad norm: 2.5 |\n"
            " iteration       20/   1000 | elapsed time (ms): 120.3 | lm loss: 0.5E+01 | grad norm: 2.0 |\n"
        ),
        {"iteration": [10, 20], "lm loss": [10, 5], "grad norm": [2.5, 2]},
    ),
    "percent": (
        "Epoch 1 | Train Acc: 50% | Val Acc: 75.0 %\nEpoch 2 | Train Acc: 75% | Val Acc: 87.5 %\n",
        {"Epoch": [1, 2], "Train Acc": [0.5, 0.75], "Val Acc": [0.75, 0.875]},
    ),
    "logging": (
        f"{STAMP} - INFO - Running\n{STAMP} - INFO - Epoch 1, loss: 0.5, took 3.5s\n",
        {"Epoch": [1], "loss": [0.5]},
    ),
    "logging in brackets": (
        f"[{STAMP}][INFO] step=1 loss=0.5\n[{STAMP}][INFO] step=2 loss=0.4\n",
        {"step": [1, 2], "loss": [0.5, 0.4]},
    ),
    "Hugging Face": (
        (
            "{'loss': 0.5, 'grad_norm': 1.25, 'epoch': 0.02}\n"
            "{'loss': '0.4', 'grad_norm': '1.5', 'epoch': '0.04'}\n"
            "  4%|▍         | 20/500 [00:01<00:20, 20.1it/s]\n{'eval_loss': 0.3, 'epoch': 1.0}\n"
        ),
        {"loss": [0.5, 0.4], "grad_norm": [1.25, 1.5], "epoch": [0.02, 0.04, 1], "eval_loss": [0.3]},
    ),
    "Composer": (
        (
            "[metric][batch=0]: loss/train/total: 2.25 \n[metric][batch=0]: grad_norm: 1.25 \n"
            "[metric][batch=1]: loss/train/total: 2.0 \n[metric][batch=1]: grad_norm: 1.5 \n"
        ),
        {"batch": [0, 1], "loss/train/total": [2.25, 2.0], "grad_norm": [1.25, 1.5]},
    ),
    "tqdm": (
        (
            "Epoch 1:   0%|          | 0/469 [00:00<?, ?it/s]\r"
            "Epoch 1:  50%|█████     | 235/469 [00:06<00:06, 38.1it/s, loss=0.9, grad_norm=1.1]\r"
            "Epoch 1: 100%|██████████| 469/469 [00:12<00:00, 38.1it/s, loss=0.5, grad_norm=1]\n"
            "Epoch 2: 100%|██████████| 469/469 [00:12<00:00, 38.1it/s, loss=0.4, grad_norm=1]\n"
        ),
        {"Epoch": [1, 2], "loss": [0.5, 0.4], "grad_norm": [1, 1]},
    ),
    "Keras": (
        (
            f"Epoch 1/2\n\x1b[1m   1/1719\x1b[0m \x1b[37m{BAR}\x1b[0m "
            f"\x1b[1m5:00\x1b[0m 180ms/step - loss: 2.3\r"
            f"\x1b[1m1719/1719\x1b[0m \x1b[32m{BAR}\x1b[0m \x1b[1m5s\x1b[0m "
            "3ms/step - loss: 0.9 - val_loss: 0.5\n"
            f"Epoch 2/2\n1719/1719 {BAR} 5s 3ms/step - loss: 0.5 - val_loss: 0.4\n"
            f"313/313 {BAR} 1s 2ms/step - loss: 7.0\n"
        ),
        {"Epoch": [1, 2], "loss": [0.9, 0.5], "val_loss": [0.5, 0.4]},
    ),
    "Keras without a bar": (
        (
            "Epoch 1/2\n1719/1719 - 5s - 3ms/step - loss: 0.9 - accuracy: 0.7\n"
            "Epoch 2/2\n1719/1719 - 5s - 3ms/step - loss: 0.5 - accuracy: 0.8\n1719/1719 - 2s - loss: 7.0\n"
        ),
        {"Epoch": [1, 2], "loss": [0.9, 0.5], "accuracy": [0.7, 0.8]},
    ),
    "Keras of 2019": (
        "Epoch 1/2\n - 5s - loss: 0.9 - acc: 0.7\nEpoch 2/2\n - 5s - loss: 0.5 - acc: 0.8\n",
        {"Epoch": [1, 2], "loss": [0.9, 0.5], "acc": [0.7, 0.8]},
    ),
    "Keras, going back": (
        (
            "Epoch 1/2\n 1/10 [=>.....] - ETA: 5s - loss: 2.3\x08\x08\x08"
            " 5/10 [==>..] - ETA: 1s - loss: 2.0\x08\x08"
            "10/10 [=====] - 1s 3ms/step - loss: 1.0\nEpoch 2/2\n10/10 [=====] - 1s 3ms/step - loss: 0.8\n"
        ),
        {"Epoch": [1, 2], "loss": [1.0, 0.8]},
    ),
    "Keras with checkpoints": (
        (
            f"Epoch 1/2\n10/10 {BAR} 1s 3ms/step - loss: 0.9\n"
            "Epoch 00001: val_loss improved from inf to 0.5, saving model to best.keras\n"
            f"10/10 {BAR} 2s 3ms/step - loss: 0.8 - val_loss: 0.5\n"
            f"Epoch 2/2\n10/10 {BAR} 2s 3ms/step - loss: 0.7 - val_loss: 0.4\n"
        ),
        {"Epoch": [1, 2], "loss": [0.8, 0.7], "val_loss": [0.5, 0.4]},
    ),
}
NO_LOGS = [
    "We trained 5 models.\nThe loss was 0.5 and accuracy 0.87.\nThe loss was 0.4 and accuracy 0.88.\n",
    "The baseline reached accuracy 0.87 and loss 0.35.\nWith clipping accuracy 0.88 and loss 0.33.\n",
    "epochs: 5\nbatch_size: 32\nlr: 0.001\naccuracy: 0.87\nloss: 0.3\n",
    "dense (Dense)  (None, 300)  235,500\nTotal params: 266,610 (1.02 MB)\n",
    "Paso 1 loss: 0,5\nPaso 2 loss: 0,4\n",
]


@pytest.mark.parametrize("form", PRINTED)
def test_what_is_printed(form: str) -> None:
    """Each form of printed text is read as the rows that it shows, with nothing unreadable."""
    text, expected = PRINTED[form]
    log = read(text)

    assert ("printed", str({header: list(map(float, cells)) for header, cells in expected.items()})) == (
        log.form,
        str(values(log)),
    )


@pytest.mark.parametrize("text", NO_LOGS, ids=["prose", "a report", "settings", "a summary", "commas"])
def test_what_is_no_log(text: str) -> None:
    """Text with a few numbers in it is refused."""
    assert "is text without a table" in str(refused(text).message)


def test_tables_with_words_are_tables() -> None:
    """A cell such as `lr: 0.1` does not make a table printed text."""
    for text in ("0,0.5,lr: 0.1 loss: 3\n1,0.25,step 2 loss 7\n", "0,0.5,\n1,0.25,\n"):
        title = "# loss: 7, epoch: 5\n"
        assert {"epoch": [0.0, 1.0], "loss": [0.5, 0.25]} == values(read(f"{title}epoch,loss,note\n{text}"))


def test_values_of_validation_stand_in_the_row_of_their_step() -> None:
    """A line that says more about the same place is no row of its own; one that says it anew is."""
    log = read("epoch 1 step 1 loss 0.5\nepoch 1 step 2 loss 0.4\nepoch 1 val_loss 0.3\nepoch 1 loss 0.45\n")

    assert ([0, 1, 2], [1], [0, 1]) == (rows(log, "loss"), rows(log, "val_loss"), rows(log, "step"))


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEMPLATES = [
    "step {} loss {} grad norm {}",
    "Step: {}, Loss: {}, Norm: {}",
    "[INFO] step={} | loss={} | gnorm={} (0.5s)",
    "{{'step': {}, 'loss': {}, 'grad_norm': {}}}",
    "step {}: 100%|███| 9/9 [00:01<00:00, 9.1it/s, loss={}, grad_norm={}]",
]


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20), st.sampled_from(TEMPLATES))
def test_any_numbers(pairs: list[tuple[float, float]], template: str) -> None:
    """Any numbers that are printed with their names are read as they were."""
    log = read("\n".join(template.format(step, *pair) for step, pair in enumerate(pairs)))

    assert list(zip(*pairs, strict=True)) == [column.values for column in log.columns[1:]]


@pytest.mark.hostile_row(140)
@pytest.mark.parametrize(
    "part",
    [
        "1",
        "1.",
        "1/",
        "a",
        "[",
        " ",
        "1:",
        ": 1",
        "epoch 1 ",
        "%|",
        "tensor(",
        "1a",
        "-",
        "2025-01-",
        "\x1b[",
        "═",
    ],
)
def test_long_lines_take_no_longer_than_they_are(part: str) -> None:
    """A line of 60,000 characters that almost fits a pattern again and again is read in a second."""
    line = "epoch 1 loss 0.5\n" + part * (60_000 // len(part)) + " loss: 0.5\n"
    begin = time.process_time()
    with contextlib.suppress(SubmissionError):
        read(line)

    assert time.process_time() - begin < 3
