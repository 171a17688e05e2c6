"""`grader report`: writes stored reports in another format, or the JSON Schema of `report.json`."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import Lang
from grader.cli.running import tell, warm_up_judges
from grader.errors import UsageError


def report(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="GRADED|schema",
            help="The folder that `grader grade` wrote; or schema, to print the JSON Schema of report.json.",
        ),
    ],
    form: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="The format, for example html or markdown.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The folder to write to. [default: beside the stored reports]"),
    ] = None,
    lang: Lang = None,
) -> None:
    """Write stored reports in another format or language."""
    if folder == Path("schema"):
        import json

        from grader.reports.json_report import schema

        typer.echo(json.dumps(schema(), indent=2))
        return
    from grader.files import prepare_folder, write_whole
    from grader.grading.cache import Cache
    from grader.grading.graded_folder import read_graded, read_reports
    from grader.messages.english import in_english
    from grader.messages.wording import counted
    from grader.reports import load, names

    if form is None:
        raise UsageError("No format was named.", f"Name one with `--format`: {in_english(names(), 'or')}.")
    chosen = load(form)
    run = read_graded(folder)
    reports = read_reports(folder, run)
    if lang is not None:
        reports = ((one, report.model_copy(update={"language": lang})) for one, report in reports)
    target = out or folder
    prepare_folder(target)
    written = f"{target}/<id>/{chosen.file}"
    if chosen.name == "html":
        from grader.cli.pages import write_pages
        from grader.grading.judging import Drawers
        from grader.reports.rows import INDEX

        warm_up_judges()
        with Cache(folder, tell, read_only=True) as cache, Drawers() as drawers:
            write_pages(target, run, reports, cache, drawers)
        written = f"{target}/{INDEX}, {written} and teacher.html"
    elif chosen.of_class:
        written = f"{target}/{chosen.file}"
        write_whole(target / chosen.file, chosen.page(report for _, report in reports))
    else:
        for one, report in reports:
            write_whole(target / one.folder / chosen.file, chosen.page(report))
    typer.echo(f"Written: {written}, from {counted(len(run.submissions), 'report')}.")
