"""`grader rubric new|lint|schema` and `grader checks`: for the teacher who writes a rubric."""

import inspect
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.checks import kinds, load
from grader.errors import UsageError
from grader.files.output import write_whole
from grader.rubric.form import rubric_schema
from grader.rubric.lint import lint
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric
from grader.rubric.wording import nearest


def new_rubric(target: Path) -> None:
    """Write a copy of the homework's rubric, comments included.

    Raises:
        UsageError: there is something at `target` already, or it cannot be written.
    """
    if target.exists():
        raise UsageError(f"`{target}` is there already; it was left as it is.", "Name another file.")
    write_whole(target, find_rubric(DEFAULT).read_text(encoding="utf-8"))
    Console().print(
        Text(f"Written: {target}. After a change, `grader rubric lint {target}` looks for mistakes.")
    )


def lint_rubric(source: str) -> None:
    """Load a rubric and print what a careful teacher would want to know.

    Raises:
        GraderError: it cannot be found, or has mistakes.
    """
    path = find_rubric(source)
    rubric = load_rubric(path)
    console = Console()
    table = Table("Item", "Check", "Points", "Requires", box=None)
    for item in rubric.items:
        table.add_row(
            Text(item.id), Text(item.check.kind()), Text(f"{item.points:g}"), Text(", ".join(item.requires))
        )
    console.print(table)
    for warning in lint(rubric):
        console.print(Text(f"Warning: {warning}", style="yellow"))
    needed = rubric.pass_at * rubric.points
    console.print(
        Text(
            f"{path} has no mistakes: {len(rubric.items)} items, {rubric.points:g} points, "
            f"{needed:g} needed to pass."
        )
    )


def schema() -> str:
    """The JSON Schema of a rubric, as text."""
    return json.dumps(rubric_schema(), indent=2, ensure_ascii=False)


def list_kinds() -> None:
    """Print each kind of check with its question."""
    console = Console()
    table = Table(box=None, show_header=False)
    for kind in kinds():
        table.add_row(
            Text(kind, style="bold"), Text(inspect.cleandoc(load(kind).__doc__ or "").splitlines()[0])
        )
    console.print(table)
    console.print(Text("`grader checks KIND` shows the whole page of one."))


def manual_page(kind: str) -> str:
    """The manual page of a kind of check.

    Raises:
        UsageError: there is no such kind.
    """
    if kind not in kinds():
        raise UsageError(f"There is no kind of check `{kind}`.", nearest(kind, kinds(), "The kinds are"))
    return f"{kind}\n\n{inspect.cleandoc(load(kind).__doc__ or '')}"
