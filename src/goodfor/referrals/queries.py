"""Reads of invitations, as dataclasses."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, Sum

from goodfor.identity import queries as identity
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Tally
from goodfor.referrals import states
from goodfor.referrals.errors import RewardNotFound
from goodfor.referrals.mapping import binding_view, review_view, reward_view
from goodfor.referrals.models import Binding, Debt, InviteCode, Review, Reward
from goodfor.referrals.programme import revision_at, revisions, wish_of
from goodfor.referrals.types import BindingView, Earnings, ReviewView, RewardView

__all__ = [
    "binding_of",
    "code_of",
    "earnings",
    "is_on",
    "known_code",
    "review",
    "reviews",
    "revision_at",
    "revisions",
    "rewards_of_order",
    "totals",
    "waiting_reviews",
    "wish_of",
]

#: How many orders of a shop wait for a person.
waiting_reviews: Final = Tally(__package__, "sql/waiting_reviews.sql")
MOST = 200


def is_on(shop_id: UUID, now: datetime) -> bool:
    """Whether a shop gives anything for invitations now."""
    revision = revision_at(shop_id, now)
    return revision is not None and revision.terms.on


def code_of(shop_id: UUID, buyer_id: UUID) -> str:
    """A buyer's own code; empty: none yet."""
    return InviteCode.objects.filter(shop_id=shop_id, owner=buyer_id).values_list("code", flat=True).first() or ""


def known_code(shop_id: UUID, code: str) -> bool:
    """Whether there is such a code (in its one spelling)."""
    return bool(code) and InviteCode.objects.filter(shop_id=shop_id, code=code).exists()


def binding_of(shop_id: UUID, friend: UUID) -> BindingView | None:
    """Who brought a buyer; None: nobody."""
    row = Binding.objects.filter(shop_id=shop_id, friend=friend, ended_at__isnull=True).first()
    return binding_view(row) if row else None


def earnings(shop_id: UUID, buyer_id: UUID, limit: int = 50) -> Earnings:
    """A buyer's own page, in the shop's currency."""
    currency = identity.shop_by_id(shop_id).currency
    mine = Reward.objects.filter(shop_id=shop_id, beneficiary=buyer_id, currency=currency)
    debt = Debt.objects.filter(shop_id=shop_id, buyer=buyer_id, currency=currency).values_list("minor", flat=True)
    return Earnings(
        code=code_of(shop_id, buyer_id),
        friends=Binding.objects.filter(shop_id=shop_id, inviter=buyer_id, ended_at__isnull=True).count(),
        waiting=Money(_sum(mine, (states.PENDING, *states.BOOKED)), currency),
        paid=Money(_sum(mine, (states.PAID,)), currency),
        owed=Money(debt.first() or 0, currency),
        rewards=tuple(reward_view(row) for row in mine.order_by("-id")[: min(limit, MOST)]),
    )


def rewards_of_order(shop_id: UUID, order_id: UUID) -> list[RewardView]:
    """What an order earned, for whom."""
    return [reward_view(row) for row in Reward.objects.filter(shop_id=shop_id, order_id=order_id).order_by("id")]


def totals(shop_id: UUID) -> dict[str, Money]:
    """By state what is left of the rewards in it, in the shop's currency; and `owed`: what buyers owe back."""
    currency = identity.shop_by_id(shop_id).currency
    rows = Reward.objects.filter(shop_id=shop_id, currency=currency)
    sums = dict(rows.values_list("state").annotate(sum=Sum(F("amount_minor") - F("taken_minor"))))
    debts = Debt.objects.filter(shop_id=shop_id, currency=currency)
    owed = debts.aggregate(sum=Sum("minor"))["sum"] or 0
    return {state: Money(sums.get(state) or 0, currency) for state in states.LIVE} | {"owed": Money(owed, currency)}


def reviews(shop_id: UUID, *, done: bool = False, limit: int = 100) -> list[ReviewView]:
    """What waits, longest first; or what was decided, the latest first."""
    rows = Review.objects.filter(shop_id=shop_id)
    rows = rows.filter(state=states.DONE).order_by("-decided_at") if done else rows.exclude(state=states.DONE)
    found = list((rows if done else rows.order_by("asked_at", "id"))[: min(limit, MOST)])
    currency = identity.shop_by_id(shop_id).currency
    by_order: dict[UUID, list[RewardView]] = {row.id: [] for row in found}
    for reward in Reward.objects.filter(shop_id=shop_id, order_id__in=list(by_order)).order_by("id"):
        by_order[reward.order_id].append(reward_view(reward))
    return [review_view(row, tuple(by_order[row.id]), currency) for row in found]


def review(shop_id: UUID, order_id: UUID) -> ReviewView:
    """One. Raises RewardNotFound."""
    row = Review.objects.filter(shop_id=shop_id, id=order_id).first()
    if row is None:
        raise RewardNotFound
    rewards = tuple(rewards_of_order(shop_id, order_id))
    return review_view(row, rewards, identity.shop_by_id(shop_id).currency)


def _sum(rows: "object", in_states: tuple[str, ...]) -> int:
    found = rows.filter(state__in=in_states).aggregate(sum=Sum(F("amount_minor") - F("taken_minor")))  # type: ignore[attr-defined]
    return int(found["sum"] or 0)
