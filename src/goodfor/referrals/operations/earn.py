"""An order was delivered: write down what it earned for whoever brought its buyer, and judge how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT, OrderView
from goodfor.referrals import reckoning, scoring, signals, states
from goodfor.referrals.locks import lock_friend, lock_rewards
from goodfor.referrals.models import Attribution, Binding, Reward
from goodfor.referrals.operations.bind import has_bought
from goodfor.referrals.operations.note_marks import note_marks
from goodfor.referrals.operations.steps import SYSTEM, judged, reject
from goodfor.referrals.programme import revision_at
from goodfor.referrals.reckoning import Wanted
from goodfor.referrals.sold import sold_lines
from goodfor.referrals.types import Names, Revision

_COUNT: Final = Statement("goodfor.referrals", "sql/count_period.sql")


@dataclass(frozen=True, slots=True)
class _Brought:
    """By whom an order came: beneficiaries by level, and where the attribution comes from."""

    friend: UUID
    by_level: dict[int, UUID]
    source: str


@transaction.atomic(savepoint=False)
def earn(*, shop_id: UUID, order_id: UUID, now: datetime) -> int:
    """How many rewards were written; the same again does nothing.

    Only an account's first `orders_most` delivered orders earn, by the terms in force when each was placed, for a
    buyer who had bought nothing before the first of them. What points, cards, subscriptions, partners or draws pay for
    earns nothing and uses nothing up: the invitation waits for the first order that money pays.
    """
    order = orders.order_view(shop_id, order_id)
    buyer = _account(orders.buyer_of(shop_id, order_id))
    if buyer is None or order.delivered_at is None:
        return 0
    _remember(order, buyer, now)
    if orders.paid_by_credit(shop_id, order):
        return 0
    revision = revision_at(shop_id, order.placed_at)
    if revision is None or not revision.terms.on:
        return 0
    lock_friend(shop_id, buyer)
    mine = Reward.objects.filter(shop_id=shop_id, friend=buyer)
    if mine.filter(order_id=order_id).exists():
        return 0
    before = mine.values("order_id").distinct().count()
    if before >= revision.terms.orders_most or (not before and has_bought(shop_id, buyer, but=order_id)):
        return 0
    brought = _brought(order, buyer, revision)
    if brought is None:
        return 0
    levels = [*brought.by_level, states.FRIEND]
    found = reckoning.wanted(revision.terms, sold_lines(shop_id, order), levels)
    rows = _rows(order, brought, revision, found, now)
    if not rows:
        return 0
    Reward.objects.bulk_create(rows)
    for row in rows:
        record_history(
            shop_id=shop_id, machine=states.REWARD, subject_id=row.id, moves=[(None, states.PENDING)], actor=SYSTEM,
            cause=f"order:{order_id}", now=now,
        )  # fmt: skip
    _judge(order, brought, revision, now)
    return len(rows)


def _account(buyer: str) -> UUID | None:
    kind, _sep, name = buyer.partition(":")
    return UUID(name) if kind == "buyer" else None


def _remember(order: OrderView, buyer: UUID, now: datetime) -> None:
    """What was topped up is as telling as a device."""
    for account in sorted({line.account for line in order.lines if line.kind == DIRECT and line.account}):
        note_marks(shop_id=order.shop_id, buyer_id=buyer, names=Names(top_up=account), now=now)


def _brought(order: OrderView, friend: UUID, revision: Revision) -> _Brought | None:
    """The code at checkout, else the link, else the binding; and above that one, by the terms, who brought that one."""
    shop_id = order.shop_id
    noted = Attribution.objects.filter(shop_id=shop_id, order_id=order.id).values_list("inviter", "source").first()
    if noted is None:
        inviter = _inviter(shop_id, friend)
        if inviter is None:
            return None
        noted = (inviter, states.BOUND)
    by_level = {states.FIRST: noted[0]}
    if revision.terms.levels >= states.SECOND_LEVEL:
        above = _inviter(shop_id, noted[0])
        # A ring must not pay the friend for himself.
        if above is not None and above not in (friend, noted[0]):
            by_level[states.SECOND_LEVEL] = above
    return _Brought(friend, by_level, noted[1])


def _inviter(shop_id: UUID, friend: UUID) -> UUID | None:
    rows = Binding.objects.filter(shop_id=shop_id, friend=friend, ended_at__isnull=True)
    return rows.values_list("inviter", flat=True).first()


def _rows(
    order: OrderView, brought: _Brought, revision: Revision, found: Sequence[Wanted], now: datetime
) -> list[Reward]:
    terms = revision.terms
    assert order.delivered_at is not None
    frozen = order.delivered_at + timedelta(days=terms.freeze_days)
    coupons = terms.kind == states.COUPON
    rows: list[Reward] = []
    for level in sorted({one.level for one in found}):
        own = [one for one in found if one.level == level]
        beneficiary = brought.friend if level == states.FRIEND else brought.by_level[level]
        wants = [one.minor for one in own]
        given = wants if level == states.FRIEND else _capped(order, beneficiary, revision, wants, now)
        if coupons and wants and not any(given):
            # A day's friends or a month's worth are reached.
            continue
        if coupons:
            # One coupon for the order, not one a line; what it is worth is the coupon's own affair.
            own, wants, given = own[:1], [0], [0]
        rows += [
            Reward(
                id=uuid7(), shop_id=order.shop_id, order_id=order.id, number=order.number, line_id=one.line_id,
                sku_id=one.sku_id, beneficiary=beneficiary, friend=brought.friend, level=level, source=brought.source,
                programme_id=revision.programme_id, revision=revision.number, kind=terms.kind, bp=one.bp,
                base_minor=one.base, wanted_minor=want, amount_minor=minor, currency=order.currency, earned_at=now,
                frozen_until=frozen,
            )
            for one, want, minor in zip(own, wants, given, strict=True)
        ]  # fmt: skip
    return rows


def _capped(order: OrderView, inviter: UUID, revision: Revision, wants: list[int], now: datetime) -> list[int]:
    """What the inviter's day and month still allow of it, over the lines by largest remainder."""
    terms, zone = revision.terms, ZoneInfo(identity.shop_by_id(order.shop_id).timezone)
    today = now.astimezone(zone).date()
    if terms.day_friends and not _count(order.shop_id, inviter, today.isoformat(), 1, terms.day_friends):
        return [0] * len(wants)
    if not terms.month_minor:
        return wants
    allowed = _count(order.shop_id, inviter, f"{today:%Y-%m}", sum(wants), terms.month_minor)
    return wants if allowed == sum(wants) else reckoning.shares(allowed, wants)


