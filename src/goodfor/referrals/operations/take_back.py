"""An order went back, in whole or in part: so do its rewards, each by its own row, paid or not."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.ledger import queries as books
from goodfor.ledger.types import Entry
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView
from goodfor.payments import queries as payments
from goodfor.referrals import accounts, giving, reckoning, states
from goodfor.referrals.locks import lock_rewards
from goodfor.referrals.models import Reward
from goodfor.referrals.operations.steps import SYSTEM, bears, move, post, tell_back
from goodfor.referrals.sold import sold_lines

_ADD_DEBT: Final = Statement("goodfor.referrals", "sql/add_debt.sql")
#: Of an order in these nothing is sold any more, whatever the books say yet.
_GONE: Final = frozenset({"refunding", "refunded"})


@transaction.atomic(savepoint=False)
def take_back(*, shop_id: UUID, order_id: UUID, now: datetime) -> int:
    """What went back, in minor units; the same again does nothing.

    Before it was paid it is simply owed no longer; after, it comes out of the balance as far as that reaches, and the
    rest is owed: later rewards meet it first.
    """
    rows = [row for row in lock_rewards(shop_id, order_id) if row.state in states.LIVE]
    if not rows:
        return 0
    order = orders.order_view(shop_id, order_id)
    gone = order.state in _GONE or _lost(order)
    left = {line.line_id: line.net for line in sold_lines(shop_id, order)}
    entries: list[tuple[Reward, Entry]] = []
    back = 0
    spent: dict[str, int] = defaultdict(int)
    told: list[tuple[Reward, int, int]] = []
    for row in rows:
        there = 0 if gone else left.get(row.line_id, 0)
        if row.kind == states.COUPON:
            if not there:
                told += [] if row.state == states.PENDING else [(row, 0, 0)]
                _coupon_back(row, now)
            continue
        until = reckoning.gone(row.amount_minor, row.base_minor, there)
        minor = until - row.taken_minor
        if minor <= 0:
            continue
        found = _entry(row, minor, until, spent, now)
        if found is not None:
            entries.append((row, found[0]))
            told.append((row, minor, found[1]))
        _note(row, until, now)
        back += minor
    post(entries, now)
    tell_back(told, "order_back", now)
    return back


def _lost(order: OrderView) -> bool:
    """A bank has given the money back to whoever paid."""
    if order.payment_id is None:
        return False
    return any(one.state == "lost" for one in payments.disputes_of(order.shop_id, order.payment_id))


def _entry(row: Reward, minor: int, until: int, spent: dict[str, int], now: datetime) -> tuple[Entry, int] | None:
    """How it is booked, and what of it is owed. `spent`: what others of this order took from each balance already."""
    if row.state in states.BOOKED:
        return accounts.unpaid_back_entry(bears(row), minor, until=until, now=now), 0
    if row.state != states.PAID:
        return None
    there = max(books.available(row.shop_id, row.account, row.currency) - spent[row.account], 0)
    from_wallet = min(minor, there)
    spent[row.account] += from_wallet
    owed = minor - from_wallet
    if owed:
        _ADD_DEBT.run({"shop_id": row.shop_id, "buyer": row.beneficiary, "currency": row.currency, "amount": owed})
    entry = accounts.paid_back_entry(
        bears(row), minor, buyer_id=row.beneficiary, wallet=row.account, wallet_minor=from_wallet, until=until, now=now
    )
    return entry, owed


def _note(row: Reward, until: int, now: datetime) -> None:
    if until == row.amount_minor:
        move(row, states.REVERSED, actor=SYSTEM, cause="order_back", now=now, taken_minor=until, held=False)
        return
    Reward.objects.filter(shop_id=row.shop_id, id=row.id).update(taken_minor=until)
    row.taken_minor = until


def _coupon_back(row: Reward, now: datetime) -> None:
    if row.coupon_id is not None:
        giving.giver().take(row.shop_id, row.coupon_id, now)
    move(row, states.REVERSED, actor=SYSTEM, cause="order_back", now=now, held=False)
