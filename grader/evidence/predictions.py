"""Predictions in a file: an id and what was predicted for it, on each row."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from grader.evidence.part import Part, Wanted
from grader.evidence.values import Text
from grader.messages.message import say

MOST_ROWS = 1_000_000
SAVE = say(
    'Save them with `pd.DataFrame({"id": ids, "prediction": predicted}).to_csv("predictions.csv", '
    "index=False)`, and put the file into the submission's folder."
)


class Predictions(Part):
    """The ids and the predictions as they were written, in the order of the file, under this header."""

    per_run: ClassVar[bool] = False
    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("predictions"),
        description="Patterns for predictions that are compared with your `labels`: CSV or JSON, with an id "
        "and a class or a number in each row.",
        advice=SAVE,
        others=(
            *("predictions.csv", "*prediction*", "*submission*.csv", "*.csv", "*.tsv", "*.jsonl", "*.json"),
            *("*.txt", "*.npy", "*.npz", "*.xlsx", "*.pkl", "*.pt", "*.parquet"),
        ),
    )

    header: Text
    ids: Annotated[tuple[Text, ...], Field(max_length=MOST_ROWS)]
    values: Annotated[tuple[Text, ...], Field(max_length=MOST_ROWS)]

    @model_validator(mode="after")
    def _one_for_each_id(self) -> Self:
        if len(self.ids) != len(self.values):
            raise ValueError("must have a prediction for each id")
        return self
