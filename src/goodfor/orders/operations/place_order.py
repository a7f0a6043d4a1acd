"""Place an order: reserve its codes for a short time and wait for the money."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel.crypto import keyring
from goodfor.kernel.events import publish
from goodfor.kernel.ids import hash_token, order_number, secret_token, uuid7, uuid7_batch
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Row, Statement
from goodfor.kernel.statemachine import record_history
from goodfor.orders import states, store
from goodfor.orders.contacts import contact_index
from goodfor.orders.credits import with_credit
from goodfor.orders.errors import ExternalRefUsed, TooManyOpenOrders, TooManyUnpaidCodes, UnpaidShare
from goodfor.orders.events import OrderPlaced
from goodfor.orders.forms import Filled, check_forms, fill, with_accounts
from goodfor.orders.offer_types import Offer
from goodfor.orders.offers import ip_hash_of, wish_of
from goodfor.orders.operations.check_buyer_limit import check_buyer_limit
from goodfor.orders.operations.check_tier import check_tier
from goodfor.orders.operations.hold_steps import put_hold
from goodfor.orders.operations.keep_credit import keep_credit
from goodfor.orders.operations.keep_invoice import keep_invoice
from goodfor.orders.operations.keep_offer import keep_offer
from goodfor.orders.operations.take_chosen import take_chosen
from goodfor.orders.operations.take_offer import take_offer
from goodfor.orders.pricing import buyer_key, check_requests, pieces, price_lines
from goodfor.orders.types import DIRECT, Buyer, Credit, HoldOrder, LineRequest, LineView, PlacedOrder
from goodfor.promotions.operations.choices import check_counted
from goodfor.promotions.types import ChoiceRequest
from goodfor.supply import queries as supply
from goodfor.vault import operations as vault
from goodfor.vault import queries as stocks
from goodfor.vault.errors import OutOfStock

#: Nobody may empty a shop by not paying: so many open orders, with so many codes in all. More is paid from a balance.
OPEN_PER_BUYER = 5
OPEN_PER_IP = 20
CODES_PER_BUYER = 200
CODES_PER_IP = 200
#: An API client orders for many buyers, whom it names as it likes.
OPEN_PER_CLIENT = 500
CODES_PER_CLIENT = 2000
#: Of one SKU a buyer or an address without an API key may hold so many unpaid, whatever is left ...
ALWAYS_OF_A_SKU = 5
#: ... and beyond that one part in so many of what would be free without them.
SHARE_OF_A_SKU = 2
#: Column of open_orders.sql that says whose, and the two caps.
_CAPS = ((1, OPEN_PER_BUYER, CODES_PER_BUYER), (2, OPEN_PER_IP, CODES_PER_IP), (5, OPEN_PER_CLIENT, CODES_PER_CLIENT))
_OPEN = Statement("goodfor.orders", "sql/open_orders.sql")


@transaction.atomic(savepoint=False)
def place_order(
    *,
    shop_id: UUID,
    lines: Sequence[LineRequest],
    buyer: Buyer,
    channel: str,
    external_ref: str | None = None,
    hold: HoldOrder | None = None,
    order_id: UUID | None = None,
    coupons: Sequence[UUID] = (),
    choice: ChoiceRequest | None = None,
    expect_minor: int | None = None,
    credit: Credit | None = None,
    now: datetime,
) -> PlacedOrder:
    """Reserve stock and write the order; the codes are held until `pay_by` (the shortest hold of its SKUs).

    `hold`: once it is paid it waits. Written with the order, so that no payment can come between. `order_id`: where
    something was noted of it before. Campaigns take off what they give (`coupons` in their order, `choice`: a group or
    bargain), and what is limited of that is taken; `expect_minor`: the total that the buyer was shown. `credit`: units
    of a wallet meet so much of that total, which the caller takes in this transaction; the rest is the order's total.

    Raises InvalidOrder, SkuUnknown, NotOnSale, OrderLimit, BuyerLimit, TooManyOpenOrders, TooManyUnpaidCodes,
    UnpaidShare, TierNeeded, OutOfStock, ExternalRefUsed, FormInvalid, PriceChanged, LimitGone, CouponGone,
    CreditTooMuch, and of `choice` what is over.
    """
    check_requests(lines)
    buyer = replace(buyer, ref=buyer_key(buyer.ref))
    skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
    check_forms(lines, skus)
    priced, total = price_lines(lines, skus, uuid7_batch(len(lines)))
    forms = fill(shop_id, lines, priced)
    ip_hash = ip_hash_of(buyer)
    check_tier(shop_id=shop_id, buyer_ref=buyer.ref, skus=skus)
    _guard(shop_id, buyer, ip_hash, priced, now)
    limited = check_buyer_limit(shop_id=shop_id, buyer_ref=buyer.ref, lines=priced, skus=skus)
    pay_by = now + timedelta(seconds=min(sku.hold_seconds for sku in skus.values()))
    order_id, number, secret = order_id or uuid7(), order_number(now), secret_token()
    wish = wish_of(
        shop_id, buyer, channel, ip_hash=ip_hash, coupons=coupons, choice=choice, expect_minor=expect_minor,
        ordering=True, now=now,
    )  # fmt: skip
    group_id = take_chosen(shop_id=shop_id, order_id=order_id, asked=choice, wish=wish, lines=priced, now=now)
    offer = take_offer(shop_id=shop_id, order_id=order_id, lines=priced, total=total, skus=skus, wish=wish, now=now)
    if choice is not None:
        check_counted(choice, offer.priced)
    offer = with_credit(offer, credit) if credit is not None else offer
    # Sorted by SKU so that two orders of the same SKUs meet in the same order.
    for line in sorted(offer.lines, key=lambda item: item.sku_id):
        _reserve(shop_id, line, channel, pay_by, now)
    placed = PlacedOrder(order_id, number, secret, offer.total, pay_by, with_accounts(offer.lines, forms))
    _insert(shop_id, placed, buyer, channel, external_ref, ip_hash, limited, forms, now)
    _keep(shop_id, order_id, offer, credit, buyer, now)
    _tell(shop_id, placed, f"buyer:{buyer.ref}", channel, now)
    if hold is not None or group_id is not None:
        put_hold(
            shop_id=shop_id, order_id=order_id, number=number, hold=hold, actor="system", cause="placed",
            group_id=group_id, now=now,
        )  # fmt: skip
    return placed


def check_may_order(*, shop_id: UUID, buyer: Buyer, sku_id: UUID, now: datetime) -> None:
    """Raise what placing an order of one piece would raise for the buyer's own sake.

    Asked before chance decides what is ordered, so that nobody chooses by it what he does not want. In the caller's
    transaction, which holds the buyer's lock from then on.

    Raises TooManyOpenOrders, TooManyUnpaidCodes, UnpaidShare, TierNeeded, SkuUnknown, NotOnSale.
    """
    buyer = replace(buyer, ref=buyer_key(buyer.ref))
    skus = catalog.skus_for_sale(shop_id, [sku_id])
    lines, _total = price_lines([LineRequest(sku_id, 1)], skus, uuid7_batch(1))
    check_tier(shop_id=shop_id, buyer_ref=buyer.ref, skus=skus)
    _guard(shop_id, buyer, ip_hash_of(buyer), lines, now)


def _keep(
    shop_id: UUID, order_id: UUID, offer: Offer, credit: Credit | None, buyer: Buyer, now: datetime
) -> None:  # fmt: skip
    """What campaigns gave, what units met, to whom the invoice goes."""
    keep_offer(shop_id=shop_id, order_id=order_id, offer=offer, now=now)
    if credit is not None:
        keep_credit(shop_id=shop_id, order_id=order_id, credit=credit, now=now)
    if buyer.invoice is not None:
        keep_invoice(shop_id=shop_id, order_id=order_id, invoice=buyer.invoice)


def _tell(shop_id: UUID, placed: PlacedOrder, actor: str, cause: str, now: datetime) -> None:
    record_history(
        shop_id=shop_id, machine=states.MACHINE, subject_id=placed.order_id, moves=[(None, states.PLACED)],
        actor=actor, cause=cause, now=now,
    )  # fmt: skip
    event = OrderPlaced(placed.order_id, placed.number, placed.total.amount_minor, placed.total.currency)
    publish(shop_id=shop_id, event=event, now=now)


def _reserve(shop_id: UUID, line: LineView, channel: str, until: datetime, now: datetime) -> None:
    """From own stock; what is not there and suppliers have is bought once it is paid for. Raises OutOfStock.

    A top-up has no stock.
    """
    try:
        if line.kind == DIRECT:
            raise OutOfStock(sku_id=str(line.sku_id))
        vault.reserve(
            shop_id=shop_id, sku_id=line.sku_id, holder_id=line.line_id, quantity=line.quantity, until=until, now=now
        )
    except OutOfStock:
        if line.gift:
            raise
        found = supply.buyable(shop_id, [line.sku_id], now, channel=channel, quantity=line.quantity)
        offered = found.get(line.sku_id)
        if offered is None or offered.units < line.quantity:
            raise


def _insert(
    shop_id: UUID,
    placed: PlacedOrder,
    buyer: Buyer,
    channel: str,
    external_ref: str | None,
    ip_hash: bytes | None,
    limited: Mapping[UUID, str],
    forms: Mapping[UUID, Filled],
    now: datetime,
) -> None:
    params: dict[str, Any] = {
        "order_id": placed.order_id,
        "shop_id": shop_id,
        "number": placed.number,
        "secret_hash": hash_token(placed.secret),
        "state": states.PLACED,
        "channel": channel,
        "buyer_ref": buyer.ref,
        "client_id": buyer.client_id,
        "external_ref": external_ref,
        "ip_hash": ip_hash,
        "locale": buyer.locale,
        "total_minor": placed.total.amount_minor,
        "paid_minor": 0,
        "currency": placed.total.currency,
        "payment_id": None,
        "now": now,
        "pay_by": placed.pay_by,
        "paid_at": None,
        "deliver_by": None,
        "delivered_at": None,
        **_sealed_contact(shop_id, placed.order_id, buyer.contact),
        **store.line_params(placed.lines, limited, forms),
    }
    try:
        store.INSERT_ORDER.run(params)
    except IntegrityError as error:
        if "orders_order_external" in str(error):
            raise ExternalRefUsed(external_ref=external_ref) from None
        raise


def _guard(shop_id: UUID, buyer: Buyer, ip_hash: bytes | None, lines: Sequence[LineView], now: datetime) -> None:
    """Count what is open and unpaid under a lock, so that parallel requests cannot all be the last one allowed."""
    locks: list[tuple[object, ...]] = [("buyer", shop_id, buyer.ref)]
    if ip_hash:
        locks.append(("ip", shop_id, ip_hash.hex()))
    if buyer.client_id is not None:
        locks.append(("client", shop_id, buyer.client_id))
    advisory_xact_lock(*locks)
    asked = {"shop_id": shop_id, "buyer_ref": buyer.ref, "ip_hash": ip_hash, "client_id": buyer.client_id}
    rows = _OPEN.rows(asked)
    wanted = sum(line.quantity for line in lines)
    for column, orders, codes in _CAPS:
        open_lines = [row for row in rows if row[column]]
        if len({row[0] for row in open_lines}) >= orders:
            raise TooManyOpenOrders(limit=orders)
        held = sum(row[4] for row in open_lines)
        if held + wanted > codes:
            raise TooManyUnpaidCodes(limit=codes, held=held)
    if buyer.client_id is None:
        _check_share(shop_id, lines, rows, now)


def _check_share(shop_id: UUID, lines: Sequence[LineView], open_lines: Sequence[Row], now: datetime) -> None:
    """Leave others something of each SKU. A usual order is below what is always allowed and costs no statement."""
    held: Counter[UUID] = Counter()
    for row in open_lines:
        held[row[3]] += row[4]
    many = {sku_id: count for sku_id, count in pieces(lines).items() if held[sku_id] + count > ALWAYS_OF_A_SKU}
    levels = stocks.stock(shop_id, list(many), now)
    for sku_id, count in many.items():
        free = levels[sku_id].available if sku_id in levels else 0
        most = max(ALWAYS_OF_A_SKU, (free + held[sku_id]) // SHARE_OF_A_SKU)
        # What is not there at all is out of stock, which reserving says.
        if count <= free and held[sku_id] + count > most:
            raise UnpaidShare(sku_id=str(sku_id), limit=most, held=held[sku_id])


def _sealed_contact(shop_id: UUID, order_id: UUID, contact: str) -> dict[str, Any]:
    if not contact:
        return {"contact_key_id": None, "contact_blob": None, "contact_index": None}
    sealed = keyring().seal(contact.encode(), order_id.bytes)
    index = contact_index(shop_id, contact)
    return {"contact_key_id": sealed.key_id, "contact_blob": sealed.blob, "contact_index": index}
