"""Tests of `grader.grading.judging`: one submission's failure costs that submission alone."""

import logging

import builders_evidence as build
import pytest
from builders_grading import a_rubric
from builders_judging import HarmsOnPoorModels
from builders_reports import PASSED

from grader.analysis.targets import Targets
from grader.evidence.model import Moments
from grader.grading import judging
from grader.grading.cache import Measured
from grader.grading.judge import judge
from grader.grading.judging import Drawers, Judges
from grader.report import Origin, Whose
from grader.reports import html
from grader.reports.charts import draw
from grader.rubric import Item

pytestmark = pytest.mark.usefixtures("workers")


def measured(accuracy: float) -> Measured:
    """A submission whose model has this accuracy, and an optimizer that has made its steps."""
    moments = Moments(beta_1=0.9, beta_2=0.999, first=(0.1,), second=(0.3,))
    model = build.a_model(optimizer=build.an_optimizer(moments=moments))
    evidence = build.some_evidence(accuracy=build.an_accuracy(accuracy), model=model)
    return Measured(evidence=evidence, origin=Origin(seconds=2.0))


def as_json(one: Measured) -> bytes:
    """What is sent to a process."""
    return one.model_dump_json().encode()


def test_a_report_is_as_if_judged_here() -> None:
    """Whatever goes through JSON comes back."""
    rubric, whose, one = a_rubric(), Whose("ana", "Ana"), measured(0.9)
    with Judges(rubric, 1) as judges:
        found = judges.judge(whose, as_json(one)).result()

    assert judge(rubric, one.evidence, whose, one.origin) == found.report
    assert found.features is not None
    assert ["ana"] == [own.id for own in found.features]


@pytest.mark.hostile_row(105)
@pytest.mark.parametrize(
    ("harm", "seconds"), [("hangs", 6.0), ("ends", 20.0), ("answers twice", 20.0), ("raises", 20.0)]
)
def test_a_submission_that_cannot_be_judged(
    harm: str, seconds: float, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error of its own, with a record for the operator; the others have their verdicts."""
    monkeypatch.setattr(judging, "SERVE", "builders_judging:serve")
    item = Item(id="one", title="One", points=1, check=HarmsOnPoorModels(harm=harm))
    accuracies = {"before": 0.9, "poor": 0.1, "after": 0.9}
    with Judges(a_rubric(item), 1, seconds=seconds) as judges:
        futures = [
            judges.judge(Whose(name), as_json(measured(accuracy))) for name, accuracy in accuracies.items()
        ]
        reports = [future.result().report for future in futures]

    assert [*zip(accuracies, ["passed", "error", "passed"], strict=True)] == [
        (report.id, report.verdict) for report in reports
    ]
    recorded = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert {"poor"} == {message.partition("\n")[0] for message in recorded}


def test_what_is_no_evidence() -> None:
    """An error, not the end of the run."""
    with Judges(a_rubric(), 1) as judges:
        assert "error" == judges.judge(Whose("ana"), b"{}").result().report.verdict


def test_a_page_is_as_if_drawn_here() -> None:
    """With its charts, without them where there is no evidence, and with a word on it where they fail."""
    one = measured(0.9)
    with Drawers(1) as drawers:
        begun = [drawers.draw(PASSED, Targets(), content) for content in (as_json(one), None, b"{}")]
        drawn, plain, failed = (future.result() for future in begun)

    assert html.page(PASSED, draw(one.evidence, Targets())) == drawn.html
    assert html.page(PASSED) == plain.html
    assert failed.failed
    assert plain.html != failed.html


def test_many_are_answered_in_order() -> None:
    """However many processes there are."""
    names = [f"student {number}" for number in range(12)]
    with Judges(a_rubric(), 2) as judges:
        begun = ((name, judges.judge(Whose(name), as_json(measured(0.9)))) for name in names)
        answers = [(name, answer.report.id) for name, answer in judges.in_order(begun)]

    assert [(name, name) for name in names] == answers
