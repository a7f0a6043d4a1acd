"""How well a score tells bad from good. Own, in numpy: the product needs no scikit-learn. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model.windows import Floats

Truths = NDArray[np.bool_]
#: So many random orders of equal scores are tried where there are any.
ORDERS = 20


def _steps(bad: Truths, score: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
    """Weight of the bad and of the good at or above each different score, from the highest down."""
    if bad.size != score.size or not bad.size:
        raise ValueError("labels and scores of different lengths, or none")
    each = np.ones(bad.size) if weight is None else weight
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, True)
    caught = np.cumsum(np.where(bad[order], each[order], 0.0))[last]
    annoyed = np.cumsum(np.where(bad[order], 0.0, each[order]))[last]
    return caught, annoyed


def auc(bad: Truths, score: Floats, weight: Floats | None = None) -> float:
    """Area under the ROC curve; ties count half. NaN when all are of one kind."""
    caught, annoyed = _steps(bad, score, weight)
    if not caught[-1] or not annoyed[-1]:
        return float("nan")
    area = np.trapezoid(np.append(0.0, caught), np.append(0.0, annoyed))
    return float(area / (caught[-1] * annoyed[-1]))


def average_precision(bad: Truths, score: Floats, weight: Floats | None = None) -> float:
    """Mean of the precision at each step of recall. NaN when nothing is bad."""
    caught, annoyed = _steps(bad, score, weight)
    if not caught[-1]:
        return float("nan")
    gained = np.diff(caught, prepend=0.0) / caught[-1]
    return float(np.sum(gained * caught / np.maximum(caught + annoyed, 1e-300)))


def card_precision(
    bad: Truths, score: Floats, customer: NDArray[np.int64], day: NDArray[np.int64], top: int = 100
) -> float:
    """Of the `top` customers a day by their highest score, the share truly defrauded that day; the mean over the days.

    Who was found is not asked about again. Customers with one score come in a random order: the mean over `ORDERS` of
    them, always the same ones.
    """
    days = [_by_customer(bad[rows], score[rows], customer[rows]) for rows in (day == one for one in np.unique(day))]
    tied = any(np.unique(highest).size < highest.size for _, highest, _ in days)
    return float(np.mean([_found(days, top, order) for order in range(ORDERS if tied else 1)]))


def _by_customer(
    bad: Truths, score: Floats, customer: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats, Truths]:  # fmt: skip
    """Each customer once, with the highest score, and whether anything of theirs was bad."""
    who, place = np.unique(customer, return_inverse=True)
    highest = np.full(who.size, -np.inf)
    np.maximum.at(highest, place, score)
    hurt = np.zeros(who.size, dtype=np.bool_)
    hurt[place[bad]] = True
    return who, highest, hurt


def _found(days: Sequence[tuple[NDArray[np.int64], Floats, Truths]], top: int, order: int) -> float:
    """The mean share over the days, for one random order of equals."""
    chance = np.random.default_rng(order)
    found: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    shares: list[float] = []
    for who, highest, hurt in days:
        asked = chance.permutation(np.flatnonzero(~np.isin(who, found)))
        chosen = asked[np.argsort(-highest[asked], kind="stable")[:top]]
        caught = who[chosen][hurt[chosen]]
        shares.append(caught.size / top)
        found = np.concatenate([found, caught])
    return float(np.mean(shares))


def precision_at(bad: Truths, score: Floats, tops: Sequence[int]) -> dict[int, float]:
    """Of the `top` rows with the highest scores, the share that is bad; tops beyond the rows are left out."""
    order = np.argsort(-score, kind="stable")
    caught = np.cumsum(bad[order])
    return {top: float(caught[top - 1] / top) for top in tops if 0 < top <= bad.size}
