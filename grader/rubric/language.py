"""The language that a command's reports are in."""

import os

from grader.messages.languages import ENGLISH, Language, chosen, translated
from grader.messages.message import Message
from grader.rubric import Rubric


def in_language(rubric: Rubric, asked: Language | None) -> Rubric:
    """The rubric with the language of its reports settled: as asked for, else its own, else the machine's.

    Args:
        rubric: as it was read.
        asked: on the command line.
    """
    return rubric.model_copy(update={"language": chosen(asked, rubric.language, os.environ)})


def told(sentence: Message, rubric: Rubric) -> str:
    """A sentence in the language of a rubric's reports."""
    return translated(sentence, rubric.language or ENGLISH)
