"""Submissions of students who did something else than what was asked, and do not hide it."""

from functools import partial

import log_edits as log
import log_forms as form
import model_edits as model
from log_edits import GLOBAL_AFTER, GLOBAL_BEFORE, LARGEST_AFTER, LARGEST_BEFORE
from story import HEAD_OR_TAIL, NOT_CLIPPED, Story

mistaken = partial(Story, kind="mistaken")

NOT_LEARNED = ("logged_accuracy", "model_accuracy")

# fmt: off
MISTAKEN = (
    mistaken("no_clipping", "Adam without clipping.", "unclipped", NOT_CLIPPED),
    mistaken("no_clipping_unproven", "Adam without clipping, saved without the optimizer.", "unclipped",
             ("norm_within_cap", *HEAD_OR_TAIL), log=(LARGEST_AFTER,), model=model.without_optimizer),
    mistaken("clipvalue", "clipvalue=1.0 in the place of clipnorm.", "clipvalue", NOT_CLIPPED),
    mistaken("sgd", "SGD in the place of Adam.", "sgd", ("optimizer_is", "log_fits_rerun", *NOT_LEARNED)),
    mistaken("one_hidden_layer", "One hidden layer of 128.", "one_hidden_layer", ("hidden_layers",)),
    mistaken("convolution", "A convolution before the hidden layers, which is no MLP.", "convolution",
             ("hidden_layers",)),
    mistaken("learning_rate_10", "A learning rate of 10.", "learning_rate_10",
             ("optimizer_is", "cap_binds_early", "log_fits_rerun", *NOT_LEARNED)),
    mistaken("clipnorm_5", "clipnorm=5.", "clipnorm_5", NOT_CLIPPED),
    mistaken("clipnorm_0_01", "clipnorm=0.01.", "clipnorm_0_01",
             ("optimizer_is", "cap_binds_early", *HEAD_OR_TAIL)),
    mistaken("before_declared", "Logs the global norm before clipping and says so.", "second",
             ("norm_within_cap",), log=(log.norms(global_norm_before="global_norm_before"),)),
    mistaken("before_undeclared", "`grad_norm` is the global norm before clipping.", "first",
             ("norm_within_cap",), log=(GLOBAL_BEFORE,)),
    mistaken("before_undeclared_256", "`grad_norm` is the global norm before clipping.", "batch_256",
             ("norm_within_cap",), log=(GLOBAL_BEFORE,),
             model=model.without_optimizer),
    mistaken("largest_before_undeclared", "`grad_norm` is the largest norm before clipping.", "third",
             ("norm_within_cap",), log=(LARGEST_BEFORE,)),
    mistaken("own_loop_before", "Logs the second result of `tf.clip_by_global_norm`.", "own_loop",
             ("norm_within_cap",), log=(GLOBAL_BEFORE,),
             model=model.without_optimizer),
    mistaken("running_mean", "The running mean of the largest norm after, a sawtooth.", "second",
             ("log_is_complete", "norm_within_cap", *HEAD_OR_TAIL, "log_fits_optimizer"),
             log=(LARGEST_AFTER, log.running_means)),
    mistaken("running_mean_global", "The running mean of the global norm before.", "third",
             ("log_is_complete", "norm_within_cap", *HEAD_OR_TAIL, "log_fits_optimizer"),
             log=(GLOBAL_BEFORE, log.running_means),
             model=model.without_optimizer),
    mistaken("one_norm_an_epoch", "One norm per epoch.", "first", ("log_is_complete",),
             log=(GLOBAL_AFTER, log.one_row_an_epoch)),
    mistaken("every_tenth_step", "The norm of every tenth step.", "second", ("log_is_complete",),
             log=(LARGEST_AFTER, log.every(10))),
    mistaken("diverged", "A run that becomes NaN.", "diverged",
             ("log_is_complete", "norm_within_cap", "optimizer_is", *NOT_LEARNED)),
    mistaken("empty_log", "A log without a byte.", "first", ("files-log",), form=form.empty_file),
    mistaken("header_only", "A log of a header alone.", "second", ("files-log",), log=(log.no_rows,)),
    mistaken("no_log", "No log.", "third", ("files-log",), form=form.no_log),
    mistaken("no_model", "No model.", "first", ("files-model",), model=model.no_model),
    mistaken("one_epoch", "One epoch only.", "first", NOT_LEARNED, log=(log.first_epochs(1),),
             model=model.after_epoch(1)),
)
