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
    """One submission, whose log and model are those of a training, with what was done to them.

    An `honest` one did what was asked and must pass; a `mistaken` one did something else and does not hide
    it; a `dishonest` one shows what did not happen. The last two must not pass: `items` are those of the
    rubric that may rightly complain. The log of `appended_to`, a training, stands before its own in the file.
    `declared` has the lines of `submission.yaml` beside `name`; without any, there is no such file. `beside`
    is the honest submission in the same class that something was taken from. It is judged by the `rubric` of
    that name beside this file, or else by the one that the command is given.
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
    rubric: str = ""
