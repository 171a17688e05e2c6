"""The features of a class on disk, because those of a large one would fill the memory."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter

from grader.analysis.similarity import Likenesses, find_pairs
from grader.analysis.similarity.features import Features
from grader.files.temporary_store import Place, TemporaryStore

_FEATURES: TypeAdapter[Features] = TypeAdapter(Features)
# The others that are named in one report after the other are mostly the same ones.
_READ_LAST = 100


class ClassFeatures:
    """What the submissions of a class are compared by, in a temporary file that nobody else sees."""

    def __init__(self, folder: Path | None = None) -> None:
        """Make the file in this folder, or where temporary files are."""
        self._store = TemporaryStore(folder)
        self._places: dict[str, list[Place]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, id: str) -> bool:  # noqa: A002  (its name in the report)
        return id in self._places

    def add(self, id: str, features: Sequence[Features]) -> None:  # noqa: A002  (its name in the report)
        """Keep the features of a submission's runs; each submission is added once."""
        self._places[id] = [self._store.add(_FEATURES.dump_json(one)) for one in features]

    def close(self) -> None:
        """Delete what was kept."""
        self._store.close()

    def compare(self, ids: Iterable[str]) -> Likenesses:
        """The likeness of each of these submissions that resembles another one of them; see `find_pairs`.

        Their order is that of the class. The sentences are made of what is on disk, as long as it is open.
        """
        return find_pairs(self._of(ids))

    def is_comparable(self, id: str) -> bool:  # noqa: A002  (its name in the report)
        """Whether a submission can be compared at all; that it cannot is a bug."""
        with suppress(Exception):
            own = self._of([id])
            again = [replace(one, id=f"{id} again") for one in own]
            # With the sentences.
            tuple(find_pairs([*own, *again]).values())
            return True
        return False

    def _of(self, ids: Iterable[str]) -> "_Stored":
        return _Stored(self._store, [place for one in ids for place in self._places.get(one, ())])


class _Stored(Sequence[Features]):
    """Features that are read when they are asked for."""

    def __init__(self, store: TemporaryStore, places: Sequence[Place]) -> None:
        self._store, self._places = store, places
        self._at = lru_cache(_READ_LAST)(self._read)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, position: Any) -> Any:
        return self._at(position)

    def _read(self, position: int) -> Features:
        return _FEATURES.validate_json(self._store.read(self._places[position]))
