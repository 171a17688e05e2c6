"""Tests of `grader.grading.judge`: evidence and a rubric make a report."""

import re

import builders_evidence as build
import builders_grading as grading
import pytest
from builders_grading import ACCURACY, LOGGED
from builders_predictions import LABELS, some_predictions
from builders_reports import a_report, an_item
from builders_runs import a_measured_rerun, a_run, a_run_log, a_series, the_calibration

from grader.analysis.targets import Targets
from grader.checks import load
from grader.checks.by_hand import ByHand
from grader.checks.log_fits_rerun import LogFitsRerun
from grader.checks.log_matches_model import LogMatchesModel
from grader.checks.model_accuracy import ModelAccuracy
from grader.checks.norm_within_cap import NormWithinCap
from grader.checks.predictions_match import PredictionsMatch
from grader.checks.rerun_learns import RerunLearns
from grader.evidence import Declaration, File
from grader.evidence.problem import Problem
from grader.grading.judge import Findings, is_inconsistent, judge, with_pairs
from grader.messages.message import Message
from grader.report import FILES, ItemResult, Origin, Pair, Report, Status, Whose, decided, for_student
from grader.rubric import InDoubt, Item, NotChecked, Rubric

BROKEN = Problem(who="student", message="`model.keras` is empty.", hint="Save it again.")
DEAD = Problem(who="operator", message="The worker ended early.", hint="Grade it again.")
PAIR = Pair(id="bob", part="model", message="The model is that of `bob`.", hint="Look at both.")
LATER = Problem(who="pending", message="Not looked at yet.")

LAYERS = grading.LAYERS.model_copy(update={"hint": "See lesson 3."})
CONTRADICTION = LOGGED.model_copy(update={"id": "agree", "check": LogMatchesModel(within=0.02)})


def a_rubric(*items: Item, **fields: object) -> Rubric:
    return grading.a_rubric(*(items or (LAYERS, ACCURACY, LOGGED)), **fields)


def report_of(rubric: Rubric, **parts: object) -> Report:
    return judge(rubric, build.some_evidence(**parts), Whose("ana"), Origin(seconds=1.5))


def result(report: Report, item_id: str) -> ItemResult:
    return next(item for item in report.items if item.id == item_id)


def test_everything_asked_is_there() -> None:
    """All points are earned, and the report says by which rubric and program, and whom to ask."""
    report = report_of(a_rubric(contact="ta@example.edu"))

    assert "ta@example.edu" == report.contact
    assert ("passed", 6.0, 6.0) == (report.verdict, report.score, report.max_score)
    assert "Everything that was asked is there." == str(report.summary)
    assert ("ana", "ana", "homework", 1.5) == (report.id, report.name, report.rubric, report.seconds)
    assert report.program.startswith("grader ")


def test_predictions_are_judged_by_the_labels_of_the_rubric() -> None:
    """No label that the student did not write is in the report."""
    item = Item(id="predictions", title="Predictions", points=1, check=PredictionsMatch(at_least=0.7))
    rubric = a_rubric(item, true_labels=LABELS)

    right = report_of(rubric, predictions=some_predictions("a cat, b dog, c cat"))
    wrong = report_of(rubric, predictions=some_predictions("a cat, b cat, c cat, d cat"))

    assert ("passed", "failed") == (right.verdict, wrong.verdict)
    assert not {"dog", "bird"} & set(re.findall(r"\w+", wrong.model_dump_json()))


def test_one_item_that_failed_fails_the_report() -> None:
    """The summary is its sentence, and the teacher's hint stands beside ours."""
    model = build.a_model(*(layer for layer in build.a_model().layers if layer.units != 300))

    report = report_of(a_rubric(), model=model)

    assert ("failed", 4.0) == (report.verdict, report.score)
    assert str(report.summary) == str(result(report, "layers").message)
    assert "See lesson 3." == result(report, "layers").teacher_hint
    assert "" == result(report, "accuracy").teacher_hint


