"""An exchange goes on: the partner takes the points, the order is placed and paid. What is unknown is not delivered."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel.errors import DomainError
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, LineRequest
from goodfor.partners import accounts, calling, schedule, states
from goodfor.partners.errors import PartnerBusy
from goodfor.partners.locks import lock_exchange
from goodfor.partners.mapping import exchange_view, hold_of
from goodfor.partners.models import Account, Exchange
from goodfor.partners.operations.steps import move_exchange, note_movement, owe_word
from goodfor.partners.protocol import PointsAnswer
from goodfor.partners.types import ExchangeView

#: Calls of one partner's that this process waits for at once: one that hangs must not take all of its threads.
AT_ONCE: Final = 4
_inside: dict[UUID, int] = {}
_counting: Final = threading.Lock()
log = structlog.get_logger(__name__)


@contextmanager
def few_at_once(account_id: UUID) -> Iterator[None]:
    """Around an exchange that a person waits for. Raises PartnerBusy. In memory: it is about this process."""
    with _counting:
        if _inside.get(account_id, 0) >= AT_ONCE:
            raise PartnerBusy
        _inside[account_id] = _inside.get(account_id, 0) + 1
    try:
        yield
    finally:
        with _counting:
            _inside[account_id] -= 1


def run_exchange(*, shop_id: UUID, exchange_id: UUID, ip: str, now: datetime) -> ExchangeView:
    """Right after it was begun, by whoever began it: ask, then order. Never inside a transaction.

    Of one that somebody is at already, what it is now. Raises ExchangeNotFound.
    """
    require_no_transaction()
    row = Exchange.objects.get(shop_id=shop_id, id=exchange_id)
    account = Account.objects.get(shop_id=shop_id, id=row.account_id)
    if row.state == states.EX_ASKED and _claim(row):
        reach("partners.begun")
        answer = calling.ask_points(account, row, _item(row), ip, now)
        reach("partners.asked")
        row = _settle(row, answer, now)
        reach("partners.settled")
    if row.state != states.EX_TAKEN:
        return exchange_view(row, account.currency)
    return order_exchange(shop_id=shop_id, exchange_id=exchange_id, ip=ip, now=now)


def go_on_due(*, now: datetime, limit: int = 50) -> int:
    """All shops: exchanges whose beginner did not end. How many were taken up."""
    require_no_transaction()
    with platform_job("exchanges that nobody is at"):
        due = list(Exchange.objects.filter(go_on_at__lte=now).order_by("go_on_at").values_list("shop_id", "id")[:limit])
    for shop_id, exchange_id in due:
        try:
            _take_up(shop_id, exchange_id, now)
        except Exception:
            log.exception("partner_exchange_crashed", exchange=str(exchange_id))
    return len(due)


def order_exchange(*, shop_id: UUID, exchange_id: UUID, now: datetime, ip: str = "") -> ExchangeView:
    """Place and pay its order; where that cannot be, the points are to return. Raises ExchangeNotFound."""
    try:
        return _order(shop_id, exchange_id, ip, now)
    except DomainError as error:
        return _give_back(shop_id, exchange_id, error.code, now)


def _claim(row: Exchange) -> bool:
    """Whether this call is the one that asks: each exchange is asked for once."""
    mine = Exchange.objects.filter(shop_id=row.shop_id, id=row.id, state=states.EX_ASKED, asked=False)
    return mine.update(asked=True) == 1


def _settle(row: Exchange, answer: PointsAnswer | None, now: datetime) -> Exchange:
    """Only a clear yes is one; a clear no needs no notice; of everything else the partner is told that it failed."""
    with transaction.atomic():
        row = lock_exchange(row.shop_id, row.id)
        if row.state != states.EX_ASKED:
            return row
        if answer is None:
            _lose(row, "no_answer", now)
        elif answer.ok:
            move_exchange(row, states.EX_TAKEN, cause="answer", now=now, biz_id=answer.biz_id)
        else:
            move_exchange(row, states.EX_REFUSED, cause="answer", now=now, go_on_at=None, why="refused")
    return row


def _lose(row: Exchange, why: str, now: datetime) -> None:
    move_exchange(row, states.EX_LOST, cause=why, now=now, go_on_at=None, why=why)
    owe_word(row, success=False, now=now)


def _take_up(shop_id: UUID, exchange_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        row = lock_exchange(shop_id, exchange_id)
        if row.go_on_at is None or row.go_on_at > now:
            return
        if row.state == states.EX_ASKED:
            # Whoever asked is gone, and what was answered is not known.
            _lose(row, "left", now)
            return
        row.go_on_at = now + schedule.LEASE
        row.save(update_fields=["go_on_at"])
    if now - row.at > schedule.LATEST_ORDER:
        _give_back(shop_id, exchange_id, "too_late", now)
    else:
        order_exchange(shop_id=shop_id, exchange_id=exchange_id, now=now)


@transaction.atomic(savepoint=False)
def _order(shop_id: UUID, exchange_id: UUID, ip: str, now: datetime) -> ExchangeView:
    row = lock_exchange(shop_id, exchange_id)
    account = Account.objects.get(shop_id=shop_id, id=row.account_id)
    if row.state != states.EX_TAKEN:
        return exchange_view(row, account.currency)
    placed = place_order(
        shop_id=shop_id, lines=[LineRequest(row.sku_id, 1, {})], buyer=Buyer(ref_of(account.id, row.uid), ip=ip),
        channel="storefront", hold=hold_of(row.hold), order_id=row.order_id, now=now,
    )  # fmt: skip
    price = placed.total.amount_minor
    entry = accounts.sale_entry(
        exchange_id=row.id, code=account.code, worth_minor=row.worth_minor, price_minor=price, order_id=row.order_id,
        now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=account.currency, entries=(entry,), now=now)
    pay_from_credit(shop_id=shop_id, order_id=row.order_id, account=accounts.REDEEMED, now=now)
    note_movement(
        account,
        subject_id=row.id,
        what="sold",
        order_num=row.order_num,
        units=row.units,
        minor=row.worth_minor,
        now=now,
    )
    move_exchange(row, states.EX_ORDERED, cause=f"order:{row.order_id}", now=now, go_on_at=None, price_minor=price)
    return exchange_view(row, account.currency, secret=placed.secret)


@transaction.atomic(savepoint=False)
def _give_back(shop_id: UUID, exchange_id: UUID, why: str, now: datetime) -> ExchangeView:
    row = lock_exchange(shop_id, exchange_id)
    account = Account.objects.get(shop_id=shop_id, id=row.account_id)
    if row.state == states.EX_TAKEN:
        move_exchange(row, states.EX_BACK, cause=why, now=now, go_on_at=None, why=why[:40])
        owe_word(row, success=False, now=now)
    return exchange_view(row, account.currency)


def ref_of(account_id: UUID, uid: str) -> str:
    """How orders name a partner's person: by the account, and nothing that the partner calls them."""
    return f"partner:{account_id.hex}:{hashlib.sha256(uid.encode()).hexdigest()[:20]}"


def _item(row: Exchange) -> str:
    found = catalog.products_of_skus(row.shop_id, [row.sku_id])
    return found[0][1].code[:64] if found else ""
