"""Good files changed at random, from a seed: bits, pieces, and values within a form that stays whole."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import h5py
import numpy as np

Change = Callable[[Random, bytes], bytes]

ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 7, 2**40, 2**70, 1e308, 0.5, "", "x" * 5000, "dense", "Lambda", "relu", "\x1b[2J"),
    *([], [[]], {}, [None, 3], [1, 2, 3], {"class_name": "Lambda"}, [["input", 0, 0]], {"a": {"b": []}}),
)
CELLS = (
    *("nan", "-inf", "1e999", "", "0,5", "True", "=1+1", "0x1p3", "1_000", '"', "a\nb", "\uff19", "-0"),
    "x" * 3000,
)


def mutated(random: Random, content: bytes, changes: tuple[Change, ...]) -> tuple[str, bytes]:
    """The file after one to three changes, and their names; a change that cannot be made is left out.

    Those that keep the form come first: no damaged file is opened here.
    """
    chosen = random.choices(changes, k=random.choice((1, 1, 2, 3)))
    names = []
    for change in sorted(chosen, key=lambda one: one in OF_BYTES):
        try:
            content = change(random, content)
        except Exception:  # noqa: BLE001, S112  (a value is gone already, or is not as the change expects it)
            continue
        names.append(change.__name__)
    return "+".join(names), content


def flips(random: Random, content: bytes) -> bytes:
    """Some bits are other ones: one, a few, or one byte in a hundred."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 4, 16, max(1, len(content) // 100)))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(random: Random, content: bytes) -> bytes:
    """The end is gone, the beginning, or a piece in the middle."""
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    return random.choice((content[:last], content[first:], content[:first] + content[last:]))


def splice(random: Random, content: bytes) -> bytes:
    """A piece stands a second time, in another place, over what was there or between it."""
    start, place = random.randrange(len(content)), random.randrange(len(content))
    piece = content[start : start + random.randrange(1, 4096)]
    rest = place if random.random() < 0.5 else place + len(piece)
    return content[:place] + piece + content[rest:]


def numbers(random: Random, content: bytes) -> bytes:
    """Four or eight bytes are a number at the edge of what a size or an address may be."""
    size = random.choice((4, 8))
    place = random.randrange(max(1, len(content) - size))
    value = random.choice((0, 1, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1, len(content))) % 2 ** (8 * size)
    return content[:place] + value.to_bytes(size, "little") + content[place + size :]


def members(random: Random, content: bytes) -> bytes:
    """An archive with a member left out, renamed, emptied, swapped or added, and packed otherwise."""
    parts = _members(content)
    names = list(parts)
    one, other = random.choice(names), random.choice(names)
    match random.randrange(6):
        case 0:
            del parts[one]
        case 1:
            parts[one + random.choice((" ", "/", ".bak", "\\x"))] = parts.pop(one)
        case 2:
            parts[one] = b""
        case 3:
            parts[one], parts[other] = parts[other], parts[one]
        case 4:
            parts[random.choice(("assets/x", "../x", "config.json/x", "CONFIG.JSON"))] = b"{}"
        case _:
            parts[one] = flips(random, parts[one])
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    return _archive(parts, method)


def config(random: Random, content: bytes) -> bytes:
    """One to three values of the network's JSON are of another kind, doubled, or gone."""
    if content.startswith(b"PK"):
        parts = _members(content)
        parts["config.json"] = json.dumps(_retyped(random, json.loads(parts["config.json"]))).encode()
        return _archive(parts)

    def change(file: Any) -> None:
        file.attrs["model_config"] = json.dumps(_retyped(random, json.loads(file.attrs["model_config"])))

    return _in_hdf5(content, change)


def weights(random: Random, content: bytes) -> bytes:
    """An array of the weights has another shape, type, name, place or value, or is gone."""

    def change(file: Any) -> None:
        paths: list[str] = []
        file.visititems(lambda path, found: paths.append(path) if isinstance(found, h5py.Dataset) else None)
        path = random.choice(paths)
        array = np.asarray(file[path])
        match random.randrange(8):
            case 0:
                del file[path]
            case 1:
                _replace(file, path, array.ravel())
            case 2:
                kind = random.choice(("float16", "int8", "complex64", "S4", "bool"))
                _replace(file, path, array.astype(kind))
            case 3:
                file.move(path, path + random.choice(("0", "\\x", "/x/y")))
            case 4:
                array = array.copy()
                array[...] = random.choice((np.nan, np.inf, 0.0, 3e38))
                _replace(file, path, array)
            case 5:
                _replace(file, path, np.zeros((*array.shape, random.choice((0, 1, 3)))))
            case 6:
                del file[path]
                file.create_dataset(path, array.shape, array.dtype, compression="gzip", chunks=True)
            case _:
                del file[path]
                file[path] = h5py.SoftLink("/" + random.choice(paths))

    return _inside(content, change)


