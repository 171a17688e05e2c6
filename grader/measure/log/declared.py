"""What `submission.yaml` says of the norm column, which wins over what its header says."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.evidence import Declaration
from grader.measure.log.names import Meaning, is_nameless, words
from grader.measure.log.table import listed, refusal
from grader.messages.message import Message, say
from grader.messages.wording import quoted

Meanings = dict[str, Meaning | None]


def declare(
    name: str, meanings: Mapping[str, Meaning | None], declaration: Declaration
) -> tuple[str | None, Meanings, list[Message]]:
    """Put what is declared in the place of what the headers say.

    It holds for the column that is named, or else for the only gradient norm of the log,
    or else for the only series that has no name.

    Gives the header whose meaning was declared, if any; all meanings; and notes.
    Refused if the named column is not there.
    """
    header, notes = _header(name, meanings, declaration)
    if header is None:
        return None, dict(meanings), notes
    said = meanings[header]
    if said is None or said.name != "gradient_norm":
        said = Meaning("gradient_norm")
    scope, stage = declaration.norm_scope, declaration.norm_stage
    declared = replace(said, scope=scope or said.scope, stage=stage or said.stage, validation=False)
    notes += [
        say(
            "The header {header} says `{before}`, `submission.yaml` says `{now}`; the latter counts.",
            header=quoted(header),
            before=before,
            now=now,
        )
        for before, now in ((said.scope, scope), (said.stage, stage))
        if before and now and before != now
    ]
    return header, {**meanings, header: declared}, notes


def _header(
    name: str, meanings: Mapping[str, Meaning | None], declaration: Declaration
) -> tuple[str | None, list[Message]]:
    """The header that the declaration is about, and notes."""
    if declaration.norm_column:
        return _named(name, list(meanings), declaration.norm_column), []
    if not (declaration.norm_scope or declaration.norm_stage):
        return None, []
    norms = [
        header
        for header, known in meanings.items()
        if known is not None and known.name == "gradient_norm" and not known.validation
    ]
    if len(norms) > 1:
        note = say(
            "`submission.yaml` says what the gradient norm is, but the log has {count}, {norms}, and "
            "it names none of them; so the headers count.",
            count=len(norms),
            norms=listed(norms),
        )
        return None, [note]
    candidates = norms or [header for header in meanings if is_nameless(header)]
    return (candidates[0] if len(candidates) == 1 else None), []


def _named(name: str, headers: Sequence[str], declared: str) -> str:
    """The header that is spelled like the declared column."""
    if declared in headers:
        return declared
    # `history/grad_norm` is a column `grad_norm` to the student who nested it.
    for spelled in (words, lambda header: words(header.rpartition("/")[2])):
        alike = [header for header in headers if header and spelled(header) == words(declared)]
        if len(alike) == 1:
            return alike[0]
    written = [header for header in headers if header]
    nearest = difflib.get_close_matches(declared, [header[:100] for header in written], n=3, cutoff=0.5)
    found = (
        say("the nearest there: {nearest}", nearest=listed(nearest))
        if nearest
        else say("there are: {written}", written=listed(written))
    )
    raise refusal(
        say(
            "`submission.yaml` names the norm column {declared}, and the log {name} has no such column; "
            "{found}.",
            declared=quoted(declared),
            name=quoted(name),
            found=found,
        ),
        say("Write one of the log's own headers into `submission.yaml`, as in `norm: {column: grad_norm}`."),
    )