def test_enough_points_pass() -> None:
    """`pass_at` is a share of all points; a sum of tenths does not miss it by rounding."""
    items = tuple(LAYERS.model_copy(update={"id": f"l{number}", "points": 0.1}) for number in range(3))
    missing = LOGGED.model_copy(update={"points": 0.1})

    report = report_of(a_rubric(*items, missing, pass_at=0.75), log=BROKEN)

    assert ("passed", "skipped") == (report.verdict, result(report, "logged").status)


def test_an_item_by_hand_waits_whatever_the_rubric_does_in_doubt() -> None:
    """Its teacher reads what to look for; its student reads that it waits, and the hint."""
    caption = Item(
        id="caption",
        title="Caption",
        points=2,
        check=ByHand(rubric="The cap."),
        in_doubt="failed",
        hint="Say why.",
    )

    report = report_of(a_rubric(LAYERS, caption))

    item, shown = (result(one, "caption") for one in (report, for_student(report)))
    assert ("review", "review", True, None) == (report.verdict, item.status, item.is_open, decided(item))
    assert ("The cap.", "", "Say why.") == (str(item.hint), str(shown.hint), shown.teacher_hint)


def test_a_file_that_cannot_be_used_is_said_first_and_skips_what_needs_it() -> None:
    """Its own item says what to do; the points of the others are lost, and none of them is called wrong."""
    report = report_of(a_rubric(LAYERS, ACCURACY, LOGGED), model=BROKEN, accuracy=BROKEN)

    first, layers, accuracy, logged = report.items
    assert ("files-model", FILES, "failed", 0.0) == (first.id, first.kind, first.status, first.max_points)
    assert (BROKEN.message, BROKEN.hint) == (first.message, first.hint)
    assert ["skipped", "skipped", "passed"] == [layers.status, accuracy.status, logged.status]
    assert layers.message == accuracy.message
    assert (0, 0, 1) == tuple(map(decided, (layers, accuracy, logged)))
    assert ("failed", 1.0, BROKEN.message) == (report.verdict, report.score, report.summary)


def test_files_that_are_missing_for_one_reason_are_one_item() -> None:
    """An empty submission has one headline and one thing to do."""
    report = report_of(a_rubric(LAYERS, ACCURACY, LOGGED), model=BROKEN, accuracy=BROKEN, log=BROKEN)

    first, *others = report.items
    assert (FILES, FILES, BROKEN.message) == (first.id, first.kind, report.summary)
    assert ["skipped"] * 3 == [item.status for item in others]


def test_a_file_that_another_is_as_good_as_is_named_once() -> None:
    """Where an item that it may be the reason for does not pass; nothing is said where all pass."""
    file = File(role="model", name="a.keras", bytes=1, sha256="", instead=Message("Name another."))
    rubric = a_rubric(LOGGED, LAYERS, ACCURACY)
    bad = {"log": build.a_log(epoch=[0], val_accuracy=[0.1]), "accuracy": build.an_accuracy(0.1)}

    told = report_of(rubric, files=(file,), model=build.a_model(*build.a_model().layers[:1]), **bad)
    passing = report_of(rubric, files=(file,))

    assert ["failed"] * 3 == [item.status for item in told.items]
    assert [False, True, False] == ["Name another." in str(item.hint) for item in told.items]
    assert not any("Name another." in str(item.hint) for item in passing.items)


def test_two_reasons_why_a_network_cannot_be_run_are_two_items() -> None:
    """Each has its own id, so that none is lost where reports are compared by it."""
    other = BROKEN.model_copy(update={"message": Message("The gradients are NaN.")})
    rubric = a_rubric(ACCURACY, Item(id="rerun", title="Rerun", points=1, check=RerunLearns()))

    report = report_of(rubric, accuracy=BROKEN, rerun=other)

    assert ["files-accuracy", "files-rerun", "accuracy", "rerun"] == [item.id for item in report.items]


