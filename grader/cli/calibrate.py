"""`grader rubric calibrate`: measures how much honest trainings differ."""

from typing import Annotated

import typer

from grader.cli.options import RubricFile


def calibrate(
    source: RubricFile,
    runs: Annotated[int, typer.Option(min=2, help="How many trainings at each batch size.")] = 8,
) -> None:
    """Measure how much honest trainings differ. Takes minutes."""
    from rich.progress import track

    from grader.datasets import load_dataset
    from grader.files import write_whole
    from grader.grading.calibration_runs import reference_layers, trained
    from grader.measure.calibrate import jobs_for, summarised
    from grader.reports.terminal import console
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import calibration_path, find_rubric

    path = find_rubric(source)
    rubric = load_rubric(path)
    plan, hidden = rubric.plan, reference_layers(rubric)
    dataset = load_dataset(plan.data, path.parent)
    jobs = jobs_for(plan, len(dataset.y_train), runs)
    replies = trained(plan, hidden, jobs, dataset)
    shown = track(replies, "Training", len(jobs), console=console(stderr=True), transient=True)
    versions, done = zip(*shown, strict=True)
    calibration = summarised(done, plan, hidden, versions[-1])
    target = calibration_path(path)
    write_whole(target, calibration.page())
    sizes = ", ".join(str(size) for size in sorted({size.batch_size for size in calibration.sizes}))
    typer.echo(f"Written: {target}, from {len(done)} trainings at the batch sizes {sizes}.")
