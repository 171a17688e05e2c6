"""Evidence for the tests of checks: logs, models and reruns with only the numbers that a test is about."""

from collections.abc import Sequence
from typing import Any

from builders_golden import said

from grader.analysis.norms.infer import NormColumns, infer_columns
from grader.analysis.reference.calibration import Calibration
from grader.analysis.reference.references import References, largest_batch
from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence import Declaration, Evidence
from grader.evidence.log import Column, Log
from grader.evidence.model import Layer, Model, Optimizer
from grader.evidence.training import Accuracy, Norms, Probe, Replay, Rerun
from grader.report import Finding

Cells = Sequence[float | None]


# What the norm columns of a log are worked out from.
MEASURED = ("model", "accuracy", "rerun", "probe")


def ask(check: Check, **parts: Any) -> Finding:
    """What a check says of these parts of the evidence; it is given those that it names, and no others.

    A part that is welcome but not needed is None where the test does not give it. The norm columns are worked
    out from all parts that the test gives, as they are for a submission whose rubric has this item only.
    """
    needs = check.needs()
    given = dict(parts)
    if "norms" in needs and "log" in parts:
        calibration = given.pop("calibration", None)
        given["norms"] = norms_in(given.pop("log"), check, calibration, **given)
        given = {name: part for name, part in given.items() if name in needs}

    assert set(given) <= set(needs)
    assert {name for name, required in needs.items() if required} <= set(given)

    finding = check.find(**{name: given.get(name) for name in needs})
    said(f"{finding.status}: {finding.message}{f' // {finding.hint}' if finding.hint else ''}")
    return finding


def norms_in(
    log: Log | None, check: Check, calibration: Calibration | None, **parts: Any
) -> NormColumns | None:
    """The norm columns of a log beside these parts of the evidence."""
    if log is None:
        return None
    targets = Targets.of([check.targets(), Targets(calibration=calibration)])
    measured = {name: parts.get(name) for name in MEASURED}
    return infer_columns(log, References(targets, largest_batch(log, targets.training_images), **measured))


def a_column(name: str, cells: Cells, header: str = "", **fields: Any) -> Column:
    """A column with these cells; None is a cell without a value."""
    filled = {row: float(cell) for row, cell in enumerate(cells) if cell is not None}
    return Column(
        name=name, header=header or name, rows=tuple(filled), values=tuple(filled.values()), **fields
    )


def a_norm(cells: Cells, header: str = "grad_norm", **fields: Any) -> Column:
    """A column of gradient norms; its scope and stage are declared where a test gives them."""
    return a_column("gradient_norm", cells, header, **fields)


def a_log(*columns: Column, ignored: tuple[str, ...] = (), **cells: Cells) -> Log:
    """A log with these columns; a keyword is a column's name with its cells."""
    named = tuple(a_column(name, values) for name, values in cells.items())
    every = (*named, *columns)
    rows = len({row for column in every for row in column.rows})
    return Log(form="csv", rows=rows, columns=every, ignored=ignored)


def a_step_log(
    *columns: Column, steps: int, epochs: int = 1, ignored: tuple[str, ...] = (), **cells: Cells
) -> Log:
    """A log with a row for every step, in which `epoch` and `step` count from 1 through all epochs."""
    numbers = range(steps * epochs)
    return a_log(
        *columns,
        ignored=ignored,
        epoch=[1 + number // steps for number in numbers],
        step=[1 + number for number in numbers],
        **cells,
    )


def an_optimizer(**fields: Any) -> Optimizer:
    """Adam at 0.001 with clipnorm 1.0, as a file stores it, with any field replaced."""
    stored: dict[str, Any] = {
        "kind": "Adam",
        "learning_rate": 0.0010000000474974513,
        "clipnorm": 1.0,
        "iterations": 8595,
    }
    return Optimizer(**stored | fields)


def a_model(*layers: Layer, **fields: Any) -> Model:
    """The homework's network with its optimizer, or these layers, with any field replaced."""
    network = (
        Layer(kind="Flatten", name="flatten"),
        Layer(kind="Dense", name="dense", units=300, activation="relu"),
        Layer(kind="Dense", name="dense_1", units=100, activation="relu"),
        Layer(kind="Dense", name="dense_2", units=10, activation="softmax"),
    )
    described: dict[str, Any] = {
        "form": "keras",
        "keras_version": "3.15.1",
        "network": "Sequential",
        "input_shape": (28, 28),
        "layers": layers or network,
        "parameters": 266_610,
        "variables": 6,
        "optimizer": an_optimizer(),
    }
    return Model(**described | fields)


def an_accuracy(value: float, **fields: Any) -> Accuracy:
    """An accuracy on the 10,000 test images, with any field replaced."""
    measured: dict[str, Any] = {
        "inputs": "pixels / 255",
        "tried": (("pixels / 255", 0.8812), ("raw pixels", 0.4321)),
        "value": value,
        "images": 10_000,
    }
    return Accuracy(**measured | fields)


def some_norms(steps: int = 40, **series: Sequence[float]) -> Norms:
    """The four series of an honest run, constant where a test gives none."""
    usual = {"variable_before": 2.2, "variable_after": 1.0, "global_before": 2.9, "global_after": 1.7}
    return Norms(**{name: tuple(series.get(name, [value] * steps)) for name, value in usual.items()})


def a_rerun(**fields: Any) -> Rerun:
    """A rerun of 40 steps in which the loss falls from 2.3 to 0.5, with any field replaced."""
    steps = len(fields.get("loss", range(40)))
    measured: dict[str, Any] = {
        "seed": 111,
        "batch_size": 32,
        "trainable_variables": 6,
        "loss": (2.3,) * 20 + (0.5,) * 20,
        "accuracy": (0.5,) * steps,
        "norms": some_norms(steps),
        "test_accuracy": 0.8123,
    }
    return Rerun(**measured | fields)


def a_replay(**fields: Any) -> Replay:
    """A replay of 20 steps from the seed that a list of the class gives to Ana, with any field replaced."""
    steps = len(fields.get("loss", range(20)))
    known: dict[str, Any] = {
        "seed": 7,
        "batch_size": 32,
        "trainable_variables": 6,
        "loss": (2.3,) * steps,
        "accuracy": (0.5,) * steps,
        "norms": some_norms(steps),
        "student": "ana",
        "seed_by": "list",
    }
    return Replay(**known | fields)


def some_evidence(**parts: Any) -> Evidence:
    """Evidence in which all is well, with any part replaced."""
    norms = some_norms(variable_before=[2.0], variable_after=[1.0], global_before=[2.5], global_after=[1.4])
    whole = {
        "log": a_log(epoch=[0, 1], val_accuracy=[0.8, 0.88]),
        "model": a_model(),
        "accuracy": an_accuracy(0.8765),
        "probe": Probe(norms=norms, batch_size=32),
        "rerun": a_rerun(),
    }
    others = {name: parts.pop(name) for name in ("files", "declaration", "notes") if name in parts}
    return with_parts(Evidence(**{"files": (), "declaration": Declaration(), **others}), **whole | parts)


def with_parts(evidence: Evidence, **parts: Any) -> Evidence:
    """The evidence with these parts, in its one run where they belong to a training."""
    for name, part in parts.items():
        evidence = evidence.having(name, part)
    return evidence
