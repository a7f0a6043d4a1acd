"""Facts about invitations and what they earned."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class FriendBound(Event):
    """A buyer was brought by another. `source`: checkout or link."""

    name: ClassVar[str] = "referrals.friend_bound"
    friend: UUID
    inviter: UUID
    source: str


@dataclass(frozen=True, slots=True)
class RewardFrozen(Event):
    """Rewards of an order are right, and frozen: all of one beneficiary's together. `frozen_until`: ISO 8601."""

    name: ClassVar[str] = "referrals.reward_frozen"
    order_id: UUID
    beneficiary: UUID
    kind: str
    amount_minor: int
    currency: str
    frozen_until: str


@dataclass(frozen=True, slots=True)
class RewardPaid(Event):
    """A reward is with its beneficiary: in the balance (less what was owed), or as a coupon."""

    name: ClassVar[str] = "referrals.reward_paid"
    reward_id: UUID
    order_id: UUID
    beneficiary: UUID
    kind: str
    amount_minor: int
    owed_minor: int
    currency: str
    coupon_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RewardTakenBack(Event):
    """What a beneficiary was told of goes back: with the order (`why` order_back), or since it looked odd (rejected).

    All of one order's rewards together. `owed_minor`: what of it the beneficiary owes now.
    """

    name: ClassVar[str] = "referrals.reward_taken_back"
    order_id: UUID
    beneficiary: UUID
    kind: str
    why: str
    amount_minor: int
    owed_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ReviewNeeded(Event):
    """Rewards of an order look odd and wait for a person."""

    name: ClassVar[str] = "referrals.review_needed"
    order_id: UUID
    reasons: tuple[str, ...]
