"""Acts whose end is known, as they come from stored decisions, and the table of numbers that a model reads."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model.windows import Floats
from goodfor.risk.types import Value

#: A text that fewer acts had, and those beyond the most frequent ones, are all "another".
LEAST_OF_A_TEXT: Final = 20
MOST_TEXTS: Final = 60
#: A feature must be known for at least this share of the acts.
LEAST_KNOWN: Final = 0.01
#: Weights of sampled acts are bounded, else one act would outweigh thousands.
MOST_WEIGHT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """One stored decision. `bad` None: nothing is known yet. `known_at`: when it became known (for an act that nobody
    ever complained about: when the time for complaints was over). `chance`: with which a would-be denial was let
    through to learn from; 1 for all others."""

    at: datetime
    snapshot: Mapping[str, Value]
    bad: bool | None
    known_at: datetime | None
    amount_minor: int
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a snapshot becomes numbers: names in order; of features that are texts, the number of each known text."""

    names: tuple[str, ...]
    texts: Mapping[str, Mapping[str, int]]
    set_version: int

    @property
    def categorical(self) -> tuple[int, ...]:
        """Which columns are texts."""
        return tuple(place for place, name in enumerate(self.names) if name in self.texts)

    def row(self, snapshot: Mapping[str, Value]) -> Floats:
        """(1, features); what is not known, or no number where one belongs, is NaN."""
        get, texts = snapshot.get, self.texts
        try:
            if not texts:
                return np.array([[get(name) for name in self.names]], dtype=np.float64)
            return np.array(
                [[texts[name].get(get(name), nan) if name in texts else get(name) for name in self.names]],  # type: ignore[arg-type]
                dtype=np.float64,
            )
        except (TypeError, ValueError):
            return np.array([[self._number(name, get(name)) for name in self.names]])

    def _number(self, name: str, value: object) -> float:
        if name in self.texts:
            return self.texts[name].get(value, nan) if isinstance(value, str) else nan
        return float(value) if isinstance(value, bool | int | float) else nan

    def to_json(self) -> dict[str, Any]:
        """As it is stored with its model."""
        return {"names": list(self.names), "texts": {name: dict(known) for name, known in self.texts.items()},
                "set_version": self.set_version}  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Encoding":
        """Back from where it is stored."""
        texts = {name: {text: int(number) for text, number in known.items()} for name, known in stored["texts"].items()}
        return cls(tuple(stored["names"]), texts, int(stored["set_version"]))


@dataclass(frozen=True, slots=True)
class Rows:
    """Acts by time. `values`: (acts, features). Times in seconds since 1970; `known_at` NaN: nothing is known."""

    encoding: Encoding
    values: Floats
    at: Floats
    bad: NDArray[np.bool_]
    known_at: Floats
    amounts: NDArray[np.int64]
    weights: Floats

    def __len__(self) -> int:
        return int(self.at.size)

    def among(self, which: NDArray[np.bool_]) -> "Rows":
        """Those only."""
        return Rows(
            self.encoding, self.values[which], self.at[which], self.bad[which], self.known_at[which],
            self.amounts[which], self.weights[which],
        )  # fmt: skip

    def known_by(self, moment: float) -> NDArray[np.bool_]:
        """Whose end was known then."""
        return np.nan_to_num(self.known_at, nan=np.inf) <= moment


def read_rows(acts: Iterable[Labelled], set_version: int, leave_out: Sequence[str] = ()) -> Rows:
    """All acts in one pass; memory is that of the numbers. Features that are hardly known, or never differ, are left
    out, and so are those named in `leave_out`."""
    columns: dict[str, array[float]] = {}
    texts: dict[str, Counter[str]] = {}
    codes: dict[str, dict[str, int]] = {}
    at, known_at, weights = array("d"), array("d"), array("d")
    amounts, bad = array("q"), array("b")
    skipped = frozenset(leave_out)
    for number, act in enumerate(acts):
        for name, value in act.snapshot.items():
            if name in skipped or value is None:
                continue
            column = columns.setdefault(name, array("d"))
            column.extend([nan] * (number - len(column)))
            if isinstance(value, str):
                texts.setdefault(name, Counter())[value] += 1
                known = codes.setdefault(name, {})
                column.append(known.setdefault(value, len(known)))
            else:
                column.append(float(value))
        at.append(act.at.timestamp())
        bad.append(bool(act.bad))
        told = act.known_at if act.bad is not None else None
        known_at.append(nan if told is None else told.timestamp())
        amounts.append(act.amount_minor)
        weights.append(min(MOST_WEIGHT, 1 / act.chance) if act.chance > 0 else MOST_WEIGHT)
    many = len(at)
    kept: dict[str, Floats] = {}
    for name in sorted(columns):
        columns[name].extend([nan] * (many - len(columns[name])))
        values = np.frombuffer(columns.pop(name), dtype=np.float64).copy()
        if name in texts:
            values = _recoded(values, codes[name], texts[name])
        if _tells(values):
            kept[name] = values
    names = {name: _numbered(texts[name]) for name in kept if name in texts}
    order = np.argsort(np.array(at), kind="stable")
    table = np.column_stack(list(kept.values())) if kept else np.empty((many, 0))
    return Rows(
        Encoding(tuple(kept), names, set_version), table[order], np.array(at)[order],
        np.array(bad, dtype=np.bool_)[order], np.array(known_at)[order], np.array(amounts, dtype=np.int64)[order],
        np.array(weights)[order],
    )  # fmt: skip


def _numbered(seen: Counter[str]) -> dict[str, int]:
    """The frequent texts, numbered from the most frequent; by the alphabet where they are equal."""
    frequent = [text for text, many in seen.items() if many >= LEAST_OF_A_TEXT]
    frequent.sort(key=lambda text: (-seen[text], text))
    return {text: number for number, text in enumerate(frequent[:MOST_TEXTS])}


def _recoded(values: Floats, codes: Mapping[str, int], seen: Counter[str]) -> Floats:
    """From numbers by appearance to those of `_numbered`."""
    numbered = _numbered(seen)
    table = np.full(len(codes) + 1, nan)
    for text, code in codes.items():
        table[code] = numbered.get(text, nan)
    return table[np.nan_to_num(values, nan=len(codes)).astype(np.int64)]


def _tells(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return known.size >= max(1, LEAST_KNOWN * values.size) and bool(
        (known != known[0]).any() or known.size < values.size
    )
