"""From a YAML file to a rubric, or to the list of what must be corrected."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from grader.rubric import SHIPPED_DATA, Rubric
from grader.rubric.calibrated import find_calibration
from grader.rubric.document import Document, read_document
from grader.rubric.fields import field_mistakes
from grader.rubric.form import RubricForm, rubric_form, rubric_schema
from grader.rubric.items import item_mistakes
from grader.rubric.mistakes import Mistake, refusal
from grader.rubric.wording import name, nearest


def load_rubric(source: Path) -> Rubric:
    """Read and check a rubric.

    A data set that lies beside the rubric comes back as an absolute path. A calibration comes with it,
    from beside the rubric or from a rubric that ships, if it was made for the same plan.

    Raises:
        RubricError: the file cannot be used; the message has one line for each mistake,
            in the order of the file, and each line ends with `(file:line)`;
            or the calibration beside it cannot be used.
    """
    document = read_document(source)
    found = [*item_mistakes(document), *_data_mistakes(document, source)]
    form: RubricForm | None = None
    try:
        form = rubric_form().model_validate(document.content)
    except ValidationError as error:
        found += field_mistakes(error, document, rubric_schema())
    # What could not be read at all has its mistake already; what follows from that is no second one.
    unread = {mistake.line for mistake in document.mistakes}
    mistakes = [*document.mistakes, *(mistake for mistake in found if mistake.line not in unread)]
    if mistakes or form is None:
        raise refusal(document.file, mistakes or found)
    rubric = form.rubric(source.stem)
    rubric = rubric.model_copy(update={"calibration": find_calibration(source, rubric.plan)})
    if rubric.plan.data in SHIPPED_DATA:
        return rubric
    data = str(_beside(source, rubric.plan.data))
    return rubric.model_copy(update={"plan": rubric.plan.model_copy(update={"data": data})})


def _data_mistakes(document: Document, source: Path) -> Iterator[Mistake]:
    data = document.content.get("data", SHIPPED_DATA[0])
    if not isinstance(data, str) or data in SHIPPED_DATA:
        return
    line = document.line(("data",))
    if not data.endswith(".npz"):
        rest = nearest(data, SHIPPED_DATA, "a data set is the path of an `.npz` file, or one that ships:")
        yield Mistake(line, f"Unknown data set {name(data)}; {rest}")
    elif not _is_file(_beside(source, data)):
        hint = "A relative path begins at the rubric's folder."
        yield Mistake(line, f"The data set {name(data)} must be a file. Received: no such file", hint)


def _beside(source: Path, data: str) -> Path:
    return source.absolute().parent / data


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
