"""Starts the command line; a worker imports this module again, so it imports nothing itself."""


def main() -> None:
    """Run the command line."""
    from grader.cli import run

    run()


if __name__ == "__main__":
    main()
