"""What a score costs and what to do about it: thresholds chosen on acts whose end is known, by money. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model.windows import Floats
from goodfor.risk.types import Outcome

_STEPS: Final = 120
#: The outcomes, by strength.
LADDER: Final = (Outcome.ALLOW, Outcome.CHALLENGE, Outcome.REVIEW, Outcome.HOLD, Outcome.DENY)


@dataclass(frozen=True, slots=True)
class Price:
    """Of one outcome. `caught`: share of the loss that it prevents. `lost`: of a good buyer's margin. `each`: minor
    units for every act, as a person's minutes. `least`: the chance below which it is never chosen."""

    caught: float
    lost: float
    each: int = 0
    least: float = 0.0


def _prices() -> dict[Outcome, Price]:
    return {
        Outcome.ALLOW: Price(0.0, 0.0),
        Outcome.CHALLENGE: Price(0.4, 0.02, least=0.005),
        Outcome.REVIEW: Price(0.6, 0.03, 500, 0.02),
        Outcome.HOLD: Price(0.9, 0.15, 500, 0.05),
        # A good buyer who was turned away takes later purchases along.
        Outcome.DENY: Price(1.0, 3.0, least=0.8),
    }


@dataclass(frozen=True, slots=True)
class Economics:
    """Assumptions, stored with the bands that came of them. `margin`: of the price, what is earned."""

    margin: float = 0.05
    prices: Mapping[Outcome, Price] = field(default_factory=_prices)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"margin": self.margin, "prices": {name.value: asdict(price) for name, price in self.prices.items()}}


@dataclass(frozen=True, slots=True)
class Bands:
    """The least score of each outcome, ascending; None: never by score alone."""

    challenge: float | None = None
    review: float | None = None
    hold: float | None = None
    deny: float | None = None

    def __post_init__(self) -> None:
        given = [least for least in self._ladder() if least is not None]
        if any(not 0 <= least <= 1 for least in given) or given != sorted(given):
            raise ValueError("bands are shares, ascending by strength")

    def _ladder(self) -> tuple[float | None, ...]:
        return (self.challenge, self.review, self.hold, self.deny)

    def outcome(self, score: float) -> Outcome:
        """The strongest whose band the score is in."""
        found = Outcome.ALLOW
        for outcome, least in zip(LADDER[1:], self._ladder(), strict=True):
            if least is not None and score >= least:
                found = outcome
        return found

    def to_json(self) -> dict[str, float | None]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Bands":
        """Back from where it is stored. Raises ValueError."""
        names = ("challenge", "review", "hold", "deny")
        return cls(**{name: None if stored.get(name) is None else float(stored[name]) for name in names})


def chosen(
    score: Floats, bad: NDArray[np.bool_], amount: NDArray[np.int64], economics: Economics, weight: Floats | None = None
) -> tuple[Bands, int]:
    """The cheapest bands on these acts, exactly, among steps of the score; and their cost in minor units."""
    each = np.ones(score.size) if weight is None else weight
    order = np.argsort(score, kind="stable")
    ascending = score[order]
    cuts = _cuts(ascending)
    running = [_running(bad[order], amount[order], each[order], economics, economics.prices[one]) for one in LADDER]
    # best[i]: least cost of all acts before cut i, by outcomes up to this one; came[outcome][i]: where it begins.
    best = running[0][cuts]
    came: list[NDArray[np.int64]] = []
    for outcome, costs in zip(LADDER[1:], running[1:], strict=True):
        at = costs[cuts]
        allowed = np.append(ascending, np.inf)[cuts] >= economics.prices[outcome].least
        begun = np.where(allowed, best - at, np.inf)
        place = _least_so_far(begun)
        with_it = begun[place] + at
        better = with_it < best - 1e-9
        came.append(np.where(better, place, np.arange(cuts.size)))
        best = np.where(better, with_it, best)
    last = cuts.size - 1
    begins: list[float | None] = []
    for starts in reversed(came):
        first = int(starts[last])
        begins.append(float(ascending[cuts[first]]) if first < last else None)
        last = first
    return Bands(*reversed(begins)), round(float(best[-1]))


def _least_so_far(values: Floats) -> NDArray[np.int64]:
    """For each position, where the least value up to it stands."""
    fresh = values < np.append(np.inf, np.minimum.accumulate(values)[:-1])
    return np.maximum.accumulate(np.where(fresh, np.arange(values.size), 0))


def _running(
    bad: NDArray[np.bool_], amount: NDArray[np.int64], each: Floats, economics: Economics, price: Price
) -> Floats:
    """What all acts up to each position cost under one outcome, with a zero in front."""
    cost = np.where(bad, (1 - price.caught) * amount, price.lost * economics.margin * amount) + price.each
    return np.append(0.0, np.cumsum(cost * each))


def _cuts(ascending: Floats) -> NDArray[np.int64]:
    """Positions where a band may begin, from 0 to the end: denser towards high scores, never within equal scores."""
    shares = np.append(np.linspace(0, 0.9, _STEPS // 6), 1 - np.geomspace(0.1, 1 / ascending.size, _STEPS))
    places = np.clip((shares * ascending.size).astype(np.int64), 0, ascending.size - 1)
    firsts = np.searchsorted(ascending, ascending[places], side="left")
    last = np.searchsorted(ascending, ascending[-1:], side="left")
    return np.unique(np.concatenate([[0], firsts, last, [ascending.size]]))


def cost_curve(
    score: Floats,
    bad: NDArray[np.bool_],
    amount: NDArray[np.int64],
    economics: Economics,
    weight: Floats | None = None,
    points: int = 40,
) -> list[dict[str, float | int]]:
    """If every act from a score on went to review: caught, missed and annoyed in minor units, and what it costs in all.

    Money in minor units of the shop's currency; `total` = missed + what reviews cost + margin lost with good buyers.
    """
    each = np.ones(score.size) if weight is None else weight
    order = np.argsort(-score, kind="stable")
    worth, wrong, many = amount[order] * each[order], bad[order], each[order]
    caught, annoyed = np.cumsum(worth * wrong), np.cumsum(worth * ~wrong)
    count, hurt, seen = np.cumsum(many * wrong), np.cumsum(many * ~wrong), np.cumsum(many)
    price = economics.prices[Outcome.REVIEW]
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    shares = np.geomspace(1 / score.size, 1, points)
    chosen_last = np.unique(last[np.minimum(np.searchsorted(last, shares * score.size - 1.5), last.size - 1)])
    total_bad = float(caught[-1])
    curve: list[dict[str, float | int]] = []
    for place in chosen_last.tolist():
        missed, reviews = total_bad - float(caught[place]), float(seen[place]) * price.each
        lost = float(annoyed[place]) * economics.margin * price.lost
        curve.append(
            {
                "score": float(score[order][place]),
                "acts": round(float(seen[place])),
                "bad": round(float(count[place])),
                "good": round(float(hurt[place])),
                "caught_minor": round(float(caught[place])),
                "missed_minor": round(missed),
                "annoyed_minor": round(float(annoyed[place])),
                "reviews_minor": round(reviews),
                "total_minor": round(missed + reviews + lost),
            }
        )
    return curve
