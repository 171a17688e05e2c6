"""A plain list: one number on each line, and nothing else."""

from grader.measure.log.document import Document, is_numbers
from grader.measure.log.table import Limits, Table, check_size, raw_column


def recognises(document: Document) -> bool:
    """Whether the first lines have one number each."""
    return is_numbers(document)


def read(document: Document, limits: Limits) -> Table:
    """Read the lines as one series without a name.

    Raises:
        SubmissionError: there are more lines than `limits` allows.
    """
    lines = [stripped for line in (document.text or "").split("\n") if (stripped := line.strip())]
    check_size(document.name, len(lines), 1, limits)
    return Table("numbers", len(lines), (raw_column("value", lines),))
