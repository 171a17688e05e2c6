"""The row that names the columns."""

import pytest
from builders_logs import ADVICE, read, refused, values

RIGHT = {"epoch": [0.0, 1.0], "loss": [0.5, 0.25]}


def test_title_lines() -> None:
    """Lines above the header are left out, with a note."""
    one = read("model_history_log\r\nepoch;loss\r\n0;0.5\r\n1;0.25\r\n")
    two = read("My log, of loss\n2025\n\nepoch,loss\n0,0.5\n1,0.25\n")

    assert RIGHT == values(one) == values(two)
    assert ("The text above the header was left out (1 line).",) == tuple(map(str, one.notes))
    assert ("The text above the header was left out (2 lines).",) == tuple(map(str, two.notes))


def test_unknown_header_that_is_declared() -> None:
    """A header without a known name is found by the numbers below it."""
    assert {"size": [2.5]} == values(read("a title\nsize;time\n2,5;3\n", column="size"))


@pytest.mark.hostile_row(57)
@pytest.mark.parametrize(
    ("text", "shown"), [("0,0.5\n1,0.4\n", "0,0.5"), ("0;0.5;NA\n1;0.4;3\n", "0;0.5;NA")]
)
def test_no_header(text: str, shown: str) -> None:
    """Numbers without names are refused, with the first line."""
    refusal = refused(text)

    assert f"The log `log.csv` has no header; its first line is `{shown}`." == str(refusal.message)
    assert (
        f"Put the names of the columns into the first line, such as `epoch,step,loss,gradient_norm`. {ADVICE}"
    ) == str(refusal.hint)


def test_what_fit_prints() -> None:
    """What Keras prints on the screen is no table."""
    refusal = refused("Epoch 1/5\n1719/1719 ━━━━━━━━━ 3s 2ms/step - accuracy: 0.8 - loss: 0.5\n")

    assert "The log `log.csv` is what `model.fit` prints on the screen, not a table." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


@pytest.mark.parametrize(
    "text",
    [
        "2025-04-14 09:41:54,270 - INFO - Running\n2025-04-14 09:41:55,100 - INFO - Epoch 1, loss: 0.5\n",
        "2025-04-14 a\n" * 30,
        "a, b\n",
        ",,\n1,2,3\n",
        "x" * 300_000,
    ],
)
def test_prose(text: str) -> None:
    """Text without a table is refused, with its beginning."""
    refusal = refused(text)

    assert str(refusal.message).startswith(
        "The log `log.csv` is text without a table: "
        "none of its first lines names columns such as `epoch` or `loss`. "
        f"It begins with `{text[:2]}"
    )
    assert str(ADVICE) == str(refusal.hint)
    assert len(str(refusal.message)) < 250
