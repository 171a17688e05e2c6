"""Prints what the sandbox and the intake add to a submission: `python tests/benchmarks/sandbox.py`, a minute.

All times are taken in one run and taken in turns, because machines differ and are shared.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from grader.datasets import load_dataset
from grader.grading.batch import measure
from grader.grading.budget import sandbox_limits_of
from grader.grading.engines import FOR_A_FOLDER
from grader.measure.model.read import read_model
from grader.measure.request import pack
from grader.rubric import Plan
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.self_test import self_test
from grader.sandbox.worker import Worker, wait, warm_up
from grader.submissions.submission import Submission

EXAMPLE = Path(__file__).parents[2] / "submissions_example" / "gradient_clipping" / "ana_passes"


def a_worker(sandbox: SandboxLimits) -> None:
    """Start a worker that has nothing to do, and end it."""
    worker = Worker("sandbox:nothing", [], sandbox)
    while not worker.done:
        wait([worker])
        worker.replies()
    worker.end()


def nothing(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """In a worker: what is left is its start and its end."""


def main(runs: int) -> None:
    """Measure in turns, and print medians."""
    warm_up([*FOR_A_FOLDER, "sandbox"])
    sandbox = sandbox_limits_of(Plan())
    layers = frozenset(layer.name for layer in self_test(sandbox).layers)
    bare = SandboxLimits(sandbox.seconds, sandbox.memory, without=layers)
    tested = [_seconds(lambda: self_test(sandbox)) for _ in range(runs)]
    pairs = [(_seconds(lambda: a_worker(sandbox)), _seconds(lambda: a_worker(bare))) for _ in range(runs)]
    behind, without = (statistics.median(times) for times in zip(*pairs, strict=True))
    submission = Submission("ana", EXAMPLE)
    content = (EXAMPLE / "model.keras").read_bytes()
    intake = statistics.median(_seconds(lambda: pack(submission, Plan())) for _ in range(runs))
    reading = statistics.median(_seconds(lambda: read_model("model.keras", content)) for _ in range(runs))
    dataset = load_dataset("fashion_mnist")
    events = list(measure([submission] * 3, Plan(), dataset, 1))
    whole = statistics.median(event.seconds for event in events if event.kind == "measured")
    added = behind - without + intake + reading
    print(f"the self-test, once a run: {statistics.median(tested) * 1000:.0f} ms (at most 100)")
    print(
        f"a worker's start and end: {behind * 1000:.0f} ms in its sandbox, {without * 1000:.0f} ms "
        f"without them"
    )
    print(f"the intake: {intake * 1000:.0f} ms; the model read, checked and copied: {reading * 1000:.0f} ms")
    print(
        f"added to a submission: {added:.3f} s (at most 0.25), {100 * added / whole:.0f} % of the "
        f"{whole:.1f} s that its measuring takes"
    )


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    main(parser.parse_args().runs)
