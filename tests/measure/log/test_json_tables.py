"""Tables within JSON documents."""

import pytest
from builders_logs import ADVICE, read, refused, values

SHAPE = f"Write one list of numbers for each name, as `json.dump(history.history, file)` does. {ADVICE}"


def test_parts_of_a_run() -> None:
    """Training and validation, or steps and epochs, may stand in objects of their own."""
    parts = read('{"train": {"loss": [0.5], "acc": [0.75]}, "val": {"loss": [0.25]}}')
    paces = read(
        '{"steps": {"loss": [3, 2], "grad_norm": [2, 1]}, "epochs": {"loss": [2.5], "val_acc": [0.5]}}'
    )
    validation = read('{"loss": [0.5], "validation": {"loss": [0.25]}}')

    assert ["loss", "accuracy", "val_loss"] == [column.name for column in parts.columns]
    assert {"steps/loss": [3.0, 2.0], "steps/grad_norm": [2.0, 1.0], "epochs/val_acc": [0.5]} == values(paces)
    assert ["loss", "val_loss"] == [column.name for column in validation.columns]


def test_the_usual_name() -> None:
    """Of two objects with the same names, the one called `history` is taken, and a note says so."""
    log = read('{"other": {"loss": [1]}, "history": {"loss": [2]}}')

    assert {"loss": [2.0]} == values(log)
    assert ("Of `other` and `history`, `history` was taken.",) == tuple(map(str, log.notes))


@pytest.mark.parametrize("kind", ["{}", "[{}]"])
def test_two_runs(kind: str) -> None:
    """Two runs in one document are refused."""
    run = kind.replace("{}", '{"loss": [1]}' if kind == "{}" else '{"loss": 1}')
    refusal = refused(f'{{"no clipping": {run}, "clipnorm 1": {run}}}')

    assert "The log `log.csv` has 2 runs, `no clipping` and `clipnorm 1`; it must be the log of one." == str(
        refusal.message
    )
    assert "Submit the log of the run that made the submitted model alone." == str(refusal.hint)


def test_folds() -> None:
    """Numbered objects of lists are runs, not rows."""
    assert str(refused('{"fold_1": {"loss": [1]}, "fold_2": {"loss": [2]}}').message).endswith(
        "it must be the log of one."
    )


def test_summary() -> None:
    """One value for each name is a summary, not a log."""
    refusal = refused('{"acc": 0.9, "loss": 0.3}')

    assert (
        "The log `log.csv` has one value for each of `acc` and `loss`; it must have one for each step."
        == str(refusal.message)
    )
    assert str(SHAPE) == str(refusal.hint)
