"""`grader hook`, `grader export` and `grader pack`: what is done for a learning platform."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from grader.cli.options import DEFAULT_RUBRIC, DryRun, Graded, Lang, RequiredLevel, RubricFile, RubricName
from grader.cli.running import command, record_errors_in, warm_up_workers
from grader.errors import UsageError, require_known
from grader.platforms import modules, names

if TYPE_CHECKING:
    from grader.platforms.gradebooks import GradedClass

Code = TypeVar("Code")

_Budget = Annotated[
    float | None,
    typer.Option(
        min=10,
        metavar="SECONDS",
        help="When the platform stops the grader, which finishes before, with a shorter rerun if needed.",
    ),
]
_Decided = Annotated[
    Path | None,
    typer.Option(
        metavar="GRADED",
        help="A folder that `grader grade` wrote; what you decided there about the same files holds here.",
    ),
]
_TrustDeclared = Annotated[
    bool,
    typer.Option(
        "--trust-declared",
        help="Also match students by what they wrote in submission.yaml. They may have named somebody else.",
    ),
]


def group_of(found: Callable[[], Mapping[str, Callable[..., int | None]]]) -> type[TyperGroup]:
    """The commands that platforms add; their folders are imported when one of the commands is asked for."""
    known = cache(found)

    class Commands(TyperGroup):
        def list_commands(self, _: Any) -> list[str]:
            return list(known())

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            try:
                require_known(cmd_name, list(known()), "command")
            except UsageError as error:
                ctx.fail(f"{error.message} {error.hint}")
            alone = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
            alone.command()(command(known()[cmd_name]))
            return typer.main.get_command(alone)

    return Commands


def hooks() -> dict[str, Callable[..., int]]:
    """The hook of each platform, with its own options and those that all share."""
    return {platform: _hook(module.hook) for platform, module in modules("hook").items()}


def _hook(hook: Callable[..., int]) -> Callable[..., int]:
    def run(
        rubric: RubricName = DEFAULT_RUBRIC,
        budget: _Budget = None,
        require_isolation: RequiredLevel = "basic",
        lang: Lang = None,
        decided: _Decided = None,
        **own: Any,
    ) -> int:
        record_errors_in(None)
        warm_up_workers()
        from grader.platforms.hooks import Options

        return hook(Options(rubric, require_isolation, budget, lang, decided), **own)

    return _with_options_of(hook, run, given=["options"])


def exports() -> dict[str, Callable[..., None]]:
    """The exports of all platforms, each with its own options and those that all share."""
    files = {_name(one): _export(one) for one in _all("gradebook")}
    return {**files, **{_name(one): _push(one) for one in _all("api")}}


def _all(part: str) -> list[Callable[..., Any]]:
    return [export for module in modules(part).values() for export in module.EXPORTS]


def _name(export: Callable[..., Any]) -> str:
    return export.__name__.replace("_", "-")


def _graded(folder: Path, trust_declared: bool) -> "GradedClass":
    from grader.grading.graded_folder import read_graded, read_reports
    from grader.platforms.gradebooks import GradedClass

    run = read_graded(folder)
    reports = tuple(report for _, report in read_reports(folder, run))
    has_roster = run.absent or any(one.id_from == "roster" for one in run.submissions)
    return GradedClass(reports, run.absent if has_roster else None, trust_declared)


def _export(export: Callable[..., Any]) -> Callable[..., None]:
    def run(
        folder: Graded,
        out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file to write.")] = None,
        dry_run: DryRun = False,
        trust_declared: _TrustDeclared = False,
        **own: Any,
    ) -> None:
        from grader.files import write_whole
        from grader.grading.graded_folder import locked
        from grader.grading.history import note_exported

        if out is None and not dry_run:
            raise UsageError(
                "No output file was named.", "Name one with `--out`, or preview with `--dry-run`."
            )
        if out is not None and out.resolve() == own["source"].resolve():
            raise UsageError(
                f"The output `{out}` is the file you exported. It was not changed.",
                "Name another file with `--out`.",
            )
        content, lines, given = export(_graded(folder, trust_declared), **own)
        for line in lines:
            typer.echo(line)
        if dry_run or out is None:
            typer.echo("Nothing was written.")
        else:
            write_whole(out, content)
            with locked(folder):
                note_exported(folder, _name(export), given.items())
            typer.echo(f"Written: {out}.")

    return _with_options_of(export, run, given=["graded"])


def _push(export: Callable[..., Any]) -> Callable[..., None]:
    def run(
        folder: Graded,
        push: Annotated[bool, typer.Option("--push", help="Send it.")] = False,
        dry_run: DryRun = False,
        trust_declared: _TrustDeclared = False,
        **own: Any,
    ) -> None:
        from grader.grading.graded_folder import locked
        from grader.grading.history import note_exported
        from grader.messages.wording import counted

        if not push and not dry_run:
            raise UsageError("Nothing was asked for.", "Send with `--push`, or preview with `--dry-run`.")
        lines, sendings = export(_graded(folder, trust_declared), **own)
        for line in lines:
            typer.echo(line)
        if dry_run:
            typer.echo("Nothing was sent.")
            return
        sent = 0
        try:
            for submission, what, send in sendings:
                send()
                sent += 1
                if submission:
                    # At once, so that a network that fails takes nothing off the record.
                    with locked(folder):
                        note_exported(folder, _name(export), [(submission, what)])
        finally:
            typer.echo(f"Sent for {sent} of {counted(len(sendings), 'student')}.")

    return _with_options_of(export, run, given=["graded"])


def _with_options_of(
    platform: Callable[..., Any], command: Callable[..., Code], given: Sequence[str]
) -> Callable[..., Code]:
    """A command with the name, the help and the options of a platform's function before its own options.

    The command calls the function with the parameters that are `given` and what it gets itself as `**own`.
    """
    own = [option for name, option in signature(platform).parameters.items() if name not in given]
    shared = [option for name, option in signature(command).parameters.items() if name != "own"]
    options = [option.replace(kind=Parameter.KEYWORD_ONLY) for option in (*own, *shared)]
    vars(command)["__signature__"] = Signature(options)
    command.__annotations__ = {option.name: option.annotation for option in options}
    command.__name__, command.__doc__ = platform.__name__, platform.__doc__
    return command


def packs() -> dict[str, Callable[..., None]]:
    """The upload package of each platform."""
    return {platform: _pack(platform) for platform in names("pack")}


def _pack(platform: str) -> Callable[..., None]:
    def pack(
        rubric: RubricFile,
        out: Annotated[Path, typer.Option(metavar="FILE", help="The .zip file to write.")],
    ) -> None:
        from rich.filesize import decimal

        from grader.files import write_whole
        from grader.platforms.packing import bundle, packed, wheel

        content = packed(platform, wheel(), bundle(rubric))
        write_whole(out, content)
        typer.echo(f"Written: {out}, {decimal(len(content))}.")
        for sentence in modules("pack")[platform].ADVICE:
            typer.echo(sentence)

    pack.__name__, pack.__doc__ = platform, modules("pack")[platform].__doc__
    return pack
