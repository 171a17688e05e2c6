"""JSON Lines."""

import pytest
from builders_logs import ADVICE, read, refused, values

from grader.measure.log.table import Limits


def test_rows() -> None:
    """Each line is a row; blank lines are none."""
    log = read('{"step": 1, "loss": 0.5, "grad_norm": "2.5"}\r\n\n{"step": 2, "loss": NaN}\n')

    assert ("jsonl", 2, ()) == (log.form, log.rows, log.notes)
    assert "{'step': [1.0, 2.0], 'loss': [0.5, nan], 'grad_norm': [2.5]}" == str(values(log))


def test_runs() -> None:
    """Runs that are appended are found as in a CSV."""
    text = "\n".join(
        f'{{"epoch": {epoch}, "loss": {loss}}}' for epoch, loss in [(0, 2), (1, 0.5), (0, 1.9), (1, 0.4)]
    )

    assert {"epoch": [0.0, 1.0], "loss": [1.9, 0.4]} == values(read(text))


def test_last_line_is_cut_off() -> None:
    """A last line that a stopped training cut off is left out, with a note."""
    log = read('{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.25}\n{"step": 3, "lo')

    assert {"step": [1.0, 2.0], "loss": [0.5, 0.25]} == values(log)
    assert ("The last line was cut off; it was left out.",) == tuple(map(str, log.notes))


@pytest.mark.parametrize("line", ['{"loss": 0.5', "[0.5]", "0.5", "loss", '{"loss": 1} {"loss": 2}'])
def test_line_is_no_object(line: str) -> None:
    """A line that is no object is named."""
    refusal = refused(f'{{"loss": 1}}\n{{"loss": 1}}\n{line}\n{{"loss": 1}}\n')

    assert "Line 3 of the log `log.csv` is not a JSON object, but the first one is." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


def test_key_twice() -> None:
    """A key that is there twice in a line is refused."""
    refusal = refused('{"loss": 1}\n{"loss": 1, "loss": 2}\n')

    assert "The log `log.csv` has the key `loss` twice in one object; each must be there once." == str(
        refusal.message
    )


def test_depth() -> None:
    """A line that is nested too deeply is refused."""
    refusal = refused('{"loss": 1}\n{"loss":' + "[" * 100_000 + "]" * 100_000 + "}")

    assert "The log `log.csv` is nested too deeply to be a log." == str(refusal.message)


def test_names_are_counted() -> None:
    """Rows with ever new names do not become a table of all of them."""
    text = "\n".join(f'{{"loss": 1, "a{row}": 1}}' for row in range(9))

    assert "The log `log.csv` has 10 columns; at most 8 are read." == str(
        refused(text, limits=Limits(columns=8)).message
    )
    assert "The log `log.csv` has 9 rows; at most 8 are read." == str(
        refused(text, limits=Limits(rows=8)).message
    )
