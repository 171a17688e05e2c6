"""How a command runs: what starts before it, and the one place that catches what it raises."""

import functools
import sys
from collections.abc import Callable
from typing import NoReturn, ParamSpec

import typer

from grader.errors import GraderError, IsolationError, WorkerError

Parameters = ParamSpec("Parameters")


def warm_up_workers() -> None:
    """Let the workers' process import what it reads files with, while this one imports the rest."""
    from grader.sandbox.bytecode import is_compiled
    from grader.sandbox.worker import warm_up

    # A worker cannot keep byte code. Where there is none yet, TensorFlow is imported outside, once.
    compiling = [] if is_compiled("tensorflow") else ["grader.measure.training.session"]
    warm_up(["grader.measure.worker", *compiling])


def warm_up_for_a_folder() -> None:
    """The same with TensorFlow, for many submissions."""
    from grader.grading.engines import FOR_A_FOLDER
    from grader.sandbox.worker import warm_up

    warm_up(FOR_A_FOLDER)


def command(function: Callable[Parameters, int | None]) -> Callable[Parameters, NoReturn]:
    """Make a function a command: it exits with what the function returns, and says what the function raises.

    Args:
        function: Its parameters are the options, its docstring is the help. None stands for exit code 0.
    """

    @functools.wraps(function)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> NoReturn:
        raise typer.Exit(exit_code(lambda: function(*arguments, **options)))

    return run


def exit_code(act: Callable[[], int | None]) -> int:
    """Act, and say on stderr what went wrong, never with a traceback."""
    import logging

    from grader.cli.error_log import ErrorLog
    from grader.grading.exit_codes import DONE, INTERRUPTED, PERSON, USAGE

    with ErrorLog() as log:
        try:
            code = act() or DONE
        except GraderError as error:
            tell(str(error.message))
            if error.hint:
                tell(str(error.hint))
            code = PERSON if isinstance(error, IsolationError | WorkerError) else USAGE
        except KeyboardInterrupt as interrupt:
            tell(" ".join(["Interrupted.", *interrupt.args]))
            code = INTERRUPTED
        except BrokenPipeError:
            # The reader of a pipe, such as `head`, has gone.
            sys.stderr.close()
            return DONE
        except Exception as error:
            logging.getLogger(__name__).exception("The command failed.")
            tell(f"The program failed because of a bug ({type(error).__name__}: {error}).")
            code = PERSON
    if log.path:
        tell(f"A bug was recorded in `{log.path}`. Please report it with that file and the command you ran.")
    return code


def tell(sentence: str) -> None:
    """Show whoever runs the command a sentence that is no result."""
    typer.echo(sentence, err=True)
