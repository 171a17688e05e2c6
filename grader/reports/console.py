"""Where a person reads what the program prints."""

from rich.console import Console

# Wider than any line that is printed.
_UNWRAPPED = 100_000


def console(*, stderr: bool = False) -> Console:
    """A console that wraps lines to the width of a terminal, and leaves them whole in a file or a pipe."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=_UNWRAPPED, soft_wrap=True)
