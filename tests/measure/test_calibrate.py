"""Tests of what many runs show together."""

import math

import pytest
from builders_runs import a_network_with

from grader.analysis.reference.calibration import LEVELS, MEDIAN, Accuracies, Calibration
from grader.measure.calibrate import (
    INPUTS,
    Epochs,
    Example,
    Job,
    Network,
    Run,
    Versions,
    jobs_for,
    jobs_for_accuracy,
    reached,
    steps_of,
    summarised,
    work_of,
)
from grader.measure.request import Architecture
from grader.rubric import Plan, RerunPlan

MLP = (300, 100)
EVEN = (0.0,) * (len(LEVELS) + 1)


def a_run(batch_size: int, seed: int, level: float = 0.0, tail: float = 0.0) -> Run:
    """A run whose quantiles are all at one level."""
    return Run(
        job=Job(inputs=INPUTS[0], batch_size=batch_size, seed=seed),
        head=((level,) * len(EVEN), (level,) * len(EVEN)),
        tails=(((tail,) * len(EVEN), EVEN),) * 3,
        start=0.05 + 0.01 * seed,
        smoothness=0.1,
    )


def calibrated(*runs: Run, network: Network = MLP) -> Calibration:
    """What these runs show together, the same ones with pixels given in either way."""
    either = [
        run.model_copy(update={"job": run.job.model_copy(update={"inputs": inputs})})
        for inputs in INPUTS
        for run in runs
    ]
    return summarised(either, Plan(), network, Versions(tensorflow="2.21.0", keras="3.15.1"))


def test_every_size_is_run_with_its_own_seeds() -> None:
    """The largest first, because it takes longest; the plan's own seed is left to the rerun."""
    jobs = jobs_for(Plan(rerun=RerunPlan(batch_size=40, seed=7)), MLP, 12_000, 2)

    assert [512, 256, 128, 64, 40, 32, 16] == list(dict.fromkeys(job.batch_size for job in jobs))
    assert 7 * 2 * 2 == len(jobs) == len(set(jobs))
    assert {8, 9} == {job.seed for job in jobs}
    assert set(INPUTS) == {job.inputs for job in jobs}


def test_batches_are_a_tenth_of_the_images_at_most() -> None:
    """The plan's own size is always among them, as far as there are images."""
    assert {16, 32} == {job.batch_size for job in jobs_for(Plan(), MLP, 320, 2)}
    assert {20} == {job.batch_size for job in jobs_for(Plan(), MLP, 20, 2)}


def test_runs_to_see_how_accurate_models_become_are_those_of_the_plan() -> None:
    """Its batch size as far as there are images, the first way of giving pixels, and seeds of their own."""
    plan = Plan(rerun=RerunPlan(batch_size=40, seed=7))

    assert [(INPUTS[0], 40, 8), (INPUTS[0], 40, 9)] == [
        (job.inputs, job.batch_size, job.seed) for job in jobs_for_accuracy(plan, 60_000, 2)
    ]
    assert 30 == jobs_for_accuracy(plan, 30, 2)[0].batch_size


def test_of_each_run_the_best_epoch_counts() -> None:
    """Whoever looks at the test images during the training keeps that one."""
    runs = [Epochs(classes=((0, 0, 0, 0), (0, 1, 2, 0))), Epochs(classes=((0, 1, 0, 0), (0, 0, 0, 0)))]

    assert Accuracies(
        mean=0.625, spread=0.1768, highest=0.75, runs=2, epochs=2, training_images=60_000, test_images=4
    ) == reached(runs, (0, 1, 2, 3), 60_000)


def test_a_head_is_compared_with_the_mean_run_of_the_plans_batch_size() -> None:
    """Both spreads count, since the rerun is one run, too."""
    found = calibrated(a_run(32, 1, 0.9), a_run(32, 2, 1.1), a_run(64, 1, 0.7), a_run(64, 2, 0.7))
    size = next(size for size in found.sizes if size.batch_size == 64)
    level = size.global_norm.head.level

    assert -0.3 == pytest.approx(level.mean)
    # The standard deviation of 0.9 and 1.1 is 0.1414; as a floor under the other's 0 it counts again.
    assert level.spread == pytest.approx(math.sqrt((2 * 0.02 + 0.02) / 2), abs=2e-3)


