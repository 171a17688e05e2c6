"""The pickle in a `.pt` file: what honest ones hold comes out, all else is refused, and nothing runs."""

import contextlib
import os
import pickle
import struct
import zipfile
from pathlib import Path

import pytest
from builders_golden import refusal_of, said
from builders_pytorch import FILES, a_file, a_state, a_tensor, made, number, read, text
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import DoubtError, SubmissionError
from grader.measure.model.pytorch.walker import MOST_STEPS, LeftOut, Tensor, walk
from grader.measure.model.reading import Limits, start

READING = start("model.pt", Limits())
GOOD = a_state(weight=a_tensor())


class Bomb:
    """Writes a marker when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("marker",)


def test_a_state_dict() -> None:
    """Its tensors with storage, offset, shape and strides."""
    found = walk(READING, GOOD)["weight"]

    assert isinstance(found, Tensor)
    assert ("f4", 6, 0, (2, 3), (3, 1)) == (found.storage.dtype, found.storage.size, *found[1:])


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_values_are_those_of_pickle(protocol: int) -> None:
    """Dictionaries, lists, tuples, numbers and texts, in every protocol from 2 on."""
    value = {"epoch": 3, "big": 2**70, "loss": [0.5, -1, None, True], 1: ("a", "é" * 300, ())}

    assert value == walk(READING, pickle.dumps(value, protocol))


def test_what_stands_beside_the_weights_is_left_out() -> None:
    """Numbers of NumPy, a device, the settings of a script: nobody calls their classes."""
    content = b"\x80\x02}(" + text("best") + b"cnumpy.core.multiarray\nscalar\n)R"
    content += text("arguments") + b"cargparse\nNamespace\n)\x81}" + text("lr") + number(1) + b"sbu."

    assert {"best": LeftOut(), "arguments": LeftOut()} == walk(READING, content)
    assert {"data": LeftOut()} == walk(READING, pickle.dumps({"data": Path("data")}, 2))


def test_a_stride_that_is_never_taken_may_be_of_any_length() -> None:
    """NumPy could not keep it."""
    layer = read(a_file(a_state(weight=a_tensor(shape=(1, 6), strides=(2**70, 1))))).facts.layers[0]

    assert 1 == layer.units


HOSTILE = {
    "os.system by reduce": b"\x80\x02cposix\nsystem\n" + text("touch marker") + b"\x85R.",
    "builtins.eval by reduce": b"\x80\x02cbuiltins\neval\n" + text("1") + b"\x85R.",
    "a name alone": b"\x80\x02}" + text("a") + b"cos\nremove\ns.",
    "a name from the stack": b"\x80\x04" + text("posix") + text("system") + b"\x93.",
    "a name from the memory": b"\x80\x04" + text("posix") + b"q\0" + text("system") + b"q\x010h\0h\x01\x93.",
    "a name with a path": b"\x80\x04"
    + text("torch")
    + text("_utils._rebuild_tensor_v2.__globals__")
    + b"\x93.",
    "INST": b"\x80\x02(" + text("touch marker") + b"iposix\nsystem\n.",
    "OBJ": b"\x80\x02(cposix\nsystem\n" + text("touch marker") + b"o.",
    "NEWOBJ_EX": b"\x80\x04ccollections\nOrderedDict\n)}\x92.",
    "an extension": b"\x80\x02\x82\x01.",
    "a persistent id in text": b"Pstorage\n.",
    "a pickle inside": b"\x80\x02ctorch.storage\n_load_from_bytes\n" + text("x") + b"\x85R.",
    "a class of PyTorch": b"\x80\x02ctorch.nn.modules.linear\nLinear\n)\x81}b.",
    "a class of one's own": b"\x80\x02c__main__\nNet\n)\x81}b.",
    "an ordered dictionary that is built of a call": b"\x80\x02ccollections\nOrderedDict\ncposix\nsystem\nR.",
    "a bomb of pickle's own making": pickle.dumps(Bomb()),
    "a buffer outside": b"\x80\x05\x97.",
}


@pytest.mark.hostile_row(160)
@pytest.mark.parametrize("case", HOSTILE)
def test_whatever_a_pickle_would_call_is_named_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Nothing is looked up, imported or called."""
    monkeypatch.chdir(tmp_path)

    assert said(*refusal_of(lambda: read(a_file(HOSTILE[case]))))
    assert [] == list(tmp_path.iterdir())