@pytest.mark.parametrize(
    ("parts", "statuses", "verdict"),
    [
        pytest.param(
            {"accuracy": BROKEN},
            {"files-accuracy": "failed", "layers": "passed", "accuracy": "skipped", "logged": "passed"},
            "failed",
            id="a model that was read and cannot be run is no broken file",
        ),
        pytest.param(
            {"accuracy": DEAD, "log": DEAD},
            {"layers": "passed", "accuracy": "error", "logged": "error"},
            "error",
            id="what the operator must mend is never a zero",
        ),
        pytest.param(
            {"accuracy": LATER},
            {"layers": "passed", "accuracy": "skipped", "logged": "passed"},
            "failed",
            id="a partial report has the items that are known",
        ),
    ],
)
def test_what_is_missing_touches_the_items_that_need_it(
    parts: dict[str, Problem], statuses: dict[str, str], verdict: str
) -> None:
    """The items that need nothing of it stand, and the reason is the summary."""
    report = report_of(a_rubric(), **parts)

    assert (verdict, statuses) == (report.verdict, {item.id: item.status for item in report.items})
    assert parts["accuracy"].message == report.summary


GUARD = CONTRADICTION.model_copy(update={"id": "guard", "points": 0})
NEEDS_GUARD = LAYERS.model_copy(update={"id": "more", "requires": ("guard",)})


@pytest.mark.parametrize(
    ("items", "parts", "pass_at", "verdict", "score"),
    [
        pytest.param(
            (LAYERS, CONTRADICTION), {}, 1.0, "review", 2.0, id="the points that it may grant decide"
        ),
        pytest.param((LAYERS, CONTRADICTION), {"model": BROKEN}, 1.0, "failed", 0.0, id="it fails anyway"),
        pytest.param((LAYERS, CONTRADICTION), {}, 0.6, "passed", 2.0, id="it passes anyway"),
        pytest.param((LAYERS, GUARD), {}, 0.6, "review", 2.0, id="a guard may take a pass away"),
        pytest.param((LAYERS, GUARD), {"model": BROKEN}, 1.0, "failed", 0.0, id="a guard saves nobody"),
        pytest.param((GUARD, NEEDS_GUARD), {}, 1.0, "review", 0.0, id="what waits for a doubt is open, too"),
        pytest.param((LAYERS, CONTRADICTION), {"model": DEAD}, 1.0, "error", 0.0, id="an error comes first"),
    ],
)
def test_a_teacher_is_asked_where_the_verdict_depends_on_it(
    items: tuple[Item, ...], parts: dict[str, object], pass_at: float, verdict: str, score: float
) -> None:
    """A doubt that cannot change the verdict stays in the report without points; nobody is asked for them."""
    report = report_of(a_rubric(*items, pass_at=pass_at), accuracy=build.an_accuracy(0.5), **parts)

    doubt = next(item for item in report.items if item.id in {"agree", "guard"})
    assert (verdict, score) == (report.verdict, report.score)
    assert ("review", None, verdict in {"review", "error"}) == (doubt.status, decided(doubt), doubt.is_open)


@pytest.mark.parametrize(
    ("not_checked", "status", "verdict", "score"),
    [
        ("earns", "not_checked", "passed", 1.0),
        ("review", "review", "review", 0.0),
        ("fails", "failed", "failed", 0.0),
    ],
)
def test_the_rubric_decides_what_earns_that_was_not_checked(
    not_checked: NotChecked, status: str, verdict: str, score: float
) -> None:
    """What compared nothing is not called passed, and what requires it is looked at."""
    fits = Item(id="fits", title="Fits", points=1, check=LogFitsRerun(), not_checked=not_checked)
    log = a_run_log(a_series(a_run(3), ("global", "before")))

    report = report_of(a_rubric(fits), log=log, rerun=a_measured_rerun())

    assert (status, verdict, score) == (report.items[0].status, report.verdict, report.score)
    # Only a teacher can make a calibration.
    assert "calibrate" not in str(for_student(report).items[0].hint)
    assert status == "failed" or "calibrate" in str(report.items[0].hint)


def test_a_title_has_the_parameters_of_its_check() -> None:
    """Who changes a parameter changes the title."""
    titles = {"title": "{units} units"}, {"title": "At least {at_least}"}
    items = (item.model_copy(update=title) for item, title in zip((LAYERS, ACCURACY), titles, strict=True))

    report = report_of(a_rubric(*items))

    assert ["300 and 100 units", "At least 0.87"] == [str(item.title) for item in report.items]


