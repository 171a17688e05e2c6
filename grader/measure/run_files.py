"""Which of the files that were read are a run's: declared, by patterns of its own, or by its names."""

import glob
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from grader.evidence import Declaration, DeclaredRun
from grader.evidence.part import Part, wanted
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.measure.choice import Read
from grader.measure.runs import patterns_of, runs_of, words
from grader.messages.message import Message, say, shortened, together
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted
from grader.rubric import Plan
from grader.submissions.preference import preferred

# What is found in one way: the files of each run, in the order in which they were read.
_Way = Mapping[str, list[Read]]

_MOST_NAMED = 6


def of_runs(
    part: str, every: Sequence[Read], plan: Plan, declaration: Declaration
) -> Mapping[str, Sequence[Read] | Problem]:
    """The files that may be a part of each run, or why there is none.

    What `submission.yaml` names goes before the run's own patterns, these before the names of files and
    folders, and those before the names of runs in a log of several. The first way that finds a file that can
    be read decides. What is two runs' by one way is nobody's by it.
    """
    ways = _ways(part, every, plan, declaration)
    taken = {id(one) for way in ways for those in way.values() for one in those}
    left = [one for one in every if id(one) not in taken and isinstance(one.found, Part)]
    found: dict[str, Sequence[Read] | Problem] = {}
    for run in plan.runs:
        those = [way[run] for way in ways if way[run]]
        readable = (way for way in those if any(isinstance(one.found, Part) for one in way))
        best = next(readable, those[0] if those else None)
        patterns = patterns_for(plan, part, run)
        found[run] = (
            [_placed(one, (*patterns, *wanted()[part].patterns, "*")) for one in best]
            if best
            else _missing(part, run, plan, left, every)
        )
    return found


def patterns_for(plan: Plan, part: str, run: str) -> tuple[str, ...]:
    """The patterns for a part of a run: its own, else the rubric's."""
    own: tuple[str, ...] = getattr(plan.runs[run].files, part) if run in plan.runs else ()
    every: tuple[str, ...] = getattr(plan.files, part)
    return own or every


def _ways(part: str, every: Sequence[Read], plan: Plan, declaration: Declaration) -> Sequence[_Way]:
    names = patterns_of(plan.runs)
    declared = {run: _declared(part, run, every, declaration, names) for run in plan.runs}
    said = {id(one) for those in declared.values() for one in those}
    whole = [one for one in every if not one.group and id(one) not in said]
    own = {run: getattr(plan.runs[run].files, part) for run in plan.runs}
    by_pattern = _shared_out(whole, plan, lambda one: [run for run in own if preferred([one.name], own[run])])
    owned = {id(one) for those in by_pattern.values() for one in those}
    nameless = [one for one in whole if id(one) not in owned]
    by_name = _shared_out(nameless, plan, lambda one: runs_of(one.name, names))
    groups = [one for one in every if one.group]
    return declared, by_pattern, by_name, _shared_out(groups, plan, lambda one: runs_of(one.group, names))


def _shared_out(
    those: Iterable[Read], plan: Plan, runs: Callable[[Read], Sequence[str]]
) -> dict[str, list[Read]]:
    """The files that are one run's, by run."""
    found: dict[str, list[Read]] = {run: [] for run in plan.runs}
    for one in those:
        if len(of := runs(one)) == 1:
            found[of[0]].append(one)
    return found


def _declared(
    part: str,
    run: str,
    every: Sequence[Read],
    declaration: Declaration,
    names: Mapping[str, Sequence[str]],
) -> list[Read]:
    """What the student names for a run: a file, a run within it, or both."""
    said = declaration.runs.get(run, DeclaredRun())
    name = said.files.get(part, "")
    if not (name or said.group):
        return []
    paths = {
        one.name for one in preferred({one.name for one in every}, [glob.escape(name.replace("\\", "/"))])
    }
    those = [one for one in every if not name or one.name in paths]
    if said.group and any(one.group for one in those):
        return [one for one in those if words(one.group) == words(said.group)]
    whole = [one for one in those if name and not one.group]
    return whole or [one for one in those if name and runs_of(one.group, names) == (run,)]


def _placed(one: Read, patterns: Sequence[str]) -> Read:
    """A file with how its name stands among those of a run."""
    (preference,) = preferred([one.name], patterns) or [one.preference]
    candidate = one.taken.candidate.model_copy(update={"preference": preference})
    return replace(one, taken=replace(one.taken, candidate=candidate))


def _missing(part: str, run: str, plan: Plan, left: Sequence[Read], every: Sequence[Read]) -> Problem:
    """Why there is nothing of a run: a person is asked where something is `left` that is no other run's."""
    names = listed([quoted(name) for name in patterns_of(plan.runs)[run]])
    none = say("No {part} of the run {run} was found.", part=wanted()[part].word, run=quoted(run))
    there = say("Found: {found}.", found=_few([one.described() for one in left or every]))
    known = say(
        "Its file, its folder or its name within a log must have one of these names: {names}.", names=names
    )
    one = (left or every)[0]
    key, value = ("group", one.group) if one.group else (part, one.name)
    advice = say(
        "Name it so, or say in `submission.yaml` which one it is, as in `{example}`.",
        example=f"runs: {{{run}: {{{key}: {plain(value)}}}}}",
    )
    if left:
        message = shortened(together(none, there, known, advice), LONGEST_SENTENCE)
        return Problem(who="teacher", message=message)
    message = shortened(together(none, there, known), LONGEST_SENTENCE)
    return Problem(who="student", message=message, hint=advice)


def _few(names: Sequence[Message | str]) -> Message | str:
    if len(names) <= _MOST_NAMED:
        return listed(names)
    return listed([*names[:_MOST_NAMED], say("{left_out} more", left_out=len(names) - _MOST_NAMED)])
