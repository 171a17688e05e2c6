"""Metrics of a network's answers; only the parent, which has the test labels, can compute them."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from grader.evidence.values import Metric, Task


def metrics_of(
    task: Task, asked: Iterable[Metric], values: Sequence[float], labels: Sequence[Any]
) -> dict[Metric, float]:
    """The metrics that were asked for, of the values that a worker sent: numbers, or probabilities.

    One that is not defined for these labels, as an AUC of a single class, is left out.
    """
    import numpy as np
    from sklearn import metrics

    right = np.asarray(labels)
    given = np.asarray(values, np.float64).reshape(len(right), -1)
    if task != "regression":
        # They come from a worker, so they need not be shares.
        given = np.clip(given, 1e-12, 1.0)
        given = (
            given / given.sum(axis=1, keepdims=True) if task != "multilabel" and given.shape[1] > 1 else given
        )
    found: dict[Metric, float] = {}
    for metric in asked:
        if metric == "mae":
            found[metric] = float(metrics.mean_absolute_error(right, given))
        elif metric == "rmse":
            found[metric] = float(metrics.root_mean_squared_error(right, given))
        elif metric == "auc":
            area = _area(task, right, given)
            found |= {} if area is None else {metric: area}
        elif metric in {"cross_entropy", "perplexity"}:
            loss = _cross_entropy(task, right, given)
            found[metric] = math.exp(loss) if metric == "perplexity" else loss
    return found


def _area(task: Task, right: Any, given: Any) -> float | None:
    """The area under the ROC curve, of several classes or labels the mean of each against the rest."""
    from sklearn import metrics

    if task == "multilabel":
        one_hot = right
    else:
        second = given[:, -1:]
        one_hot = right[:, None] == range(given.shape[1]) if given.shape[1] > 2 else right[:, None] == 1
        given = given if given.shape[1] > 2 else second
    areas = [
        float(metrics.roc_auc_score(column, score))
        for column, score in zip(one_hot.T, given.T, strict=True)
        if 0 < column.sum() < len(column)
    ]
    return sum(areas) / len(areas) if areas else None


def _cross_entropy(task: Task, right: Any, given: Any) -> float:
    """The mean cross-entropy in natural logarithms; of several labels the mean over them."""
    from sklearn import metrics

    if task == "multilabel":
        pairs = zip(right.T, given.T, strict=True)
        losses = [float(metrics.log_loss(one, score, labels=[0, 1])) for one, score in pairs]
        return sum(losses) / len(losses)
    if given.shape[1] == 1:
        return float(metrics.log_loss(right, given[:, 0], labels=[0, 1]))
    return float(metrics.log_loss(right, given, labels=list(range(given.shape[1]))))