@pytest.mark.parametrize(
    ("in_doubt", "verdict", "score"),
    [("review", "review", 0.0), ("failed", "failed", 0.0), ("note", "passed", 1.0)],
)
def test_the_rubric_decides_what_a_doubt_is(in_doubt: InDoubt, verdict: str, score: float) -> None:
    """The sentence keeps its numbers; the hint for a teacher stays only in a review."""
    doubt = Item(id="agree", title="Agree", points=1, check=LogMatchesModel(within=0.02), in_doubt=in_doubt)
    evidence = build.some_evidence(accuracy=build.an_accuracy(0.5))
    found = Findings(evidence, Targets()).of(doubt.check)

    report = judge(a_rubric(doubt), evidence, Whose("ana"))

    assert (verdict, score) == (report.verdict, report.score)
    assert str(report.items[0].message).startswith(str(found.message))
    assert (in_doubt == "review") == (found.hint == report.items[0].hint)
    assert report.items[0].doubts


@pytest.mark.parametrize("in_doubt", ["review", "failed", "note"])
def test_what_is_in_no_doubt_stays(in_doubt: InDoubt) -> None:
    """What passed and what failed does not change, whatever the rubric makes of a doubt."""
    layers, logged = (item.model_copy(update={"in_doubt": in_doubt}) for item in (LAYERS, LOGGED))

    report = report_of(a_rubric(layers, logged), log=build.a_log(val_accuracy=[0.5]))

    assert ["passed", "failed"] == [item.status for item in report.items]


def test_a_part_that_is_only_welcome_may_be_missing() -> None:
    """The norm is judged without a model and without a rerun."""
    norm = Item(id="norm", title="Norm", points=1, check=NormWithinCap(cap=1.0))
    log = build.a_step_log(build.a_norm([0.5, 1.0], scope="variable", stage="after"), steps=2)

    assert "passed" == report_of(a_rubric(norm), log=log, model=BROKEN, rerun=DEAD).verdict


def test_the_name_is_the_platforms_then_the_students_own() -> None:
    """What the student declares is shown where nobody knows better, and the report says so."""
    declared = build.some_evidence(declaration=Declaration(name="Ana Example", id="7"))
    own = judge(a_rubric(), declared, Whose("ana"))
    known = judge(a_rubric(), declared, Whose("ana", "Ana Maria", "roster"))
    nobody = judge(a_rubric(), build.some_evidence(), Whose("ana"))

    assert ("Ana Example", True, "folder") == (own.name, own.name_is_declared, own.id_from)
    assert ("Ana Maria", False, "roster") == (known.name, known.name_is_declared, known.id_from)
    assert ("ana", False) == (nobody.name, nobody.name_is_declared)


def test_notes_of_every_part_are_kept() -> None:
    """What had to be understood on the way is in the report."""
    log = build.a_log(val_accuracy=[0.9]).model_copy(update={"notes": ("The log has no epochs.",)})
    model = build.a_model(rescued=("An old form was read.",))
    file = File(role="log", name="a.csv", bytes=1, sha256="0", note="Taken as the log: `a.csv`.")

    report = report_of(a_rubric(), log=log, model=model, files=(file,), notes=("Left aside.",))

    assert (
        "Left aside.",
        "Taken as the log: `a.csv`.",
        "The log has no epochs.",
        "An old form was read.",
    ) == tuple(map(str, report.notes))


def test_whose_seed_was_declared_is_for_the_teacher() -> None:
    """Where only the student gives the id of a replay, the teacher reads it, unless it is the same."""
    told = []
    for student, by in (("bruno", "declared"), ("ana", "declared"), ("bruno", "list")):
        replay = build.a_replay(student=student, seed_by=by)
        report = judge(a_rubric(), build.with_parts(build.some_evidence(), replay=replay), Whose("ana"))
        told.append(len(report.teacher_notes))

    assert [1, 0, 0] == told


def test_what_tells_of_others_is_for_the_teacher() -> None:
    """A second name of a file stands with the pairs that are not named, and no student reads either."""
    file = File(role="log", name="a.csv", bytes=1, sha256="0", teacher_note="It has 2 names on this disk.")
    rubric = a_rubric()

    report = with_pairs(rubric, report_of(rubric, files=(file,)), (PAIR,), left_out=2)

    assert 2 == len(report.teacher_notes)
    assert () == report.notes
    assert () == for_student(report).teacher_notes


