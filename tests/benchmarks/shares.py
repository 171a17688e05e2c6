"""Prints where the time of a submission goes, and how far each share is from its floor.

`python tests/benchmarks/shares.py SUBMISSION`, half a minute, for a network of dense layers. As for a worker,
TensorFlow is imported before the process that computes is forked, and there is one thread. Seconds are of the
processor, the least of several processes, so that other work on the machine counts little. Floors: the
floating-point operations of the network's matrix products at the speed of a large one on this machine; the
bytes of the files, read once; a fork of the same process that ends at once.
"""

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import chdir
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from grader.datasets import Dataset
from grader.evidence.model import Model
from grader.evidence.part import UNNAMED
from grader.grading.cache import Cache
from grader.grading.classes import ClassGrading
from grader.grading.judged_class import JudgedClass
from grader.grading.judging import Judges
from grader.grading.keys import circumstances
from grader.measure import worker
from grader.measure.data import dataset_for
from grader.measure.reply import FilesReply, ModelReply, as_evidence, as_rerun, with_model
from grader.measure.request import pack, unpack
from grader.measure.training.examples import Arrays
from grader.report import Origin
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric
from grader.submissions.submission import Submission

PROCESSES = 6
LARGE = 1024
# Images that the model is asked about beside the test images: in four scales, and to compare with.
ASKED_BESIDE = 4 * 500 + 2_000


class Share(NamedTuple):
    """A part of the work: what it took of the processor, and what it has to compute and to read at least."""

    name: str
    seconds: float
    operations: float = 0.0
    bytes: int = 0


def shares(path: Path) -> list[str]:
    """A line for each share of the work for a submission with a network of dense layers."""
    # Imported before the fork, as for a worker.
    import grader.measure.training.session  # noqa: F401

    rubric = load_rubric(find_rubric(DEFAULT))
    dataset = dataset_for(rubric.plan)
    speeds = [forked(lambda: [Share("", 0.0, *_speeds())])[0][0] for _ in range(PROCESSES)]
    operations, read = max(one.operations for one in speeds), max(one.bytes for one in speeds)
    empty = min(forked(list)[1] for _ in range(PROCESSES))
    runs = [forked(lambda: _work(path, rubric, dataset)) for _ in range(PROCESSES)]
    own = min(whole - sum(part.seconds for part in parts) for parts, whole in runs)
    lines = [f"a matrix product of {LARGE}: {operations / 1e9:.0f} GFlop/s on one thread"]
    lines.append(_line("the process, from its fork to its end, outside a sandbox", own, empty))
    for parts in zip(*(run[0] for run in runs), strict=True):
        least = min(parts, key=lambda part: part.seconds)
        lines.append(_line(least.name, least.seconds, least.operations / operations + least.bytes / read))
    return lines


def _line(name: str, seconds: float, floor: float) -> str:
    against = f", {seconds / floor:.1f} times its floor of {floor:.4f} s" if floor else ""
    return f"  {name}: {seconds:.3f} s{against}"


def forked(run: Callable[[], list[Share]]) -> tuple[list[Share], float]:
    """What a function gives in a process of its own, and the seconds of the processor for that."""
    source, sink = os.pipe()
    process = os.fork()
    if process == 0:
        with (
            tempfile.TemporaryDirectory() as folder,
            chdir(folder),
            os.fdopen(sink, "w") as stream,
        ):
            json.dump(run(), stream)
        os._exit(0)
    os.close(sink)
    with os.fdopen(source) as stream:
        given = [Share(*values) for values in json.load(stream)]
    _, _, used = os.wait4(process, 0)
    return given, used.ru_utime + used.ru_stime


def _speeds() -> tuple[float, int]:
    """Floating-point operations, and bytes of a file that are read, in a second."""
    import tensorflow as tf

    from grader.measure.training.loop import use_one_thread

    use_one_thread()
    one, content = tf.ones((LARGE, LARGE)), Path("content")
    content.write_bytes(bytes(1 << 24))
    tf.matmul(one, one)
    products = [_seconds(lambda: tf.matmul(one, one)) for _ in range(20)]
    reads = [_seconds(content.read_bytes) for _ in range(5)]
    return 2 * LARGE**3 / min(products), int((1 << 24) / min(reads))


def _work(path: Path, rubric: Rubric, dataset: Dataset) -> list[Share]:
    """All that is done for one submission, as the parent and its workers do it."""
    for name in ("x_train", "y_train", "x_test"):
        np.save(f"{name}.npy", getattr(dataset, name))
    plan, made, started = rubric.plan, list[Share](), time.process_time()

    def done(name: str, operations: float = 0.0, size: int = 0) -> None:
        nonlocal started
        made.append(Share(name, time.process_time() - started, operations, size))
        started = time.process_time()

    submission = Submission(path.name, path)
    messages = iter(pack(submission, plan))
    _, intake = unpack(lambda: next(messages))
    static, models = worker.read(intake, plan, [])
    clean = models.get(UNNAMED)
    if clean is None:
        raise SystemExit("The model cannot be read.")
    done("files read, checked and rewritten", size=sum(len(part.content) for part in intake.taken))
    import tensorflow as tf

    from grader.measure.training.loop import use_one_thread
    from grader.measure.training.session import Session, rerun

    use_one_thread()
    tf.constant(1.0) + 1.0
    done("TensorFlow begins")
    one = Session(clean, plan, ".")
    done("model loaded", size=len(clean.content))
    predictions = one.predictions()
    forward, step = _operations(clean.facts)
    done("predictions", forward * (len(dataset.x_test) + ASKED_BESIDE))
    probe = one.probe()
    size = plan.rerun.batch_size
    done(f"probe, {plan.probe.batches} batches", step * size * plan.probe.batches)
    architecture = one.architecture()
    second = ModelReply(predictions=predictions, probe=probe, architecture=architecture)
    messages = static.model_dump_json(), second.model_dump_json()
    done("reply written")
    again = rerun(plan, architecture, Arrays.read(Path(), plan.data))
    done(f"rerun, {plan.rerun.steps} steps, once for all with this network", step * size * plan.rerun.steps)
    labels = dataset.y_test.tolist()
    evidence = as_evidence(FilesReply.model_validate_json(messages[0]))
    evidence = with_model(evidence, ModelReply.model_validate_json(messages[1]), labels, plan)
    evidence = evidence.having("rerun", as_rerun(again, labels, plan))
    Path("out").mkdir()
    with Cache(Path("out"), print) as cache, Judges(rubric, 1) as judges, JudgedClass(rubric) as judged:
        run = circumstances(plan, dataset.sha256)
        grading = ClassGrading(Path("out"), [submission], rubric, cache, run, judges, judged)
        grading.begin(submission, pack(submission, plan))
        grading.take(submission, evidence, Origin())
        list(grading.judged(wait=True))
    done("judged in a process of its own, kept and written")
    return made


def _operations(model: Model) -> tuple[float, float]:
    """Floating-point operations of the matrix products for one image: forward, and with the gradients."""
    widths = [
        math.prod(filter(None, model.input_shape or ())),
        *(one.units for one in model.layers if one.units),
    ]
    forward = [2.0 * before * after for before, after in pairwise(widths)]
    # The gradient of each kernel, and that of each layer's inputs but the image.
    return sum(forward), 2 * sum(forward) + sum(forward[1:])


def _seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("submission", type=Path)
    print("\n".join(shares(parser.parse_args().submission)))
