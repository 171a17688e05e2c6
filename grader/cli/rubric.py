"""`grader rubric new|lint|calibrate|schema`: for the teacher who writes a rubric."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import RubricFile


def new(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path("rubric.yaml"),
) -> None:
    """Write a commented copy of the homework's rubric."""
    from grader.errors import UsageError
    from grader.files import write_whole
    from grader.rubric.lookup import DEFAULT, find_rubric

    if target.exists():
        raise UsageError(f"`{target}` exists already. It was not changed.", "Name another file.")
    write_whole(target, find_rubric(DEFAULT).read_text(encoding="utf-8"))
    typer.echo(f"Written: {target}. After you edit it, run `grader rubric lint {target}` to find mistakes.")


def lint(source: RubricFile) -> None:
    """Find mistakes in a rubric, each with its line."""
    from rich.table import Table
    from rich.text import Text

    from grader.messages.wording import counted
    from grader.reports.terminal import console
    from grader.rubric import SHIPPED_DATA
    from grader.rubric.lint import lint
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import find_rubric

    path = find_rubric(source)
    rubric = load_rubric(path)
    if rubric.plan.data not in SHIPPED_DATA:
        # Only here, because nothing else in this command needs NumPy.
        from grader.datasets import load_dataset

        load_dataset(rubric.plan.data, path.parent)
    out = console()
    table = Table("Item", "Check", "Points", "Requires", box=None)
    for item in rubric.items:
        cells = (item.id, item.check.kind(), f"{item.points:g}", ", ".join(item.requires))
        table.add_row(*map(Text, cells))
    out.print(table)
    for warning in lint(rubric):
        out.print(Text(f"Warning: {warning}", style="yellow"))
    points = "1 point" if rubric.points == 1 else f"{rubric.points:g} points"
    counts = f"{counted(len(rubric.items), 'item')}, {points}"
    needed = rubric.pass_at * rubric.points
    out.print(Text(f"{path} has no mistakes: {counts}, {needed:g} needed to pass."))


def calibrate(
    source: RubricFile,
    runs: Annotated[int, typer.Option(min=2, metavar="NUMBER", help="Trainings for each batch size.")] = 8,
) -> None:
    """Measure how much honest trainings differ. Takes several minutes."""
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


def schema() -> None:
    """Print the JSON Schema of a rubric, for an editor."""
    import json

    from grader.rubric.form import rubric_schema

    typer.echo(json.dumps(rubric_schema(), indent=2, ensure_ascii=False))
