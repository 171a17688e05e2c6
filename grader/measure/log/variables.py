"""Columns with the norm of one variable each: the largest in each row is the largest norm of a variable."""

from collections import defaultdict
from functools import reduce

import numpy as np

from grader.measure.log.names import Meaning, meaning, words
from grader.measure.log.table import RawColumn, Table, read_numbers
from grader.messages.message import Message, say
from grader.messages.wording import quoted

# Of Keras and PyTorch; a column such as `grad_norm/mean` is of no variable.
_VARIABLES = frozenset(
    {"kernel", "bias", "weight", "gamma", "beta", "embeddings", "recurrent", "weights", "biases"}
)
_FEWEST = 2


def variable_norms(table: Table) -> tuple[dict[str, tuple[Meaning, RawColumn]], list[Message]]:
    """For each group of columns such as `grad_norm/dense/kernel`, the largest of them as `grad_norm/*`."""
    groups: dict[str, list[RawColumn]] = defaultdict(list)
    for column in table.columns if table.aligned else ():
        if prefix := _prefix(column.header):
            groups[prefix].append(column)
    found = {
        f"{prefix}/*": (
            _of_variables(prefix),
            _largest(f"{prefix}/*", columns, decimal_comma=table.decimal_comma),
        )
        for prefix, columns in groups.items()
        if len(columns) >= _FEWEST
    }
    notes = [
        say(
            "The {count} columns {header} have the norm of one variable each; the largest in each row is the "
            "largest norm of a variable.",
            count=len(groups[header.removesuffix("/*")]),
            header=quoted(header),
        )
        for header in found
    ]
    return found, notes


def _prefix(header: str) -> str:
    """What stands before the name of a variable, if that is a gradient norm: `grad_norm` of all variables."""
    if _VARIABLES.isdisjoint(words(header)) or meaning(header) is not None:
        return ""
    parts = header.split("/")
    prefixes = ["/".join(parts[:count]) for count in range(1, len(parts))]
    return next(
        (prefix for prefix in prefixes if (known := meaning(prefix)) and known.name == "gradient_norm"), ""
    )


def _of_variables(prefix: str) -> Meaning:
    known = meaning(prefix)
    return Meaning("gradient_norm", "variable", known.stage if known else None)


def _largest(header: str, columns: list[RawColumn], *, decimal_comma: bool) -> RawColumn:
    """The largest number of each row in which all columns have one, NaN where one of them is."""
    numbers = [read_numbers(column, decimal_comma=decimal_comma) for column in columns]
    rows = reduce(np.intersect1d, [one.rows for one in numbers])
    values = np.stack([one.values[np.isin(one.rows, rows)] for one in numbers])
    return RawColumn(header, rows, values.max(axis=0) if len(rows) else np.array([], dtype=np.float64))