def _count(shop_id: UUID, beneficiary: UUID, period: str, amount: int, most: int) -> int:
    row = _COUNT.row({"shop_id": shop_id, "beneficiary": beneficiary, "period": period, "amount": amount, "most": most})
    assert row is not None
    return int(row[0])


def _judge(order: OrderView, brought: _Brought, revision: Revision, now: datetime) -> None:
    """One score for all rewards of the order: the highest of any inviter's. What a cap left nothing of is over."""
    rows = lock_rewards(order.shop_id, order.id)
    if revision.terms.kind != states.COUPON:
        reject(
            [row for row in rows if not row.amount_minor], actor=SYSTEM, cause="cap", why="cap", now=now
        )  # fmt: skip
    live = [row for row in rows if row.state == states.PENDING]
    if live:
        judged(live, score_of(order, brought.by_level, brought.friend, now), revision.terms,
               inviter=brought.by_level[states.FIRST], now=now)  # fmt: skip


def score_of(order: OrderView, by_level: dict[int, UUID], friend: UUID, now: datetime) -> scoring.Score:
    """The highest score of those who brought the friend."""
    returned = order.refunded is not None and order.refunded.amount_minor > 0
    found = [
        scoring.score(
            signals.facts_of(
                order.shop_id, inviter=inviter, friend=friend, order_id=order.id, returned=returned,
                now=now,
            )
        )
        for inviter in by_level.values()
    ]  # fmt: skip
    return max(found, key=lambda one: one.points)
