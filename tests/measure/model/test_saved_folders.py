"""Models that are folders."""

from pathlib import PurePosixPath

import pytest

from grader.measure.model.saved_folders import SavedFolder, find_saved_folders

MEMBERS = ("config.json", "metadata.json", "model.weights.h5")


def below(folder: str, *names: str) -> list[str]:
    return [f"{folder}{name}" for name in names]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["model.keras", "log.csv"], []),
        (["a/config.json", "log.csv"], []),
        (below("model.keras/", *MEMBERS), [SavedFolder(PurePosixPath("model.keras"), unpacked=True)]),
        (["a/MODEL.Keras/x"], [SavedFolder(PurePosixPath("a/MODEL.Keras"), unpacked=True)]),
        (below("model/", *MEMBERS), [SavedFolder(PurePosixPath("model"), unpacked=True)]),
        (list(MEMBERS), [SavedFolder(PurePosixPath(), unpacked=True)]),
        (
            ["a/b/saved_model.pb", "a/saved_model.pb", "a/variables/variables.index"],
            [
                SavedFolder(PurePosixPath("a"), unpacked=False),
                SavedFolder(PurePosixPath("a/b"), unpacked=False),
            ],
        ),
    ],
)
def test_folders_that_are_models_are_found(names: list[str], expected: list[SavedFolder]) -> None:
    """By their names alone; the outermost comes first, each once."""
    assert tuple(expected) == find_saved_folders(names)


@pytest.mark.parametrize(
    ("path", "unpacked", "name", "expected"),
    [
        ("model.keras", True, "model.keras/anything.csv", True),
        ("model.keras", True, "log.csv", False),
        ("model", True, "model/config.json", True),
        ("model", True, "model/assets/layers/words/vocabulary.txt", True),
        ("model", True, "model/training_log.csv", False),
        ("model", True, "model/old/config.json", False),
        (".", True, "model.weights.h5", True),
        (".", True, "model.keras", False),
        ("export", False, "export/variables/x.h5", True),
        (".", False, "model.keras", False),
    ],
)
def test_its_parts_are_no_files_of_the_student(path: str, unpacked: bool, name: str, expected: bool) -> None:
    """A model or a log that lies beside them is one."""
    assert expected == SavedFolder(PurePosixPath(path), unpacked).holds(name)


@pytest.mark.parametrize(
    ("path", "unpacked", "message"),
    [
        (
            "a/model.keras",
            True,
            "`model.keras` is an unpacked `.keras` file; the file itself was asked for.",
        ),
        (
            ".",
            True,
            "The submission's folder has the parts of a `.keras` file in it; the file itself was asked for.",
        ),
        (
            "export",
            False,
            "`export` is a SavedModel, which is a folder; a `.keras` or `.h5` file was asked for.",
        ),
    ],
)
def test_the_refusal_says_what_to_hand_in(path: str, unpacked: bool, message: str) -> None:
    """What it is, and the file that it should be."""
    error = SavedFolder(PurePosixPath(path), unpacked).refusal()
    hint = (
        "Submit the `.keras` file as Keras wrote it, without unpacking it."
        if unpacked
        else 'Save the trained model again with `model.save("model.keras")` and submit that file as it is.'
    )

    assert str(message) == str(error.message)
    assert str(hint) == str(error.hint)
