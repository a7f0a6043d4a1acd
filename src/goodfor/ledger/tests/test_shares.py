"""The refund share rule."""

import random
from fractions import Fraction

import pytest

from goodfor.ledger.shares import allocate, refund_steps


def test_the_vector() -> None:
    shares = [8000, 1482, 200, 300, 18]
    done = [0] * 5
    seen = []
    for refund in (3333, 3333, 3334):
        steps = refund_steps(shares, done, refund)
        done = [d + s for d, s in zip(done, steps, strict=True)]
        seen.append(tuple(steps))
    assert seen == [(2666, 494, 67, 100, 6), (2667, 494, 66, 100, 6), (2667, 494, 67, 100, 6)]
    assert done == shares


def test_allocation_of_a_bundle() -> None:
    assert allocate(9990, [3000, 5000, 4000]) == [2498, 4162, 3330]


def test_random_sequences_stay_in_bounds() -> None:
    rng = random.Random(35)
    worst = Fraction(0)
    for _ in range(3_000):
        shares = [rng.choice([0, rng.randint(1, 30), rng.randint(1, 10_000)]) for _ in range(rng.randint(2, 8))]
        if not sum(shares):
            continue
        done, left = [0] * len(shares), sum(shares)
        while left:
            refund = rng.randint(1, rng.choice([left, min(left, 50)])) if left > 1 else 1
            refund = max(refund, left // 25)
            steps = refund_steps(shares, done, refund)
            assert sum(steps) == refund
            assert min(steps) >= 0
            done = [d + s for d, s in zip(done, steps, strict=True)]
            left -= refund
            assert all(d <= s for d, s in zip(done, shares, strict=True))
            exact = [Fraction(sum(done) * s, sum(shares)) for s in shares]
            worst = max(worst, *(abs(d - e) for d, e in zip(done, exact, strict=True)))
        assert done == shares
    assert worst < 3


@pytest.mark.parametrize(
    ("done", "refund"), [([0, 0], 0), ([0, 0], -1), ([0, 0], 11), ([6, 0], 1), ([0], 1), ([5, 4], 2)]
)
def test_what_cannot_be_is_refused(done: list[int], refund: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        refund_steps([5, 5], done, refund)
