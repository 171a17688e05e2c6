"""One JSON document: `json.dump(history.history, file)`, pandas' `to_json`, a list of rows, and the like."""

from grader.measure.log.document import Document, is_json
from grader.measure.log.json_tables import table_of_document
from grader.measure.log.json_text import parse_json
from grader.measure.log.table import Limits, Table


def recognises(document: Document) -> bool:
    """Whether the text begins as JSON does."""
    return is_json(document)


def read(document: Document, limits: Limits) -> Table:
    """Read the document; see `table_of_document`.

    Raises:
        SubmissionError: it is not JSON, or no log.
    """
    return table_of_document(document.name, parse_json(document.name, document.text or ""), limits)
