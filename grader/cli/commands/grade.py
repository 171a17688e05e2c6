"""`grader grade`: every submission in a folder."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.commands.book import Book
from grader.cli.commands.class_list import read_class
from grader.cli.commands.progress import progress
from grader.datasets import read_data, unpacked
from grader.errors import UsageError
from grader.files.output import prepare_folder
from grader.grading.classes import Judge
from grader.grading.engines.local import usable_jobs
from grader.grading.engines.opening import opened
from grader.grading.exit_codes import of_class
from grader.grading.limits import limits_of, sandbox_limits_of
from grader.grading.store import FOLDER, Store
from grader.grading.store.drawn import keep_targets
from grader.grading.store.keys import circumstances
from grader.grading.store.lock import locked
from grader.messages.languages import Language
from grader.messages.safe_text import plain
from grader.platforms.downloads import AUTOMATIC
from grader.report import Level, Origin
from grader.reports import terminal
from grader.rubric.language import in_language
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric


def grade(
    folder: Path,
    rubric_name: str,
    out: Path,
    jobs: int | None,
    isolation: Level = "basic",
    *,
    layout: str = AUTOMATIC,
    roster: Path | None = None,
    cluster: str | None = None,
    language: Language | None = None,
    pages: bool = True,
) -> int:
    """Grade a folder, write the reports and `grades.csv`, print the table, and return the exit code.

    What was measured before is judged again and not measured, so a run that was interrupted goes on.

    Args:
        folder: of the submissions.
        rubric_name: a file, or a rubric that ships.
        out: where the pages are written.
        jobs: how many submissions at a time; None for as many as cores and memory allow.
        isolation: The lowest acceptable level of the sandbox.
        layout: how the folder is laid out; one of `grader.platforms.downloads.layouts()`.
        roster: a CSV file with the students of the class, or None.
        cluster: the address of a Dask scheduler whose workers measure, `local` for one of our own, or None.
        language: of the reports; None for the rubric's, or the machine's.
        pages: whether the pages for a browser are written, too.

    Raises:
        GraderError: the rubric, the folder or the output folder cannot be used, another run is at work there,
            or the sandbox is weaker; nothing is graded.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = in_language(load_rubric(rubric_path), language)
    members = read_class(folder, layout, roster)
    submissions = members.submissions
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"The output folder `{out}` must not lie inside the folder of submissions `{folder}`.",
            "Name another folder with `--out`.",
        )
    prepare_folder(out)
    console = Console()
    for sentence in members.sentences:
        console.print(Text(plain(sentence)))
    with locked(out, out / FOLDER):
        data = read_data(rubric.plan.data, rubric_path.parent)
        store = Store(out, circumstances(rubric.plan, data.sha256))
        book = Book(out, members, Judge(rubric, store), store)
        waiting = book.take_what_is_kept()
        if waiting:
            dataset = unpacked(data)
            with _log_file(out / "errors.log"), progress(len(waiting)) as shown:
                sandbox = sandbox_limits_of(rubric.plan)
                most = min(jobs or usable_jobs(), len(waiting))
                with opened(dataset, sandbox, most, isolation, cluster) as (engine, tested):
                    origin = Origin(isolation=tested.described(), limits=limits_of(rubric.plan))
                    try:
                        book.measure(waiting, rubric.plan, dataset, engine, origin, shown)
                    finally:
                        # An interrupt loses nothing: what was graded is compared and stands in the table.
                        done = book.close(rubric.plan, data.sha256)
        else:
            done = book.close(rubric.plan, data.sha256)
        targets = rubric.targets
        keep_targets(out, targets)
        if pages:
            # Without pages, neither templates nor drawings are loaded.
            from grader.cli.commands.pages import write_pages

            with _log_file(out / "errors.log"):
                write_pages(out, book.graded(done), targets, members.absent)
    console.print(terminal.class_table(done, members.absent))
    console.print(terminal.class_summary(done, members.absent))
    known = len(submissions) - len(waiting)
    if known:
        verb = "was" if known == 1 else "were"
        console.print(Text(f"{known} of {len(submissions)} {verb} measured before and judged again."))
    if pages:
        console.print(Text(f"Pages: {out}/index.html, and {out}/<id>/report.html."))
    console.print(Text(f"Reports: {out}/<id>/report.json. Grades: {out}/grades.csv."))
    return of_class(done)


@contextmanager
def _log_file(path: Path) -> Iterator[None]:
    """Where our own mistakes go; the file is made only if there is one."""
    handler = logging.FileHandler(path, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    root = logging.getLogger("grader")
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
