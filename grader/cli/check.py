"""`grader check`: a student checks one submission before handing it in."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import DEFAULT_RUBRIC, Lang, RequiredLevel, RubricName
from grader.cli.running import warm_up_workers


def check(
    submission: Annotated[
        Path, typer.Argument(metavar="SUBMISSION", help="The folder or .zip file that you will hand in.")
    ] = Path(),
    rubric: RubricName = DEFAULT_RUBRIC,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Check your own submission before you hand it in."""
    warm_up_workers()
    from grader.grading.engines.local import usable_jobs
    from grader.grading.exit_codes import of_report
    from grader.grading.stages import stages
    from grader.report import Whose, earns, for_student
    from grader.reports import plain_text, terminal
    from grader.reports.terminal import console
    from grader.submissions.submission import open_submission

    opened = open_submission(submission)
    out = console()
    view = terminal if out.is_terminal else plain_text
    show = partial(out.print, markup=False, highlight=False)
    with out.status("") as status:
        # The second worker imports TensorFlow beside the first one, and then trains.
        graded = stages(
            opened, Whose(opened.id), rubric, require_isolation, language=lang, jobs=usable_jobs()
        )
        for stage in graded:
            status.update(terminal.known_so_far(for_student(stage.report), stage.next))
    report = for_student(stage.report)
    show(view.heading(report))
    show(view.details_page(report))
    # What is left to do stands last, where a terminal that has scrolled shows it.
    items = sorted(report.items, key=lambda item: (not earns(item), item.status != "skipped"))
    show(view.items_page(items, report.language))
    show(view.verdict_page(report))
    return of_report(report)
