"""`grader regrade`: what another rubric makes of a class that was graded, without its files."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.commands.exit_codes import of_class
from grader.commands.grade import write_report
from grader.commands.stored_reports import FILE, read_report
from grader.datasets import load_dataset
from grader.errors import UsageError
from grader.formats import csv_grades
from grader.formats.points import in_words
from grader.grading import Judge, alike
from grader.output import settle, write_whole
from grader.report import Report
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.safe_text import plain
from grader.store import FOLDER as STORE
from grader.store import Store
from grader.store.keys import circumstances
from grader.store.lock import locked
from grader.store.run import read_run
from grader.wording import counted


def regrade(out: Path, rubric_name: str, *, dry_run: bool) -> int:
    """Judge again everybody whose reports are in a folder, say what changes and why, and then write it.

    Args:
        out: where `grader grade` has written.
        rubric_name: a file, or a rubric that ships.
        dry_run: say it only.

    Raises:
        GraderError: the rubric cannot be used, nothing was graded there, or the rubric measures something that
            was not measured.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = load_rubric(rubric_path)
    run = read_run(out / STORE / "run.json")
    if run is None:
        raise UsageError(
            f"`{plain(str(out))}` holds nothing that was graded.",
            "Name the folder that `grader grade --out` has written.",
        )
    with locked(out, out / STORE):
        data = load_dataset(rubric.plan.data, rubric_path.parent).sha256
        now = circumstances(rubric.plan, data)
        if now.plan != circumstances(run.plan, run.data).plan or data != run.data:
            raise UsageError(
                "The rubric measures something else than what was measured: its `data`, `files`, `rerun` or "
                "`probe` is another one.",
                "Run `grader grade` with it, which measures again.",
            )
        store = Store(out, now)
        judge, console = Judge(rubric, store), Console()
        found = [(row, judge.kept(row.id, row.name, row.key)) for row in run.submissions]
        members = [member for _, member in found if member is not None]
        again = iter(alike(rubric, store, members))
        reports: dict[str, Report] = {}
        changed = 0
        for row, member in found:
            path = out / row.place / FILE
            before = read_report(path) if path.is_file() else None
            if member is None:
                console.print(Text(f"{plain(row.id)}: was not fully graded, so its report stays as it is."))
                reports |= {row.place: before} if before else {}
                continue
            reports[row.place] = next(again)
            lines = list(_changes(before, reports[row.place]))
            changed += bool(lines)
            for line in lines:
                console.print(Text(line))
        verb = "changes" if changed == 1 else "change"
        console.print(Text(f"{changed} of {counted(len(run.submissions), 'submission')} {verb}."))
        if dry_run:
            console.print(Text("Nothing was written."))
        else:
            for place, report in reports.items():
                write_report(out, place, report)
            write_whole(out / "grades.csv", csv_grades.page(list(reports.values()), run.absent))
            settle(out / "grades.csv")
    return of_class(reports.values())


def _changes(before: Report | None, after: Report) -> Iterator[str]:
    """The lines on a report that changes: who, then each item with the reason."""
    name = plain(after.id)
    if before is None:
        yield f"{name}: {after.verdict}, {in_words(after.score)} of {in_words(after.max_score)} (no report was there)"
        return
    verdict = after.verdict if after.verdict == before.verdict else f"{before.verdict} -> {after.verdict}"
    scores = [f"{in_words(report.score)} of {in_words(report.max_score)}" for report in (before, after)]
    score = scores[1] if scores[0] == scores[1] else " -> ".join(scores)
    if (before.verdict, scores[0]) == (after.verdict, scores[1]):
        return
    yield f"{name}: {verdict}, {score}"
    earlier = {item.id: item for item in before.items}
    for item in after.items:
        was = earlier.get(item.id)
        if was is None:
            yield f"  {item.id}: new, {item.status}. {plain(item.message)}"
        elif (was.status, was.points, was.max_points) != (item.status, item.points, item.max_points):
            status = item.status if was.status == item.status else f"{was.status} -> {item.status}"
            worth = (
                ""
                if was.max_points == item.max_points
                else f", worth {in_words(item.max_points)} instead of {in_words(was.max_points)}"
            )
            yield f"  {item.id}: {status}{worth}. {plain(item.message)}"
    for gone in earlier.keys() - {item.id for item in after.items}:
        yield f"  {gone}: not asked any more."
