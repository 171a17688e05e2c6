"""The forms in which students write a log down; each takes a log and the folder that it goes to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

Form = Callable[[pd.DataFrame, Path], None]

CSV = "training_log.csv"


def plain_csv(log: pd.DataFrame, folder: Path) -> None:
    """With commas, as `NormLogger` and Keras' `CSVLogger` write it."""
    _write(folder / CSV, _text(log))


def semicolons_and_decimal_commas(log: pd.DataFrame, folder: Path) -> None:
    """As a spreadsheet saves it in most of Europe and Latin America."""
    _write(folder / CSV, _text(log, sep=";", decimal=","))


def utf_16(log: pd.DataFrame, folder: Path) -> None:
    """As PowerShell's `>` and a spreadsheet's "Unicode text" write it, with tabs."""
    (folder / CSV).write_text(_text(log, sep="\t"), encoding="utf-16", newline="")


def title_line(log: pd.DataFrame, folder: Path) -> None:
    """A title and an empty line above the header."""
    _write(folder / CSV, f"Training log of my network\n\n{_text(log)}")


def doubled_line_ends(log: pd.DataFrame, folder: Path) -> None:
    """CR CR LF, as Python's `csv` writes on Windows where `newline` was forgotten."""
    _write(folder / CSV, _text(log).replace("\n", "\r\r\n"))


def weights_and_biases(log: pd.DataFrame, folder: Path) -> None:
    """The names of an export from Weights & Biases."""
    named = log.rename(columns={name: f"honest-sky-7 - {name}" for name in log if name != "step"})
    _write(folder / CSV, _text(named.rename(columns={"step": "Step"})))


def json_columns(log: pd.DataFrame, folder: Path) -> None:
    """An object with a list for each column, null where there is no value."""
    columns = {name: [_cell(cell) for cell in log[name]] for name in log}
    _write(folder / "training_log.json", json.dumps(columns))


def json_rows(log: pd.DataFrame, folder: Path) -> None:
    """A list with an object for each row."""
    _write(folder / "training_log.json", json.dumps(_rows(log)))


def json_lines(log: pd.DataFrame, folder: Path) -> None:
    """A line with an object for each row."""
    _write(folder / "training_log.jsonl", "".join(f"{json.dumps(row)}\n" for row in _rows(log)))


def nested_history(log: pd.DataFrame, folder: Path) -> None:
    """What `fit` returned, a value an epoch, with the norms beside it, a value a step; one level down."""
    per_epoch = log.dropna(subset="val_accuracy")
    history = {
        name: [_cell(cell) for cell in (log if "norm" in name else per_epoch)[name]]
        for name in log
        if name not in {"epoch", "step"}
    }
    content = {"config": {"batch_size": 32, "optimizer": "adam"}, "history": history}
    _write(folder / "training_log.json", json.dumps(content, indent=1))


def no_log(log: pd.DataFrame, folder: Path) -> None:
    """Nothing is handed in."""


def empty_file(log: pd.DataFrame, folder: Path) -> None:
    """A file without a byte."""
    _write(folder / CSV, "")


def _text(log: pd.DataFrame, **options: Any) -> str:
    # Nine digits are enough for every float32 to come back as it was.
    return log.to_csv(index=False, float_format="%.9g", **options)


def _rows(log: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: value for name, cell in row.items() if (value := _cell(cell)) is not None}
        for row in log.to_dict("records")
    ]


def _cell(cell: float) -> float | None:
    return None if pd.isna(cell) else cell


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
