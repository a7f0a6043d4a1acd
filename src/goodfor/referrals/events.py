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


@dataclass(frozen=True, slots=True)
class RewardTakenBack(Event):
    """An order went back, and with it so much of a reward. `owed_minor`: what of it the beneficiary owes now."""

    name: ClassVar[str] = "referrals.reward_taken_back"
    reward_id: UUID
    order_id: UUID
    beneficiary: UUID
    amount_minor: int
    owed_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ReviewNeeded(Event):
    """Rewards of an order look odd and wait for a person."""

    name: ClassVar[str] = "referrals.review_needed"
    order_id: UUID
    reasons: tuple[str, ...]
