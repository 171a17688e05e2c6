"""What every step of reading one model file needs: its name, the caps, the notes, and shared advice."""

from dataclasses import dataclass, field
from typing import Self

from grader import rubric
from grader.messages.message import Message, say
from grader.messages.safe_text import plain

MEBIBYTE = 2**20
_DEFAULT = rubric.Limits()


@dataclass(frozen=True)
class Limits:
    """How large a model file and each part of it may be.

    Attributes:
        file_bytes: the file, and its weights once unpacked.
        config_bytes: the JSON that describes the network.
        metadata_bytes: the JSON that says which Keras wrote the file.
        members: files in the archive.
        depth: levels of JSON inside each other.
        nodes: values in the JSON.
        text: characters in one text of the JSON.
        name: characters in the name of a layer.
        whole_number: the largest size, of either sign, that a layer may be given.
        layers: layers in all, nested ones counted.
        sequential_layers: layers of one `Sequential`, half of `layers`: Keras builds it anew for each layer
            that it adds.
        calls: calls of layers in a functional network.
        dimensions: dimensions of an input.
        parameters: numbers in the weights, the optimizer's left out.
        hdf5_depth: levels of groups inside each other in the HDF5 file.
        hdf5_objects: groups and arrays in the HDF5 file.
        attribute_bytes: one attribute in the HDF5 file.
        compression: how many times larger than its place in the file an array may be.
        compression_free_bytes: arrays up to here may be compressed as they like.
        notes: sentences about what was changed.
    """

    file_bytes: int = _DEFAULT.model_file
    config_bytes: int = 4 * MEBIBYTE
    metadata_bytes: int = 64 * 2**10
    members: int = 64
    depth: int = 40
    nodes: int = 200_000
    text: int = 2000
    name: int = 100
    whole_number: int = 2**20
    layers: int = _DEFAULT.layers
    sequential_layers: int = _DEFAULT.layers // 2
    calls: int = 2000
    dimensions: int = 8
    parameters: int = _DEFAULT.parameters
    hdf5_depth: int = 32
    hdf5_objects: int = 20_000
    attribute_bytes: int = 4 * MEBIBYTE
    compression: int = 50
    compression_free_bytes: int = MEBIBYTE
    notes: int = 50

    @classmethod
    def by_rubric(cls, limits: rubric.Limits) -> Self:
        """What a rubric allows; where it says nothing, the defaults."""
        return cls(
            file_bytes=limits.model_file,
            layers=limits.layers,
            sequential_layers=limits.layers // 2,
            parameters=limits.parameters,
        )


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


@dataclass(frozen=True)
class Reading:
    """One model file while it is read.

    Attributes:
        name: the file's name, fit to show.
        limits: the caps.
        notes: sentences on what was changed, each once; the one part that grows as the steps go.
    """

    name: str
    limits: Limits
    notes: list[Message] = field(default_factory=list)

    def note(self, sentence: Message) -> None:
        """Keep a sentence on what was changed."""
        if sentence not in self.notes and len(self.notes) < self.limits.notes:
            self.notes.append(sentence)


def start(name: str, limits: Limits) -> Reading:
    """Begin to read the file of this name."""
    return Reading(shown(name.replace("\\", "/").rpartition("/")[2]), limits)
