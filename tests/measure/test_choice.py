"""Which of several files is graded: what they hold decides, then what agrees, then their names."""

import functools
import json
import time
from collections.abc import Mapping
from pathlib import Path

import builders_evidence as build
import numpy as np
import pytest
from builders_figures import a_figure
from builders_folders import a_zip, make_file
from builders_golden import said
from builders_logs import event_file, npy, npz
from builders_models import a_keras_file, a_sequential, an_h5_file, compiled, hdf5, numbers, the_weights
from builders_notebooks import code, notebook, picture, stream
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import File
from grader.evidence.part import Part
from grader.evidence.problem import Problem
from grader.measure.choice import Read
from grader.measure.reply import FilesReply
from grader.measure.request import MOST_CANDIDATES, Candidate, Taken, pack, unpack
from grader.measure.worker import READING_SECONDS, read
from grader.rubric import Files, Plan
from grader.submissions.class_folder import find_submissions
from grader.submissions.preference import Preference
from grader.submissions.submission import Submission, open_submission


def a_model(steps: int = 6, shift: float = 0.5) -> bytes:
    """A `.keras` file whose optimizer has made so many steps; untrained without any."""
    weights = {
        **the_weights(),
        "layers/dense/vars/1": numbers(2) + shift if steps else np.zeros(2, "float32"),
    }
    return a_keras_file(compiled(a_sequential()), hdf5({**weights, "optimizer/vars/0": np.int64(steps)}))


def a_log(steps: int = 6, columns: str = "grad_norm,val_accuracy", value: str = "0.9") -> bytes:
    """A log with so many rows in two epochs."""
    named = columns.split(",")
    rows = [f"{row * 2 // steps},{row},{','.join([value] * len(named))}" for row in range(steps)]
    return "\n".join([f"epoch,step,{columns}", *rows]).encode()


OF_EPOCHS = b"epoch,accuracy,loss,val_accuracy\n0,0.8,0.5,0.81\n1,0.9,0.4,0.85\n"
HISTORY = json.dumps({"grad_norm": [0.9] * 6, "val_accuracy": [0.9] * 6}).encode()
PACKAGE, NETWORK = b'{"name": "hw", "version": "1.0.0"}', json.dumps(a_sequential()).encode()
AN_H5_FILE = an_h5_file(weights={"dense": {"dense/kernel:0": numbers(3, 2), "dense/bias:0": numbers(2) + 1}})


def handed_in(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    zipped: bool = False,
    seconds: float = READING_SECONDS,
    **patterns: object,
) -> FilesReply:
    """What is found in a submission of these files."""
    if zipped:
        make_file(folder, "ana.zip", a_zip(*files.items()))
        submission = Submission("ana", folder / "ana.zip")
    else:
        for name, content in files.items():
            make_file(folder / "ana", name, content)
        submission = open_submission(folder / "ana")
    messages = iter(pack(submission, Plan(files=Files(**patterns))))
    plan, intake = unpack(lambda: next(messages))
    tracebacks: list[str] = []
    reply, models = read(intake, plan, tracebacks, seconds)
    assert [] == tracebacks
    assert bool(models) is isinstance(reply.parts["model"], Part)
    return reply


def graded(reply: FilesReply) -> dict[str, str]:
    """The names of the files that were graded, by role."""
    return {file.role: file.name for file in reply.files if file.role != "declaration"}


