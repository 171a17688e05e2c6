"""Equal and nearly equal logs in a class.

Equal is a gradient norm or a loss with the same values. Nearly equal is a share of stretches that rise and
fall alike of `NEARLY` or more. Measured on the homework's network at batch size 32, over five epochs:

    other order of the images, whatever the seed of the first weights      none
    one order of the images, other first weights or another optimizer      at most 0.002
    one seed for both, and a rounding error at the start                   0.014
    another's log with each value changed by 5 %, 2 %, 1 % at random       0.05, 0.24, 0.41
    another's log rounded to three decimals, to two                        0.93, 0.43
    another's log multiplied, moved, or cut to any part                    1

Correlations tell less: batches that come in one order are hard or easy for everyone, so the changes of honest
losses correlate by 0.94 without any seed for the weights.
"""

import hashlib
from collections.abc import Iterable, Iterator

from grader.analysis.similarity.features import Features
from grader.analysis.similarity.shingles import STEPS, Shingles, like_samples, shared
from grader.analysis.similarity.tables import Numbering, Table, either, sharing, table
from grader.messages.message import Message, say
from grader.messages.wording import listed, number, quoted

NEARLY = 0.1
# One stretch that is alike has neighbours that are: fewer than this in a short log may be chance.
FEWEST_ALIKE = 3


def like_logs(features: Iterable[Features]) -> Table:
    """The table of those whose logs are equal in a column or nearly equal."""
    numbering, series = Numbering(), []

    def samples() -> Iterator[Shingles]:
        for one in features:
            series.append({own.sha256 for own in one.series})
            if numbering.add(_of_sample(one)):
                yield one.shingles

    alike = like_samples(samples(), FEWEST_ALIKE, NEARLY)
    return either(table(numbering, alike), sharing(series))


def _of_sample(one: Features) -> bytes | None:
    hashes = one.shingles.hashes
    return hashlib.sha256(hashes.tobytes()).digest() if len(hashes) >= FEWEST_ALIKE else None


def on_logs(here: Features, there: Features) -> Message:
    """What two logs have in common, in a sentence of the first one's report."""
    theirs = [(series.sha256, series.header) for series in there.series]
    equal: dict[int, list[Message | str]] = {}
    for series in here.series:
        headers = [header for digest, header in theirs if digest == series.sha256]
        if headers:
            other = series.header if series.header in headers else headers[0]
            equal.setdefault(series.values, []).append(_both(series.header, other))
    if equal:
        same = [
            say("all {values} values of {header}", values=f"{values:,}", header=listed(headers))
            for values, headers in equal.items()
        ]
        return say("The log equals that of {id} in {equal}.", id=quoted(there.id), equal=listed(same))
    found = shared(here.shingles, there.shingles)
    columns = _both(here.headers[found.columns[0]], there.headers[found.columns[1]])
    return say(
        "The log rises and falls like that of {id}: {alike} of {compared} windows of {steps} steps are "
        "alike, most of them in {columns}. From a share of {nearly} on, logs count as nearly equal; "
        "independent trainings share none.",
        id=quoted(there.id),
        alike=found.alike,
        compared=found.compared,
        steps=STEPS,
        columns=columns,
        nearly=number(NEARLY),
    )


def _both(here: str, there: str) -> Message | str:
    return (
        quoted(here)
        if here == there
        else say("{here} (there {there})", here=quoted(here), there=quoted(there))
    )
