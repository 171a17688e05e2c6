"""One submission of the corpus: what is true about it, and how it is made."""

from dataclasses import dataclass, field
from typing import Literal

import log_forms
import model_edits
from log_edits import Edit as LogEdit
from log_forms import Form
from model_edits import Edit as ModelEdit

# The items that may rightly complain where the log is of another training, and where nothing was clipped.
HEAD_OR_TAIL = ("log_fits_rerun", "log_fits_model")
NOT_CLIPPED = ("optimizer_is", "norm_within_cap", "log_fits_optimizer", *HEAD_OR_TAIL)

Kind = Literal["honest", "mistaken", "dishonest"]


@dataclass(frozen=True)
class Story:
    """One submission.

    Attributes:
        name: of its folder, and its id.
        truth: what is true about it, for a person.
        training: whose log it has, and whose model.
        items: the ids of the rubric's items that may rightly complain; empty for an honest one.
        kind: `honest` did what was asked and must pass; `mistaken` did something else and does not hide it;
            `dishonest` shows what did not happen. The last two must not pass.
        log: what was done to the log, one edit after the other.
        form: how the log is written down.
        appended_to: the training whose log stands before it in the same file.
        model: what was done to the model.
        model_of: the training that the model is of, where that is another one.
        declared: the lines of `submission.yaml` beside `name`; without any, there is no such file.
        packed: as a `.zip`.
        beside: the honest submission in the same class that something was taken from.
    """

    name: str
    truth: str
    training: str
    items: tuple[str, ...] = ()
    kind: Kind = field(kw_only=True)
    log: tuple[LogEdit, ...] = ()
    form: Form = log_forms.plain_csv
    appended_to: str = ""
    model: ModelEdit = model_edits.as_saved
    model_of: str = ""
    declared: str = ""
    packed: bool = False
    beside: str = ""
