"""The table of the corpus: every submission with a known right verdict."""

from dishonest import DISHONEST
from honest import HONEST
from mistaken import MISTAKEN
from other_kinds import OTHER_KINDS
from replays import REPLAYS

STORIES = (*HONEST, *MISTAKEN, *DISHONEST, *OTHER_KINDS, *REPLAYS)
