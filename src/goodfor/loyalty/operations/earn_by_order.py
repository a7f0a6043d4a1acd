"""A delivered order earns its buyer points and growth; a refund takes its part of them back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving, programme, store, task_reads, tier_store
from goodfor.loyalty import terms as reckoning
from goodfor.loyalty.models import Deed
from goodfor.loyalty.moving import Lives, Moved
from goodfor.loyalty.operations.claim_task import lose_tasks
from goodfor.loyalty.operations.judge_members import judge_member
from goodfor.loyalty.standing import multiplier
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, More, Move, Source, Terms

ORDER: Final = "order"
EARNED: Final = "earned"
_EARNED_TODAY: Final = Statement("goodfor.loyalty", "sql/earned_since.sql")
_OF_ORDER: Final = Statement("goodfor.loyalty", "sql/of_order.sql")


@transaction.atomic(savepoint=False)
def earn_by_order(
    *, shop_id: UUID, owner: UUID, order_id: UUID, paid_minor: int, top_up: bool, placed_at: datetime,
    delivered_at: datetime, more: Sequence[More] = (), now: datetime,
) -> list[Move]:  # fmt: skip
    """By the terms that were in force when it was placed, of the money that was paid for it. Once for an order.

    Points may be spent once a claim is no longer likely; growth counts at once. `more`: what campaigns add, by parts of
    what was paid; a day's most holds for all of it.
    """
    terms = programme.terms_at(shop_id, placed_at)
    if not terms.on or paid_minor <= 0:
        return []
    shop = identity.shop_by_id(shop_id)
    zone = ZoneInfo(shop.timezone)
    why = Why(Source(ORDER, str(order_id), EARNED), kinds.SALE, "", "system", order_id, now)
    made: list[Moved] = []
    growth = _most(reckoning.earned(terms.growth_centi, paid_minor))
    if growth:
        made.append(moving.give(shop_id, Holder(owner, kinds.GROWTH), growth, Lives(), why))
    deed = {"shop_id": shop_id, "order_id": order_id, "owner": owner, "at": delivered_at, "now": now}
    tier_store.JOIN.run(deed)
    tier_store.NOTE_DEED.run({**deed, "paid": paid_minor, "growth": growth})
    holder = Holder(owner, kinds.POINTS)
    bp = multiplier(shop_id, owner)
    judge_member(shop_id=shop_id, owner=owner, now=now)
    # The wallet is held while it is counted what the day has brought, so that two orders cannot both be the last.
    wallet = store.lock_wallet(shop_id, holder)
    known = store.entry_of(wallet, why.source)
    points = (
        known.asked
        if known
        else _within_day(wallet, terms, _usual(terms, paid_minor, bp) + _more(terms, more, bp), zone, now)
    )
    if points:
        lives = Lives(
            minor=min(reckoning.worth(terms, points), kinds.MOST_MINOR),
            available_at=reckoning.pending_until(terms, delivered_at, top_up=top_up),
            expires_at=reckoning.ends_at(terms.live_months, max(now, delivered_at), zone),
        )
        made.append(moving.give(shop_id, holder, points, lives, why))
    _post(shop_id, shop.currency, made, now)
    return [one.move for one in made]


@transaction.atomic(savepoint=False)
def lose_by_order(
    *, shop_id: UUID, order_id: UUID, paid_minor: int, back_minor: int, weighed: tuple[int, int] | None = None,
    now: datetime,
) -> list[Move]:  # fmt: skip
    """`back_minor` of what was paid is back in all: as much of what the order earned goes, rounded down, all with all.
    What tasks brought by it goes, too, where too few orders are left for them. `weighed`: all and what is back, each
    part by what it earned, where some earned more points than others.

    Once for each sum; a smaller one than before changes nothing. What was spent meanwhile is owed or let go, as the
    terms say.
    """
    terms = programme.terms_at(shop_id, now)
    made = []
    rows = _OF_ORDER.rows({"shop_id": shop_id, "order_id": order_id})
    grown = next((row[3] for row in rows if row[1] == kinds.GROWTH), 0)
    tier_store.UNDO_DEED.run(
        {"shop_id": shop_id, "order_id": order_id, "back": min(back_minor, paid_minor), "growth": grown}
    )
    for owner, kind, scope, earned, lost in rows:
        whole, back = weighed if weighed is not None and kind == kinds.POINTS else (paid_minor, back_minor)
        target = earned if back_minor >= paid_minor else earned * back // whole
        if target <= lost:
            continue
        why = Why(Source(ORDER, str(order_id), f"lost:{back}"), kinds.SALE, "", "system", order_id, now)
        made.append(
            moving.take(
                shop_id, Holder(owner, kind, scope), target - lost, why, kind=kinds.CLAWBACK, first=order_id,
                pending_too=True, partly=True, owe=terms.debt,
            )
        )  # fmt: skip
    deed = Deed.objects.filter(shop_id=shop_id, order_id=order_id).first() if task_reads.has_tasks(shop_id) else None
    if deed is not None:
        made += lose_tasks(shop_id=shop_id, owner=deed.owner, at=deed.at, now=now)
    _post(shop_id, identity.shop_by_id(shop_id).currency, made, now)
    return [one.move for one in made]


def _usual(terms: Terms, minor: int, bp: int) -> int:
    return reckoning.earned(terms.earn_centi, minor) * bp // 10_000


def _more(terms: Terms, more: Sequence[More], bp: int) -> int:
    """Points beyond the usual, rounded down once for each multiple: a tier's own multiple counts for them, too."""
    by_times: dict[int, int] = {}
    for one in more:
        by_times[one.times_bp] = by_times.get(one.times_bp, 0) + one.paid_minor
    beyond = sum(_usual(terms, minor, bp) * (times - 10_000) // 10_000 for times, minor in by_times.items())
    return beyond + sum(one.plus for one in more)


def _within_day(wallet: store.LockedWallet, terms: Terms, points: int, zone: ZoneInfo, now: datetime) -> int:
    if not terms.day_most:
        return _most(points)
    began = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    row = _EARNED_TODAY.row({"shop_id": wallet.shop_id, "wallet_id": wallet.id, "since": began})
    return max(0, min(_most(points), terms.day_most - (row[0] if row else 0)))


def _most(units: int) -> int:
    return min(units, kinds.MOST_UNITS)


def _post(shop_id: UUID, currency: str, made: Sequence[Moved], now: datetime) -> None:
    entries = tuple(entry for one in made for entry in one.entries)
    if entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=entries, now=now)
