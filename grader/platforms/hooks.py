"""What the hooks of all platforms share.

A module `hook` in a platform's folder has a function `hook(options, ...)`, which is a command of
`grader hook` with the name of the platform; the parameters after `options` are its own options.
It grades what the platform has laid out, writes the results for it, and returns 0 once they have a verdict,
or 3 if a person must look. For a platform that lays out a folder and reads files, `folder_hook` makes it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_origin

import typer

from grader.errors import UsageError
from grader.files import prepare_folder, write_whole
from grader.grading.exit_codes import of_class
from grader.messages.languages import Language
from grader.messages.message import together
from grader.messages.safe_text import plain
from grader.report import Level, Report, Whose, for_student
from grader.reports import sentences
from grader.reports.sentences import footer, in_words, sentence
from grader.submissions.submission import Submission, open_submission

if TYPE_CHECKING:
    from grader.grading.stages import Stage

# The text of a file by the report, and by whether it is `finished`; None leaves the file as it is.
Page = Callable[..., str | None]


@dataclass(frozen=True)
class Options:
    """What every hook can be told; a platform with a `budget` stops the grader after so many seconds."""

    rubric: str
    isolation: Level = "basic"
    budget: float | None = None
    language: Language | None = None
    decided: Path | None = None

    def grade(self, submission: Submission, whose: Whose) -> "Iterator[Stage]":
        """Grade a submission, stage by stage, with what a teacher decided about these files; see `stages`."""
        # The help of a hook does without what this imports.
        from grader.grading.decisions import Decisions
        from grader.grading.graded_folder import read_run
        from grader.grading.stages import stages

        decisions, names = Decisions(), {}
        if self.decided is not None:
            names = {one.id: one.name for one in read_run(self.decided).submissions}
            decisions = Decisions.read(self.decided)
        for stage in stages(submission, whose, self.rubric, self.isolation, self.budget, self.language):
            yield replace(stage, report=decisions.about_the_files_of(stage.report, whose.name, names))


def once_graded(page: Page) -> Page:
    """A page that is written at the end alone, and not where the grader could not do its work.

    For a platform that takes a result for the last word, and has a word of its own for a grader that failed.
    """

    @wraps(page)
    def written(report: Report, *, finished: bool = True, **own: Any) -> str | None:
        return page(report, **own) if finished and report.verdict != "error" else None

    return written


def nobody(_: Path) -> Whose:
    """Whose it is where the platform does not say it to a grader."""
    return Whose("submission")


def for_teachers(stage: "Stage") -> str:
    """How far the grading of one submission is, and at the end what waits for a person, and why."""
    report = stage.report
    known = report.verdict if stage.finished else "partial results"
    lines = [f"{plain(report.id)}: {known}, {in_words(report.score)} of {in_words(report.max_score)} points"]
    if stage.finished:
        lines += [
            f"  {sentence(item.title)}: {sentence(together(item.message, item.hint))}"
            for item in report.items
            if item.status in {"review", "error"}
        ]
        lines += [f"  {line}" for line in footer(report)]
    return "\n".join(lines)


def for_students(stage: "Stage") -> str:
    """What stdout has where a student can read it: how it ended."""
    report = for_student(stage.report)
    return f"{sentences.verdict(report)} {sentences.next_step(report)}" if stage.finished else ""


def folder_hook(  # noqa: PLR0913  (each is a column of the table)
    platform: str,
    *,
    root: str,
    submission: str,
    results: Mapping[str, Page],
    whose: Callable[[Path], Whose] = nobody,
    printed: Callable[["Stage"], str] = for_teachers,
) -> Callable[..., int]:
    """The hook of a platform that lays out a submission in a folder and reads files: one row of a table.

    The submission and the results are paths below the root, which `--root` changes and `whose` is asked with.
    The options of a page are options of the hook. `printed` is what stdout has of a stage.
    """
    own_options = {name: one for page in results.values() for name, one in _options(page).items()}

    def hook(options: Options, root: Path, **own: Any) -> int:
        pages = {name: _with(page, own) for name, page in results.items()}
        opened = open_inside(root, submission, results)
        return write_results(root, options.grade(opened, whose(root)), pages, printed)

    written = " and ".join(f"ROOT/{name}" for name in results)
    read = (Path("ROOT") / submission).as_posix()
    hook.__doc__ = f"Grade a submission in {platform}.\n\nReads {read} and writes {written}."
    own_root = Annotated[Path, typer.Option(metavar="FOLDER", help="The platform's folder.")]
    place = Parameter("root", Parameter.KEYWORD_ONLY, default=Path(root), annotation=own_root)
    vars(hook)["__signature__"] = Signature([place, *own_options.values()])
    return hook


def _with(page: Page, own: Mapping[str, Any]) -> Page:
    return partial(page, **{name: own[name] for name in _options(page)})


def _options(page: Page) -> dict[str, Parameter]:
    """The parameters of a page that are options of the command line."""
    parameters = signature(page).parameters
    return {name: one for name, one in parameters.items() if get_origin(one.annotation) is Annotated}


def open_inside(root: Path, name: str, results: Iterable[str]) -> Submission:
    """Open a subfolder, make those of the results, and take away what is there in a result's place.

    A platform would take a student's file of that name for a result.

    Raises:
        UsageError: A folder cannot be used.
    """
    if not (root / name).is_dir():
        raise UsageError(f"There is no folder `{root / name}`.", "Set `--root` to the platform's folder.")
    submission = open_submission(root / name)
    for result in results:
        # Not every platform makes it.
        prepare_folder((root / result).parent)
        (root / result).unlink(missing_ok=True)
    return submission


def write_results(
    root: Path,
    stages: "Iterable[Stage]",
    results: Mapping[str, Page],
    printed: Callable[["Stage"], str] = for_teachers,
) -> int:
    """Write each stage's pages over the last, show what is printed of it, and give the exit code."""
    for stage in stages:
        for name, page in results.items():
            text = page(stage.report, finished=stage.finished)
            if text is not None:
                write_whole(root / name, text)
        if text := printed(stage):
            typer.echo(text)
    return of_class([stage.report.verdict])
