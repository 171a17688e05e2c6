"""What reaches a student, in every form and language: nothing of anybody else, nothing for a teacher."""

import base64
import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest
from builders_golden import said
from builders_platforms import CLASSROOM50
from builders_reports import a_norm_item, a_pair, a_report, an_item, in_a_terminal, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.stages import Stage
from grader.grading.verdict import settled, with_decisions
from grader.messages.languages import LANGUAGES, Language, translated
from grader.messages.message import EMPTY, say
from grader.platforms.autolab import hook as autolab
from grader.platforms.classroom50 import hook as classroom50
from grader.platforms.codabench import hook as codabench
from grader.platforms.coursera import hook as coursera
from grader.platforms.github import hook as github
from grader.platforms.gradebooks import GradedClass
from grader.platforms.gradescope import hook as gradescope
from grader.platforms.moodle.gradebook import moodle_feedback
from grader.platforms.openedx import hook as openedx
from grader.platforms.prairielearn import hook as prairielearn
from grader.platforms.submitty import hook as submitty
from grader.report import LATE, NOT_SHOWN, Decision, Fact, Isolation, Report, Show, as_of, for_student
from grader.reports import csv_grades, html, junit, load, markdown, names, plain_text
from grader.reports.charts import Drawing
from grader.reports.sentences import next_step

# Each word stands for what only a teacher reads; no page has it by chance.
HINT, DOUBT, LEVEL, LIMIT, REMARK, REASON = "zqhint", "zqdoubt", "zqlevel", "zqlimit", "zqremark", "zqreason"
WITHHELD = (HINT, DOUBT, LEVEL, LIMIT, REMARK, REASON)
COMMENT = "zqcomment"
# What belongs to an item that the student does not see.
UNSEEN = "zqunseen"
DECISION = Decision(
    time=datetime(2026, 11, 29, tzinfo=UTC), by="Dr. Kim", status="failed", comment=COMMENT, reason=REASON
)
SAID_TO_TEACHERS = (say("For the teacher"), say("For whoever runs the grader"), say("Similar submissions"))
ASKING = "Your teacher can explain what did not pass."
STATUSES = ("passed", "failed", "review", "error", "skipped", "not_checked")
DECIDED = {"status": "failed", "hint": EMPTY, "is_open": False, "decision": DECISION}

OTHERS = st.lists(st.from_regex(r"zq[0-9]{6}", fullmatch=True), min_size=1, max_size=4, unique=True)
# With "noted", an item passed because its rubric only leaves a note in doubt; "by hand", a person grades it.
# Then, whether a person decided about it, and when the student sees it.
ITEMS = st.lists(
    st.tuples(
        st.sampled_from((*STATUSES, "noted", "by hand")),
        st.sampled_from([0.0, 2.0]),
        st.booleans(),
        st.sampled_from(get_args(Show)),
    ),
    max_size=6,
)
ASKED = say("A teacher will review this. It does not count as a zero.")


def one_of_a_class(
    others: list[str],
    items: list[tuple[str, float, bool, Show]],
    verdict: str,
    language: Language,
    *,
    is_after_due: bool = False,
) -> Report:
    """A report with everything that only a teacher reads, on items of every status."""
    pairs = tuple(a_pair(other, hint=f"{other} {HINT}") for other in others)
    found = (
        an_item(
            id=f"item{number}" if show == "always" else f"{UNSEEN}-{show}-{number}",
            title="Title" if show == "always" else f"{UNSEEN} {show}",
            show=show,
            status={"noted": "passed", "by hand": "review"}.get(status, status),
            is_by_hand=status == "by hand",
            points=0.0,
            max_points=most,
            message=DOUBT
            if status in {"review", "noted"} and not most
            else "Found."
            if show == "always"
            else f"{UNSEEN} {show}",
            hint=HINT if status in {"review", "by hand", "error", "not_checked"} else "Do this.",
            is_open=verdict in {"review", "error"} and status in {"review", "by hand", "error", "skipped"},
            doubts=status in {"review", "noted"},
        )
        for number, (status, most, _, show) in enumerate(items)
    )
    return a_report(
        *(
            item.model_copy(update={**DECIDED, "before": item}) if is_decided else item
            for item, (_, _, is_decided, _) in zip(found, items, strict=True)
        ),
        decision=DECISION if items and items[0][2] else None,
        verdict=verdict,
        language=language,
        summary=pairs[0].message,
        pairs=pairs,
        teacher_notes=(f"{REMARK} {others[-1]}",),
        isolation=Isolation(level="limited", sentence=LEVEL),
        limits=(Fact(name="Time", value=LIMIT),),
        facts=(Fact(name="Accuracy", value=UNSEEN),) if any(one[3] != "always" for one in items) else (),
        is_after_due=is_after_due,
    )


