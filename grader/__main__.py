"""Starts the command line; a worker imports this module again, so it imports nothing itself."""


def main() -> None:
    """Run the command line."""
    import os

    # Who checks a submission often stands in its folder, and every Python that is started there,
    # such as the one that workers are forked from, would import a student's `socket.py` as its own.
    os.environ["PYTHONSAFEPATH"] = "1"
    from grader.cli import app

    app()


if __name__ == "__main__":
    import sys

    if not sys.flags.safe_path:
        # For `python -m` the first place is the working folder, for the same reason no place to import from.
        del sys.path[0]
    main()