def attributes(random: Random, content: bytes) -> bytes:
    """An attribute of the weights is gone, another one's, or of another kind."""

    def change(file: Any) -> None:
        groups = [file]
        file.visititems(lambda _, found: groups.append(found))
        group = random.choice([found for found in groups if len(found.attrs)])
        name = random.choice(list(group.attrs))
        value = random.choice((b"x", "\udcff", 7, [1.5, 2], ["a", "b"], np.zeros(3000), "[" * 3000))
        del group.attrs[name]
        if random.random() < 0.7:
            group.attrs[name] = value

    return _inside(content, change)


def archive_bytes(random: Random, content: bytes) -> bytes:
    """Bytes of the archive's own records are others, not those of the members."""
    places = [place for mark in (b"PK\1\2", b"PK\3\4", b"PK\5\6") for place in _places(content, mark)]
    changed = bytearray(content)
    for _ in range(random.choice((1, 2, 5))):
        place = min(random.choice(places) + random.randrange(4, 46), len(changed) - 1)
        changed[place] = random.randrange(256)
    return bytes(changed)


def weight_bytes(random: Random, content: bytes) -> bytes:
    """Bits of the HDF5 part are others, and the archive around it is as it should be."""
    if not content.startswith(b"PK"):
        return flips(random, content)
    parts = _members(content)
    parts["model.weights.h5"] = random.choice((flips, flips, numbers, splice, cut))(
        random, parts["model.weights.h5"]
    )
    return _archive(parts)


def cells(random: Random, content: bytes) -> bytes:
    """Some cells of a table are odd."""
    rows = list(csv.reader(io.StringIO(content.decode())))
    for _ in range(random.choice((1, 5, 50))):
        row = random.choice(rows)
        row[random.randrange(len(row))] = random.choice(CELLS)
    return _table(rows)


def rows(random: Random, content: bytes) -> bytes:
    """Rows are longer, shorter, doubled, out of order, or the header stands elsewhere."""
    table = list(csv.reader(io.StringIO(content.decode())))
    row = random.choice(table)
    match random.randrange(5):
        case 0:
            row.extend(["1"] * random.choice((1, 100)))
        case 1:
            del row[random.randrange(len(row)) :]
        case 2:
            table.extend(table[: random.randrange(len(table))])
        case 3:
            random.shuffle(table)
        case _:
            table[0][random.randrange(len(table[0]))] = random.choice(table[0] + ["", "épòque", "x" * 400])
    return _table(table)


def encoding(random: Random, content: bytes) -> bytes:
    """The text is in another encoding, with other line ends or another separator."""
    text = content.decode()
    for old, new in random.sample([(",", ";"), (",", "\t"), ("\n", "\r\n"), ("\n", "\r"), (".", ",")], 2):
        text = text.replace(old, new)
    return text.encode(random.choice(("utf-16", "utf-8-sig", "utf-32", "latin-1", "utf-16-be", "utf-7")))


def values(random: Random, content: bytes) -> bytes:
    """Values of a JSON document are of another kind, doubled, or gone."""
    return json.dumps(_retyped(random, json.loads(content))).encode()


OF_BYTES: tuple[Change, ...] = (flips, cut, splice, numbers, archive_bytes, weight_bytes)
OF_MODELS: tuple[Change, ...] = (
    *(flips, cut, splice, numbers, members, archive_bytes, weight_bytes, weight_bytes, weights, weights),
    *(attributes, config, config, config),
)
OF_LOGS: tuple[Change, ...] = (flips, cut, splice, numbers, cells, cells, rows, rows, encoding, values)


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _archive(parts: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def _in_hdf5(content: bytes, change: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


def _inside(content: bytes, change: Callable[[Any], None]) -> bytes:
    """The HDF5 part of a `.keras` file, or the whole of an `.h5` file, after a change."""
    if not content.startswith(b"PK"):
        return _in_hdf5(content, change)
    parts = _members(content)
    parts["model.weights.h5"] = _in_hdf5(parts["model.weights.h5"], change)
    return _archive(parts)


def _replace(file: Any, path: str, array: Any) -> None:
    del file[path]
    file[path] = array


def _places(content: bytes, mark: bytes) -> list[int]:
    return [place for place in range(len(content)) if content.startswith(mark, place)]


def _retyped(random: Random, whole: Any) -> Any:
    for _ in range(random.choice((1, 1, 2, 3))):
        holders = list(_holders(whole))
        holder = random.choice(holders)
        key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        match random.randrange(4):
            case 0:
                del holder[key]
            case 1:
                other = random.choice(holders)
                holder[key] = random.choice(list(other.values()) if isinstance(other, dict) else other)
                json.dumps(whole)  # a value inside itself is no JSON
            case _:
                holder[key] = random.choice(ODD)
    return whole


def _holders(value: Any) -> Any:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if parts:
        yield value
    for part in parts:
        yield from _holders(part)


def _table(table: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue().encode()
