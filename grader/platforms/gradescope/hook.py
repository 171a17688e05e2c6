"""Gradescope's autograder: from `submission/` to `results/results.json`, by the autograder specification.

A test has `score` and `status` only where points are decided.
Gradescope knows nothing between passed and failed, and a zero for what a teacher must look at would be wrong;
so an item that is not decided says in its `output` who looks at it.
The top-level `score` is always there: it overrides the sum of the tests, and is what has been earned so far.
No test is hidden: one that is hides the total from the student for good. An item with `show: after_due` is a
test with the visibility `after_due_date`, which hides the total until then, and so is what says the result.

Texts are Markdown (`md`). The specification says nothing of pictures in it, so there is no chart.
"""

import json
import math
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from grader.errors import UsageError
from grader.messages.languages import Language, translated
from grader.messages.message import say
from grader.messages.safe_text import json_text, plain
from grader.platforms.hooks import folder_hook
from grader.report import NOT_SHOWN, ItemResult, Report, Whose, decided, earns, for_student, number, so_far
from grader.reports import markdown, sentences
from grader.submissions.handed_in import HandedIn, latest, time_of

# `hidden` would hide the total for good.
Visibility = Literal["visible", "after_due_date", "after_published"]


def submitter(metadata: Path) -> Whose:
    """The submission's id, its users' names and its times, by Gradescope's own file; a trial has none."""
    try:
        content = json.loads(metadata.read_text(encoding="utf-8"))
        users = content.get("users", [])
        names = ", ".join(str(user.get("name", "")) for user in users)
        # A student with an extension has a due date of their own.
        due = [(one.get("assignment") or {}).get("due_date") for one in (content, *users)]
        handed_in = HandedIn(time_of(content.get("created_at")), latest(due))
        return Whose(str(content.get("id", "submission")), names, handed_in=handed_in)
    except FileNotFoundError:
        return Whose("submission")
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UsageError(
            f"`{metadata}` is not the JSON that Gradescope writes ({type(error).__name__})."
        ) from None


def page(
    report: Report,
    *,
    finished: bool = True,
    visibility: Annotated[Visibility, typer.Option(help="When students see the results.")] = "visible",
    leaderboard: Annotated[
        bool, typer.Option("--leaderboard", help="Show accuracy and points to the class.")
    ] = False,
) -> str:
    """The text of `results.json`, of which one that is not finished stays if the grader is stopped.

    A leaderboard shows accuracy and points to the class, beside a name that each student chooses.
    """
    later = [] if report.is_after_due else [item for item in report.items if item.show == "after_due"]
    after = for_student(report.model_copy(update={"is_after_due": True}))
    report = for_student(report)
    items = [item for item in report.items if not (later and item.id == f"{NOT_SHOWN}-after_due")]
    items += [item for item in after.items if later and item.show == "after_due"]
    tests = [
        _test(position, item, report.language)
        | ({"visibility": "after_due_date"} if later and item.show == "after_due" else {})
        for position, item in enumerate(items, start=1)
    ]
    if later:
        tests.append(_verdict(len(items) + 1, after))
    return json_text(
        {
            "score": so_far(report) or 0,
            "execution_time": round(report.seconds, 3) if math.isfinite(report.seconds) else 0.0,
            "output": _output(report, finished=finished, shown_later=bool(later)),
            "output_format": "md",
            "test_output_format": "md",
            "test_name_format": "text",
            "visibility": visibility,
            "stdout_visibility": "hidden",
            "tests": tests,
            **({"leaderboard": _leaderboard(report)} if leaderboard and finished and not later else {}),
            "extra_data": {
                "program": plain(report.program),
                "rubric": plain(report.rubric),
                "verdict": report.verdict,
                "max_score": number(report.max_score),
            },
        }
    )


def _output(report: Report, *, finished: bool, shown_later: bool) -> str:
    verdict: tuple[str, ...] = (sentences.verdict(report), sentences.next_step(report))
    if shown_later:
        verdict = (translated(say("The result is shown after the due date."), report.language),)
    first = verdict if finished else (sentences.unfinished(report),)
    return "\n\n".join([markdown.paragraphs(filter(None, first)), *markdown.of_sections(report)])


def _test(position: int, item: ItemResult, language: Language) -> dict[str, Any]:
    earned, at_most = decided(item), number(item.max_points)
    return {
        "name": sentences.sentence(item.title, language),
        "number": str(position),
        **({} if earned is None else {"score": earned, "status": "passed" if earns(item) else "failed"}),
        **({} if at_most is None else {"max_score": at_most}),
        "output": markdown.of_item(item, language),
        "output_format": "md",
        "tags": [plain(item.kind), item.status],
        "extra_data": {"id": plain(item.id), "kind": plain(item.kind), "status": item.status},
    }


def _verdict(position: int, report: Report) -> dict[str, Any]:
    """What else stands above the tests, where it would say before the due date how items went."""
    return {
        "name": translated(say("The whole submission"), report.language),
        "number": str(position),
        "output": markdown.paragraphs((sentences.verdict(report), sentences.next_step(report))),
        "output_format": "md",
        "visibility": "after_due_date",
    }


def _leaderboard(report: Report) -> list[dict[str, Any]]:
    """The accuracy, where it was measured, and the points; Gradescope orders by the first."""
    shown = [(say("Points"), so_far(report) or 0)]
    accuracy = report.numbers.get("accuracy", math.nan)
    if math.isfinite(accuracy):
        shown.insert(0, (say("Accuracy on the test examples"), round(accuracy, 4)))
    return [{"name": translated(name, report.language), "value": value} for name, value in shown]


hook = folder_hook(
    "Gradescope",
    root="/autograder",
    submission="submission",
    results={"results/results.json": page},
    whose=lambda root: submitter(root / "submission_metadata.json"),
)
