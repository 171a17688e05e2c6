"""How a command runs: what starts before it, the one place that catches what it raises, and where bugs go."""

import contextlib
import errno
import functools
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, ParamSpec, Self

import typer

from grader.errors import GraderError, IsolationError, WorkerError

Parameters = ParamSpec("Parameters")

_LONGEST_LINE = 20_000
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def warm_up_workers() -> None:
    """Let the workers' process import what it reads files with, while this one imports the rest."""
    from grader.grading.engines import usable_cores
    from grader.sandbox.worker import is_compiled, warm_up

    # A worker cannot keep byte code, and on one core two workers import TensorFlow one after the other. There
    # it is imported outside, once, and what is known without it has to wait.
    once = usable_cores() == 1 or not is_compiled("tensorflow")
    with_tensorflow = ["grader.measure.training.session"] if once else []
    warm_up(["grader.measure.worker", "grader.grading.judging", *with_tensorflow])


def warm_up_for_a_folder() -> None:
    """The same with TensorFlow, for many submissions."""
    from grader.grading.engines import FOR_A_FOLDER
    from grader.sandbox.worker import warm_up

    warm_up(FOR_A_FOLDER)


def warm_up_judges() -> None:
    """The same for a command that measures nothing."""
    from grader.sandbox.worker import warm_up

    warm_up(["grader.grading.judging", "grader.reports.html"])


def command(function: Callable[Parameters, int | None]) -> Callable[Parameters, NoReturn]:
    """Make a function a command that exits with what it returns, 0 for None, and says what it raises."""

    @functools.wraps(function)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> NoReturn:
        raise typer.Exit(exit_code(lambda: function(*arguments, **options)))

    return run


def exit_code(act: Callable[[], int | None]) -> int:
    """Act, and say on stderr what went wrong, never with a traceback."""
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
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                tell("The disk is full, or your quota of it is used up.")
                tell("Free some room, and run the same command again.")
                return USAGE
            logging.getLogger(__name__).exception("The command failed.")
            tell(f"The program failed because of a bug ({type(error).__name__}: {error}).")
            code = PERSON
    if log.path:
        tell(f"A bug was recorded in `{log.path}`. Please report it with that file and the command you ran.")
    return code


def tell(sentence: str) -> None:
    """Show whoever runs the command a sentence that is no result."""
    typer.echo(sentence, err=True)


class ErrorLog(logging.Handler):
    """Records the errors that the program logs while this is open: for its operator, never on the terminal.

    They go into a file, `path`, that is made with the first error: a temporary one, unless `record_errors_in`
    names another. What cannot be written to a file goes to stderr, each error on a line.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self.path: Path | None = None
        self.wanted: Path | None = None
        self.has_file = True

    def __enter__(self) -> Self:
        logging.getLogger("grader").addHandler(self)
        _open.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _open.remove(self)
        logging.getLogger("grader").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Record an error with its traceback."""
        text = self.format(record)
        if self.has_file:
            with contextlib.suppress(OSError):
                path = self.wanted or self.path or _temporary_file()
                with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text + "\n")
                self.path = path
                return
        from grader.messages.safe_text import plain

        # On one line, no part of it can be taken for something else that the program says.
        sys.stderr.write(plain(text.replace("\n", " | "), _LONGEST_LINE) + "\n")


_open: list[ErrorLog] = []


def record_errors_in(path: Path | None) -> None:
    """Record the errors of the running command in this file; None is stderr, which a platform keeps."""
    for log in _open:
        log.wanted, log.has_file = path, path is not None


def _temporary_file() -> Path:
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="grader-errors-", suffix=".log", delete=False) as file:
        return Path(file.name)
