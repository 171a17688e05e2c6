"""Opens the engine that somebody asked for, and says which walls were found where its workers run."""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import ModuleType

from grader.datasets import Dataset
from grader.errors import UsageError
from grader.grading.engines import FOR_A_FOLDER, Engine
from grader.grading.engines.local import LocalEngine
from grader.report import Level
from grader.sandbox.level import SelfTest, require, self_test
from grader.sandbox.limits import Walls
from grader.sandbox.worker import warm_up


@contextmanager
def opened(
    dataset: Dataset, walls: Walls, jobs: int, isolation: Level, cluster: str | None = None
) -> Iterator[tuple[Engine, SelfTest]]:
    """An engine for a folder of submissions, and its walls; nothing of it is left in the end.

    Args:
        dataset: the images.
        walls: around each worker.
        jobs: how many workers there are at a time on this machine.
        isolation: the least level of the walls.
        cluster: the address of a Dask scheduler whose workers measure, `local` for one of our own, or None.

    Raises:
        IsolationError: the walls are lower.
        UsageError: the cluster cannot be used.
    """
    with ExitStack() as stack:
        engine: Engine
        if cluster is None:
            warm_up(FOR_A_FOLDER)
            tested = self_test(walls)
            require(isolation, tested)
            engine = LocalEngine(dataset, replace(walls, needed=tested.held), jobs)
        else:
            dask = _dask()
            client = stack.enter_context(dask.connected(cluster, jobs))
            tested = dask.lowest_walls(client, walls, FOR_A_FOLDER)
            require(isolation, tested)
            engine = dask.DaskEngine(client, dataset, replace(walls, needed=tested.held), FOR_A_FOLDER)
        stack.callback(engine.close)
        yield engine, tested


def _dask() -> ModuleType:
    try:
        return importlib.import_module("grader.grading.engines.dask")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"`--cluster` needs `{error.name}`, which is not installed.",
            "Install it with `pip install 'keras-homework-grader[cluster]'`.",
        ) from None
