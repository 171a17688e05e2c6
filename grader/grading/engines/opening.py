"""Opens the engine that somebody asked for, and tests the sandbox where its workers run."""

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
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.self_test import SelfTest, require, self_test
from grader.sandbox.worker import warm_up


@contextmanager
def opened(
    dataset: Dataset, sandbox: SandboxLimits, jobs: int, isolation: Level, cluster: str | None = None
) -> Iterator[tuple[Engine, SelfTest]]:
    """An engine for a folder of submissions, and what its self-test found; nothing of it is left in the end.

    Args:
        dataset: the images.
        sandbox: The limits of each worker.
        jobs: how many workers there are at a time on this machine.
        isolation: The lowest acceptable level of the sandbox.
        cluster: the address of a Dask scheduler whose workers measure, `local` for one of our own, or None.

    Raises:
        IsolationError: The sandbox is weaker.
        UsageError: the cluster cannot be used.
    """
    with ExitStack() as stack:
        engine: Engine
        if cluster is None:
            warm_up(FOR_A_FOLDER)
            tested = self_test(sandbox)
            require(isolation, tested)
            engine = LocalEngine(dataset, replace(sandbox, needed=tested.held), jobs)
        else:
            dask = _dask()
            client = stack.enter_context(dask.connected(cluster, jobs))
            tested = dask.lowest_walls(client, sandbox, FOR_A_FOLDER)
            require(isolation, tested)
            engine = dask.DaskEngine(client, dataset, replace(sandbox, needed=tested.held), FOR_A_FOLDER)
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