def test_a_check_that_raises_is_our_mistake(caplog: pytest.LogCaptureFixture) -> None:
    """The item is an error, the others are judged, and the traceback goes to the log."""
    column = build.a_column("val_accuracy", [0.9]).model_copy(update={"values": ("a text",)})

    report = report_of(a_rubric(), log=build.a_log(column))

    assert ["passed", "passed", "error"] == [item.status for item in report.items]
    assert all(text in caplog.text for text in ("The check `logged_accuracy` failed.", "Traceback"))


@pytest.mark.parametrize(
    ("likeness", "item", "parts", "verdict", "is_the_reason"),
    [
        ("review", ACCURACY, {}, "review", True),
        # It does not pass, whatever comes of looking at both.
        ("review", ACCURACY, {"accuracy": build.an_accuracy(0.5)}, "failed", False),
        ("review", CONTRADICTION, {"accuracy": build.an_accuracy(0.5)}, "review", False),
        ("review", ACCURACY, {"accuracy": DEAD}, "error", False),
        ("note", ACCURACY, {}, "passed", False),
    ],
)
def test_a_pair_is_for_a_teacher_and_never_a_zero(
    likeness: str, item: Item, parts: dict[str, object], verdict: str, *, is_the_reason: bool
) -> None:
    """Its points stay. A contradiction in one's own evidence is the first reason, and an error stays one."""
    rubric = a_rubric(item, likeness=likeness)
    alone = report_of(rubric, **parts)

    report = with_pairs(rubric, alone, (PAIR,))

    assert (verdict, alone.score, (PAIR,), ()) == (report.verdict, report.score, report.pairs, report.notes)
    assert str(PAIR.message if is_the_reason else alone.summary) == str(report.summary)
    assert alone is with_pairs(rubric, alone, ())


def test_a_check_that_names_the_calibration_gets_the_rubrics() -> None:
    """It is not measured with the submission."""
    fits = Item(id="fits", title="Fits", points=0, check=LogFitsRerun())
    log = a_run_log(a_series(a_run(3), ("global", "before")))
    model = build.a_model(optimizer=build.an_optimizer(iterations=2000))
    parts = {"log": log, "model": model, "rerun": a_measured_rerun()}

    without = report_of(a_rubric(fits), **parts)
    with_it = report_of(a_rubric(fits, calibration=the_calibration()), **parts)

    assert str(result(without, "fits").message).startswith("The rubric has no calibration")
    assert str(result(with_it, "fits").message).startswith("The first norms fit those of the rerun")


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("log_fits_optimizer", "review", True),
        ("log_fits_optimizer", "passed", False),
        ("log_fits_optimizer", "failed", False),
        ("log_fits_optimizer", "skipped", False),
        ("log_fits_optimizer", "error", False),
        ("log_fits_model", "review", False),
    ],
)
def test_a_log_of_another_training(kind: str, status: Status, *, expected: bool) -> None:
    """A check says so by a review, and which check can, it says itself."""
    item = ACCURACY.model_copy(update={"id": "it", "check": load(kind)()})

    assert expected == is_inconsistent(a_rubric(item), a_report(an_item(id="it", kind=kind, status=status)))


def test_a_part_of_the_points_is_cut_to_two_decimals() -> None:
    """It did not pass, so what requires it is skipped, and a bonus says that it is one."""
    part = ACCURACY.model_copy(
        update={"check": ModelAccuracy(at_least=0.87, partial_from=0.8, tolerance=0), "bonus": True}
    )
    after = LAYERS.model_copy(update={"requires": ("accuracy",)})

    report = report_of(a_rubric(part, after), accuracy=build.an_accuracy(0.85))

    # 3 * 0.05 / 0.07 is 2.142857.
    assert [("failed", 2.14, True), ("skipped", 0.0, False)] == [
        (item.status, item.points, item.is_extra) for item in report.items
    ]
    assert (2.14, 2.0) == (report.score, report.max_score)
