"""`grader export FORM`: writes grades into a copy of a file exported from a learning platform."""

from collections.abc import Callable
from typing import Any

import typer

from grader.cli.options import DryRun, Graded, NewFile, TrustDeclared, with_options_of


def exports() -> dict[str, Callable[..., None]]:
    """The exports of all platforms, each with its own options and those that all share."""
    from grader.platforms import modules

    found = [export for module in modules("gradebook").values() for export in module.EXPORTS]
    return {export.__name__.replace("_", "-"): _command(export) for export in found}


def _command(export: Callable[..., Any]) -> Callable[..., None]:
    def run(
        folder: Graded,
        out: NewFile = None,
        dry_run: DryRun = False,
        trust_declared: TrustDeclared = False,
        **own: Any,
    ) -> None:
        from grader.errors import UsageError
        from grader.files import write_whole
        from grader.grading.graded_folder import read_reports, read_run

        if out is None and not dry_run:
            raise UsageError(
                "No output file was named.", "Name one with `--out`, or preview with `--dry-run`."
            )
        if out is not None and out.resolve() == own["source"].resolve():
            raise UsageError(
                f"The output `{out}` is the file you exported. It was not changed.",
                "Name another file with `--out`.",
            )
        reports = tuple(read_reports(folder, read_run(folder)).values())
        content, lines = export(reports, trust_declared, **own)
        for line in lines:
            typer.echo(line)
        if dry_run or out is None:
            typer.echo("Nothing was written.")
        else:
            write_whole(out, content)
            typer.echo(f"Written: {out}.")

    return with_options_of(export, run, given=["reports", "trust_declared"])
