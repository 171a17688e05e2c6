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
    from grader.report import ItemResult, Whose
    from grader.reports import plain_text, terminal
    from grader.reports.terminal import console
    from grader.submissions.submission import open_submission

    opened = open_submission(submission)
    out = console()
    view = terminal if out.is_terminal else plain_text
    show = partial(out.print, markup=False, highlight=False)
    shown: dict[str, ItemResult] = {}
    with out.status("") as status:
        # The second worker imports TensorFlow beside the first one, and then trains.
        graded = stages(
            opened, Whose(opened.id), rubric, require_isolation, language=lang, jobs=usable_jobs()
        )
        for number, stage in enumerate(graded):
            report = stage.report
            if number == 0:
                show(view.heading(report))
            known = [item for item in report.items if stage.finished or item.status != "skipped"]
            new = [item for item in known if shown.get(item.id) != item]
            if new:
                show(view.items_page(new, report.language))
            shown.update((item.id, item) for item in new)
            status.update(stage.next)
    show(view.details_page(report))
    show(view.verdict_page(report))
    return of_report(report)