# The files of a submission, and which of them are right.
CASES: dict[str, tuple[dict[str, bytes], str, str]] = {
    "the description of a network is no log": (
        {"model.keras": a_model(), "model.json": NETWORK, "training_history.json": HISTORY},
        *("model.keras", "training_history.json"),
    ),
    "the settings of other programs are no logs": (
        {
            "model.keras": a_model(),
            "Dockerrun.aws.json": PACKAGE,
            "package.json": PACKAGE,
            "training_history.json": HISTORY,
        },
        *("model.keras", "training_history.json"),
    ),
    "the declared column is in one of them": (
        {
            "model.keras": a_model(),
            "history.csv": OF_EPOCHS,
            "norms.csv": a_log(),
            "submission.yaml": b"norm: {column: grad_norm}",
        },
        *("model.keras", "norms.csv"),
    ),
    "norms of steps, though the other name is preferred": (
        {"model.keras": a_model(), "training_log.csv": OF_EPOCHS, "a.txt": a_log()},
        *("model.keras", "a.txt"),
    ),
    "norms of steps, not of epochs": (
        {"model.keras": a_model(), "a.csv": a_log(2), "b.csv": a_log(6, "grad_norm")},
        *("model.keras", "b.csv"),
    ),
    "norms, not only accuracies": (
        {"model.keras": a_model(), "a.csv": OF_EPOCHS, "b.csv": a_log(2, "grad_norm")},
        *("model.keras", "b.csv"),
    ),
    "an accuracy beside the norms": (
        {"model.keras": a_model(), "a.csv": a_log(6, "grad_norm"), "b.csv": a_log()},
        *("model.keras", "b.csv"),
    ),
    "two homeworks": (
        {
            "hw10/model.h5": AN_H5_FILE,
            "hw10/training_log.csv": a_log(value="1"),
            "hw11/model.keras": a_model(),
            "hw11/training_log.csv": a_log(),
        },
        *("hw11/model.keras", "hw11/training_log.csv"),
    ),
    "the model of the log's folder": (
        {"a/model.keras": a_model(), "b/model.keras": a_model(shift=1), "b/log.csv": a_log()},
        *("b/model.keras", "b/log.csv"),
    ),
    "the outermost of equals": (
        {
            "model.keras": a_model(),
            "log.csv": a_log(),
            "old/model.keras": a_model(shift=1),
            "old/log.csv": a_log(value="1"),
        },
        *("model.keras", "log.csv"),
    ),
    "a trained model, not the untrained one": (
        {"model.keras": a_model(0), "best.h5": AN_H5_FILE, "log.csv": a_log()},
        *("best.h5", "log.csv"),
    ),
    "as many steps as the log": (
        {"a.keras": a_model(600), "b.keras": a_model(6), "log.csv": a_log()},
        *("b.keras", "log.csv"),
    ),
    "both of as many steps": (
        {"a.keras": a_model(6), "b.keras": a_model(60, 1), "a.csv": a_log(60), "b.csv": a_log(6)},
        *("b.keras", "a.csv"),
    ),
    "the newest attempts": (
        {
            "model.keras": a_model(),
            "model (1).keras": a_model(shift=1),
            "log.csv": a_log(),
            "log-2.csv": a_log(value="1"),
        },
        *("model (1).keras", "log-2.csv"),
    ),
    "an attempt that failed": (
        {"model.keras": a_model(), "model (1).keras": a_model()[:50], "log.csv": a_log()},
        *("model.keras", "log.csv"),
    ),
    "no other can be read": (
        {"model.keras": b"", "backup.h5": AN_H5_FILE, "training_log.csv": b"", "x.csv": a_log()},
        *("backup.h5", "x.csv"),
    ),
    "equals": (
        {"a.keras": a_model(), "b.keras": a_model(shift=1), "c.csv": a_log(), "d.csv": a_log(value="1")},
        *("a.keras", "c.csv"),
    ),
    "copies": (
        {"a.keras": a_model(), "b.keras": a_model(), "c.csv": a_log(), "d.csv": a_log()},
        *("a.keras", "c.csv"),
    ),
    "the student's word": (
        {
            "a.keras": a_model(),
            "x/b.keras": a_model(0),
            "c.csv": a_log(),
            "d.dat": OF_EPOCHS,
            "submission.yaml": b"model: x/b.keras\nlog: ./D.dat",
        },
        *("x/b.keras", "d.dat"),
    ),
    "the student's last parts of a name": (
        {
            "x/a.keras": a_model(),
            "x/b.keras": a_model(shift=1),
            "log.csv": a_log(),
            "submission.yaml": b"model: b.keras",
        },
        *("x/b.keras", "log.csv"),
    ),
    "a name that is not there": (
        {"a.keras": a_model(), "log.csv": a_log(), "submission.yaml": b"log: norms.csv"},
        *("a.keras", "log.csv"),
    ),
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_the_file_is_right(tmp_path: Path, case: str, zipped: bool) -> None:
    """Of a folder and of a zip it is the same, and notes say why."""
    files, model, log = CASES[case]

    reply = handed_in(tmp_path, files, zipped=zipped)

    assert {"model": model, "log": log} == graded(reply)
    for told in () if zipped else (*reply.notes, *(file.note for file in reply.files)):
        said(told)
    for file in reply.files if not zipped else ():
        said(file.instead)


@pytest.mark.hostile_row(47)
@pytest.mark.parametrize(
    "name", ["*", "[a-z].csv", "/etc/passwd", "../ana/a.csv", "C:\\a.csv", "x" * 999, "a.csv/"]
)
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    """It is no pattern, leads nowhere else, and costs a note alone; a slash too much costs nothing."""
    files = {
        "model.keras": a_model(),
        "a.csv": a_log(),
        "submission.yaml": json.dumps({"log": name}).encode(),
    }

    reply = handed_in(tmp_path, files)

    assert {"model": "model.keras", "log": "a.csv"} == graded(reply)
    assert (name != "a.csv/") == len(reply.notes)


@pytest.mark.hostile_row(43)
def test_a_name_of_a_link(tmp_path: Path) -> None:
    """As the student names it, it is said that it is not followed, and no other file is taken instead."""
    make_file(tmp_path, "secret.csv", a_log(value="0.123"))
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "b.csv").symlink_to("../secret.csv")

    reply = handed_in(
        tmp_path, {"model.keras": a_model(), "a.csv": a_log(), "submission.yaml": b"log: b.csv"}
    )

    assert isinstance(reply.parts["log"], Problem)
    assert "`b.csv` is a link; links are not followed." == str(reply.parts["log"].message)
    assert {"model": "model.keras"} == graded(reply)


