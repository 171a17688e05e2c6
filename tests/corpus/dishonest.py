"""Submissions that show what did not happen."""

from functools import partial

import log_edits as log
import model_edits as model
from log_edits import GLOBAL_AFTER, LARGEST_AFTER, LARGEST_BEFORE
from log_edits import Edit as LogEdit
from story import HEAD_OR_TAIL, NOT_CLIPPED, Story

dishonest = partial(Story, kind="dishonest")

INVENTED = (*HEAD_OR_TAIL, "log_fits_optimizer", "cap_binds_early", "log_is_consistent")


# fmt: off
def invented(name: str, truth: str, *edits: LogEdit) -> tuple[Story, Story, Story]:
    """A log that did not happen, beside three models.

    Of a clipped run with its optimizer; of an unclipped one that was made to look clipped; and without any.
    """
    return (
        dishonest(f"{name}_stored", truth, "second", INVENTED, log=(LARGEST_BEFORE, *edits)),
        dishonest(f"{name}_made_up", f"{truth} The run did not clip.", "unclipped", INVENTED,
                  log=(LARGEST_BEFORE, *edits), model=model.clipnorm_set_before_saving),
        dishonest(f"{name}_unproven", f"{truth} The run did not clip; no optimizer is stored.", "unclipped",
                  INVENTED, log=(LARGEST_BEFORE, *edits), model=model.without_optimizer),
    )