def feedback(report: Report, form: str) -> str:
    """What Moodle's zip of feedback has for a student."""
    with TemporaryDirectory() as folder:
        worksheet = Path(folder, "worksheet.csv")
        with worksheet.open("w", encoding="utf-8", newline="") as file:
            header = ("Identifier", "Full name", "Status", "Grade")
            csv.writer(file).writerows([header, ("Participant 1", report.name, "", "")])
        content = moodle_feedback(GradedClass((report,)), source=worksheet, form=form).content
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def gradescope_before_the_due_date(report: Report, **options: bool) -> str:
    """What Gradescope shows of its results before the due date."""
    results = json.loads(gradescope.page(report, **options))
    tests = [test for test in results["tests"] if test.get("visibility") != "after_due_date"]
    return json.dumps(results | {"tests": tests}, ensure_ascii=False)


def sinks(report: Report) -> dict[str, str]:
    """The text of everything that a student gets of a report, by its name."""
    forms = [name for name in names() if not load(name).of_class]
    return {
        "page": html.page(report),
        "markdown": markdown.page(report) + markdown.page(report, finished=False),
        "plain text": plain_text.page(report),
        "terminal": shown(in_a_terminal(report), 100),
        "JUnit": junit.page((report,)),
        "Gradescope": gradescope_before_the_due_date(report, leaderboard=True)
        + gradescope_before_the_due_date(report, finished=False),
        "PrairieLearn": prairielearn.page(report) + prairielearn.page(report, finished=False),
        "GitHub, result": base64.b64decode(github.result(report)).decode(),
        "GitHub, annotations": github.annotations(report),
        "Open edX": openedx.page(report),
        "Classroom 50": "\n".join(
            text or ""
            for text in (
                classroom50.result(report, environment=CLASSROOM50),
                *(page(report) for page in (classroom50.body, classroom50.page, classroom50.status)),
                classroom50.shown(Stage(report, finished=True)),
            )
        ),
        "Autolab": autolab.printed(Stage(report, finished=True)),
        "Coursera": coursera.page(report) or "",
        "Submitty": submitty.page(report) or "",
        "Codabench": (codabench.scores(report) or "") + (codabench.page(report) or ""),
        **{f"Moodle, {form}": feedback(report, form) for form in forms},
    }


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=25)
@given(others=OTHERS, items=ITEMS, verdict=st.sampled_from(["passed", "failed", "review", "error"]))
def test_no_student_reads_of_another(language: Language, others, items, verdict) -> None:
    """No id or name of another submission, no doubt without points, nothing for the teacher, no sandbox.

    Nothing of an item that the student does not see, or of what was measured beside it. Nobody is promised a
    review that cannot change the verdict.
    """
    report = one_of_a_class(others, items, verdict, language)
    promised = () if verdict in {"review", "error"} else (ASKED,)
    private = (
        *others,
        *WITHHELD,
        UNSEEN,
        *(translated(text, language) for text in (*SAID_TO_TEACHERS, *promised)),
    )

    found = {
        (sink, one)
        for sink, text in sinks(report).items()
        for one in private
        if one.casefold() in text.casefold()
    }

    assert set() == found
    if items and items[0][2]:
        assert COMMENT in html.page(report)
        assert COMMENT in plain_text.page(report)