def test_two_homeworks_of_the_examples(tmp_path: Path, examples: Path) -> None:
    """Of real trainings those of one folder are graded, in a folder of a class as when checked alone."""
    for homework, example in (("hw10", "eun_global_norm"), ("hw11", "ana_passes")):
        for file in (examples / example).glob("[mt]*"):
            make_file(tmp_path, f"class/ana/{homework}/{file.name}", file.read_bytes())
    (submission,) = find_submissions(tmp_path / "class")

    messages = pack(open_submission(tmp_path / "class" / "ana"), Plan())
    plan, intake = unpack(functools.partial(next, iter(messages)))
    reply, _ = read(intake, plan, [])

    assert messages == pack(submission, Plan())
    assert {"model": "hw11/model.keras", "log": "hw11/training_log.csv"} == graded(reply)


SCALARS = [("epoch_loss", 0, 2.5), ("epoch_accuracy", 0, 0.8)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *((name, a_log()) for name in ("training.log", "log.csv", "metrics.txt", "run.tsv", "TRAINING.LOG")),
        *(("history.json", HISTORY), ("norms/history.ndjson", HISTORY), ("grad_norm.npy", npy([0.5, 0.4]))),
        ("history.npz", npz(loss=[0.5, 0.4])),
        ("logs/train/events.out.tfevents.1771590821.host.12.0.v2", event_file(SCALARS)),
    ],
)
def test_names_that_programs_use(tmp_path: Path, name: str, content: bytes) -> None:
    """A log is found by any name of a form that can be read, beside text that is none."""
    files = {"model.keras": a_model(), "README.txt": b"My homework.\n", "requirements.txt": b"keras==3.15\n"}

    assert name == graded(handed_in(tmp_path, {**files, name: content}))["log"]


