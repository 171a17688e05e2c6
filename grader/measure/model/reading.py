"""What every step of reading one model file needs: its name, the limits, the notes, and shared advice."""

from dataclasses import dataclass, field

from grader import rubric
from grader.errors import SubmissionError
from grader.messages.message import Message, say
from grader.messages.safe_text import plain

MEBIBYTE = 2**20
LONGEST_SHOWN = 80
_DEFAULT = rubric.Limits()

SAVE_AGAIN = say(
    'Save the trained model again with `model.save("model.keras")` and submit that file as it is.'
)
OWN_LAYERS = say(
    "Build the network from layers of `keras.layers`, with `keras.Sequential` or "
    '`keras.Model(inputs, outputs)`, train it, save it with `model.save("model.keras")` and submit '
    "that file."
)
UPLOAD_AGAIN = say(
    "Check that the file is as large as where you trained the model and upload it again, or save the "
    'model again with `model.save("model.keras")`.'
)
NUMBERS_ONLY = say(
    "Prepare the data outside of the model, so that the model takes numbers, and save it again."
)
SMALLER = say("Submit a smaller network, or ask your teacher to raise this limit.")


@dataclass(frozen=True)
class Limits:
    """How large a model file and each part of it may be."""

    # Of the file, and of its weights once unpacked; of layers, nested ones counted; of numbers in weights.
    of_rubric: rubric.Limits = _DEFAULT
    config_bytes: int = 4 * MEBIBYTE  # of the JSON that describes the network
    metadata_bytes: int = 64 * 2**10  # of the JSON that says which Keras wrote the file
    members: int = 64  # files in the archive
    depth: int = 40  # levels of JSON inside each other
    nodes: int = 200_000  # values in the JSON
    text: int = 2000  # characters in one text of the JSON
    name: int = 100  # characters in the name of a layer
    whole_number: int = 2**20  # the largest size, of either sign, that a layer may be given
    calls: int = 2000  # of layers in a functional network
    dimensions: int = 8  # of an input
    hdf5_depth: int = 32  # levels of groups inside each other in the HDF5 file
    hdf5_objects: int = 20_000  # groups and arrays in the HDF5 file
    attribute_bytes: int = 4 * MEBIBYTE  # of one attribute in the HDF5 file
    compression: int = 50  # how many times larger than its place in the file an array may be
    compression_free_bytes: int = MEBIBYTE  # arrays up to here may be compressed as they like
    notes: int = 50  # sentences about what was changed


@dataclass(frozen=True)
class Reading:
    """One model file while it is read; `notes` and `shared` grow as the steps go."""

    name: str  # fit to show
    limits: Limits
    notes: list[Message] = field(default_factory=list)  # on what was changed, each once
    shared: dict[int, str] = field(default_factory=dict)  # what a shared object looked like at first

    def note(self, sentence: Message) -> None:
        """Keep a sentence on what was changed."""
        if sentence not in self.notes and len(self.notes) < self.limits.notes:
            self.notes.append(sentence)


def start(name: str, limits: Limits) -> Reading:
    """Begin to read the file of this name."""
    return Reading(shown(name.replace("\\", "/").rpartition("/")[2]), limits)


def shown(text: object, longest: int = LONGEST_SHOWN) -> str:
    """A text of the file in which nothing acts, shortened, fit to stand in backticks."""
    return plain(str(text), longest).replace("`", "'")


def refusal(message: Message, hint: Message = SAVE_AGAIN) -> SubmissionError:
    """The refusal of a model; where nothing better is known, the hint is to save it again."""
    return SubmissionError(message, hint)


def too_large(reading: Reading, name: str, longest: int) -> SubmissionError:
    """The refusal of a part of the file that has more bytes than are read."""
    return refusal(
        say(
            "The `{name}` in `{file}` is larger than {longest} bytes, the most that is read.",
            name=name,
            file=reading.name,
            longest=longest,
        )
    )
