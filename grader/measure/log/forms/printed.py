"""Printed text: a name before each number, as `print`, `logging`, progress bars and consoles show them."""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from grader.measure.log.document import Document
from grader.measure.log.names import MEASURED, has_side, is_of_validation, is_side, meaning
from grader.measure.log.table import RawColumn, Table, check_size, refusal
from grader.messages.message import say
from grader.messages.wording import counted, quoted
from grader.rubric import Limits

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Old progress bars go back over what they wrote.
_NEW_LINE = re.compile(r"[\n\x08]+")
# What has digits and is no value (dates, times, `5s`, `3ms/step`), and numbers, perhaps of a total.
_TOKEN = re.compile(
    r"""(?<![\w.@/-])\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ]\d\d?:\d\d(?::\d\d)?(?:[.,]\d++)?)?(?!\w)
    | (?<![\w.])\d++:\d\d(?::\d\d)?(?:[.,]\d++)?(?![\w.])
    | (?<![\w.@/-])(?P<number>\d{1,3}(?:,\d{3})++(?![\d.])
        |[+-]?(?:(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?|nan|inf|infinity))(?!\w|[.,]\d)
      (?:\s?/\s?(?P<total>\d++)(?![\w.]))?(?P<percent>\s?%)?
    | (?<![\w.@/-])\d++(?:\.\d*+)?[a-zµ]++(?:/[a-z]++)?(?!\w)
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
# Around the number of a scalar: `tensor(0.5)`, `np.float32(0.5)`, `<tf.Tensor: ... numpy=0.5>`.
_WRAPPED = re.compile(r"(?:<tf\.Tensor: shape=\(\), dtype=\w{1,10}, numpy=|(?:tf\.|np\.|numpy\.)?\w{1,9}\()$")
_AROUND = " '\"`([=:*#"
_PIECES = re.compile(r"[][(){}<>,;:|│!?\t]| -+ |\. |[-=]>|→")
_PAIR_OF_NUMBERS = re.compile(r"\s*\[\s*(\d{1,9}),\s*(\d{1,9})\](?=.*[:=])")
_NAME = re.compile(r"[^\W\d_]{2}")
_TABLE_ROW = re.compile(r"\s*[\"']?[\d.+-]+[\"']?\s*[,;\t]")
_KERAS_BAR = re.compile(
    r"\s*(?P<done>\d{1,9})/(?P<total>\d{1,9})\s+(?:\[[=>.]|━|(?P<once>- \d)|\d{1,9}[mu]?s\b)"
)
_OTHER_BAR = re.compile(r"\d{1,3}%\|[^|]*\|\s*(?P<done>\d{1,9})/(?P<total>\d{1,9})\s")
_ANNOUNCED = re.compile(r"\W*(?:train(?:ing)?\s+)?(?:epoch|step|iter(?:ation)?|batch)\b", re.IGNORECASE)
_IS_EPOCH_ALONE = re.compile(r"\s*Epoch \d{1,9}/\d{1,9}\s*")

_PLACES = frozenset({"epoch", "step", "batch"})
_ENOUGH = 10
_LONGEST_LABEL = 300
_LONGEST_NAME = 60
# Where no line says its epoch or step; the summary of a report has a loss, too.
_FEWEST_NORMS = 2
_FEWEST_LOSSES = 5

Pairs = dict[str, str]


@dataclass(frozen=True)
class _Bar:
    """How far a progress bar is; Keras' own has no name of an epoch in it, and may be drawn only once."""

    done: int
    total: int
    of_keras: bool = False
    once: bool = False


def recognises(document: Document) -> bool:
    """Whether some of its lines have a loss, an accuracy or a norm before a number.

    Prose with a few numbers is no log: its names are no names of columns.
    """
    seen = _Rows()
    for line in _lines(document.text):
        seen.add(line)
        if len(seen.rows) == _ENOUGH and seen.are_of_a_training():
            return True
    seen.end()
    return seen.are_of_a_training()


def read(document: Document, limits: Limits) -> Table:
    """Read a row from each line, or from lines that together say something about one place.

    A line `Epoch 3/5` holds for those below it. Of a progress bar the last state counts.
    """
    found = _Rows()
    for line in _lines(document.text):
        found.add(line)
    found.end()
    headers = dict.fromkeys(header for row in found.rows for header in row)
    if not headers:
        raise refusal(say("{name} has no line with a value.", name=quoted(document.name)))
    check_size(document.name, len(found.rows), len(headers), limits)
    notes = [say("The log was read from printed text.")]
    if found.evaluations:
        notes.append(
            say(
                "What `model.evaluate` prints was left out ({count}).",
                count=counted(found.evaluations, "line"),
            )
        )
    columns = tuple(_column(header, found.rows) for header in headers)
    return Table("printed", len(found.rows), columns, notes=tuple(notes))


class _Rows:
    """The rows that lines of printed text make, one after the other."""

    def __init__(self) -> None:
        self.rows: list[Pairs] = []
        self.evaluations = 0
        self._in_tables = 0
        self._places: Pairs = {}
        self._row: Pairs = {}
        self._announced: Pairs = {}
        self._bar: _Bar | None = None

    def are_of_a_training(self) -> bool:
        """Whether a row has its place, or there are some norms, or many losses; and no table is larger."""
        counts = Counter(_name(header) for row in self.rows for header in row)
        return self._in_tables < len(self.rows) and (
            any(counts[place] for place in _PLACES)
            or counts["gradient_norm"] >= _FEWEST_NORMS
            or counts["loss"] >= _FEWEST_LOSSES
        )

    def add(self, line: str) -> None:
        """Take one line in."""
        if _TABLE_ROW.match(line):
            self._in_tables += 1
            return
        if not _NAME.search(line) or line.lstrip().startswith("* "):
            # A well-known loop sums up its validation behind a star.
            return
        pairs, bar = self._with_one_name_for_each_place(_pairs(line)), _bar(line)
        if not any(_name(header) in MEASURED for header in pairs):
            if _ANNOUNCED.match(line):
                self._announce({header: pairs[header] for header in pairs if _is_place(header)}, line)
            return
        if bar and bar.of_keras and self._is_evaluation(bar):
            self.evaluations += 1
            return
        goes_on = bar and self._goes_on(bar)
        if any(self._is_contradicted(*pair) for pair in pairs.items() if not goes_on or _is_place(pair[0])):
            self.end()
        self._row = {**self._announced, **self._row, **pairs}
        self._bar = bar or self._bar

    def _with_one_name_for_each_place(self, pairs: Pairs) -> Pairs:
        """The same with the first of several names for steps, such as `iter` and then `step`."""
        named: Pairs = {}
        for header, value in pairs.items():
            name = _name(header) or ""
            named.setdefault(self._places.setdefault(name, header) if name in _PLACES else header, value)
        return named

    def end(self) -> None:
        """The row is complete."""
        if self._row:
            self.rows.append(self._row)
        self._row = {}

    def _announce(self, places: Pairs, line: str) -> None:
        """A line such as `Epoch 3/5` says where the lines below it belong.

        `Epoch 00003: val_loss improved` is about the epoch that goes on.
        """
        here = [float(value) for value in self._announced.values()]
        if not places or (not _IS_EPOCH_ALONE.fullmatch(line) and float(next(iter(places.values()))) in here):
            return
        self.end()
        begins = any(_name(header) == "epoch" for header in places)
        self._announced = places if begins else {**self._announced, **places}
        self._bar = None

    def _is_evaluation(self, bar: _Bar) -> bool:
        """Whether this is a second bar of Keras in an epoch: `evaluate` has one, and no epoch."""
        if not self._announced or self._bar is None:
            return False
        is_over = self._bar.once or any((_name(header) or "").startswith("val_") for header in self._row)
        return is_over or not self._goes_on(bar)

    def _goes_on(self, bar: _Bar) -> bool:
        """Whether it is the bar above, as far or a little further."""
        return self._bar is not None and self._bar.total == bar.total and self._bar.done <= bar.done

    def _is_contradicted(self, header: str, value: str) -> bool:
        """Whether the row is of another place, or has such a value already."""
        return header in self._row and not (_is_place(header) and self._row[header] == value)


def _lines(text: str) -> Iterator[str]:
    return (line for line in _NEW_LINE.split(_COLOURS.sub("", text)) if line.strip())


def _bar(line: str) -> _Bar | None:
    if keras := _KERAS_BAR.match(line):
        return _Bar(int(keras["done"]), int(keras["total"]), of_keras=True, once=keras["once"] is not None)
    other = _OTHER_BAR.search(line)
    return _Bar(int(other["done"]), int(other["total"])) if other else None


def _pairs(line: str) -> Pairs:
    """The numbers of one line by their names; `val: loss 0.5, acc 0.8` has two of validation."""
    pairs: Pairs = {}
    end, where = 0, ""
    if match := _PAIR_OF_NUMBERS.match(line):
        # `[1, 2000] loss: 2.186`, as a well-known tutorial prints epoch and step.
        pairs, end = {"epoch": match[1], "step": match[2]}, match.end()
    for token in _TOKEN.finditer(line, end):
        label, end = line[max(end, token.start() - _LONGEST_LABEL) : token.start()], token.end()
        name, where = _named(label, where)
        if name and token["number"] and not (_is_place(name) and token["percent"]):
            pairs.setdefault(_on(where, name), _value(name, token))
    return pairs


@functools.lru_cache(maxsize=4096)
def _on(where: str, name: str) -> str:
    """The name with the data in front that a line is about, if these are for validation."""
    is_validation = is_of_validation(where) and not has_side(name) and not _is_place(name)
    return f"{where} {name}" if is_validation else name


# Lines are much alike.
@functools.lru_cache(maxsize=4096)
def _named(label: str, where: str) -> tuple[str, str]:
    """The name at the end of the text before a number, and which data the line is about by now."""
    bare = _WRAPPED.sub("", label)
    if bare.rstrip().endswith((":", "=")):
        bare = bare.rstrip()
    stripped = bare.rstrip(_AROUND)
    pieces = [piece.strip(_AROUND) for piece in _PIECES.split(stripped)]
    for piece in pieces:
        # `train Loss: 0.5 Acc: 0.8`, `Test set: Average loss: 0.5, Accuracy: 0.8`
        if piece and is_side(first := piece.partition(" ")[0]):
            where = first
    name = " ".join(pieces[-1].split())
    # Between a name and its number stands `:`, `=`, a blank or a bracket; after `loss: [` there are several.
    link = bare[len(stripped) :]
    is_list = "[" in link and (":" in link or "=" in link) and not _is_place(name)
    is_link = link and not is_list
    is_name = is_link and len(name) <= _LONGEST_NAME and any(map(str.isalpha, name))
    return (name if is_name else ""), where


def _value(name: str, token: "re.Match[str]") -> str:
    """The number as a cell; `9870/10000` of an accuracy is a share, and of an epoch it is the 9870th."""
    number, total = token["number"].replace(",", ""), token["total"]
    if total and (_name(name) or "").endswith("accuracy") and float(total):
        return str(float(number) / float(total))
    return f"{number}%" if token["percent"] else number


def _column(header: str, rows: Iterable[Pairs]) -> RawColumn:
    cells = [(at, row[header]) for at, row in enumerate(rows) if header in row]
    return RawColumn(
        header,
        np.array([at for at, _ in cells], dtype=np.int64),
        np.array([cell for _, cell in cells], dtype=object),
    )


@functools.lru_cache(maxsize=4096)
def _name(header: str) -> str | None:
    known = meaning(header)
    return known.name if known else None


def _is_place(header: str) -> bool:
    return _name(header) in _PLACES
