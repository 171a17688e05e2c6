"""Which tool wrote a log, by the names of its columns, and what that says of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.evidence.values import Stage
from grader.measure.log.names import Meaning, has_side
from grader.measure.log.table import Table, listed
from grader.messages.message import Message, say
from grader.messages.wording import quoted

# Of `trainer_state.json`, by what stands in it beside the log; of its console, by the first columns.
HUGGING_FACE = "Hugging Face"
_HUGGING_FACE_ROW = ["loss", "grad_norm", "learning_rate", "epoch"]
_WINDOW = say(
    "Hugging Face logs the mean loss of the steps since the row before, without those that are NaN unless "
    "`logging_nan_inf_filter=False`, and the norm of the last of these steps."
)
# Each of them computes its accuracy on validation data, and does not say so in the name.
_VALIDATING = {
    HUGGING_FACE: {"Training Loss", "Validation Loss"},
    "fastai": {"epoch", "train_loss", "valid_loss", "time"},
    "Ultralytics": {"train/loss", "val/loss", "metrics/accuracy_top1"},
}
_TOOLS: tuple[tuple[str, re.Pattern[str], Stage], ...] = (
    ("Lightning", re.compile(r"grad_\d+(?:\.0)?_norm(?:_total|/)"), "before"),
    ("DeepSpeed", re.compile(r"Train/Samples/"), "before"),
    ("Composer", re.compile(r"(?:l2_norm/grad|grad_l2_norm)/"), "after"),
)

# The meaning of each header, as far as it has one.
Meanings = Mapping[str, Meaning | None]


def by_tool(table: Table, meanings: Meanings) -> tuple[Meanings, list[Message]]:
    """The meanings with what the tool that wrote the log is known for, and notes on it.

    A header that says otherwise counts, and so does `submission.yaml`.
    """
    headers = [column.header for column in table.columns if column.header]
    for tool, typical in _VALIDATING.items():
        own = [header for header in _of(meanings, "accuracy") if not has_side(header)]
        if own and typical <= set(headers):
            validated = dict.fromkeys(own, Meaning("val_accuracy", per_epoch=True))
            return {**meanings, **validated}, [_on_validation(tool, own)]
    tool, stage = _tool(table, headers)
    if stage is None:
        return meanings, []
    changed = {
        header: replace(known, scope="global", stage=stage)
        for header in _of(meanings, "gradient_norm")
        if (known := meanings[header]) and (known.scope in {None, "global"}) and known.stage in {None, stage}
    }
    notes = [_note(tool, stage, header) for header in changed]
    return {**meanings, **changed}, [*notes, _WINDOW] if tool == HUGGING_FACE else notes


def _on_validation(tool: str, headers: Sequence[str]) -> Message:
    return say("{tool} computes {headers} on validation data.", tool=tool, headers=listed(headers))


def _of(meanings: Meanings, name: str) -> list[str]:
    return [header for header, known in meanings.items() if known and known.name == name]


def _tool(table: Table, headers: Sequence[str]) -> tuple[str, Stage | None]:
    """The tool, and when it takes the norm; `clip_grad_norm_` returns that of before clipping."""
    is_row = table.form == "printed" and headers[: len(_HUGGING_FACE_ROW)] == _HUGGING_FACE_ROW
    if table.tool == HUGGING_FACE or is_row:
        return HUGGING_FACE, "before"
    for tool, pattern, stage in _TOOLS:
        if any(map(pattern.match, headers)):
            return tool, stage
    return "", None


def _note(tool: str, stage: Stage, header: str) -> Message:
    if stage == "before":
        return say(
            "{tool} takes the norm of all gradients before it clips them, so {header} is read as that.",
            tool=tool,
            header=quoted(header),
        )
    return say(
        "{tool} takes the norm of all gradients after it has clipped them, so {header} is read as that.",
        tool=tool,
        header=quoted(header),
    )
