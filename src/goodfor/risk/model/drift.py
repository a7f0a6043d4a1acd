"""Does the world still look as it did when the model learned? Population stability index by feature and score. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from goodfor.risk.model.rows import Encoding
from goodfor.risk.model.windows import Floats
from goodfor.risk.types import Value

BINS: Final = 10
#: Shares below this count as this: an empty bin would be an infinite distance.
_LEAST: Final = 1e-4
#: The usual reading: below the first nothing happened, from the second on it is another world.
MOVED: Final = 0.1
CHANGED: Final = 0.25
#: With fewer acts the figures are noise.
ENOUGH: Final = 200
STEADY_WORD: Final = "steady"
MOVED_WORD: Final = "moved"
CHANGED_WORD: Final = "changed"


def histogram(values: Floats, *, texts: bool = False) -> dict[str, list[float]]:
    """`edges` between bins (values equal to an edge are above it), `shares` of the bins and, last, of not known."""
    known = values[~np.isnan(values)]
    if texts:
        edges = np.unique(known)[1:]
    else:
        quantiles = np.quantile(known, np.arange(1, BINS) / BINS, method="higher") if known.size else np.empty(0)
        # An edge at the least value would make a bin that nothing can be in.
        edges = np.unique(quantiles[quantiles > known.min(initial=np.inf)])
    return {"edges": edges.tolist(), "shares": _shares(values, edges)}


def histograms(values: Floats, names: Sequence[str], categorical: Sequence[int]) -> dict[str, dict[str, list[float]]]:
    """One a feature, to be kept with the model."""
    return {name: histogram(values[:, place], texts=place in categorical) for place, name in enumerate(names)}


def _shares(values: Floats, edges: Floats) -> list[float]:
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=edges.size + 1)
    shares: Floats = np.append(counts, values.size - known.size) / max(1, values.size)
    return [float(share) for share in shares]


def stability(then: Mapping[str, Sequence[float]], values: Floats) -> float:
    """The index of these values against a kept histogram; 0 where both are alike."""
    before = np.maximum(np.asarray(then["shares"]), _LEAST)
    now = np.maximum(np.asarray(_shares(values, np.asarray(then["edges"], dtype=np.float64))), _LEAST)
    return float(((now - before) * np.log(now / before)).sum())


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """One feature then and now. `unknown_*`: the share of acts that did not have it."""

    name: str
    index: float
    unknown_then: float
    unknown_now: float

    @property
    def verdict(self) -> str:
        """steady, moved or changed."""
        return verdict(self.index)


@dataclass(frozen=True, slots=True)
class Drift:
    """All features, the most changed first; the score's own index. `acts`: how many were looked at."""

    acts: int
    score: float
    features: tuple[FeatureDrift, ...]

    @property
    def enough(self) -> bool:
        """Whether it tells anything."""
        return self.acts >= ENOUGH


def verdict(index: float) -> str:
    """The usual reading of an index."""
    return STEADY_WORD if index < MOVED else MOVED_WORD if index < CHANGED else CHANGED_WORD


def drift(
    report: Mapping[str, Any],
    encoding: Encoding,
    snapshots: Iterable[Mapping[str, Value]],
    score: Callable[[Floats], Floats],
) -> Drift:
    """Recent snapshots against those that the model learned from. `score`: raw scores of (rows, features)."""
    rows = [encoding.row(snapshot) for snapshot in snapshots]
    if not rows:
        return Drift(0, 0.0, ())
    values = np.concatenate(rows)
    kept: Mapping[str, Any] = report["histograms"]
    found = [
        FeatureDrift(
            name, stability(kept[name], values[:, place]), float(kept[name]["shares"][-1]),
            float(np.isnan(values[:, place]).mean()),
        )
        for place, name in enumerate(encoding.names)
    ]  # fmt: skip
    found.sort(key=lambda each: (-each.index, each.name))
    return Drift(len(rows), stability(report["score_histogram"], score(values)), tuple(found))
