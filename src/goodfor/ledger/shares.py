"""Who gives back how much of a refund. Pure.

Rule: for the cumulative refund C each share's target is the largest-remainder allocation of C over the shares; a step
is what is missing to the target, never negative; an excess comes off one minor unit at a time from the largest step.
Steps are never negative, never more than the share, and after a full refund add up to each share exactly.
"""

from collections.abc import Sequence


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Share a non-negative amount of minor units by largest remainder; ties go to the earlier share."""
    total = sum(weights)
    if total <= 0 or min(weights) < 0 or amount < 0:
        raise ValueError("shares must be non-negative and not all zero, the amount non-negative")
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in order[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def refund_steps(shares: Sequence[int], reversed_so_far: Sequence[int], refund: int) -> list[int]:
    """What each share gives back for this refund, in minor units; the steps add up to `refund`.

    `shares`: who received how much of what was paid; `reversed_so_far`: what each has given back by earlier refunds.
    Raises ValueError when more would be refunded than was paid, or the lists do not fit.
    """
    if len(shares) != len(reversed_so_far) or any(
        not 0 <= r <= s for r, s in zip(reversed_so_far, shares, strict=True)
    ):
        raise ValueError("what was given back does not fit the shares")
    cumulative = sum(reversed_so_far) + refund
    if refund <= 0 or cumulative > sum(shares):
        raise ValueError("a refund is positive and at most what is left")
    targets = allocate(cumulative, shares)
    steps = [max(0, target - done) for target, done in zip(targets, reversed_so_far, strict=True)]
    while sum(steps) > refund:
        largest = max(range(len(steps)), key=lambda i: (steps[i], -i))
        steps[largest] -= 1
    return steps
