"""Stands for the sandboxed worker in `cluster.py`, where a Dask worker has this preload.

`grader grade`, the scheduler, the engine and what it runs on a Dask worker are the real ones. Only the
process that would open the files is another one: it gives the replies that a real one gave for an example,
with other numbers for each submission. A ledger has what it was given and what it has answered.
"""

import hashlib
import os
import pickle
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from judged_again import another_log, another_model

import grader.grading.engines.dask as engine
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.grading.engines import WORK
from grader.measure.reply import FilesReply, ModelReply, Predictions
from grader.messages.message import EMPTY, Message
from grader.sandbox.limits import SandboxLimits

# In the environment of the Dask workers: the folder, and how many seconds a submission takes.
FOLDER, SECONDS = "STORED_REPLIES", "SECONDS_A_SUBMISSION"
REPLIES, LEDGER = "replies.pickle", "ledger.txt"


def dask_setup(_: Any) -> None:
    """Put stored replies in the place of sandboxed workers."""
    vars(engine)["Worker"] = StoredWorker
    # Nothing here needs TensorFlow.
    vars(engine)["FOR_A_FOLDER"] = ("grader.grading.judging",)
    vars(engine)["wait"] = lambda _: time.sleep(float(os.environ[SECONDS]))


class StoredWorker:
    """Gives stored replies, once."""

    done = True

    def __init__(self, target: str, messages: Sequence[bytes], _: SandboxLimits) -> None:
        # The last message is the folder of the arrays.
        self._target, self._messages = target, messages[:-1]
        self._key = sha256_of(self._messages)
        note("given", target, self._key)

    def replies(self) -> list[bytes]:
        """What a real worker would have answered."""
        stored = _stored()
        if self._target != WORK:
            return stored.trainings[self._key]
        random = np.random.default_rng(int(self._key[:16], 16))
        files, *models = stored.submissions[random.integers(len(stored.submissions))]
        return [_of_another(files, random), *(_with_mistakes(one, stored.labels, random) for one in models)]

    def end(self) -> Message:
        """Say that the task is answered."""
        note("answered", self._target, self._key)
        return EMPTY


class Stored:
    """The replies of real workers: for each example, and for each training by its request."""

    def __init__(self, labels: Sequence[int]) -> None:
        self.labels = np.asarray(labels)
        self.submissions: list[list[bytes]] = []
        self.trainings: dict[str, list[bytes]] = {}

    def keep(self, target: str, messages: Sequence[bytes], replies: list[bytes]) -> None:
        """Keep the replies to a task."""
        if target == WORK:
            self.submissions.append(replies)
        else:
            self.trainings[sha256_of(messages)] = replies

    @classmethod
    def read(cls, path: Path) -> "Stored":
        """Read what `write` wrote."""
        stored: Stored = pickle.loads(path.read_bytes())  # noqa: S301  (this benchmark wrote it)
        return stored

    def write(self, path: Path) -> None:
        """Write all of it into a file."""
        path.write_bytes(pickle.dumps(self))


def sha256_of(messages: Sequence[bytes]) -> str:
    """What a task is known by."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(message)
    return digest.hexdigest()


def note(*words: str) -> None:
    """Write a line into the ledger; lines of several processes do not mix."""
    with Path(os.environ[FOLDER], LEDGER).open("ab", buffering=0) as ledger:
        ledger.write(f"{' '.join(words)}\n".encode())


@cache
def _stored() -> Stored:
    return Stored.read(Path(os.environ[FOLDER], REPLIES))


@cache
def _files(reply: bytes) -> FilesReply:
    return FilesReply.model_validate_json(reply)


@cache
def _model(reply: bytes) -> ModelReply:
    return ModelReply.model_validate_json(reply)


def _of_another(reply: bytes, random: np.random.Generator) -> bytes:
    """What the files of another student would say."""
    files = _files(reply)
    parts = dict(files.parts)
    for name, part in files.parts.items():
        if isinstance(part, Log):
            parts[name] = another_log(part, random)
        elif isinstance(part, Model):
            parts[name] = another_model(part, random)
    return files.model_copy(update={"parts": parts}).model_dump_json().encode()


def _with_mistakes(reply: bytes, labels: Any, random: np.random.Generator) -> bytes:
    """The predictions of another student's model, which is about as good and wrong elsewhere."""
    model = _model(reply)
    if not isinstance(model.predictions, Predictions):
        return reply
    wrong = np.asarray(model.predictions.classes) != labels
    places = random.permutation(len(labels))[: int(wrong.sum() + random.integers(0, 200))]
    classes = np.array(labels)
    classes[places] = (classes[places] + random.integers(1, 10, len(places))) % 10
    predictions = model.predictions.model_copy(update={"classes": tuple(classes.tolist())})
    return model.model_copy(update={"predictions": predictions}).model_dump_json().encode()