def test_a_tail_is_already_a_ratio() -> None:
    """Its probe is at the weights of the run itself; every moment of every run counts."""
    found = calibrated(a_run(32, 1, tail=0.2), a_run(32, 2, tail=0.4))

    assert 0.3 == pytest.approx(found.sizes[0].variable_norm.tail.level.mean)
    assert 0.1095 == pytest.approx(found.sizes[0].variable_norm.tail.level.spread, abs=1e-4)
    assert 0.0 == found.sizes[0].global_norm.tail.level.mean


def test_the_shape_is_what_the_level_leaves() -> None:
    """Equal quantiles have none, and the median has none by definition."""
    tall = a_run(32, 1).model_copy(update={"head": ((0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),) * 2})
    found = calibrated(tall, a_run(32, 2))
    head = found.sizes[0].variable_norm.head

    assert [0.0] * len(LEVELS) == [shape.mean for shape in head.shape]
    assert 0.0 == head.shape[MEDIAN].spread
    assert head.shape[0].spread == pytest.approx(0.2)
    assert head.variation.spread == pytest.approx(0.6, abs=1e-3)


def test_larger_batches_may_vary_less_by_the_square_root() -> None:
    """Four times the images halve the scatter of a mean of independent ones, and the mean of noise itself."""
    found = calibrated(*(a_run(size, seed) for size in (32, 128) for seed in (1, 2)))

    assert [0.0, -0.6931] == [size.variable_norm.head.variation.mean for size in found.sizes[:2]]
    assert [0.0, -0.6931] == [size.global_norm.tail.noise for size in found.sizes[:2]]


def test_a_lucky_size_has_the_spread_of_the_others() -> None:
    """Two runs that agree by chance do not make a narrow band."""
    found = calibrated(a_run(32, 1), a_run(32, 9), a_run(64, 5), a_run(64, 5))

    assert found.sizes[1].start.spread == pytest.approx(found.sizes[0].start.spread / math.sqrt(2), abs=1e-4)


def test_it_says_how_it_was_made() -> None:
    """For which plan, with which network, of how many runs, by which versions."""
    found = calibrated(a_run(32, 1), a_run(32, 2))

    assert ("2.21.0", "3.15.1", 2, (300, 100)) == (
        found.tensorflow,
        found.keras,
        found.runs,
        found.hidden_layers,
    )
    assert "fashion_mnist" == found.plan["data"]
    assert list(INPUTS) == [size.inputs for size in found.sizes]


def an_example(inputs: str = INPUTS[0], **fields: object) -> Example:
    """A submission with an LSTM."""
    model = a_network_with("LSTM", **fields)
    return Example(
        model=model,
        architecture=Architecture(network="{}", parameters=10, inputs=inputs, probabilities=True),
    )


def test_an_example_is_given_the_pixels_as_it_was_trained() -> None:
    """Its own way comes first, in the jobs and in the calibration, and both usual ways are run."""
    ways = {way: jobs_for(Plan(), an_example(way), 20, 2) for way in ("standardised pixels", *INPUTS)}
    found = calibrated(a_run(32, 1), a_run(32, 2), network=an_example(INPUTS[1]))

    assert ["standardised pixels", *INPUTS] == list(
        dict.fromkeys(job.inputs for job in ways["standardised pixels"])
    )
    assert [*reversed(INPUTS)] == list(dict.fromkeys(job.inputs for job in ways[INPUTS[1]]))
    assert [*reversed(INPUTS)] == [size.inputs for size in found.sizes]


def test_a_calibration_knows_the_kind_of_its_example() -> None:
    """Its dense layers, the others, and a loss that is not the usual one."""
    runs = (a_run(32, 1), a_run(32, 2))
    plain, hinge = (
        calibrated(*runs, network=an_example(**fields))
        for fields in ({}, {"loss": "hinge", "loss_form": "summed"})
    )

    assert ((300, 100), ("LSTM",), "") == (plain.hidden_layers, plain.other_layers, plain.loss)
    assert "summed hinge" == hinge.loss


def test_a_job_costs_its_steps_and_their_images() -> None:
    """Small batches take more steps, and so longer; an accuracy's run has the epochs asked for."""
    small, large = (Job(inputs=INPUTS[0], batch_size=size, seed=1) for size in (16, 512))

    assert (3_750, 600) == (steps_of(small, 12_000), steps_of(large, 12_000))
    assert 20 * 750 == steps_of(small, 12_000, epochs=20)
    assert work_of(small, 12_000) > work_of(large, 12_000) > 5 * 12_000
