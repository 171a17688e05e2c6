"""What students, honest and dishonest, do to the log of a real training before they hand it in.

Every edit takes a log as `NormLogger` writes it and a random generator, and returns another log.
A norm column is one with `norm` in its name.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Edit = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]
Values = npt.NDArray[np.float64]

FOUR = ("variable_norm_before", "variable_norm_after", "global_norm_before", "global_norm_after")


def norms(**series: str) -> Edit:
    """Keeps of the four norms only these, each under the name that the student gives it."""
    return lambda log, _: log.drop(columns=list(FOUR)).assign(
        **{header: log[name] for header, name in series.items()}
    )


LARGEST_BEFORE = norms(grad_norm="variable_norm_before")
LARGEST_AFTER = norms(grad_norm="variable_norm_after")
GLOBAL_BEFORE = norms(grad_norm="global_norm_before")
GLOBAL_AFTER = norms(grad_norm="global_norm_after")


def renamed(**headers: str) -> Edit:
    """Gives columns other names: `renamed(accuracy="acc")`."""
    return lambda log, _: log.rename(columns=headers)


def without(*headers: str) -> Edit:
    """Leaves columns out."""
    return lambda log, _: log.drop(columns=list(headers))


def rounded(decimals: int) -> Edit:
    """Every number with so many decimals."""
    return lambda log, _: log.round(decimals)


def saying(**settings: int) -> Edit:
    """Says of the whole training what is in these columns, such as its seed."""
    return lambda log, _: log.assign(**settings)


def as_percent(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Accuracies from 0 to 100."""
    return log.assign(**{name: log[name] * 100 for name in log if "accuracy" in name})


def counted_from_1_in_each_epoch(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Epochs from 1, and batches from 0 in each of them in the place of steps."""
    batches = log.groupby("epoch").cumcount()
    return log.assign(epoch=log["epoch"] + 1, step=batches).rename(columns={"step": "batch"})


def epochs_restart(after: int) -> Edit:
    """The epochs are counted from 0 again, as a second call of `fit` does."""
    return lambda log, _: log.assign(epoch=log["epoch"].where(log["epoch"] < after, log["epoch"] - after))


def first_epochs(count: int, accuracy: float | None = None) -> Edit:
    """Only these epochs are left; the last may claim a validation accuracy that it has not."""

    def edit(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
        kept = log[log["epoch"] < count].copy()
        if accuracy is not None:
            kept.loc[kept.index[-1], "val_accuracy"] = accuracy
        return kept

    return edit


def begun_later(steps: int) -> Edit:
    """The first steps are cut off, and those that are left are numbered from 1."""
    return lambda log, _: log.iloc[steps:].assign(step=np.arange(1, len(log) - steps + 1))


def every(steps: int) -> Edit:
    """The norm of every tenth step only, say."""
    return lambda log, _: log[(np.arange(len(log)) % steps == 0) | log["val_accuracy"].notna()]


def one_row_an_epoch(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The mean of each epoch, as Keras' own `CSVLogger` has it."""
    return log.groupby("epoch", as_index=False).mean().drop(columns="step")


def no_rows(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The header alone."""
    return log.iloc[:0]


def running_means(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """What `keras.metrics.Mean` in `train_step` shows at each step: the mean since the epoch began."""
    counts = log.groupby("epoch").cumcount() + 1
    means = {name: log.groupby("epoch")[name].cumsum() / counts for name in _norm_columns(log)}
    return log.assign(**means)


def claimed_accuracy(value: float) -> Edit:
    """Every epoch's validation accuracy is raised by as much as the last one needs to have this value."""
    return lambda log, _: log.assign(
        val_accuracy=log["val_accuracy"] + value - log["val_accuracy"].dropna().iloc[-1]
    )


def validated(*accuracies: float) -> Edit:
    """These validation accuracies, one for each epoch."""

    def edit(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
        edited = log.copy()
        edited.loc[log["val_accuracy"].notna(), "val_accuracy"] = accuracies
        return edited

    return edit


def _invented(make: Callable[[Values, np.random.Generator], Any]) -> Edit:
    """An edit that puts other values in the place of each norm column."""
    return lambda log, random: log.assign(
        **{name: make(log[name].to_numpy(), random) for name in _norm_columns(log)}
    )


def _norm_columns(log: pd.DataFrame) -> list[str]:
    return [name for name in log if "norm" in name]


def constant(value: float) -> Edit:
    """The same norm at every step."""
    return _invented(lambda norm, _: np.full(len(norm), value))


def uniform(low: float, high: float) -> Edit:
    """Random numbers, each as likely as the other."""
    return _invented(lambda norm, random: random.uniform(low, high, len(norm)))


def gaussian(mean: float, deviation: float) -> Edit:
    """Random numbers around a mean, those over 1 set to 1."""
    return _invented(lambda norm, random: np.clip(random.normal(mean, deviation, len(norm)), 0.01, 1.0))


def smooth(start: float, end: float) -> Edit:
    """A curve that falls as a tutorial draws it, those over 1 set to 1, with a little noise."""

    def make(norm: Values, random: np.random.Generator) -> Values:
        curve = end + (start - end) * np.exp(-np.linspace(0, 4, len(norm)))
        return np.clip(curve + random.normal(0, 0.02, len(norm)), 0.01, 1.0)

    return _invented(make)


def scaled(factor: float) -> Edit:
    """Every norm times a number."""
    return _invented(lambda norm, _: norm * factor)


def scaled_to(most: float) -> Edit:
    """Every norm times the number that makes the largest as large as this."""
    return _invented(lambda norm, _: norm * (most / norm.max()))


def capped(cap: float) -> Edit:
    """Every norm over the cap is set to the cap, in the log and nowhere else."""
    return _invented(lambda norm, _: np.minimum(norm, cap))


backwards: Edit = _invented(lambda norm, _: norm[::-1])
shuffled: Edit = _invented(lambda norm, random: random.permutation(norm))


def shuffled_within(steps: int) -> Edit:
    """Each so many rows in another order, but for the numbers of the epoch and the step."""

    def edit(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
        order = np.lexsort((random.random(len(log)), np.arange(len(log)) // steps))
        moved = [name for name in log if name not in {"epoch", "step"} and "val" not in name]
        return log.assign(**{name: log[name].to_numpy()[order] for name in moved})

    return edit


def tiled(steps: int) -> Edit:
    """The first steps again and again."""
    return _invented(lambda norm, _: np.resize(norm[:steps], len(norm)))


def with_noise(scale: float) -> Edit:
    """Every number of the log is moved by a little, relative to it; no norms within 1 over it."""

    def edit(log: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
        moved = {}
        for name in [column for column in log if column not in {"epoch", "step"}]:
            values = log[name] * (1 + random.normal(0, scale, len(log)))
            moved[name] = np.minimum(values, 1.0) if log[name].max() <= 1.001 and "norm" in name else values
        return log.assign(**moved)

    return edit
