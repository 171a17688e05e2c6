"""MLflow's file of one metric, `mlruns/.../metrics/grad_norm`: each line has a time, a value and a step."""

import re

import numpy as np

from grader.measure.log.document import Document
from grader.measure.log.table import RawColumn, Table, check_size, raw_column
from grader.rubric import Limits

# Milliseconds since 1970, and behind the step perhaps the name and the digest of a data set.
_LINE = re.compile(r"\d{12,14} (\S{1,40}) (\d{1,15})(?: \S+ \S+)?\s*", re.ASCII)


def recognises(document: Document) -> bool:
    """Whether its first line is a time, a value and a step."""
    return any(map(_LINE.fullmatch, document.opening()[:1]))


def read(document: Document, limits: Limits) -> Table:
    """Read the values as a series that the file names; a line that is cut off at the end is left out."""
    found = [match for line in document.text.split("\n") if (match := _LINE.fullmatch(line))]
    check_size(document.name, len(found), 2, limits)
    steps = np.array([float(match[2]) for match in found])
    values = [match[1] for match in found]
    return Table(
        "mlflow", len(found), (RawColumn("step", np.arange(len(found)), steps), raw_column("value", values))
    )
