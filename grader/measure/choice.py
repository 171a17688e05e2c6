"""Which of several files is a part's: what the files hold decides, then what agrees, then their names."""

import glob
import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.evidence import Declaration, File
from grader.evidence.part import UNNAMED, Part, kinds, wanted
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.measure.request import Taken, not_found
from grader.measure.runs import SeveralRuns
from grader.messages.message import EMPTY, Message, say, shortened, together, verbatim
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted
from grader.submissions.preference import Preference, is_newer, note, preferred, reason

# Of a training, by its model and by its log: Keras counts a step too many over data of unknown size.
_NEARLY = 0.01
_UNKNOWN = 0.5


@dataclass(frozen=True)
class Read:
    """A file, and what was read of it or why nothing was."""

    taken: Taken
    found: Part | Problem
    # Of a log of several runs, that of which this was read, by its name there; or where none was named, all.
    group: str = ""
    several: SeveralRuns | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.taken.candidate.file.name

    def described(self) -> Message:
        """The file, or the run within it."""
        name = quoted(self.name)
        return say("{group} in {name}", group=quoted(self.group), name=name) if self.group else verbatim(name)

    @property
    def preference(self) -> Preference:
        """How its name stands among others."""
        return self.taken.candidate.preference

    @property
    def amounts(self) -> tuple[float, ...]:
        """What it holds: more than nothing where the grader failed, so that nobody fails for that."""
        if self.several:
            return max(map(_amounts, self.several.parts.values()))
        return _amounts(self.found)


def _amounts(found: Part | Problem) -> tuple[float, ...]:
    if isinstance(found, Problem):
        return (_UNKNOWN,) if found.who == "operator" else ()
    return tuple(float(merit.amount) for merit in found.merits) or (1.0,)


@dataclass(frozen=True)
class Chosen:
    """The file of a part as the report has it, unless there is none, and what was found."""

    read: Read
    found: Part | Problem
    file: File | None


def choose(
    readings: Mapping[str, Sequence[Read]],
    patterns: Mapping[str, Sequence[str]],
    declaration: Declaration,
    run: str = UNNAMED,
) -> Mapping[str, Chosen]:
    """The file for each part of a run, with a note on why where there was a choice.

    First come the files that hold most of what is graded, then of these a model and a log that lie in one
    folder and are of equally many steps, then the names. What cannot be read counts only by its name.
    Of several runs nothing is guessed: where two files are as good for one, a person is asked.
    """
    if not readings:
        return {}
    best = {part: _best(those) for part, those in readings.items()}
    chosen = dict(zip(best, min(itertools.product(*best.values()), key=_order), strict=True))
    told = {}
    for part, one in chosen.items():
        file = one.taken.candidate.file.model_copy(update={"run": run})
        is_asked = run or one.preference.pattern < len(patterns[part]) or part in declaration.files
        if isinstance(one.found, Part):
            others = _others(one, readings[part], len(patterns[part]))
            found: Part | Problem = one.found
            note, rival = _noted(part, chosen, others, best, patterns[part]) if others else (EMPTY, None)
            known: dict[str, Message] = {"note": together(_of_group(part, one, run), note)}
            if rival and run:
                found = _question(part, one, rival, run)
            elif rival:
                known["instead"] = _instead(part, one, rival)
            told[part] = Chosen(one, found, file.model_copy(update=known))
        elif is_asked or one.several:
            told[part] = Chosen(one, one.found, None if one.taken.candidate.problem else file)
        else:
            # A file of any name that cannot be read as the part is not the part.
            is_other = any(
                other.name == one.name and isinstance(other.found, Part) for other in chosen.values()
            )
            told[part] = Chosen(one, _not_found(part, one.found, is_other=is_other), None)
    return told


def _others(one: Read, those: Sequence[Read], asked: int) -> list[Read]:
    """The other files that could be meant; one that cannot be read only if the rubric prefers its name."""
    own = one.taken.candidate.file.sha256, one.group
    return [
        other
        for other in those
        if (other.taken.candidate.file.sha256, other.group) != own
        and (isinstance(other.found, Part) or other.preference.pattern < min(one.preference.pattern, asked))
    ]


def _not_found(part: str, refusal: Problem, *, is_other: bool) -> Problem:
    """That there is no file for a part, and of the one that may be meant, unless it is another's, why not."""
    if refusal.who == "operator":
        return refusal
    if is_other:
        return refusal.model_copy(update={"message": not_found(part), "hint": wanted()[part].advice})
    message = shortened(together(not_found(part), refusal.message), LONGEST_SENTENCE)
    return refusal.model_copy(update={"message": message})


def _best(those: Sequence[Read]) -> Sequence[Read]:
    most = max(one.amounts for one in those)
    best = [one for one in those if one.amounts == most]
    return (
        [one for one in best if isinstance(one.found, Part)] if isinstance(best[0].found, Part) else best[:1]
    )


