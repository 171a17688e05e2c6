"""The page that tells a student how to check a submission, as Markdown in the rubric's language."""

from grader.handout.notebook import SUBMISSION, handed_in
from grader.messages.languages import ENGLISH, translated
from grader.messages.message import Message, joined, say
from grader.messages.wording import listed, quoted
from grader.rubric import Rubric

NAME = "HOW_TO_CHECK.md"
_STATUSES = (
    (say("passed"), say("What was asked is there.")),
    (
        "failed",
        say('What was asked is not there. The sentence says what was found; "To do" says what to do.'),
    ),
    (say("review"), say("The program cannot decide it; your teacher does. It is no failure.")),
    (say("not checked"), say("There was nothing to compare. It costs you nothing unless the item says so.")),
    (say("skipped"), say("It depends on an item that did not pass. See to that one first.")),
    (say("error"), say("The program failed, not you. Tell your teacher.")),
)


def page(rubric: Rubric, wheel: str = "", rubric_file: str = "") -> str:
    """The page; without a rubric's file that students may have, nothing can be checked at home."""
    language = rubric.language or ENGLISH
    told = [
        joined("", ("# ", say("How to check your homework before you hand it in"))),
        say(
            "You hand in a folder with {files}; the starter notebook makes it, and calls it `{folder}`.",
            files=listed([quoted(name) for name in handed_in(rubric)]),
            folder=SUBMISSION,
        ),
        *(_checking(wheel, rubric_file) if rubric_file else _ELSEWHERE),
        joined("", ("## ", say("What the results mean"))),
        *(joined("", ("- **", status, "**: ", meaning)) for status, meaning in _STATUSES),
    ]
    return "\n\n".join(translated(one, language) for one in told) + "\n"


_ELSEWHERE = (say("Your homework is checked when you hand it in; this one cannot be checked at home."),)


def _checking(wheel: str, rubric_file: str) -> tuple[Message | str, ...]:
    return (
        say(
            "Install the grader once, with Python 3.11 or later, on Linux, macOS or Windows' Subsystem for "
            "Linux. It gets a folder of its own, so that no TensorFlow of yours is replaced:"
        ),
        f"```sh\npython3 -m venv grader-env\ngrader-env/bin/pip install ./{wheel}\n```",
        say("Then check the folder as often as you like:"),
        f"```sh\ngrader-env/bin/grader check {SUBMISSION} --rubric {rubric_file}\n```",
        say(
            "Nothing is sent to anybody. Your files are read as data, and your network is trained anew for a "
            "moment, which takes half a minute."
        ),
    )
