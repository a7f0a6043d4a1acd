"""A mall has us supply goods of our own: an order of the member's, paid by the points that were taken for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.spend_elsewhere import PARTNER
from goodfor.loyalty.types import Holder
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, LineRequest
from goodfor.partners import accounts, states
from goodfor.partners.errors import OfferGone
from goodfor.partners.locks import lock_account, lock_spend, lock_supply
from goodfor.partners.models import Account, Offer, Spend, Supply
from goodfor.partners.operations.hear_result import restore
from goodfor.partners.operations.steps import move_spend, move_supply
from goodfor.partners.protocol import SupplyCall
from goodfor.payments import queries as payments

#: What a mall is told of each state: only goods that are there are a success.
_SAID: Final = {states.SU_DONE: "success", states.SU_ORDERED: "process", states.SU_ASKED: "process"}


@dataclass(frozen=True, slots=True)
class Supplied:
    """How it stands. `ref`: our number of it; `left`: the member's points, where the member is known."""

    status: str
    ref: str = ""
    left: int | None = None


def supply_goods(*, shop_id: UUID, account_id: UUID, asked: SupplyCall, now: datetime) -> Supplied:
    """Once for the mall's number; asked again, how it stands. What was refused stays refused.

    Only for a number whose points we took and that has not ended, and goods that are up for this partner at no more
    points than were taken. Raises PartnerNotFound.
    """
    row = _begin(shop_id, account_id, asked, now)
    if row is None:
        return Supplied("fail")
    if row.state == states.SU_ASKED:
        try:
            row = _order(shop_id, row.id, now)
        except DomainError as error:
            row = _fail(shop_id, row.id, error.code, now)
    spend = Spend.objects.get(shop_id=shop_id, id=row.spend_id)
    left = loyalty.balance(shop_id, Holder(spend.owner), now).available if spend.owner else None
    return Supplied(_SAID.get(row.state, "fail"), row.id.hex, left)


def supply_of(shop_id: UUID, order_id: UUID) -> UUID | None:
    """Which supply became this order."""
    return Supply.objects.filter(shop_id=shop_id, order_id=order_id).values_list("id", flat=True).first()


@transaction.atomic(savepoint=False)
def supply_delivered(*, shop_id: UUID, order_id: UUID, now: datetime) -> bool:
    """The member has them. Again it changes nothing."""
    found = supply_of(shop_id, order_id)
    row = lock_supply(shop_id, found) if found else None
    if row is None or row.state != states.SU_ORDERED:
        return False
    move_supply(row, states.SU_DONE, cause="delivered", now=now)
    return True


@transaction.atomic(savepoint=False)
def supply_back(*, shop_id: UUID, order_id: UUID, refund_id: UUID, now: datetime) -> bool:
    """What points paid of the order is not paid any more; with all of it the points are back in their lots.

    A part alone brings no points back: the mall took them for the whole. Once a refund.
    """
    found = Supply.objects.filter(shop_id=shop_id, order_id=order_id).first()
    refund = payments.refund(shop_id, refund_id)
    if found is None or refund.ledger_account != accounts.REDEEMED:
        return False
    account = lock_account(shop_id, found.account_id)
    spend, row = lock_spend(shop_id, found.spend_id), lock_supply(shop_id, found.id)
    minor = refund.amount.amount_minor
    entry = accounts.unsupply_entry(refund_id=refund_id, supply_id=row.id, minor=minor, order_id=order_id, now=now)
    if row.state == states.SU_BACK or books.transactions_named(shop_id, [entry.reference], limit=1):
        return False
    ledger.post(shop_id=shop_id, currency=account.currency, entries=(entry,), now=now)
    row.back_minor += minor
    row.save(update_fields=["back_minor"])
    if row.back_minor == row.price_minor:
        move_supply(row, states.SU_BACK, cause=f"refund:{refund_id}", now=now, why="refunded")
        restore(account, spend, now)
        move_spend(
            spend, states.UNDONE, actor=PARTNER, cause=f"refund:{refund_id}", now=now, ended_at=now, ask_at=None,
            why="refunded",
        )  # fmt: skip
    return True


def _begin(shop_id: UUID, account_id: UUID, asked: SupplyCall, now: datetime) -> Supply | None:
    """The row of this number; None: there is nothing to supply for it, or it is another wish."""
    with transaction.atomic():
        account = lock_account(shop_id, account_id)
        named = {"shop_id": shop_id, "account": account, "order_num": asked.order_num, "uid": asked.uid}
        spend = Spend.objects.filter(**named, kind=states.DEDUCT).first()
        if spend is None:
            return None
        known = Supply.objects.filter(shop_id=shop_id, spend=spend).first()
        if known is not None:
            return known if known.goods == asked.goods else None
        if spend.state != states.TAKEN:
            return None
        row = Supply.objects.create(
            id=uuid7(), shop_id=shop_id, account=account, spend=spend, goods=asked.goods, order_id=uuid7(), at=now
        )
        record_history(
            shop_id=shop_id, machine=states.SUPPLY, subject_id=row.id, moves=[(None, states.SU_ASKED)], actor=PARTNER,
            cause=f"partner:{account.code}", now=now,
        )  # fmt: skip
        return row


@transaction.atomic(savepoint=False)
def _order(shop_id: UUID, supply_id: UUID, now: datetime) -> Supply:
    found = Supply.objects.get(shop_id=shop_id, id=supply_id)
    account, spend = lock_account(shop_id, found.account_id), lock_spend(shop_id, found.spend_id)
    row = lock_supply(shop_id, supply_id)
    if row.state != states.SU_ASKED:
        return row
    if spend.state != states.TAKEN or spend.owner is None:
        raise OfferGone
    placed = place_order(
        shop_id=shop_id, lines=[LineRequest(_goods_for(account, row, spend), 1, {})],
        buyer=Buyer(f"buyer:{spend.owner.hex}"), channel="storefront", order_id=row.order_id, now=now,
    )  # fmt: skip
    price = placed.total.amount_minor
    entry = accounts.supply_entry(supply_id=row.id, price_minor=price, order_id=row.order_id, now=now)
    ledger.post(shop_id=shop_id, currency=account.currency, entries=(entry,), now=now)
    paid = pay_from_credit(shop_id=shop_id, order_id=row.order_id, account=accounts.REDEEMED, now=now)
    move_supply(row, states.SU_ORDERED, cause=f"order:{row.order_id}", now=now, price_minor=price)
    if paid.state == "delivered":
        move_supply(row, states.SU_DONE, cause="delivered", now=now)
    return row


@transaction.atomic(savepoint=False)
def _fail(shop_id: UUID, supply_id: UUID, why: str, now: datetime) -> Supply:
    row = lock_supply(shop_id, supply_id)
    if row.state == states.SU_ASKED:
        move_supply(row, states.SU_FAILED, cause=why, now=now, why=why[:40])
    return row


def _goods_for(account: Account, row: Supply, spend: Spend) -> UUID:
    """Raises OfferGone: not up for this partner, or dearer than what was taken."""
    try:
        sku_id = catalog.sku_by_code(row.shop_id, row.goods).id
    except SkuUnknown:
        raise OfferGone from None
    offer = Offer.objects.filter(shop_id=row.shop_id, account=account, sku_id=sku_id, on=True).first()
    if offer is None or offer.units > spend.units:
        raise OfferGone
    return sku_id
