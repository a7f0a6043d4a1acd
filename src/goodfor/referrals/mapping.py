"""Rows as public types."""

from goodfor.kernel.money import Money
from goodfor.referrals.models import Binding, Review, Reward
from goodfor.referrals.types import BindingView, ReviewView, RewardView


def reward_view(row: Reward) -> RewardView:
    """A reward."""
    return RewardView(
        id=row.id, order_id=row.order_id, number=row.number, line_id=row.line_id, sku_id=row.sku_id,
        beneficiary=row.beneficiary, friend=row.friend, level=row.level, kind=row.kind, source=row.source,
        amount=Money(row.amount_minor, row.currency), taken=Money(row.taken_minor, row.currency), state=row.state,
        score=row.score, reasons=tuple(row.reasons), held=row.held, earned_at=row.earned_at,
        frozen_until=row.frozen_until, paid_at=row.paid_at, why=row.why,
    )  # fmt: skip


def binding_view(row: Binding) -> BindingView:
    """A binding."""
    return BindingView(row.friend, row.inviter, row.source, row.code, row.bound_at)


def review_view(row: Review, rewards: tuple[RewardView, ...], currency: str) -> ReviewView:
    """A look at an order; the amount is what waits, and once it is decided what was decided about."""
    held = sum(one.kept.amount_minor for one in rewards if one.held)
    return ReviewView(
        order_id=row.id, number=row.number, friend=row.friend, inviter=row.inviter, state=row.state, score=row.score,
        reasons=tuple(row.reasons), amount=Money(held or row.amount_minor, currency), asked_at=row.asked_at,
        taken_by=row.taken_by, verdict=row.verdict, reason=row.reason, by=row.by, rewards=rewards,
    )  # fmt: skip
