"""Models saved as a folder, or unpacked to one; Keras would follow links in them, so none is opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.messages.message import say
from grader.messages.wording import quoted

_SAVED_MODEL = "saved_model.pb"
_CONFIG, _WEIGHTS, _ASSETS = "config.json", "model.weights.h5", "assets"
_MEMBERS = (_CONFIG, "metadata.json", _WEIGHTS)
_SAVE_AGAIN = say(
    'Save the trained model again with `model.save("model.keras")` and submit that file as it is.'
)


@dataclass(frozen=True)
class SavedFolder:
    """A folder that is a model.

    Attributes:
        path: relative, with `/`; "." is the submission's own folder.
        unpacked: whether it is an unpacked `.keras` file, else it is a SavedModel.
    """

    path: PurePosixPath
    unpacked: bool

    def holds(self, name: str) -> bool:
        """Whether the file of this name is a part of the model."""
        path = PurePosixPath(name)
        if not path.is_relative_to(self.path):
            return False
        if not self.unpacked or self.path.suffix.lower() == ".keras":
            return self.path != PurePosixPath()
        inside = path.relative_to(self.path).parts
        return inside[0] == _ASSETS or (len(inside) == 1 and inside[0] in _MEMBERS)

    def refusal(self) -> SubmissionError:
        """Why it is not taken as the model."""
        own = self.path == PurePosixPath()
        shown = say("The submission's folder") if own else quoted(self.path.name)
        if self.unpacked:
            found = (
                say(
                    "{shown} has the parts of a `.keras` file in it; the file itself was asked for.",
                    shown=shown,
                )
                if own
                else say("{shown} is an unpacked `.keras` file; the file itself was asked for.", shown=shown)
            )
            return SubmissionError(
                found,
                say("Submit the `.keras` file as Keras wrote it, without unpacking it."),
            )
        return SubmissionError(
            say(
                "{shown} is a SavedModel, which is a folder; a `.keras` or `.h5` file was asked for.",
                shown=shown,
            ),
            _SAVE_AGAIN,
        )


def find_saved_folders(names: Sequence[str]) -> tuple[SavedFolder, ...]:
    """The folders among these files that are models, the outermost first."""
    found = dict.fromkeys(_folders(names))
    return tuple(sorted(found, key=lambda folder: (len(folder.path.parts), str(folder.path))))


def _folders(names: Sequence[str]) -> Iterator[SavedFolder]:
    known = frozenset(names)
    for name in names:
        path = PurePosixPath(name)
        if path.name == _SAVED_MODEL:
            yield SavedFolder(path.parent, unpacked=False)
        elif path.name == _CONFIG and str(path.with_name(_WEIGHTS)) in known:
            yield SavedFolder(path.parent, unpacked=True)
        for parent in path.parents:
            if parent.suffix.lower() == ".keras":
                yield SavedFolder(parent, unpacked=True)
