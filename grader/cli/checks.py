"""`grader checks`: the kinds of checks, and the manual page of each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from grader.errors import require_known

if TYPE_CHECKING:
    from rich.console import RenderableType

    from grader.checks import Check

# Longer lines are tiring to read, however wide the terminal is.
_WIDEST = 100


def checks(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="The kind to describe.")] = None,
) -> None:
    """List the kinds of checks, or describe one."""
    from inspect import cleandoc

    from rich.table import Table
    from rich.text import Text

    from grader.checks import kinds, load
    from grader.reports.terminal import console

    out = console()
    if kind is None:
        table = Table(box=None, show_header=False)
        for name in kinds():
            table.add_row(Text(name, style="bold"), cleandoc(load(name).__doc__ or "").splitlines()[0])
        out.print(table)
        out.print("`grader checks KIND` describes one of them.")
        return
    require_known(kind, kinds(), "kind of check")
    out.print(Text(kind, style="bold"))
    for block in _manual_page(load(kind)):
        out.print()
        out.print(block, width=min(out.width, _WIDEST) if out.is_terminal else None)


def _manual_page(check: "type[Check]") -> "Iterator[RenderableType]":
    """The blocks of a check's docstring: its paragraphs, its parameters as a table, and its example."""
    import inspect
    import textwrap

    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from grader.checks import parameters

    for block in inspect.cleandoc(check.__doc__ or "").split("\n\n"):
        title, _, indented = block.partition("\n")
        if title == "Example:":
            yield Text("In a rubric:", style="bold")
            yield Padding(Text(textwrap.dedent(indented)), (0, 0, 0, 2), expand=False)
        elif title == "Args:":
            yield Text("Parameters:", style="bold")
            table = Table(box=None, show_header=False)
            for name, text in parameters(check).items():
                table.add_row(Text(name, style="bold"), Text(text))
            yield table
        else:
            yield Text(" ".join(block.split()))
