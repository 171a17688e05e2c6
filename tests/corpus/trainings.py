"""The table of the real trainings that the submissions of the corpus are made from."""

from dataclasses import replace
from functools import partial

from training import Network, Training

from grader.submissions.student_seed import student_seed

_ADAM = {"learning_rate": 1e-3}

# Trainings that do what the homework asks.
HONEST = {
    "first": Training(seed=1, every_epoch=True),
    "second": Training(seed=2),
    "third": Training(seed=3),
    "batch_64": Training(seed=4, batch_size=64, fits=(6,)),
    "batch_128": Training(seed=5, batch_size=128, fits=(8,)),
    "batch_256": Training(seed=6, batch_size=256, fits=(12,)),
    "flat_logits": Training(seed=7, network=Network(input_shape=(784,), logits=True)),
    "rescaling": Training(
        seed=8, network=Network(input_shape=(28, 28, 1), rescaling=True), pixels="from 0 to 255"
    ),
    # On raw pixels ReLU needs luck to reach 0.87; ELU does.
    "raw_pixels": Training(
        seed=9, network=Network(activation="elu"), pixels="from 0 to 255", batch_size=128, fits=(15,)
    ),
    "centred": Training(seed=18, pixels="from -1 to 1", batch_size=64, fits=(6,)),
    "standardised": Training(seed=19, pixels="standardised", batch_size=64, fits=(6,)),
    "regularised": Training(
        seed=20, network=Network(initializer="he_normal", l2=1e-5), images="four_fifths", fits=(6,)
    ),
    "dropout": Training(seed=10, network=Network(dropout=0.1), fits=(7,)),
    "elu": Training(seed=11, network=Network(activation="elu")),
    "batch_normalisation": Training(
        seed=12, network=Network(normalisation="BatchNormalization"), batch_size=64, fits=(6,)
    ),
    "global_clipnorm": Training(seed=13, settings={**_ADAM, "global_clipnorm": 1.0}),
    "own_loop": Training(seed=14, settings=_ADAM, global_norm=1.0),
    "whole_set": Training(seed=15, images="whole"),
    "two_fits": Training(seed=16, fits=(3, 2)),
    "long": Training(seed=17, batch_size=64, fits=(10,), every_epoch=True),
}

# Trainings that do something else.
OTHER = {
    "unclipped": Training(seed=21, settings=_ADAM),
    "clipvalue": Training(seed=22, settings={**_ADAM, "clipvalue": 1.0}),
    "sgd": Training(seed=23, optimizer="SGD", settings={"learning_rate": 0.1, "clipnorm": 1.0}, fits=(8,)),
    "small_network": Training(seed=31, network=Network(units=(32,))),
    "one_hidden_layer": Training(seed=24, network=Network(units=(128,))),
    "convolution": Training(
        seed=25, network=Network(input_shape=(28, 28, 1), filters=8), batch_size=64, fits=(5,)
    ),
    "learning_rate_10": Training(seed=26, settings={"learning_rate": 10.0, "clipnorm": 1.0}, fits=(3,)),
    "clipnorm_5": Training(seed=27, settings={**_ADAM, "clipnorm": 5.0}),
    "clipnorm_0_01": Training(seed=28, settings={**_ADAM, "clipnorm": 0.01}),
    "test_images": Training(seed=29, images="test", fits=(16,)),
    "diverged": Training(
        seed=30,
        network=Network(logits=True),
        optimizer="SGD",
        settings={"learning_rate": 3.0},
        pixels="from 0 to 255",
        fits=(1,),
    ),
}

# Networks and losses of other kinds, trained as the homework asks but for a shorter time.
_FEW = partial(Training, images="few", fits=(5,))
_BATCH_NORMALISED = Network(normalisation="BatchNormalization")
_LSTM = Network(units=(), recurrent="LSTM")
OTHER_KINDS = {
    "batch_normalisation_64": _FEW(seed=41, network=_BATCH_NORMALISED, batch_size=64),
    "batch_normalisation_128": _FEW(seed=42, network=_BATCH_NORMALISED, batch_size=128),
    "layer_normalisation": _FEW(seed=43, network=Network(normalisation="LayerNormalization")),
    "dropout_third": _FEW(seed=44, network=Network(dropout=0.3)),
    "lstm": _FEW(seed=45, network=_LSTM, every_epoch=True),
    "lstm_128": _FEW(seed=46, network=_LSTM, batch_size=128, fits=(8,)),
    "gru": _FEW(seed=47, network=Network(units=(), recurrent="GRU")),
    "pooled": _FEW(
        seed=48, network=Network(units=(100,), input_shape=(28, 28, 1), filters=16, pooling="MaxPooling2D")
    ),
    "ema": _FEW(seed=49, settings={**_ADAM, "clipnorm": 1.0, "use_ema": True}),
    "augmented": _FEW(seed=50, network=Network(input_shape=(28, 28, 1), augmented=True)),
    "adapted": _FEW(seed=51, network=Network(adapted=True), pixels="from 0 to 255"),
    "mse": _FEW(seed=52, loss="MeanSquaredError"),
    "focal": _FEW(seed=53, loss="CategoricalFocalCrossentropy"),
    "binary": _FEW(seed=54, loss="BinaryCrossentropy"),
    "hinge": _FEW(seed=55, loss="CategoricalHinge"),
    "summed": _FEW(seed=56, reduction="sum"),
}
OTHER_KINDS_UNCLIPPED = {
    "lstm_unclipped": replace(OTHER_KINDS["lstm"], seed=57, settings=_ADAM),
    "batch_normalisation_unclipped": replace(OTHER_KINDS["batch_normalisation_64"], seed=58, settings=_ADAM),
    "summed_unclipped": replace(OTHER_KINDS["summed"], seed=59, settings=_ADAM),
}

# Students who ran the starter notebook, each with a seed of their own, and one who ran another.
COURSE = "corpus"
_OWN_SEED = {
    name: _FEW(seed=student_seed(COURSE, name, "replay"), images="ordered") for name in ("ana", "bruno")
}
REPLAYED = {
    **_OWN_SEED,
    "ana_dropout": replace(_OWN_SEED["ana"], network=Network(dropout=0.1)),
    "ana_normalised": replace(_OWN_SEED["ana"], network=_BATCH_NORMALISED),
    "ana_slower": replace(_OWN_SEED["ana"], settings={"learning_rate": 3e-4, "clipnorm": 1.0}),
    "own_notebook": _FEW(seed=61),
}

TRAININGS = {**HONEST, **OTHER, **OTHER_KINDS, **OTHER_KINDS_UNCLIPPED, **REPLAYED}
