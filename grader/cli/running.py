"""How a command runs: what is begun before it, and how it is left."""

import gc
import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from grader.errors import GraderError, IsolationError

# Reports and evidence are trees, which reference counting frees. With Python's own threshold a fifth of the
# time of a class would go into looking for cycles in them.
_OBJECTS_BEFORE_COLLECTION = 100_000


def warm_up_workers() -> None:
    """Let the worker's process import what it reads files with, while this one imports the rest."""
    from grader.sandbox.bytecode import is_compiled
    from grader.sandbox.worker import warm_up

    # A worker cannot keep byte code. Where there is none yet, TensorFlow is imported outside the walls, once.
    compiling = [] if is_compiled("tensorflow") else ["grader.measure.training.session"]
    warm_up(["grader.measure.worker", *compiling])


def warm_up_for_a_folder() -> None:
    """The same with TensorFlow, for many submissions."""
    from grader.grading.engines import FOR_A_FOLDER
    from grader.sandbox.worker import warm_up

    warm_up(FOR_A_FOLDER)


def exit_with(run: Callable[[], int]) -> NoReturn:
    """Run a command and leave with its exit code: the one place that catches."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    try:
        code = run()
    except GraderError as error:
        typer.echo(error.message, err=True)
        if error.hint:
            typer.echo(error.hint, err=True)
        code = 3 if isinstance(error, IsolationError) else 2
    except KeyboardInterrupt:
        typer.echo("Interrupted; what was graded so far is kept.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has gone.
        sys.stderr.close()
        code = 0
    except Exception as error:  # noqa: BLE001  (whatever it is, it is ours: one sentence, no traceback)
        typer.echo(f"The program failed by a mistake of its own ({type(error).__name__}: {error}).", err=True)
        typer.echo("Please report it, with the command that you ran.", err=True)
        code = 3
    raise typer.Exit(code)