@pytest.mark.parametrize("status", ["passed", "failed"])
@pytest.mark.parametrize("about", ["norm", ""])
def test_every_form_says_what_a_person_decided(status: str, about: str) -> None:
    """With the comment and the name, never with the reason, also beside what there is to do."""
    items = an_item(), an_item(id="norm", status="failed", points=0.0, max_points=3.0, hint="Do this.")
    decision = DECISION.model_copy(update={"status": status})
    report = with_decisions(settled(a_report(*items, points_to_pass=4.0)), {about: decision})

    found = sinks(report)
    silent = {name for name, text in found.items() if COMMENT not in text or "Kim" not in text}

    assert status == report.verdict
    assert not any(REASON in text for text in found.values())
    # Some forms list only the items that did not pass.
    of_failures = {"GitHub, annotations", "JUnit", "Moodle, junit"} if about and status == "passed" else set()
    assert silent <= of_failures


def results(report: Report) -> dict[str, tuple[str, float]]:
    """The verdict and the points out of 8 as each platform's program reads them, and as each format says."""
    verdicts = {"pass": "passed", "fail": "failed", True: "passed", False: "failed"}
    classroom = json.loads(base64.b64decode(github.result(report)))
    autograder = json.loads(gradescope.page(report))
    external, queue = json.loads(prairielearn.page(report)), json.loads(openedx.page(report))
    of_programs = {
        "GitHub": (verdicts[classroom["status"]], sum(test["score"] for test in classroom["tests"])),
        "Gradescope": (autograder["extra_data"]["verdict"], autograder["score"]),
        "PrairieLearn": (report.verdict, external["score"] * 8),
        "Open edX": (verdicts[queue["correct"]], queue["score"] * 8),
        "grades.csv": next(
            (row["verdict"], float(row["score"]))
            for row in csv.DictReader(io.StringIO(csv_grades.page([report])))
        ),
    }
    said_there = {
        name: re.search(r"(Passed|Failed): ([\d.]+) of 8 points", text)
        for name, text in sinks(report).items()
        if name != "GitHub, result"
    }
    return of_programs | {
        name: (found[1].lower(), float(found[2])) if found else ("", 0.0)
        for name, found in said_there.items()
    }


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (None, "failed"),
        ({"status": "passed"}, "passed"),
        ({"status": "failed"}, "failed"),
        ({"points": 7.5}, "passed"),
        ({"points": 0.0}, "failed"),
        ({"points": 8.0}, "passed"),
    ],
    ids=["nothing", "passes", "fails", "enough", "none", "all"],
)
@pytest.mark.parametrize("lost", [0.5, 5.0])
def test_every_form_has_the_verdict_and_points_of_a_decision(
    decision: dict[str, Any] | None, verdict: str, lost: float
) -> None:
    """Of the whole submission, also with a bonus and with more points lost for late work than were earned."""
    late = an_item(id=LATE, kind=LATE, status="failed", points=-lost, max_points=0.0, is_extra=True)
    bonus = an_item(id="bonus", points=1.5, max_points=2.0, is_extra=True)
    items = an_item(points=3.0, max_points=3.0), a_norm_item(points=0.0, max_points=5.0), bonus, late
    made = {"": DECISION.model_copy(update={"status": None, **decision})} if decision else {}

    found = results(with_decisions(settled(a_report(*items, points_to_pass=6.0)), made))

    points = (decision or {}).get("points", max(4.5 - lost, 0.0))
    assert dict.fromkeys(found, (verdict, points)) == found


@given(OTHERS, ITEMS, st.sampled_from(["passed", "failed", "review", "error"]))
def test_the_view_keeps_what_was_decided(others, items, verdict) -> None:
    """Verdict, points and statuses are the same, its JSON has nothing of others, and once is enough."""
    report = one_of_a_class(others, items, verdict, "en")
    view = for_student(report)
    kept = {"verdict", "score", "max_score", "id", "name", "files", "language"}

    assert report.model_dump(include=kept) == view.model_dump(include=kept)
    assert [(item.id, item.status, item.points) for item in report.items if item.show == "always"] == [
        (item.id, item.status, item.points) for item in view.items if item.kind != NOT_SHOWN
    ]
    assert sum(item.points for item in report.items) == sum(item.points for item in view.items)
    assert not [one for one in (*others, *WITHHELD, UNSEEN) if one in view.model_dump_json()]
    assert view == for_student(view)


