"""By which words a run is known: in the names of files and folders, and in a log that holds several runs."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import combinations
from pathlib import PurePosixPath

from grader.evidence.part import Part
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.messages.message import Message, joined, say, shortened
from grader.messages.wording import listed, quoted
from grader.rubric import RunPlan

_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# `not_clipped` is another run than `clipped`, whatever the rubric says of it.
_NEGATIONS = frozenset({"no", "not", "non", "un", "without", "wo", "sin", "never"})
_LONGEST = 300
_MOST_NAMED = 6
_MOST_WORDS = 30
_MOST_TOGETHER = 8


@dataclass(frozen=True)
class SeveralRuns:
    """What one file holds of several runs, by their names in it; `by` says what tells them apart."""

    by: Message
    parts: Mapping[str, Part | Problem]

    def question(self, name: str) -> Problem:
        """The question which of them is meant, where a rubric asks for one training."""
        few = [quoted(run) for run in self.parts][:_MOST_NAMED]
        message = say(
            "{name} holds {count} runs, by {by}: {runs}. Which one is to be graded? Name it in "
            "`submission.yaml`, as in `run: {example}`, or hand in the log of that run alone.",
            name=quoted(name),
            count=len(self.parts),
            by=self.by,
            runs=listed(few) if len(few) == len(self.parts) else joined(", ", [*few, "..."]),
            example=next(iter(self.parts)),
        )
        return Problem(who="teacher", message=shortened(message, LONGEST_SENTENCE))


def patterns_of(runs: Mapping[str, RunPlan]) -> dict[str, tuple[str, ...]]:
    """The patterns of each run's names; its own name is one."""
    return {name: (name, *run.named) for name, run in runs.items()}


def runs_of(name: str, patterns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The runs that a name is of: that with the longest match, or several where these are equally long.

    A pattern is compared with whole words that follow one another: letter case, accents, and what stands
    between words do not matter. So `no_clip*` matches `training-log_NoClipping.csv`, and `clipped` matches
    neither `unclipped` nor `not_clipped`. In `without_clipping`, `without*` is longer than `clip*`.
    """
    spans = [span for part in PurePosixPath(name[-_LONGEST:]).parts for span in _spans(part)]
    longest = {
        run: max((_length(one) for one in those if any(_matches(one, span) for span in spans)), default=0)
        for run, those in patterns.items()
    }
    most = max(longest.values(), default=0)
    return tuple(run for run, length in longest.items() if length == most > 0)


def words(text: str) -> tuple[str, ...]:
    """The words of a name, in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", _CAMEL_CASE.sub("_", text))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain).casefold()))


def _spans(part: str) -> list[str]:
    """Words that follow one another, written as one; but for those that a word before them negates."""
    every = words(part)[:_MOST_WORDS]
    return [
        "".join(every[first:last])
        for first, last in combinations(range(len(every) + 1), 2)
        if last - first <= _MOST_TOGETHER and (not first or every[first - 1] not in _NEGATIONS)
    ]


def _matches(pattern: str, span: str) -> bool:
    return fnmatchcase(span, _joined(pattern))


@lru_cache
def _joined(pattern: str) -> str:
    """A pattern as words are compared with it; only `*` and `?` stand for others."""
    return "".join(
        piece if piece in {"*", "?"} else "".join(words(piece)) for piece in re.split("([*?])", pattern)
    )


@lru_cache
def _length(pattern: str) -> int:
    """How many letters a pattern gives itself."""
    return len("".join(words(pattern)))