PYTORCH = a_zip(("net/data.pkl", b"\x80\x02}q\x00."), ("net/version", b"3\n"))
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
WEIGHTS = hdf5(the_weights())
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
# Of each what else is there.
IN_PLACE: dict[str, dict[str, bytes]] = {
    "nothing else": {},
    "weights": {"model.weights.h5": WEIGHTS, "model.json": NETWORK},
    "weights in pieces": {"model.weights.json": b'{"metadata": {}}', "model_00000.weights.h5": WEIGHTS},
    "PyTorch": {"net.pt": PYTORCH},
    "PyTorch of old": {"net.pth": b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."},
    "safetensors": {"net.safetensors": (16).to_bytes(8, "little") + b'{"__metadata__":{}}'},
    "ONNX": {"net.onnx": b"\x08\x08\x12\x07pytorch\x1a\x052.3.0:\x80\x01"},
    "TensorFlow Lite": {"net.tflite": b"\x1c\0\0\0TFL3" + bytes(40)},
    "a checkpoint": {
        "ckpt/cp.ckpt.index": b"\0" * 40 + bytes.fromhex("57fb808b247547db"),
        "ckpt/cp.ckpt.data-00000-of-00001": bytes(64),
    },
    "a notebook": {"hw11.ipynb": NOTEBOOK},
    "pickles": {"history.pkl": b"\x80\x04}\x94.", "model.pkl": b"\x80\x04}\x94."},
    "a workbook": {"log.xlsx": a_zip(("xl/workbook.xml", b""), ("[Content_Types].xml", b""))},
    "pointers": {"model.keras": LFS, "training_log.csv": LFS},
    "settings": {"package.json": PACKAGE, "requirements.txt": b"keras==3.15\n"},
    "a SavedModel": {
        "export/saved_model.pb": b"\n\x01",
        "export/variables/variables.index": b"\0",
        "net.pt": PYTORCH,
    },
    "text": {
        "train.log": b"2025-04-14 09:41:54,270 - INFO - begun\n2025-04-14 09:41:54,271 - INFO - ended\n"
    },
}


@pytest.mark.parametrize("case", IN_PLACE)
def test_what_is_handed_in_instead(tmp_path: Path, case: str) -> None:
    """It is said what it is by what it holds, and what to hand in."""
    reply = handed_in(tmp_path, {"notes.md": b"x", **IN_PLACE[case]})

    for part in reply.parts.values():
        assert isinstance(part, Problem)
        assert "student" == part.who
        said(part.message, part.hint)


def test_a_name_of_the_rubric_is_no_more_than_a_preference(tmp_path: Path) -> None:
    """Where nothing has it, what can be read is read."""
    reply = handed_in(tmp_path, {"net.keras": a_model(), "x.csv": a_log()}, model=("m.h5",), log=("l.csv",))

    assert {"model": "net.keras", "log": "x.csv"} == graded(reply)


def test_no_more_than_a_few_files_are_read(tmp_path: Path) -> None:
    """The one that the student names is among them."""
    files = {f"{number:03}.csv": a_log() for number in range(300)}

    chosen = [
        graded(
            handed_in(
                tmp_path / name,
                {**files, "model.keras": a_model(), "submission.yaml": b"log: 250.csv"},
                zipped=name == "b",
            )
        )
        for name in ("a", "b")
    ]
    messages = pack(open_submission(tmp_path / "a" / "ana"), Plan())

    assert [{"model": "model.keras", "log": "250.csv"}] * 2 == chosen
    assert 1 + MOST_CANDIDATES + 2 == len(messages)


@pytest.mark.hostile_row(46)
def test_together_they_are_no_larger_than_one_may_be(tmp_path: Path) -> None:
    """A file that is left out for that is not the only one, so the others count."""
    for name in ("a.keras", "b.keras"):
        with make_file(tmp_path / "ana", name).open("r+b") as stream:
            stream.truncate(150 << 20)
    make_file(tmp_path / "ana", "c.keras", a_model())

    messages = pack(open_submission(tmp_path / "ana"), Plan())

    assert [150 << 20, len(a_model())] == [len(one) for one in messages[1:]]


@pytest.mark.hostile_row(93)
def test_a_file_that_takes_long_hides_no_other(tmp_path: Path) -> None:
    """Each may take a part of the time, and all of them together no more than one alone."""
    slow = {f"{number}.csv": b"step,loss\n" + f"{number},0.5 %\n".encode() * 190_000 for number in range(6)}
    begun = time.process_time()

    reply = handed_in(
        tmp_path, {**slow, "x.csv": a_log(), "model.keras": a_model()}, zipped=True, seconds=0.4
    )

    assert {"model": "model.keras", "log": "x.csv"} == graded(reply)
    assert time.process_time() - begun < 3


POOL: dict[str, bytes] = {
    "model.keras": a_model(),
    "model (1).keras": a_model(shift=1),
    "old/model.keras": a_model(shift=2),
    "untrained.keras": a_model(0),
    "net.h5": AN_H5_FILE,
    "damaged.keras": b"PK\3\4",
    "long.keras": a_model(60),
    "log.csv": a_log(),
    "log-1.csv": a_log(value="1"),
    "old/log.csv": a_log(value="0.5"),
    "long.csv": a_log(60),
    "epochs.csv": OF_EPOCHS,
    "norms.csv": a_log(6, "grad_norm"),
    "package.json": PACKAGE,
}
UNRELATED = ["damaged.keras", "untrained.keras", "package.json", "epochs.csv", "readme.txt", "hw.ipynb"]


@settings(max_examples=20)
@given(st.lists(st.sampled_from(sorted(POOL)), unique=True, max_size=7), st.sampled_from(UNRELATED))
def test_a_file_that_holds_less_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, names, unrelated
) -> None:
    """What was graded without it is graded with it, in whatever order the names come."""
    files = {name: POOL[name] for name in ("model.keras", "log.csv", *names)}
    more = {unrelated: POOL.get(unrelated, NOTEBOOK if unrelated.endswith("ipynb") else b"x"), **files}
    folder = tmp_path_factory.mktemp("class")

    before = graded(handed_in(folder / "before", files, zipped=True))

    assert before == graded(handed_in(folder / "after", more, zipped=True))
    assert before == graded(handed_in(folder / "turned", dict(reversed(more.items())), zipped=True))


