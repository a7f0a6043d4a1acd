"""Place an order: reserve its codes for a short time and wait for the money."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import SkuForSale
from goodfor.kernel.crypto import keyring
from goodfor.kernel.events import publish
from goodfor.kernel.ids import hash_token, order_number, secret_token, uuid7, uuid7_batch
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.orders import states, store
from goodfor.orders.contacts import contact_index
from goodfor.orders.errors import BuyerLimit, ExternalRefUsed, TooManyOpenOrders
from goodfor.orders.events import OrderPlaced
from goodfor.orders.pricing import check_requests, network, price_lines
from goodfor.orders.types import Buyer, LineRequest, LineView, PlacedOrder
from goodfor.vault import operations as vault

#: Nobody may empty a shop by not paying.
OPEN_PER_BUYER = 5
OPEN_PER_IP = 20
_OPEN = Statement("goodfor.orders", "sql/open_orders.sql")
_BOUGHT = Statement("goodfor.orders", "sql/bought_by.sql")


@transaction.atomic(savepoint=False)
def place_order(
    *,
    shop_id: UUID,
    lines: Sequence[LineRequest],
    buyer: Buyer,
    channel: str,
    external_ref: str | None = None,
    now: datetime,
) -> PlacedOrder:
    """Reserve stock and write the order; the codes are held until `pay_by` (the shortest hold of its SKUs).

    Raises InvalidOrder, SkuUnknown, NotOnSale, OrderLimit, BuyerLimit, TooManyOpenOrders, OutOfStock, ExternalRefUsed.
    """
    check_requests(lines)
    skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
    priced, total = price_lines(lines, skus, uuid7_batch(len(lines)))
    ip_hash = keyring().blind_index("ip", network(buyer.ip).encode()) if buyer.ip else None
    _guard(shop_id, buyer, ip_hash)
    _check_buyer_limits(shop_id, buyer, priced, skus)
    pay_by = now + timedelta(seconds=min(sku.hold_seconds for sku in skus.values()))
    order_id, number, secret = uuid7(), order_number(now), secret_token()
    # Sorted by SKU so that two orders of the same SKUs meet in the same order.
    for line in sorted(priced, key=lambda item: item.sku_id):
        vault.reserve(
            shop_id=shop_id, sku_id=line.sku_id, holder_id=line.line_id, quantity=line.quantity, until=pay_by, now=now
        )
    limited = {sku.sku_id: buyer.ref for sku in skus.values() if sku.per_buyer_limit}
    placed = PlacedOrder(order_id, number, secret, total, pay_by, priced)
    _insert(shop_id, placed, buyer, channel, external_ref, ip_hash, limited, now)
    record_history(
        shop_id=shop_id,
        machine=states.MACHINE,
        subject_id=order_id,
        moves=[(None, states.PLACED)],
        actor=f"buyer:{buyer.ref}",
        cause=channel,
        now=now,
    )
    publish(shop_id=shop_id, event=OrderPlaced(order_id, number, total.amount_minor, total.currency), now=now)
    return placed


def _insert(
    shop_id: UUID,
    placed: PlacedOrder,
    buyer: Buyer,
    channel: str,
    external_ref: str | None,
    ip_hash: bytes | None,
    limited: Mapping[UUID, str],
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
        **store.line_params(placed.lines, limited),
    }
    try:
        store.INSERT_ORDER.run(params)
    except IntegrityError as error:
        if "orders_order_external" in str(error):
            raise ExternalRefUsed(external_ref=external_ref) from None
        raise


def _guard(shop_id: UUID, buyer: Buyer, ip_hash: bytes | None) -> None:
    """Count open unpaid orders under a lock, so that parallel requests cannot all be the last one allowed."""
    locks: list[tuple[object, ...]] = [("buyer", shop_id, buyer.ref)]
    if ip_hash:
        locks.append(("ip", shop_id, ip_hash.hex()))
    advisory_xact_lock(*locks)
    row = _OPEN.row({"shop_id": shop_id, "buyer_ref": buyer.ref, "ip_hash": ip_hash})
    assert row is not None
    if row[0] >= OPEN_PER_BUYER or row[1] >= OPEN_PER_IP:
        raise TooManyOpenOrders(limit=OPEN_PER_BUYER if row[0] >= OPEN_PER_BUYER else OPEN_PER_IP)


def _check_buyer_limits(
    shop_id: UUID, buyer: Buyer, lines: Sequence[LineView], skus: Mapping[UUID, SkuForSale]
) -> None:
    limited = [sku_id for sku_id, sku in skus.items() if sku.per_buyer_limit]
    if not limited:
        return
    held: dict[UUID, int] = dict(_BOUGHT.rows({"shop_id": shop_id, "sku_ids": limited, "buyer_ref": buyer.ref}))
    for line in lines:
        limit = skus[line.sku_id].per_buyer_limit
        if limit is not None and held.get(line.sku_id, 0) + line.quantity > limit:
            raise BuyerLimit(sku_id=str(line.sku_id), limit=limit)


def _sealed_contact(shop_id: UUID, order_id: UUID, contact: str) -> dict[str, Any]:
    if not contact:
        return {"contact_key_id": None, "contact_blob": None, "contact_index": None}
    sealed = keyring().seal(contact.encode(), order_id.bytes)
    index = contact_index(shop_id, contact)
    return {"contact_key_id": sealed.key_id, "contact_blob": sealed.blob, "contact_index": index}
