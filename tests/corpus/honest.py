"""Submissions of students who did what the homework asks, in the many ways that there are."""

from functools import partial

import log_edits as log
import log_forms as form
import model_edits as model
from log_edits import GLOBAL_AFTER, LARGEST_AFTER
from story import Story

honest = partial(Story, kind="honest")

BOTH_GLOBAL = log.norms(grad_norm="global_norm_before", grad_norm_clipped="global_norm_after")

# fmt: off
HONEST = (
    honest("homework", "As the homework asks, logged with NormLogger.", "first"),
    honest("other_seed", "Another seed.", "second"),
    honest("h5", "Saved as `.h5`.", "third", model=model.as_h5),
    honest("batch_64", "Batch size 64.", "batch_64"),
    honest("batch_128", "Batch size 128.", "batch_128"),
    honest("batch_256", "Batch size 256.", "batch_256"),
    honest("flat_logits", "Input (784,), no softmax, a loss from logits.", "flat_logits"),
    honest("rescaling_inside", "Input (28, 28, 1), raw pixels, Rescaling(1/255) inside.", "rescaling"),
    honest("raw_pixels", "Trained on pixels from 0 to 255.", "raw_pixels"),
    honest("centred_pixels", "Trained on pixels from -1 to 1.", "centred"),
    honest("standardised_pixels", "Trained on pixels less their mean by their deviation.", "standardised"),
    honest("regularised", "He's initializer and L2, 48,000 images to train on.", "regularised"),
    honest("regularised_undeclared", "The same; `grad_norm` is the global norm after.", "regularised",
           log=(GLOBAL_AFTER,)),
    honest("standardised_undeclared", "`grad_norm` is the largest norm after.", "standardised",
           log=(LARGEST_AFTER,), model=model.without_optimizer),
    honest("dropout", "Dropout of 0.1 after each hidden layer.", "dropout"),
    honest("elu", "ELU in the place of ReLU.", "elu"),
    honest("batch_normalisation", "Batch normalisation after each hidden layer.", "batch_normalisation"),
    honest("global_clipnorm", "Adam(global_clipnorm=1.0), which the homework accepts.", "global_clipnorm"),
    honest("whole_training_set", "Trained on all 60,000 images, validated on the test images.", "whole_set"),
    honest("zipped", "A zip.", "second", packed=True),

    # Loops of their own, where the optimizer's settings say nothing about clipping.
    honest("own_loop", "`tf.clip_by_global_norm` in a loop, saved without the optimizer.", "own_loop",
           model=model.without_optimizer),
    honest("own_loop_stored", "The same loop; the stored Adam says no clipping, its moments do.", "own_loop"),
    honest("own_loop_two_norms", "The same loop; logs the norm before and the clipped one.", "own_loop",
           log=(BOTH_GLOBAL,), model=model.without_optimizer),
    honest("own_loop_undeclared", "The same loop; logs the global norm after as `grad_norm`.", "own_loop",
           log=(GLOBAL_AFTER,), model=model.compiled_again),

    # What is stored in the model's file.
    honest("without_optimizer", "Saved for prediction only.", "first", model=model.without_optimizer),
    honest("h5_without_optimizer", "Saved as `.h5` for prediction only.", "elu",
           model=model.as_h5_without_optimizer),
    honest("compiled_again", "Compiled again before saving: a fresh optimizer.", "batch_256",
           model=model.compiled_again),
    honest("compiled_again_32", "Compiled again before saving: a fresh optimizer.", "third",
           model=model.compiled_again),
    honest("two_fits", "`fit` twice: three epochs, then two.", "two_fits"),
    honest("two_fits_epochs_restart", "`fit` twice; the log counts epochs from 0 again.", "two_fits",
           log=(LARGEST_AFTER, log.epochs_restart(3))),
    honest("best_checkpoint", "The best epoch's checkpoint; the log goes on after it.", "long",
           model=model.best_checkpoint),
    honest("best_weights_restored", "EarlyStopping: the best weights, the optimizer of the end.", "long",
           model=model.best_weights_restored),
    honest("checkpoint_before_end", "The checkpoint after four of five epochs.", "first",
           model=model.after_epoch(4)),

    # Which norm was logged.
    honest("largest_undeclared", "`grad_norm` is the largest variable's norm after.", "second",
           log=(LARGEST_AFTER,)),
    honest("largest_undeclared_256", "`grad_norm` is the largest variable's norm after.", "batch_256",
           log=(LARGEST_AFTER,), model=model.without_optimizer),
    honest("global_undeclared", "`grad_norm` is the global norm after, above 1 at most steps.", "first",
           log=(GLOBAL_AFTER,)),
    honest("global_undeclared_h5", "`grad_norm` is the global norm after; `.h5`.", "long",
           log=(GLOBAL_AFTER,), model=model.as_h5),
    honest("global_undeclared_256", "`grad_norm` is the global norm after; batch size 256.", "batch_256",
           log=(GLOBAL_AFTER,)),
    honest("global_undeclared_unproven", "`grad_norm` is the global norm after; no optimizer.", "dropout",
           log=(GLOBAL_AFTER,), model=model.without_optimizer),
    honest("global_undeclared_normalised", "The same with ten variables.", "batch_normalisation",
           log=(GLOBAL_AFTER,)),
    honest("global_clipnorm_undeclared", "`grad_norm` is the global norm after global clipping.",
           "global_clipnorm", log=(GLOBAL_AFTER,)),
    honest("global_declared", "submission.yaml says that `norma` is the global norm after.", "third",
           log=(log.norms(norma="global_norm_after"),),
           declared="norm: {column: norma, scope: global, stage: after}"),
    honest("largest_declared", "submission.yaml says what `g` is.", "flat_logits",
           log=(log.norms(g="variable_norm_after"),),
           declared="norm: {column: g, scope: variable, stage: after}"),
    honest("two_norms", "`grad_norm` before and `grad_norm_clipped` after, both global.", "third",
           log=(BOTH_GLOBAL,)),

    # How the log is written.
    honest("semicolons", "Semicolons and decimal commas.", "second", log=(LARGEST_AFTER,),
           form=form.semicolons_and_decimal_commas),
    honest("utf_16", "UTF-16 with tabs.", "third", form=form.utf_16),
    honest("json_columns", "A JSON object of columns.", "batch_64", form=form.json_columns),
    honest("json_rows", "A JSON list of rows.", "elu", log=(GLOBAL_AFTER,), form=form.json_rows),
    honest("json_lines", "JSON Lines.", "dropout", log=(LARGEST_AFTER,), form=form.json_lines),
    honest("nested_history", "Keras' history with the norms of every step beside it.", "flat_logits",
           log=(LARGEST_AFTER,), form=form.nested_history),
    honest("percent", "Accuracies in percent.", "rescaling", log=(log.as_percent,)),
    honest("four_decimals", "Every number has four decimals.", "batch_128",
           log=(LARGEST_AFTER, log.rounded(4))),
    honest("three_decimals_global", "Every number has three decimals.", "whole_set",
           log=(GLOBAL_AFTER, log.rounded(3))),
    honest("title_line", "A title above the header.", "global_clipnorm", form=form.title_line),
    honest("doubled_line_ends", "CR CR LF.", "own_loop", model=model.without_optimizer,
           form=form.doubled_line_ends),
    honest("weights_and_biases", "Names as Weights & Biases exports them.", "whole_set",
           log=(LARGEST_AFTER,), form=form.weights_and_biases),
    honest("old_names", "`acc` and `val_acc`.", "rescaling",
           log=(GLOBAL_AFTER, log.renamed(accuracy="acc", val_accuracy="val_acc"))),
    honest("batches", "Epochs from 1, batches from 0 in each.", "third",
           log=(LARGEST_AFTER, log.counted_from_1_in_each_epoch)),
    honest("no_epochs", "No column of epochs, no loss.", "elu",
           log=(LARGEST_AFTER, log.without("epoch", "loss", "val_loss", "accuracy"))),
    honest("appended", "Appended to the log of an earlier run without clipping.", "second",
           appended_to="unclipped"),
)
