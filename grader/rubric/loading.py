"""From a YAML file to a rubric, or to the list of what must be corrected."""

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from grader.messages.english import nearest
from grader.messages.languages import Language, of_environment
from grader.messages.wording import quoted
from grader.rubric import SHIPPED_DATA, Rubric
from grader.rubric.document import Document, Mistake, read_document, refusal
from grader.rubric.fields import field_mistakes
from grader.rubric.form import RubricForm, rubric_form, rubric_schema
from grader.rubric.items import item_mistakes
from grader.rubric.lookup import find_calibration


def load_rubric(source: Path) -> Rubric:
    """Read and check a rubric.

    A data set that lies beside the rubric comes back as an absolute path. A calibration comes with it,
    from beside the rubric or from a rubric that ships, if it was made for the same plan.

    Raises:
        RubricError: The file cannot be used; the message has one line for each mistake,
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
    plan = rubric.plan
    calibration = find_calibration(source, plan)
    if plan.data not in SHIPPED_DATA:
        plan = plan.model_copy(update={"data": str(_beside(source, plan.data))})
    return rubric.model_copy(update={"plan": plan, "calibration": calibration})


def in_language(rubric: Rubric, asked: Language | None) -> Rubric:
    """The rubric with its language settled: the one asked for, else its own, else the machine's."""
    return rubric.model_copy(update={"language": asked or rubric.language or of_environment(os.environ)})


def _data_mistakes(document: Document, source: Path) -> Iterator[Mistake]:
    data = document.content.get("data", SHIPPED_DATA[0])
    if not isinstance(data, str) or data in SHIPPED_DATA:
        return
    if not data.endswith(".npz"):
        rest = nearest(data, SHIPPED_DATA, "a data set is the path of an `.npz` file, or one that ships:")
        yield document.mistake(("data",), f"Unknown data set {quoted(data)}; {rest}")
    # Unlike `Path.is_file`, it takes a name that is too long for any file.
    elif not os.path.isfile(_beside(source, data)):  # noqa: PTH113
        hint = "A relative path starts at the rubric's folder."
        yield document.mistake(("data",), f"The data set {quoted(data)} does not exist", hint)


def _beside(source: Path, data: str) -> Path:
    return source.absolute().parent / data