BROKEN = {
    "empty": b"",
    "without an end": GOOD[:-1],
    "an empty stack": b"\x80\x02.",
    "a memory that is empty": b"\x80\x02h\x05.",
    "no mark": b"\x80\x02}u.",
    "an odd number of items": b"\x80\x02}(" + text("a") + b"u.",
    "items of a number": b"\x80\x02K\x01(" + text("a") + b"K\x01u.",
    "a list as a key": b"\x80\x02}(]K\x01u.",
    "nested tuples as a key": b"\x80\x02}()" + b"\x85" * 100_000 + b"K\x01u.",
    "a call of a number": b"\x80\x02K\x01)R.",
    "attributes of a number": b"\x80\x02K\x01}b.",
    "a storage of a number": b"\x80\x02K\x01Q.",
    "a storage of another kind": a_state(weight=a_tensor(storage=b"ccollections\nOrderedDict\n")),
    "a tensor of nothing": b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.",
    "strides below zero": a_state(weight=a_tensor(strides=(-3, 1))),
    "a shape below zero": a_state(weight=a_tensor(shape=(-2, 3))),
    "an offset below zero": a_state(weight=a_tensor(offset=-1)),
    "shape and strides apart": a_state(weight=a_tensor(shape=(2, 3, 1))),
    "beyond the storage": a_state(weight=a_tensor(shape=(2, 4), strides=(4, 1))),
    "an offset beyond the storage": a_state(weight=a_tensor(offset=1)),
    "more axes than there are": a_state(weight=a_tensor(shape=(1,) * 70, strides=(1,) * 70)),
    "a storage that is too short": a_state(weight=a_tensor(count=7)),
    "a storage that is too long": a_state(weight=a_tensor(count=5, shape=(1, 3))),
    "a storage that is not there": a_state(weight=a_tensor(key="1")),
    "a storage outside": a_state(weight=a_tensor(key="../../data.pkl")),
    "a storage of petabytes": a_state(weight=a_tensor(count=2**50)),
    "a view of a number, very often": a_state(weight=a_tensor(shape=(2**20, 2**20), strides=(0, 0))),
    "a tensor of 64 million numbers, ten times": a_state(
        **{f"l{one}__weight": a_tensor(shape=(8_000, 8_000), strides=(0, 0)) for one in range(10)}
    ),
    "no numbers, and a side without end": a_state(weight=a_tensor(shape=(0, 2**62))),
    "one tensor alone": b"\x80\x02" + a_tensor() + b".",
    "no weights": b"\x80\x02}" + text("epoch") + b"K\x03s.",
    "a dictionary inside itself": b"\x80\x02}q\0" + text("model") + b"h\0s.",
}


@pytest.mark.hostile_row(161)
@pytest.mark.parametrize("case", BROKEN)
def test_what_pytorch_does_not_write_is_refused(case: str) -> None:
    """Damaged pickles, and tensors that their storages do not have."""
    assert said(*refusal_of(lambda: read(a_file(BROKEN[case]))))


@pytest.mark.hostile_row(164)
@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x02" + b"]" * 500_000 + b"a" * 499_999 + b".",
        b"\x80\x02]q\0" + b"h\0a" * 400_000 + b".",
        b"\x80\x02" + b"(" * 500_000 + b"t" * 500_000 + b".",
        b"\x80\x02" + b"N0" * (MOST_STEPS // 2 + 10) + b".",
        b"\x80\x02X" + struct.pack("<I", 2**32 - 1) + b"a.",
        b"\x80\x02\x8b" + struct.pack("<i", 2**30) + b"a.",
        b"I" + b"9" * 100_000 + b"\n.",
        b"\x80\x02" + b"N" * (5 << 20) + b".",
        b"\x80\x02}q\0" + b"".join(text(f"{one}") + b"h\0s" for one in range(20_000)) + b".",
    ],
    ids=["lists", "memory", "tuples", "steps", "text", "number", "digits", "bytes", "itself"],
)
def test_bombs_are_refused(content: bytes) -> None:
    """Depth, memory, length and number of steps are bounded, and what is refused is refused soon."""
    with pytest.raises(SubmissionError):
        read(a_file(content))


@settings(max_examples=200)
@given(st.data())
def test_damaged_pickles_never_raise_anything_else(data: st.DataObject) -> None:
    """Real files with a few bytes changed, left out or put in: read, or refused with a sentence."""
    pickled = bytearray(GOOD if data.draw(st.booleans()) else REAL)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pickled) - 1))
        pickled[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    with contextlib.suppress(SubmissionError, DoubtError):
        read(a_file(bytes(pickled)))


def _pickle_of(name: str) -> bytes:
    with zipfile.ZipFile(FILES / name) as archive:
        return archive.read(next(one for one in archive.namelist() if one.endswith("data.pkl")))


REAL = _pickle_of("checkpoint_adam.pt")


@pytest.mark.parametrize("name", ["whole.pt", "old.pt", "script.pt"])
def test_real_files_of_more_than_weights(name: str) -> None:
    """A whole model, the form before PyTorch 1.6 and a TorchScript program say what to save instead."""
    assert said(*refusal_of(lambda: made(name)))
