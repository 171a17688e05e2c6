"""Tests of what is called right and wrong, and of how it is printed."""

from builders_reports import a_norm_item, a_pair, a_report, an_item
from judging import Complaint, Outcome, classmates, met, outcome, page
from stories import STORIES
from story import Story

HONEST = Story("ana", "As asked.", "first", kind="honest")
WRONGED = Story("dora", "As asked.", "lstm", kind="honest")
INVENTED = Story("bruno", "Invented.", "second", ("log_fits_rerun", "likeness"), kind="dishonest")
RIGHT = Complaint("log_fits_rerun", "review", "The norms do not fit.")
BESIDE = Complaint("hidden_layers", "failed", "The layers are wrong.")


def test_the_honest_must_pass_and_nobody_else() -> None:
    """The others may fail or be left to a teacher; an error is no answer."""
    verdicts = ("passed", "failed", "review", "error")

    right = [[Outcome(story, verdict, ()).right for verdict in verdicts] for story in (HONEST, INVENTED)]

    assert [[True, False, False, False], [False, True, True, False]] == right


def test_what_is_stopped_must_be_stopped_for_a_true_reason() -> None:
    """One of the items that may complain does."""
    assert Outcome(INVENTED, "failed", (BESIDE, RIGHT)).grounded
    assert not Outcome(INVENTED, "failed", (BESIDE,)).grounded


def test_complaints_are_the_items_that_did_not_pass() -> None:
    """An item that passed or was skipped says nothing against anyone."""
    report = a_report(
        an_item(), a_norm_item(message="Too large."), an_item(status="skipped"), verdict="failed"
    )
    found = outcome(HONEST, report)

    assert ("failed", (Complaint("norm", "failed", "Too large."),)) == (found.verdict, found.complaints)
    assert {item.id: item.status for item in report.items} == found.statuses


def test_a_submission_that_is_like_another_is_a_complaint() -> None:
    """Each pair is one, under a name of its own."""
    report = a_report(an_item(), pairs=(a_pair(message="The same weights."),), verdict="review")

    assert (Complaint("likeness", "review", "The same weights."),) == outcome(HONEST, report).complaints


def test_a_class_has_nothing_else_of_the_same_training() -> None:
    """Only the submission that a copy was made from is like it."""
    for story in STORIES:
        mates = classmates(story)
        trainings = [mate.training for mate in mates]
        own = {story.training, story.model_of}
        assert len(trainings) == len(set(trainings))
        assert {story.beside} - {""} == {mate.name for mate in mates if mate.training in own}


def test_the_page_has_the_matrix_the_goals_and_what_is_wrong() -> None:
    """What is right takes no room, unless everything is asked for."""
    outcomes = (
        Outcome(HONEST, "passed", (), {"log_fits_rerun": "not_checked", "hidden_layers": "passed"}),
        Outcome(WRONGED, "review", (RIGHT,), {"log_fits_rerun": "review"}),
        Outcome(INVENTED, "review", (RIGHT, BESIDE)),
        Outcome(Story("carla", "No log.", "first", ("log_is_complete",), kind="mistaken"), "passed", ()),
    )
    right = "bruno: dishonest, review"
    expected = """\
            passed  failed  review   error
honest           1       0       1       0
mistaken         1       0       0       0
dishonest        0       0       1       0

honest not passed: 1 of 2 (goal 0)
others passed or not judged: 1 of 2 (goal 0)
others stopped for no true reason: 0 (goal 0)
complaints about them by an item that has none to make: 1

rule, over the honest         false alarms  not checked  asked
log_fits_rerun                           1            1      2
hidden_layers                            0            0      1

kind of network               false alarms       honest
dense                                    0            1
LSTM                                     1            1

dora: honest, review
    true: As asked.
    log_fits_rerun, review (not asked): The norms do not fit.

carla: mistaken, passed
    true: No log. Asked of: log_is_complete.
"""

    assert expected == page(outcomes)
    assert right in page(outcomes, everything=True)
    assert "    hidden_layers, failed (not asked): The layers are wrong.\n" in page(outcomes, everything=True)
    assert not met(outcomes)
    assert met((outcomes[0], outcomes[2]))
