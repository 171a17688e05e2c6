"""Prints what the program costs: `python tests/benchmarks/speed.py`, about a minute on two cores.

Times are compared within one run, because machines differ and are shared:
`--help` with a bare interpreter and with Typer alone, a step of the rerun with its matrix products done by
TensorFlow alone.
"""

import argparse
import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from grader.datasets import load_dataset
from grader.evidence import Declaration
from grader.grading.batch import measure
from grader.grading.engines import FOR_A_FOLDER
from grader.grading.judge import judge
from grader.measure.model.read import read_model
from grader.report import Whose
from grader.rubric import Plan
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.submission import Submission

EXAMPLE = Path(__file__).parents[2] / "submissions_example" / "gradient_clipping" / "ana_passes"
# Dense(300), Dense(100), Dense(10) on 784 inputs.
WIDTHS = (784, 300, 100, 10)
# No program that has its commands from Typer can start with less.
_WITH_TYPER = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
app.command()(lambda: None)
app()
"""
ROWS = 20_000


def start_up(runs: int) -> str:
    """`grader --help` and a command of Typer's that does nothing, against a bare interpreter, in turns."""
    programs = ("pass", _WITH_TYPER, "from grader.__main__ import main; main()")
    # An installed program keeps its byte code, whatever is set here.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def processor_seconds(program: str) -> float:
        command = [sys.executable, "-c", program, "--help"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=kept)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_utime + used.ru_stime

    turns = [[processor_seconds(program) for program in programs] for _ in range(3 * runs)]
    bare, typer, helped = map(statistics.median, zip(*turns, strict=True))
    return (
        f"grader --help: {helped * 1000:.0f} ms of processor time, {helped / bare:.1f} times a bare "
        f"interpreter (at most 5; Typer alone, with one command that does nothing: {typer / bare:.1f})"
    )


def folder_of(submissions: int, jobs: int) -> str:
    """Processor time and memory of each submission in a folder."""
    warm_up(FOR_A_FOLDER)
    dataset = load_dataset("fashion_mnist")
    folder = [Submission(f"{number:03}", EXAMPLE) for number in range(submissions)]
    start = time.perf_counter()
    events = list(measure(folder, Plan(), dataset, jobs))
    wall = time.perf_counter() - start
    costs = [event.cost for event in events if event.kind == "measured" and event.cost]
    seconds = statistics.median(cost.processor_seconds for cost in costs)
    most = max(cost.peak_memory for cost in costs)
    return (
        f"a folder of {len(costs)}: {seconds:.2f} s of processor time each (at most 1.5), "
        f"{most / 1e9:.2f} GB a worker (at most 1.2); {wall:.1f} s in all with {jobs} at a time, "
        "TensorFlow's import included"
    )


def a_long_log(runs: int) -> str:
    """Everything but the training, for a log of many rows: reading log and model, and judging."""
    from grader.measure.log.read import read as read_log

    rubric = load_rubric(find_rubric(DEFAULT))
    header, *rows = (EXAMPLE / "training_log.csv").read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in itertools.islice(itertools.cycle(rows), ROWS)]
    lines = [",".join([str(at // 1719), str(at + 1), *row[2:]]) for at, row in enumerate(cells)]
    log = "\n".join([header, *lines]).encode()
    model = (EXAMPLE / "model.keras").read_bytes()
    whole = list(measure([Submission("ana", EXAMPLE)], rubric.plan, load_dataset("fashion_mnist"), 1))
    evidence = whole[-1].evidence
    assert evidence is not None

    def read_and_judge() -> None:
        read = read_log("training_log.csv", log, Declaration(), Plan())
        facts = read_model("model.keras", model).facts
        judge(rubric, evidence.having("log", read).having("model", facts), Whose("ana"))

    read_and_judge()
    seconds = statistics.median(_time(read_and_judge) for _ in range(runs))
    return f"reading and judging a log of {ROWS} rows with its model: {seconds:.2f} s (at most 0.3)"


def a_step(runs: int) -> str:
    """A step of the rerun against its floating-point operations as TensorFlow's own matrix products."""
    import tensorflow as tf

    from grader.measure.training.examples import Batches, shuffled_order
    from grader.measure.training.gradients import build_update, loss_for
    from grader.measure.training.load import load_clean
    from grader.measure.training.loop import compiled_steps, use_one_thread

    use_one_thread()
    plan, dataset = Plan().rerun, load_dataset("fashion_mnist")
    clean = read_model("model.keras", (EXAMPLE / "model.keras").read_bytes())
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        model = load_clean(clean.content, clean.suffix, clean.facts.parameters)
    inputs = tf.constant(dataset.x_train / 255.0, tf.float32)
    labels = tf.constant(dataset.y_train, tf.int32)
    batches = Batches(inputs, labels, shuffled_order(len(labels), plan.steps, plan.batch_size, plan.seed))
    update = build_update(plan.optimizer, model.trainable_variables)
    loop = compiled_steps(model, batches, loss_for(probabilities=True), plan.optimizer, update)
    products = _products(plan.batch_size)

    @tf.function(autograph=False)
    def floor(count: tf.Tensor) -> tf.Tensor:
        def step(number: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return number + 1, total + tf.add_n([tf.matmul(*product)[0, 0] for product in products])

        return tf.while_loop(lambda number, _: number < count, step, (0, 0.0), parallel_iterations=1)[1]

    count = tf.constant(plan.steps)
    loop(batches.order), floor(count)
    pairs = [(_time(lambda: loop(batches.order)), _time(lambda: floor(count))) for _ in range(runs)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours = statistics.median(pair[0] for pair in pairs) / plan.steps
    return (
        f"a step of the rerun: {ours * 1e6:.0f} µs, {ratio:.2f} times its matrix products alone (at most 1.8)"
    )


def _products(batch: int) -> list[tuple[object, object]]:
    """The matrix products of one step: forward, the gradients of the weights, and of the layers between."""
    import tensorflow as tf

    products = []
    for inputs, units in itertools.pairwise(WIDTHS):
        shapes = [((batch, inputs), (inputs, units)), ((inputs, batch), (batch, units))]
        if inputs != WIDTHS[0]:
            shapes.append(((batch, units), (units, inputs)))
        products += [tuple(tf.Variable(tf.random.normal(shape)) for shape in pair) for pair in shapes]
    return products


def _time(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    print(start_up(chosen.runs))
    print(folder_of(chosen.submissions, chosen.jobs))
    print(a_long_log(chosen.runs))
    print(a_step(chosen.runs))
