"""Text of a student's file made fit to show in a sentence, and the advice that several refusals share."""

from grader.messages.phrase import say
from grader.messages.safe_text import plain

LONGEST_SHOWN = 80

SAVE_AGAIN = say(
    'Save the trained model again with `model.save("model.keras")` and submit that file as it is.'
)
OWN_LAYERS = say(
    "Build the network from layers of `keras.layers`, with `keras.Sequential` or "
    '`keras.Model(inputs, outputs)`, train it, save it with `model.save("model.keras")` and submit '
    "that file."
)
UPLOAD_AGAIN = say(
    "Check that the file has the same size as where you trained it, upload it again, or save the "
    'model again with `model.save("model.keras")`.'
)
NUMBERS_ONLY = say(
    "Prepare the data before it enters the model, so that the model takes numbers, and save it again."
)
SMALLER = say("Submit a smaller network, or ask your teacher to raise this limit.")


def shown(text: object, longest: int = LONGEST_SHOWN) -> str:
    """A text of the file in which nothing acts, shortened, fit to stand in backticks."""
    return plain(str(text), longest).replace("`", "'")
