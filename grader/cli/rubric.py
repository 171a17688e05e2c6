"""`grader rubric list|new|lint|calibrate|schema`: for the teacher who writes a rubric."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.options import DEFAULT_RUBRIC, RubricFile

if TYPE_CHECKING:
    from grader.datasets import Dataset
    from grader.measure.calibrate import Network
    from grader.rubric import Plan


def list_() -> None:
    """List the rubrics that come with the program."""
    from rich.table import Table
    from rich.text import Text

    from grader.reports.terminal import console
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import shipped_rubrics

    table = Table.grid(padding=(0, 2))
    for file in shipped_rubrics():
        table.add_row(Text(file.stem), Text(load_rubric(file).title))
    console().print(table)


def new(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path("rubric.yaml"),
    source: Annotated[
        str, typer.Option("--from", metavar="NAME", help="The rubric to start from; see `rubric list`.")
    ] = DEFAULT_RUBRIC,
) -> None:
    """Write a commented copy of a rubric that ships."""
    from grader.errors import UsageError
    from grader.files import write_whole
    from grader.rubric.lookup import find_rubric

    if target.exists():
        raise UsageError(f"`{target}` exists already. It was not changed.", "Name another file.")
    write_whole(target, find_rubric(source).read_text(encoding="utf-8"))
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
    data = ""
    if rubric.plan.data not in SHIPPED_DATA:
        # Only here, because nothing else in this command needs NumPy.
        from grader.measure.data import dataset_for

        data = _about_data(dataset_for(rubric.plan), rubric.plan)
    out = console()
    table = Table("Item", "Check", "Points", "Requires", box=None)
    for item in rubric.items:
        points = f"{item.points:g}{' bonus' if item.bonus else ''}"
        cells = (item.id, item.check.kind(), points, ", ".join(item.requires))
        table.add_row(*map(Text, cells))
    out.print(table)
    if data:
        out.print(Text(data))
    for warning in lint(rubric):
        out.print(Text(f"Warning: {warning}", style="yellow"))
    points = "1 point" if rubric.points == 1 else f"{rubric.points:g} points"
    counts = f"{counted(len(rubric.items), 'item')}, {points}"
    needed = rubric.pass_at * rubric.points
    out.print(Text(f"{path} has no mistakes: {counts}, {needed:g} needed to pass."))


def _about_data(dataset: "Dataset", plan: "Plan") -> str:
    """What the data are taken for, in a few sentences for the teacher who wrote the rubric."""
    from grader.measure.inputs import kind_of, scales_of
    from grader.messages.english import names

    x, kind = dataset.x_train, kind_of(dataset.x_train)
    labels = {"regression": "numbers each", "multilabel": "labels each"}.get(plan.task, "classes")
    scales = names(tuple(scales_of(plan.data, x, plan.inputs)), "or")
    return (
        f"`{Path(dataset.name).name}` has {len(x):,} training and {len(dataset.x_test):,} test examples of "
        f"shape {x.shape[1:]} and type {x.dtype} ({kind}), with {dataset.outputs} {labels}. They are given "
        f"as {scales}."
    )


def calibrate(
    source: RubricFile,
    runs: Annotated[
        int, typer.Option(min=2, max=50, metavar="NUMBER", help="Trainings for each batch size.")
    ] = 8,
    train_on: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npz",
            help="All images that students train on, if the rubric's `data` has only a part of them. They "
            "show how accurate honest models become.",
        ),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="SUBMISSION",
            help="Train the network of this submission, not an MLP with the rubric's `hidden_layers`.",
        ),
    ] = None,
    run: Annotated[
        str,
        typer.Option(metavar="NAME", help="Train as this run of the rubric, which has a `rerun` of its own."),
    ] = "",
) -> None:
    """Measure how much honest trainings of one network differ.

    The homework's network takes nine minutes of processor time, and others longer; the time that is left is
    shown. Networks of another kind are not compared with the calibration that comes of it.
    """
    from grader.cli.progress import followed
    from grader.datasets import with_training_images
    from grader.errors import UsageError
    from grader.files import write_whole
    from grader.grading.calibration_runs import HIDDEN_LAYERS, example_of, trained
    from grader.measure.calibrate import (
        ACCURACY_EPOCHS,
        CalibrationRequest,
        Epochs,
        Run,
        jobs_for,
        jobs_for_accuracy,
        reached,
        summarised,
        work_of,
    )
    from grader.messages.english import names
    from grader.messages.wording import quoted
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import calibration_path, find_rubric
    from grader.submissions.submission import open_submission

    path = find_rubric(source)
    rubric = load_rubric(path)
    if run and run not in rubric.runs:
        raise UsageError(f"The rubric has no run {quoted(run)}.", f"The runs are {names(rubric.runs)}.")
    plan, targets = rubric.plan.of(run), rubric.targets.of_run(run)
    asked = targets.hidden_layers
    dataset = _images_of(plan)
    whole = with_training_images(dataset, train_on) if train_on else dataset
    few, images = len(dataset.y_train), len(whole.y_train)
    network = example_of(open_submission(like), plan, dataset) if like else asked or HIDDEN_LAYERS
    if not like and not asked:
        typer.echo(
            "The rubric asks for no `hidden_layers`, so the homework's MLP is trained, and networks of other "
            "kinds will not be compared. `--like SUBMISSION` trains the network of a submission."
        )
    jobs = jobs_for(plan, network, few, runs)
    typer.echo(f"Training {_described(network)} {len(jobs)} times on {few:,} images.")
    request = CalibrationRequest(plan=plan, network=network, jobs=jobs)
    found = followed(
        trained(request, dataset, Run),
        len(jobs),
        lambda each: work_of(each[1].job, few),
        sum(work_of(job, few) for job in jobs),
    )
    with _nothing_written():
        versions, done = zip(*found, strict=True)
    calibration = summarised(done, plan, network, versions[-1])
    target = calibration_path(path, run if plan is not rubric.plan else "")
    sizes = ", ".join(str(size) for size in sorted({size.batch_size for size in calibration.sizes}))
    if calibration.other_layers or calibration.loss:
        note = ""
    elif images < (targets.training_images or 0):
        note = (
            "The accuracies of honest models were not measured: students train on more images than these "
            f"{images:,}. Give all of them with `--train-on`."
        )
    else:
        jobs = jobs_for_accuracy(plan, images, runs)
        request = request.model_copy(update={"jobs": jobs, "epochs": ACCURACY_EPOCHS})
        more = followed(trained(request, whole, Epochs), len(jobs), lambda _: 1, len(jobs))
        with _nothing_written():
            honest = reached([epochs for _, epochs in more], dataset.y_test.tolist(), images)
        calibration = calibration.model_copy(update={"accuracies": honest})
        note = (
            f"{honest.runs} trainings on {images:,} images reach {honest.mean:.4f} on the test images in the "
            f"mean, {honest.highest:.4f} at most, with a standard deviation of {honest.spread:.4f}."
        )
    write_whole(target, calibration.page())
    typer.echo(f"Written: {target}, from {len(done)} trainings at the batch sizes {sizes}.")
    if note:
        typer.echo(note)


def _images_of(plan: "Plan") -> "Dataset":
    """The data set of a plan, if a calibration can be made for it."""
    from grader.errors import UsageError
    from grader.measure.data import dataset_for
    from grader.measure.inputs import kind_of
    from grader.rubric import InputsPlan

    dataset = dataset_for(plan)
    if plan.task != "classification" or plan.inputs != InputsPlan() or kind_of(dataset.x_train) != "images":
        raise UsageError(
            "A calibration is of classifiers of images, whose scale is found by trying.",
            "Without one, `log_fits_rerun` and `log_fits_model` compare nothing, and nobody is doubted.",
        )
    return dataset


@contextmanager
def _nothing_written() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt("No calibration was written: it needs all of its trainings.") from None


def _described(network: "Network") -> str:
    """What is trained, in words."""
    if isinstance(network, tuple):
        return f"the MLP {'-'.join(map(str, network))}"
    model = network.model
    layers = ", ".join(dict.fromkeys(layer.kind for layer in model.layers))
    loss = "" if model.loss_form == "usual" else f" and the loss `{model.loss}`"
    return f"the example's network of {model.parameters:,} parameters (layers: {layers}){loss}"


def schema() -> None:
    """Print the JSON Schema of a rubric, for an editor."""
    import json

    from grader.rubric.loading import rubric_schema

    typer.echo(json.dumps(rubric_schema(), indent=2, ensure_ascii=False))
