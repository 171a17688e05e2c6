"""The pickle in a `.pt` file, walked opcode by opcode: dictionaries, lists, numbers and tensors come out.

A pickle is a program that calls functions by their names. This machine knows what a few of them would return
for a file of weights, and refuses every other name; it looks up, imports and calls none.
"""

import math
import pickletools
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grader.errors import SubmissionError
from grader.measure.model.reading import SAVE_STATE, Reading, refusal, shown
from grader.messages.message import say

MOST_STEPS = 1_000_000
# Where numbers are stored: the name in `torch`, and their type in NumPy; bfloat16 is half a float32.
STORAGES = {
    "FloatStorage": "f4",
    "DoubleStorage": "f8",
    "HalfStorage": "f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "ShortStorage": "i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
# What stands beside the weights in honest checkpoints and says nothing about them; it is left out.
_IGNORED = frozenset(
    {
        *("torch.device", "torch.Size", "torch.float32", "torch.float64", "torch.float16", "torch.bfloat16"),
        *("collections.Counter", "collections.defaultdict", "argparse.Namespace", "_codecs.encode"),
        *("numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"),
        *("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"),
        *("__builtin__.set", "builtins.set", "pathlib.PosixPath", "pathlib.WindowsPath"),
        *("pathlib._local.PosixPath", "pathlib._local.WindowsPath"),
    }
)
_IGNORED_PACKAGES = ("lightning.", "pytorch_lightning.", "lightning_fabric.")
_ORDERED, _TENSOR = "collections.OrderedDict", "torch._utils._rebuild_tensor_v2"
_PARAMETER = "torch._utils._rebuild_parameter"
_KNOWN = frozenset({_ORDERED, _TENSOR, _PARAMETER, *(f"torch.{name}" for name in STORAGES)})


class Storage(NamedTuple):
    """Numbers in a member of the archive: its key, their type, and how many there are: its `size`."""

    key: str
    dtype: str
    size: int


class Tensor(NamedTuple):
    """A view of a storage, not yet checked against what the storage has."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers the view has."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class LeftOut:
    """Something that is no weight and that nobody asks about."""


class _Name(NamedTuple):
    """A function or a class that the file names."""

    name: str


class _DamagedError(ValueError):
    """The pickle is none that PyTorch writes."""


_MARK = object()
_LEFT_OUT = LeftOut()


def walk(reading: Reading, pickled: bytes) -> Any:
    """What the pickle describes: dictionaries, lists, tuples, texts, numbers, `Tensor` and `LeftOut`.

    Refused if it names anything else, or is damaged, or longer than any file of weights.
    """
    machine = _Machine(reading)
    try:
        with warnings.catch_warnings():
            # Texts of old protocols may have escapes that Python no longer likes.
            warnings.simplefilter("ignore", DeprecationWarning)
            for step, (opcode, argument, _) in enumerate(pickletools.genops(pickled)):
                if step > MOST_STEPS:
                    raise _DamagedError
                if opcode.name == "STOP":
                    return machine.stack.pop()
                machine.do(opcode.name, argument)
    except SubmissionError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, EOFError, AttributeError):
        pass
    raise refusal(
        say("`{file}` is damaged, or was not written by `torch.save`.", file=reading.name), SAVE_STATE
    )


@dataclass
class _Machine:
    """The stack and the memory of an unpickler, without anything that would run."""

    reading: Reading
    stack: list[Any] = field(default_factory=list)
    memory: dict[int, Any] = field(default_factory=dict)

    def do(self, opcode: str, argument: Any) -> None:
        """Take one step."""
        if opcode in _VALUES:
            self.stack.append(argument)
        elif opcode in _CONSTANTS:
            self.stack.append(_CONSTANTS[opcode]())
        elif opcode in _ACTIONS:
            _ACTIONS[opcode](self, argument)
        elif opcode not in {"PROTO", "FRAME"}:
            raise self.unknown(opcode)

    def unknown(self, found: str) -> SubmissionError:
        """The refusal of what no state dict has in it."""
        file, name = self.reading.name, shown(found)
        if found.rpartition(".")[2][:1].isupper() and "." in found:
            sentence = say(
                "`{file}` holds an object of the class `{name}`, as `torch.save(model)` writes it. Loading "
                "it would run code, so only weights are read.",
                file=file,
                name=name,
            )
        else:
            sentence = say(
                "`{file}` holds `{name}`, which is no part of a state dict; nothing of it was run.",
                file=file,
                name=name,
            )
        return refusal(sentence, SAVE_STATE)

    def name(self, module: str, name: str) -> None:
        """Note a name, if it is one of those that are known."""
        found = f"{module}.{name}"
        if found not in _KNOWN | _IGNORED and not found.startswith(_IGNORED_PACKAGES):
            raise self.unknown(found)
        self.stack.append(_Name(found))

    def marked(self) -> list[Any]:
        """What stands above the last mark, which goes with it."""
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                above = self.stack[place + 1 :]
                del self.stack[place:]
                return above
        raise _DamagedError

    def tuple_of(self, count: int) -> None:
        """Make a tuple of the last values."""
        if len(self.stack) < count:
            raise _DamagedError
        taken = tuple(self.stack[-count:])
        del self.stack[-count:]
        self.stack.append(taken)

    def put(self, items: list[Any]) -> None:
        """Put keys and values, in turn, into the dictionary that is on the stack."""
        target = self.stack[-1]
        if isinstance(target, LeftOut):
            return
        if not isinstance(target, dict) or len(items) % 2:
            raise _DamagedError
        target |= _paired(items)

    def add(self, items: list[Any]) -> None:
        """Add values to the list that is on the stack."""
        target = self.stack[-1]
        if isinstance(target, list):
            target += items
        elif not isinstance(target, LeftOut):
            raise _DamagedError

    def built(self) -> None:
        """Leave out the attributes of an ordered dictionary: PyTorch keeps its versions there."""
        self.stack.pop()
        if not isinstance(self.stack[-1], dict | LeftOut):
            raise _DamagedError

    def called(self) -> None:
        """Put in place of a call what the few known ones would return."""
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(function, _Name) or not isinstance(arguments, tuple):
            raise _DamagedError
        self.stack.append(_returned(function.name, arguments))

    def stored(self) -> None:
        """Put a storage in place of what names it."""
        match self.stack.pop():
            case ("storage", _Name(name), str(key), str(), int(count)) if count >= 0:
                self.stack.append(Storage(key, STORAGES[name.removeprefix("torch.")], count))
            case _:
                raise _DamagedError


def _returned(function: str, arguments: tuple[Any, ...]) -> Any:
    match function, arguments:
        case str(_ as name), () if name == _ORDERED:
            return {}
        case str(_ as name), (list(pairs),) if name == _ORDERED:
            return _paired([part for pair in pairs for part in _pair(pair)])
        case str(_ as name), (Storage() as storage, int(offset), tuple(shape), tuple(strides), *_) if (
            name == _TENSOR and offset >= 0
        ):
            return Tensor(storage, offset, _whole_numbers(shape), _whole_numbers(strides))
        case str(_ as name), (Tensor() as tensor, *_) if name == _PARAMETER:
            return tensor
    if function in _KNOWN:
        raise _DamagedError
    return _LEFT_OUT


def _pair(value: Any) -> Any:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise _DamagedError
    return value


def _paired(items: list[Any]) -> dict[Any, Any]:
    keys = items[::2]
    if not all(key is None or isinstance(key, str | int | float) for key in keys):
        raise _DamagedError
    return dict(zip(keys, items[1::2], strict=True))


def _whole_numbers(values: tuple[Any, ...]) -> tuple[int, ...]:
    if not all(isinstance(value, int) and value >= 0 for value in values):
        raise _DamagedError
    return values


def _remember(machine: _Machine, place: int | None) -> None:
    machine.memory[len(machine.memory) if place is None else place] = machine.stack[-1]


def _duplicate(machine: _Machine, _: Any) -> None:
    machine.stack.append(machine.stack[-1])


def _global(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    machine.name(module, name)


def _stack_global(machine: _Machine, _: Any) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise _DamagedError
    machine.name(module, name)


def _set_item(machine: _Machine, _: Any) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    machine.put([key, value])


_VALUES = frozenset(
    {
        *("INT", "LONG", "LONG1", "LONG4", "BININT", "BININT1", "BININT2", "FLOAT", "BINFLOAT"),
        *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINBYTES", "SHORT_BINBYTES"),
    }
)
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
    "MARK": lambda: _MARK,
}
_ACTIONS: dict[str, Callable[[_Machine, Any], object]] = {
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "REDUCE": lambda machine, _: machine.called(),
    "NEWOBJ": lambda machine, _: machine.called(),
    "BUILD": lambda machine, _: machine.built(),
    "BINPERSID": lambda machine, _: machine.stored(),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.marked())),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "LIST": lambda machine, _: machine.stack.append(machine.marked()),
    "DICT": lambda machine, _: machine.stack.append(_paired(machine.marked())),
    "SETITEM": _set_item,
    "SETITEMS": lambda machine, _: machine.put(machine.marked()),
    "APPEND": lambda machine, _: machine.add([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.add(machine.marked()),
    "ADDITEMS": lambda machine, _: machine.add(machine.marked()),
    "POP": lambda machine, _: machine.stack.pop(),
    "POP_MARK": lambda machine, _: machine.marked(),
    "DUP": _duplicate,
    "PUT": _remember,
    "BINPUT": _remember,
    "LONG_BINPUT": _remember,
    "MEMOIZE": _remember,
    "GET": lambda machine, place: machine.stack.append(machine.memory[place]),
    "BINGET": lambda machine, place: machine.stack.append(machine.memory[place]),
    "LONG_BINGET": lambda machine, place: machine.stack.append(machine.memory[place]),
}