@settings(max_examples=25)
@given(OTHERS, ITEMS)
def test_what_is_shown_after_the_due_date(others, items) -> None:
    """Then every format has it; of what only teachers see there is a line with its points."""
    report = one_of_a_class(others, items, "failed", "en", is_after_due=True)
    view = for_student(report)

    assert len([one for one in items if one[3] != "teacher"]) == len(
        [item for item in view.items if item.kind != NOT_SHOWN]
    )
    for name, text in sinks(report).items():
        assert f"{UNSEEN} teacher" not in text, name
        # Moodle gets no feedback without points.
        if text and any(one[3] == "after_due" and one[0] == "failed" for one in items):
            assert f"{UNSEEN} after" in text.replace("\n", " "), name


def test_gradescope_shows_the_rest_and_the_total_after_the_due_date() -> None:
    """Gradescope hides the total until then, so the page says no verdict; the score has everything."""
    later = an_item(id="later", points=3.0, max_points=3.0, show="after_due")
    never = an_item(id="never", points=1.0, max_points=1.0, show="teacher", status="failed")
    results = json.loads(gradescope.page(a_report(an_item(), later, never), leaderboard=True))
    *tests, whole = results["tests"]

    assert ["hidden_layers", f"{NOT_SHOWN}-teacher", "later"] == [test["extra_data"]["id"] for test in tests]
    assert [None, None, "after_due_date"] == [test.get("visibility") for test in tests]
    assert ("after_due_date", True) == (whole["visibility"], whole["output"].startswith("Passed: 6 of 6"))
    assert "The result is shown after the due date." == results["output"].splitlines()[0]
    assert (6.0, False) == (results["score"], "leaderboard" in results)


def test_who_failed_by_a_decision_alone_is_sent_to_no_item() -> None:
    """No item says what to do."""
    late = an_item(id=LATE, kind=LATE, status="failed", points=-0.5, max_points=0.0, is_extra=True)
    report = with_decisions(settled(a_report(an_item(), late)), {"": DECISION})

    assert ("failed", f"Dr. Kim decided this on 2026-11-29: “{COMMENT}”. {ASKING}") == (
        report.verdict,
        next_step(report),
    )


def test_an_item_that_requires_what_is_not_shown_does_not_name_it() -> None:
    """And who failed by nothing that is shown is told to ask."""
    secret = an_item(id="secret", title="Secret title", status="failed", points=0.0, show="teacher")
    report = settled(a_report(secret, an_item(requires=("secret",)), points_to_pass=4.0))

    page = plain_text.page(report)

    assert "Secret title" not in page
    assert said(page.split("Who graded")[0])


def test_the_due_date_decides_what_is_shown() -> None:
    """Without one, nothing is shown later."""
    due = datetime(2026, 11, 30, tzinfo=UTC)
    report = a_report(an_item(show="after_due"), due_at=due)

    assert [False, False, True] == [
        as_of(report, due + timedelta(seconds=one)).is_after_due for one in (-1, 0, 1)
    ]
    assert not as_of(report.model_copy(update={"due_at": None}), due).is_after_due


def test_a_bonus_that_is_not_shown_is_one() -> None:
    """The maximum has none of it."""
    extra = an_item(id="extra", points=1.5, is_extra=True, show="teacher")
    asked = an_item(id="asked", points=1.0, max_points=3.0, show="teacher", status="failed")

    alone, both = (for_student(a_report(*items)).items[-1] for items in ((extra,), (extra, asked)))

    assert (True, 1.5, 2.0) == (alone.is_extra, alone.points, alone.max_points)
    assert (False, 2.5, 3.0) == (both.is_extra, both.points, both.max_points)


def test_charts_are_left_out_where_an_item_is_not_shown() -> None:
    """They could show what it asks for; the teacher's page has them."""
    drawing = Drawing(own=((say("figure"), f"{UNSEEN}.png", "data:image/png;base64,"),))
    report = a_report(an_item(show="teacher"))

    assert UNSEEN not in html.page(report, drawing)
    assert UNSEEN in html.teacher_page(report, drawing)
    assert UNSEEN in html.page(a_report(an_item()), drawing)