def test_a_crash_is_worth_more_than_an_untrained_model() -> None:
    """So nobody fails for a mistake of the grader, and one crash does not hide a file that is good."""
    crash = Problem(who="operator", message="The grader failed.")
    refusal = Problem(who="student", message="It is damaged.")
    found = (build.a_model(), crash, build.a_model(fresh=True), refusal)
    taken = Taken(
        Candidate(file=File(role="", name="", bytes=0, sha256=""), preference=Preference(0, 1, "", 0, ""))
    )
    amounts = [Read(taken, one).amounts for one in found]

    assert sorted(amounts, reverse=True) == amounts


def test_the_log_is_not_called_wrong_answers(tmp_path: Path) -> None:
    """Where a file is graded as another part, it is only said that there are no answers; else what it is."""
    parts = handed_in(tmp_path / "a", {"training_log.csv": a_log()}, answers=("answers.npz",)).parts
    odd = handed_in(tmp_path / "b", {"my_answers.csv": b"1,2\n"}, answers=("answers.npz",)).parts

    assert isinstance(parts["log"], Part)
    missing, instead = parts["answers"], odd["answers"]
    assert isinstance(missing, Problem)
    assert isinstance(instead, Problem)
    assert "No file for the answers was found." == str(missing.message)
    assert "np.savez" in str(missing.hint)
    assert "my_answers.csv" in str(instead.message)


PRINTED = "".join(f"step: {step}, loss: 1.0, grad_norm: 0.9, val_accuracy: 0.8\n" for step in range(6))
RAN = notebook(code("fit()", stream(PRINTED), count=1), code("plot()", picture(a_figure()), count=2))


@pytest.mark.parametrize(
    ("files", "log"),
    [
        ({"homework.ipynb": RAN}, "homework.ipynb"),
        ({"homework.ipynb": RAN, "norms.csv": a_log()}, "norms.csv"),
        ({"homework.ipynb": RAN, "history.csv": OF_EPOCHS}, "homework.ipynb"),
        ({"homework.ipynb": RAN, "starter.ipynb": notebook(code("fit()"))}, "homework.ipynb"),
    ],
    ids=["alone", "a file as good", "a file of epochs", "the starter"],
)
def test_a_notebook_or_a_file(tmp_path: Path, files: dict[str, bytes], log: str) -> None:
    """A file of its own goes before a notebook that holds as much; of notebooks, one that was run counts."""
    patterns = {"notebook": ("*.ipynb",), "log": ("*.ipynb",), "figure": ("*.ipynb",)}
    reply = handed_in(tmp_path, {"model.keras": a_model(), **files}, **patterns)

    assert graded(reply) == {
        "model": "model.keras",
        "log": log,
        "notebook": "homework.ipynb",
        "figure": "homework.ipynb",
    }
    for file in reply.files:
        said(file.note)
