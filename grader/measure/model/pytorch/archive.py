"""The zip archive that `torch.save` writes: a pickle that describes tensors, and their numbers."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.errors import SubmissionError
from grader.measure.model.arrays import Array, as_float32
from grader.measure.model.pytorch.walker import Storage, Tensor, walk
from grader.measure.model.reading import SAVE_STATE, Reading, refusal, shown, too_large
from grader.messages.message import Message, say
from grader.submissions.archives import ZIP_DAMAGE, ZIP_ENCRYPTED, ZIP_ENTRY, ZIP_METHODS

_PICKLE = "/data.pkl"
_MOST_AXES = 8


@dataclass
class Tensors:
    """The arrays of a file, made when they are asked for."""

    reading: Reading
    read: Callable[[str, int], bytes]  # the member of a storage, of at most so many bytes and one
    big_endian: bool
    storages: dict[Storage, Array] = field(default_factory=dict)

    def array(self, tensor: Tensor) -> Array:
        """The numbers of a tensor; refused if its view leaves the storage, or the storage is not whole."""
        storage = tensor.storage
        if len(tensor.shape) != len(tensor.strides) or len(tensor.shape) > _MOST_AXES:
            raise self._unwritten(say("a tensor whose shape and strides do not belong together"))
        # Of an array without numbers, the sides may have any length.
        if max(tensor.size, *tensor.shape, 0) > self.reading.limits.of_rubric.parameters:
            raise self._unwritten(say("a tensor of more numbers than are read"))
        reach = sum((side - 1) * stride for side, stride in zip(tensor.shape, tensor.strides, strict=True))
        # Views are made without a look at where they lead, so this is what holds them.
        if tensor.size and tensor.offset + reach >= storage.size:
            raise self._unwritten(say("a tensor that reaches beyond its numbers"))
        values = self._values(storage)
        # The stride of a side of 1 is never taken, and may be larger than any address.
        steps = tuple(
            stride * values.itemsize if side > 1 else 0
            for side, stride in zip(tensor.shape, tensor.strides, strict=True)
        )
        if not tensor.size:
            return np.zeros(tensor.shape, values.dtype)
        seen = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, steps, writeable=False)
        return np.ascontiguousarray(seen)

    def _values(self, storage: Storage) -> Array:
        if storage not in self.storages:
            halves = storage.dtype == "bfloat16"
            dtype = np.dtype("u2" if halves else storage.dtype)
            size = storage.size * dtype.itemsize
            content = self.read(storage.key, size)
            if len(content) != size:
                raise self._unwritten(say("a tensor whose numbers are not all in the file"))
            values = np.frombuffer(content, dtype.newbyteorder(">" if self.big_endian else "<"))
            self.storages[storage] = as_float32(values) if halves else values.astype(dtype, copy=False)
        return self.storages[storage]

    def _unwritten(self, what: Message) -> SubmissionError:
        sentence = say(
            "`{file}` holds {what}; PyTorch does not write that.", file=self.reading.name, what=what
        )
        return refusal(sentence, SAVE_STATE)


def read_archive(reading: Reading, content: bytes) -> tuple[Any, Tensors]:
    """What the pickle describes, and the arrays of its tensors; nothing is unpickled.

    Refused if it is damaged, too large, or has anything in it that is no state dict.
    """
    members = _Members.opened(reading, content)
    longest = reading.limits.config_bytes
    pickled = members.read("data.pkl", longest)
    if len(pickled) > longest:
        raise too_large(reading, "data.pkl", longest)
    order = members.read("byteorder", 10).strip() or b"little"
    if order not in {b"little", b"big"}:
        raise _damaged(reading)
    tensors = Tensors(reading, lambda key, size: members.read(f"data/{key}", size), order == b"big")
    return walk(reading, pickled), tensors


@dataclass
class _Members:
    """The members of the archive, all in one folder, of which no more bytes are read than are `left`."""

    reading: Reading
    archive: zipfile.ZipFile
    folder: str
    left: int

    @classmethod
    def opened(cls, reading: Reading, content: bytes) -> "_Members":
        """Open an archive whose names and packing are those of PyTorch."""
        most = reading.limits.hdf5_objects
        if content.count(ZIP_ENTRY) > 2 * most:
            raise _damaged(reading)
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except ZIP_DAMAGE as error:
            raise _damaged(reading) from error
        members = archive.infolist()
        names = {member.filename for member in members}
        folders = [name.removesuffix(_PICKLE) for name in names if name.endswith(_PICKLE)]
        rare = any(
            member.flag_bits & ZIP_ENCRYPTED or member.compress_type not in ZIP_METHODS for member in members
        )
        if rare or len(names) < len(members) or len(members) > most or len(folders) != 1:
            raise _damaged(reading)
        if f"{folders[0]}/constants.pkl" in names:
            sentence = say("`{file}` is a program of TorchScript, which is not run here.", file=reading.name)
            raise refusal(sentence, SAVE_STATE)
        return cls(reading, archive, folders[0], reading.limits.of_rubric.model_file)

    def read(self, name: str, longest: int) -> bytes:
        """At most so many bytes of a member and one; nothing where there is no such member."""
        member = f"{self.folder}/{name}"
        try:
            size = self.archive.getinfo(member).file_size
            if min(size, longest) > self.left:
                raise too_large(self.reading, shown(member), self.left)
            with self.archive.open(member) as file:
                found = file.read(longest + 1)
        except KeyError:
            return b""
        except ZIP_DAMAGE as error:
            raise _damaged(self.reading) from error
        self.left -= len(found)
        return found


def _damaged(reading: Reading) -> SubmissionError:
    return refusal(
        say("`{file}` is damaged or cut short: its zip archive cannot be read.", file=reading.name),
        say(
            "Check that the file is as large as where you trained the model and upload it again, or save it "
            'again with `torch.save(model.state_dict(), "model.pt")`.'
        ),
    )
