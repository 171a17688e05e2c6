"""Submissions with networks and losses of other kinds, under a rubric that asks for no hidden layers."""

from functools import partial

import log_edits as log
import model_edits as model
from log_edits import GLOBAL_AFTER, LARGEST_AFTER
from story import NOT_CLIPPED, Story

RUBRIC = "any_network"
honest = partial(Story, kind="honest", rubric=RUBRIC)
mistaken = partial(Story, kind="mistaken", rubric=RUBRIC)
dishonest = partial(Story, kind="dishonest", rubric=RUBRIC)
# Adam's second moment is a checksum of the log in every network.
CHECKSUM = ("log_fits_optimizer",)
ANOTHER_RUN = (*CHECKSUM, "log_matches_model", "log_is_consistent")

# fmt: off
OTHER_KINDS = (
    honest("any_batch_normalisation_64", "Batch normalisation, batch size 64.", "batch_normalisation_64"),
    honest("any_batch_normalisation_128", "Batch normalisation, batch size 128.", "batch_normalisation_128"),
    honest("any_batch_normalisation_unproven", "The same; no optimizer, the largest norm undeclared.",
           "batch_normalisation_128", log=(LARGEST_AFTER,), model=model.without_optimizer),
    honest("any_layer_normalisation", "Layer normalisation.", "layer_normalisation"),
    honest("any_dropout", "Dropout of 0.3.", "dropout_third"),
    honest("any_lstm", "An LSTM that reads rows.", "lstm"),
    honest("any_lstm_128", "An LSTM, batch size 128.", "lstm_128"),
    honest("any_lstm_unproven", "An LSTM; no optimizer, the largest norm undeclared.", "lstm",
           log=(LARGEST_AFTER,), model=model.without_optimizer),
    honest("any_lstm_global", "An LSTM; the global norm after, undeclared.", "lstm", log=(GLOBAL_AFTER,)),
    honest("any_lstm_checkpoint", "An LSTM, the checkpoint after four of five epochs.", "lstm",
           model=model.after_epoch(4)),
    honest("any_gru", "A GRU, saved as `.h5`.", "gru", model=model.as_h5),
    honest("any_convolution", "A convolution and max pooling.", "pooled"),
    honest("any_ema", "Weights that are averages.", "ema"),
    honest("any_augmented", "Images moved by a layer.", "augmented"),
    honest("any_adapted", "A Normalization layer that was adapted.", "adapted"),
    honest("any_adapted_unproven", "The same; no optimizer is stored.", "adapted",
           model=model.without_optimizer),
    honest("any_mse", "The mean squared error, whose gradients are small.", "mse"),
    honest("any_mse_undeclared", "The same; the largest norm undeclared.", "mse", log=(LARGEST_AFTER,)),
    honest("any_focal", "The focal loss.", "focal"),
    honest("any_binary", "Binary cross-entropy.", "binary"),
    honest("any_hinge", "The categorical hinge loss.", "hinge"),
    honest("any_summed", "Cross-entropy summed over a batch: every step is clipped.", "summed"),
    honest("any_summed_unproven", "The same; no optimizer, the largest norm undeclared.", "summed",
           log=(LARGEST_AFTER,), model=model.without_optimizer),

    mistaken("any_lstm_unclipped", "An LSTM without clipping.", "lstm_unclipped", NOT_CLIPPED),
    mistaken("any_batch_normalisation_unclipped", "Batch normalisation without clipping.",
             "batch_normalisation_unclipped", NOT_CLIPPED),
    mistaken("any_summed_unclipped", "A summed loss without clipping.", "summed_unclipped", NOT_CLIPPED),

    dishonest("any_lstm_log_of_gru", "A GRU's log beside an LSTM.", "gru", ANOTHER_RUN, model_of="lstm"),
    dishonest("any_lstm_log_of_mlp", "An MLP's log beside an LSTM.", "layer_normalisation", ANOTHER_RUN,
              model_of="lstm"),
    dishonest("any_convolution_log_of_mlp", "An MLP's log beside a convolution.", "dropout_third",
              ANOTHER_RUN, log=(LARGEST_AFTER,), model_of="pooled"),
    dishonest("any_ema_log_of_another", "Another run's log beside averages.", "augmented", ANOTHER_RUN,
              model_of="ema"),
    dishonest("any_mse_log_of_focal", "A log of the focal loss beside a model of the squared error.", "focal",
              ANOTHER_RUN, log=(LARGEST_AFTER,), model_of="mse"),
    dishonest("any_adapted_log_of_another", "Another run's log beside an adapted network.", "augmented",
              ANOTHER_RUN, model_of="adapted"),
    dishonest("any_batch_normalisation_log_of_another", "Another student's log of such a network.",
              "batch_normalisation_64", (*ANOTHER_RUN, "log_is_complete", "likeness"),
              model_of="batch_normalisation_128", beside="any_batch_normalisation_64"),
    dishonest("any_lstm_capped_by_hand", "An unclipped LSTM, made to look clipped in log and model.",
              "lstm_unclipped", CHECKSUM, log=(LARGEST_AFTER, log.capped(1.0)),
              model=model.clipnorm_set_before_saving),
    dishonest("any_batch_normalisation_capped_by_hand", "The same with batch normalisation.",
              "batch_normalisation_unclipped", CHECKSUM, log=(LARGEST_AFTER, log.capped(1.0)),
              model=model.clipnorm_set_before_saving),
    dishonest("any_summed_capped_by_hand", "The same with a summed loss.", "summed_unclipped", CHECKSUM,
              log=(LARGEST_AFTER, log.capped(1.0)), model=model.clipnorm_set_before_saving),
    dishonest("any_gru_uniform", "Uniform random norms beside a GRU.", "gru",
              (*CHECKSUM, "cap_binds_early"), log=(LARGEST_AFTER, log.uniform(0.2, 1.0))),
    dishonest("any_lstm_constant_unproven", "Every norm is 1; no optimizer is stored.", "lstm",
              ("log_fits_rerun",), log=(LARGEST_AFTER, log.constant(1.0)), model=model.without_optimizer),
)
