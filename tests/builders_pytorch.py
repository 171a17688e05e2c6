"""Files of PyTorch: those of `make_files.py` with their networks, and ones written opcode by opcode."""

import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from grader.measure.model.read import CleanModel, read_model
from grader.rubric import Files, Plan
from grader.rubric.network import LayerPlan

FILES = Path(__file__).parent / "measure" / "model" / "pytorch" / "files"
_CONV = [
    {"input": {"shape": [8, 8, 3]}},
    {"conv": {"filters": 6, "kernel": 3, "padding": 1}},
    *("batch_norm", "relu", "max_pool"),
    {"conv": {"stride": 2, "padding": 2}},
    *("leaky_relu", {"dropout": {"rate": 0.3}}, "flatten", "batch_norm", "linear", "gelu", "linear"),
]
# The layers of each file's network as a rubric declares them; where there is none, a chain is found.
NETWORKS: Mapping[str, Sequence[object]] = {
    **dict.fromkeys(("mlp.pt", "mlp.safetensors", "data_parallel.pt", "compiled.pt", "lightning.ckpt"), ()),
    **dict.fromkeys(("checkpoint_adam.pt", "checkpoint_adamw.pt", "checkpoint_sgd.pt"), ()),
    **dict.fromkeys(("bfloat16.pt", "bfloat16.safetensors", "float16.pt"), ()),
    "views.pt": ("flatten", {"linear": {"activation": "relu"}}, "linear", "relu", {"linear": {"units": 4}}),
    "mlp_tanh.pth": ("flatten", "linear", "tanh", "linear", "tanh", "linear"),
    **dict.fromkeys(("conv.pt", "conv.safetensors"), _CONV),
    "pooled.pt": (
        {"input": {"shape": [8, 8]}},
        {"conv": {"activation": "silu"}},
        *("average_pool", "conv", "elu", "adaptive_average_pool", "flatten", "linear", "softmax"),
    ),
    **dict.fromkeys(("lstm.pt", "lstm_deep.pt"), ("embedding", "lstm", "linear")),
    **dict.fromkeys(("gru.pt", "gru_deep.pt"), ("embedding", "gru", "linear")),
    "rnn.pt": ("embedding", {"rnn": {"units": 5}}, "linear"),
    "words.pt": (
        {"input": {"shape": [8]}},
        *("embedding", "layer_norm", {"conv": {"padding": 1}}, "tanh", "max_pool", "flatten", "linear"),
    ),
}


def a_plan(network: Sequence[object] = (), **more: object) -> Plan:
    """A plan that takes files of PyTorch with this network."""
    layers = tuple(LayerPlan.model_validate(layer, strict=False) for layer in network)
    return Plan(data="mine.npz", files=Files(model=("*.pt",)), network=layers, **more)


def made(name: str, network: Sequence[object] | None = None) -> CleanModel:
    """What is read of a file of PyTorch's own making."""
    plan = a_plan(NETWORKS.get(name, ()) if network is None else network)
    return read_model(name, (FILES / name).read_bytes(), plan=plan)


def read(content: bytes, network: Sequence[object] = (), name: str = "model.pt") -> CleanModel:
    """What is read of the bytes of a file."""
    return read_model(name, content, plan=a_plan(network))


def text(value: str) -> bytes:
    """The opcode of a text."""
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def number(value: int) -> bytes:
    """The opcode of a whole number."""
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def _numbers(values: Sequence[int]) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def a_tensor(  # noqa: PLR0913, PLR0917  (all that a tensor says)
    shape: Sequence[int] = (2, 3),
    strides: Sequence[int] = (3, 1),
    offset: int = 0,
    count: int = 6,
    storage: bytes = b"ctorch\nFloatStorage\n",
    key: str = "0",
) -> bytes:
    """The opcodes of a tensor."""
    where = b"(" + text("storage") + storage + text(key) + text("cpu") + number(count) + b"tQ"
    rest = number(offset) + _numbers(shape) + _numbers(strides) + b"\x89ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + where + rest + b"tR"


def a_state(**tensors: bytes) -> bytes:
    """The pickle of a state dict; `__` in a name is a point."""
    items = b"".join(text(name.replace("__", ".")) + value for name, value in tensors.items())
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + items + b"u."


def a_file(pickled: bytes, numbers: bytes | None = None, **more: bytes) -> bytes:
    """The archive around a pickle, with one storage of six numbers."""
    storage = struct.pack("<6f", *range(6)) if numbers is None else numbers
    members = {"data.pkl": pickled, "byteorder": b"little", "data/0": storage, "version": b"3\n", **more}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"model/{name}", content)
    return buffer.getvalue()


def a_header(described: object, numbers: bytes = b"") -> bytes:
    """A file of safetensors with this header and these numbers."""
    header = described if isinstance(described, bytes) else json.dumps(described).encode()
    return len(header).to_bytes(8, "little") + header + numbers


def in_safetensors(arrays: Mapping[str, np.ndarray]) -> bytes:
    """A file of safetensors with these arrays of float32."""
    described, numbers = {}, b""
    for name, array in arrays.items():
        packed = np.ascontiguousarray(array, "<f4").tobytes()
        places = [len(numbers), len(numbers) + len(packed)]
        described[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": places}
        numbers += packed
    return a_header(described, numbers)