DISHONEST = (
    *invented("constant", "Every norm is 1.", log.constant(1.0)),
    *invented("uniform", "Uniform random norms.", log.uniform(0.2, 1.0)),
    *invented("gaussian", "Gaussian random norms.", log.gaussian(0.85, 0.15)),
    *invented("smooth", "A smooth curve of norms.", log.smooth(1.2, 0.5)),
    *invented("scaled", "All norms scaled so that the largest is 1.", log.scaled_to(1.0)),
    *invented("backwards", "The norms in reverse.", log.capped(1.0), log.backwards),
    *invented("shuffled", "The norms in no order.", log.capped(1.0), log.shuffled),
    *invented("tiled", "The first 200 norms again and again.", log.capped(1.0), log.tiled(200)),

    dishonest("capped_by_hand", "Norms of an unclipped run set to at most 1 in the log.", "unclipped",
              NOT_CLIPPED, log=(log.capped(1.0),)),
    dishonest("capped_by_hand_one_norm", "The same, with one column of norms.", "unclipped", NOT_CLIPPED,
              log=(LARGEST_AFTER, log.capped(1.0))),
    dishonest("capped_by_hand_made_up", "The same; clipnorm was set only before saving.", "unclipped",
              ("log_fits_optimizer",), log=(LARGEST_AFTER, log.capped(1.0)),
              model=model.clipnorm_set_before_saving),
    dishonest("capped_by_hand_unproven", "The same; no optimizer is stored.", "unclipped", INVENTED,
              log=(LARGEST_AFTER, log.capped(1.0)), model=model.without_optimizer),
    dishonest("capped_global_made_up", "Global norms of an unclipped run, at most 1 by hand.", "unclipped",
              INVENTED, log=(GLOBAL_AFTER, log.capped(1.0)),
              model=model.clipnorm_set_before_saving),
    dishonest("capped_global_of_clipped", "Global norms after clipnorm, at most 1 by hand.", "third",
              INVENTED, log=(GLOBAL_AFTER, log.capped(1.0)), declared="norm: {scope: global, stage: after}"),
    dishonest("clipnorm_set_before_saving", "An unclipped run; clipnorm was set only before saving.",
              "unclipped", NOT_CLIPPED, model=model.clipnorm_set_before_saving),
    dishonest("clipnorm_5_made_up", "clipnorm=5, made to look like 1 in log and model.", "clipnorm_5",
              ("log_fits_optimizer",), log=(LARGEST_AFTER, log.capped(1.0)),
              model=model.clipnorm_set_before_saving),
    dishonest("clipnorm_0_01_made_up", "clipnorm=0.01; the log says 1.0, the model too.", "clipnorm_0_01",
              INVENTED, log=(LARGEST_AFTER, log.scaled(100.0), log.capped(1.0)),
              model=model.clipnorm_set_before_saving),
    dishonest("clipnorm_0_01_unproven", "clipnorm=0.01; the log says 1.0, no optimizer.", "clipnorm_0_01",
              INVENTED, log=(LARGEST_AFTER, log.scaled(100.0), log.capped(1.0)),
              model=model.without_optimizer),
    dishonest("truncated_end", "The last two epochs are cut off the log, the accuracy is claimed.", "third",
              ("log_is_complete", *INVENTED), log=(log.first_epochs(3, accuracy=0.8812),)),
    dishonest("truncated_head", "The first 3,000 steps are cut off the log.", "first",
              ("log_is_complete", *INVENTED), log=(LARGEST_AFTER, log.begun_later(3000))),
    dishonest("truncated_head_unproven", "The same; no optimizer is stored.", "second",
              ("log_is_complete", *INVENTED), log=(LARGEST_AFTER, log.begun_later(3000)),
              model=model.without_optimizer),
    dishonest("log_of_another", "Another student's log beside a model of one's own.", "second",
              ("log_fits_optimizer", "likeness"), log=(GLOBAL_AFTER,), model_of="first", beside="other_seed"),
    dishonest("log_of_another_largest", "The same with the largest variable's norm.", "second",
              ("log_fits_optimizer", "likeness"), log=(LARGEST_AFTER,), model_of="first",
              beside="other_seed"),
    dishonest("log_of_another_unproven", "The same; no optimizer is stored.", "second", ("likeness",),
              log=(LARGEST_AFTER,), model_of="third", model=model.without_optimizer, beside="other_seed"),
    dishonest("log_of_another_unclipped", "Another student's log beside an unclipped model.", "second",
              ("log_fits_optimizer", "likeness"), log=(LARGEST_AFTER,), model_of="unclipped",
              model=model.clipnorm_set_before_saving, beside="other_seed"),
    dishonest("log_of_a_smaller_network", "The log of 32 units beside one's own model; no optimizer.",
              "small_network", ("log_is_consistent",), log=(LARGEST_AFTER, log.claimed_accuracy(0.876)),
              model_of="third", model=model.without_optimizer),
    dishonest("invented_validation", "Validation accuracies that rise evenly.", "second",
              ("log_is_consistent",), log=(log.validated(0.5, 0.6, 0.7, 0.8, 0.8762),)),
    dishonest("model_of_another", "Another student's model beside a log of one's own.", "third",
              ("log_fits_optimizer", "likeness"), model_of="first", beside="homework"),
    dishonest("model_of_another_unproven", "The same; saved again without its optimizer.", "third",
              ("likeness",), log=(LARGEST_AFTER,), model_of="first", model=model.without_optimizer,
              beside="homework"),
    dishonest("copied", "Another student's submission as it is.", "first", ("likeness",), beside="homework"),
    dishonest("copied_with_noise", "Another student's submission, weights moved by 0.1 %.", "first",
              ("likeness",), log=(LARGEST_AFTER, log.with_noise(1e-3)),
              model=model.with_noise(1e-3, keep_optimizer=False), beside="homework"),
    dishonest("copied_with_noise_stored", "The same with the optimizer, moved by 1 %.", "first",
              ("likeness", "log_fits_optimizer"), model=model.with_noise(1e-2, keep_optimizer=True),
              beside="homework"),
    dishonest("copied_in_another_order", "Another student's hidden units in another order, the log shuffled.",
              "first", ("likeness", "log_fits_optimizer"), log=(LARGEST_AFTER, log.shuffled_within(12)),
              model=model.in_another_order, beside="homework"),
    dishonest("claimed_accuracy", "One epoch; the log claims 0.8812.", "first",
              ("log_matches_model", "model_accuracy"), log=(log.first_epochs(1, accuracy=0.8812),),
              model=model.after_epoch(1)),
    dishonest("claimed_accuracy_sgd", "SGD without optimizer; the log claims 0.889.", "sgd",
              ("log_matches_model", "model_accuracy", *INVENTED),
              log=(LARGEST_AFTER, log.claimed_accuracy(0.889)), model=model.without_optimizer),
    dishonest("claimed_accuracy_rate_10", "Learning rate 10, and an honest student's log.", "second",
              ("optimizer_is", "model_accuracy", "log_matches_model"), model_of="learning_rate_10"),
    dishonest("trained_on_test_images", "Trained on the test images.", "test_images",
              ("no_better_on_test_images",)),
    dishonest("trained_on_test_images_h5", "Trained on the test images; `.h5`, one norm.", "test_images",
              ("no_better_on_test_images",), log=(LARGEST_AFTER,),
              model=model.as_h5_without_optimizer),
)
