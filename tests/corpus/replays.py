"""Submissions under a rubric that gives each student a seed with the starter notebook."""

from functools import partial

import log_edits as log
import model_edits as model
from log_edits import GLOBAL_AFTER
from story import HEAD_OR_TAIL, Story
from trainings import REPLAYED

RUBRIC = "own_seed"
ANA = 'id: "ana"'
SEEDS = {name: REPLAYED[name].seed for name in ("ana", "bruno")}
# Every story is in Ana's name; its name begins with this.
honest = partial(Story, kind="honest", rubric=RUBRIC, declared=ANA)
mistaken = partial(Story, kind="mistaken", rubric=RUBRIC, declared=ANA)
dishonest = partial(Story, kind="dishonest", rubric=RUBRIC, declared=ANA)
REPLAY = ("log_fits_replay",)
INVENTED = (*REPLAY, *HEAD_OR_TAIL, "log_fits_optimizer", "cap_binds_early", "log_is_consistent")

# fmt: off
REPLAYS = (
    honest("replay_own_seed", "Ana ran her notebook.", "ana",
           log=(log.saying(seed=SEEDS["ana"], batch_size=32),)),
    honest("replay_own_seed_one_norm", "The same; one norm, undeclared, with four decimals.", "ana",
           log=(GLOBAL_AFTER, log.rounded(4))),
    honest("replay_own_seed_global", "The same; the global norm after clipping, undeclared.", "ana",
           log=(GLOBAL_AFTER,), model=model.without_optimizer),
    honest("replay_own_seed_h5", "The same, saved as `.h5`.", "ana", model=model.as_h5),
    honest("replay_own_seed_dropout", "The same with dropout.", "ana_dropout"),
    honest("replay_own_seed_normalised", "The same with batch normalisation.", "ana_normalised"),

    mistaken("replay_seed_ignored", "Ana wrote a notebook of her own, without the seed.", "own_notebook",
             REPLAY),
    mistaken("replay_seed_of_another", "Ana ran Bruno's notebook, whose log says so.", "bruno", REPLAY,
             log=(log.saying(seed=SEEDS["bruno"]),)),
    mistaken("replay_slower", "Ana's notebook with a learning rate of 0.0003.", "ana_slower",
             (*REPLAY, "optimizer_is", *HEAD_OR_TAIL)),

    dishonest("replay_all_of_another", "Log and model are Bruno's, in Ana's name.", "bruno",
              (*REPLAY, "likeness")),
    dishonest("replay_log_of_another", "Bruno's log with Ana's seed in it, beside Ana's model.", "bruno",
              (*INVENTED, "log_matches_model"), log=(log.saying(seed=SEEDS["ana"]),), model_of="ana"),
    dishonest("replay_log_of_another_unproven", "The same; no optimizer is stored.", "bruno",
              (*INVENTED, "log_matches_model"), log=(GLOBAL_AFTER, log.saying(seed=SEEDS["ana"])),
              model_of="ana", model=model.without_optimizer),
    dishonest("replay_invented", "Random norms beside Ana's model.", "ana", INVENTED,
              log=(GLOBAL_AFTER, log.gaussian(1.6, 0.2), log.saying(seed=SEEDS["ana"])),
              model=model.without_optimizer),
    dishonest("replay_shuffled", "The norms in no order.", "ana", INVENTED,
              log=(GLOBAL_AFTER, log.shuffled), model=model.without_optimizer),
)