def _order(chosen: Iterable[Read]) -> tuple[int, int, tuple[list[int], list[int], list[Preference]]]:
    """Less for what belongs together, then for names that are preferred."""
    apart, unequal, every = 0, 0, tuple(chosen)
    for one, other in itertools.combinations(filter(_belongs_to_a_run, every), 2):
        apart += _apart(one.name, other.name)
        unequal += _differ(one.found, other.found)
    preferences = [one.preference for one in every]
    patterns, depths = [one.pattern for one in preferences], [one.depth for one in preferences]
    return apart, unequal, (patterns, depths, preferences)


def _belongs_to_a_run(one: Read) -> bool:
    return isinstance(one.found, Part) and one.found.per_run


def _apart(one: str, other: str) -> int:
    """How many folders lie between two files."""
    first, second = PurePosixPath(one).parts[:-1], PurePosixPath(other).parts[:-1]
    common: int = sum(itertools.takewhile(bool, map(operator.eq, first, second)))
    return len(first) + len(second) - 2 * common


def _differ(one: Part | Problem, other: Part | Problem) -> bool:
    if isinstance(one, Problem) or isinstance(other, Problem):
        return False
    steps, others = one.trained_steps or 0, other.trained_steps or 0
    return bool(steps and others) and abs(steps - others) > max(1, _NEARLY * max(steps, others))


def _noted(
    part: str,
    chosen: Mapping[str, Read],
    others: Sequence[Read],
    best: Mapping[str, Sequence[Read]],
    patterns: Sequence[str],
) -> tuple[Message, Read | None]:
    """A note on why the chosen file is that one, and another that is as good, if there is one."""
    one = chosen[part]
    most = max(other.amounts for other in others)
    # How well things would go together if another file were taken.
    orders = [
        (min(map(_order, itertools.product(*{**best, part: [other]}.values()))), other)
        for other in others
        if other.amounts == most
    ]
    at_best, rival = min(orders, key=operator.itemgetter(0))
    apart, unequal, _ = order = _order(chosen.values())
    further, differing, _ = _order({**chosen, part: rival}.values())
    role, refusal, is_open = wanted()[part].word, EMPTY, False
    rest = listed([wanted()[name].word for name in chosen if name != part and kinds()[name].per_run])
    if isinstance(rival.found, Problem):
        why, refusal = say("{name} cannot be used", name=quoted(rival.name)), rival.found.message
    elif rival.amounts < one.amounts:
        why = _merit(one.found, rival.found)
    else:
        why = reason(one.preference, rival.preference, patterns)
        if apart < further:
            why = say("it is the nearest to the {parts}", parts=rest)
        elif unequal < differing:
            why = say("it is of as many steps as the {parts}", parts=rest)
        is_clear = _is_named(one, rival, patterns) or is_newer(one.preference, rival.preference)
        is_open = order[:2] == at_best[:2] and not is_clear
    told = together(note(role, one.name, why, [other.name for other in others]), refusal)
    return shortened(told, LONGEST_SENTENCE), rival if is_open else None


def _instead(part: str, one: Read, rival: Read) -> Message:
    return say(
        "{name} was graded as the {role}; if that is another file, name it in `submission.yaml`, as in "
        "`{part}: {other}`.",
        name=quoted(one.name),
        role=wanted()[part].word,
        part=part,
        other=plain(rival.name),
    )


def _question(part: str, one: Read, rival: Read, run: str) -> Problem:
    """Which of two files is a run's, that speak for it equally."""
    key, name = ("group", rival.group) if rival.group else (part, rival.name)
    message = say(
        "Both {one} and {other} may be the {role} of the run {run}. Name one of them in "
        "`submission.yaml`, as in `{example}`.",
        one=one.described(),
        other=rival.described(),
        role=wanted()[part].word,
        run=quoted(run),
        example=f"runs: {{{run}: {{{key}: {plain(name)}}}}}",
    )
    return Problem(who="teacher", message=shortened(message, LONGEST_SENTENCE))


def _of_group(part: str, one: Read, run: str) -> Message:
    """Which of several runs in one log was taken."""
    if not one.group:
        return EMPTY
    role = wanted()[part].word
    return say("{group} is the {role} of the run {run}.", group=one.described(), role=role, run=quoted(run))


def _merit(one: Part | Problem, rival: Part) -> Message:
    mine = one.merits if isinstance(one, Part) else ()
    return next(
        merit.why for merit, other in zip(mine, rival.merits, strict=True) if merit.amount > other.amount
    )


def _is_named(one: Read, rival: Read, patterns: Sequence[str]) -> bool:
    """Whether the rubric asks for the one by its own name, and for the other only by a wildcard."""
    names = [
        read.preference.pattern < len(patterns) and not glob.has_magic(patterns[read.preference.pattern])
        for read in (one, rival)
    ]
    return names == [True, False]


def as_declared(
    part: str, taken: Sequence[Taken], declaration: Declaration
) -> tuple[Sequence[Taken], Message]:
    """The files that the student names for a part, else all of them; with a note where there is none."""
    name = declaration.files.get(part, "")
    every = {one.candidate.file.name: one for one in taken}
    found = preferred(every, [glob.escape(name.replace("\\", "/"))]) if name else []
    if found or not name:
        return [every[one.name] for one in found] or taken, EMPTY
    return taken, say(
        "`submission.yaml` names {name} as the {role}, but no such file was found; the name was ignored.",
        name=quoted(name),
        role=wanted()[part].word,
    )
