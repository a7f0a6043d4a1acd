"""Reads of orders, as dataclasses. Every one names the shop, and whoever asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.identity.queries import owns_order
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Row, Statement
from goodfor.ledger import queries as ledger
from goodfor.orders import accounts, given_back, states, store
from goodfor.orders.buyers import bought_times
from goodfor.orders.claim_reads import buyer_of, claim, claim_units, replaceable, sold_lines
from goodfor.orders.claims import (
    claim_offer,
    claim_text,
    claims_of_order,
    claims_of_orders,
    invoice_of_order,
    is_remedied,
    keeps_gift,
    notes_of_order,
    open_claims,
    refund_of_claim,
    remedied_codes,
)
from goodfor.orders.contacts import masked_contact
from goodfor.orders.desk import (
    COUNT_LIMIT,
    buyer_of_shop,
    count_orders,
    desk_figures,
    desk_order,
    desk_orders,
    order_history,
    order_of_line,
    search_order_ids,
    search_orders,
    walk_orders,
)
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.given import all_codes_of_gift, can_be_given, codes_of_gift, given_away, masked_codes_of_gift
from goodfor.orders.holds import held_orders, hold_of_order
from goodfor.orders.judging import buyer_facts, buyer_named, hold_of, liquidity, liquidity_of, pay_facts
from goodfor.orders.known import known_of
from goodfor.orders.offer_reads import credit_part, points_of_order, taken_of_order, trace_of_order
from goodfor.orders.pricing import buyer_key
from goodfor.orders.refund_days import refunds_today
from goodfor.orders.replays import gifts_now, replays
from goodfor.orders.telling import order_facts, order_lines
from goodfor.orders.types import Method, OrderView, Payer, RefundView, TrustView
from goodfor.payments import queries as payments
from goodfor.payments.errors import RefundNotFound
from goodfor.payments.types import Paying
from goodfor.payments.types import RefundView as PaymentRefund
from goodfor.supply import queries as supply
from goodfor.vault import queries as vault

__all__ = [
    "COUNT_LIMIT",
    "all_codes_of_gift",
    "bought_times",
    "buyer_balance",
    "buyer_facts",
    "buyer_key",
    "buyer_named",
    "buyer_of",
    "buyer_of_shop",
    "can_be_given",
    "claim",
    "claim_offer",
    "claim_text",
    "claim_units",
    "claims_of_order",
    "claims_of_orders",
    "codes_of_gift",
    "count_orders",
    "credit_part",
    "delivered_page",
    "desk_figures",
    "desk_order",
    "desk_orders",
    "gifts_now",
    "given_away",
    "held_orders",
    "hold_of",
    "hold_of_order",
    "invoice_of_order",
    "is_remedied",
    "keeps_gift",
    "known_of",
    "liquidity",
    "liquidity_of",
    "masked_codes_of_gift",
    "masked_contact",
    "notes_of_order",
    "open_claims",
    "order_by_number",
    "order_facts",
    "order_for_guest",
    "order_history",
    "order_lines",
    "order_of_client",
    "order_of_line",
    "order_view",
    "orders_of_buyer",
    "orders_of_client",
    "orders_with_failed_refund",
    "paid_by_others",
    "pay_facts",
    "payer_question",
    "payment_methods",
    "points_of_order",
    "refund_of_claim",
    "refund_of_client",
    "refund_of_order",
    "refundable",
    "refunds_shown",
    "refunds_today",
    "remedied_codes",
    "replaceable",
    "replays",
    "search_order_ids",
    "search_orders",
    "sold_lines",
    "sold_to_others",
    "taken_of_order",
    "takes_balance",
    "trace_of_order",
    "trust_figures",
    "trust_view",
    "walk_orders",
]

_DELIVERED_PAGE = Statement(__package__, "sql/delivered_page.sql")
_BY_ID = Statement(__package__, "sql/orders_by_id.sql")
_BY_NUMBER = Statement(__package__, "sql/orders_by_number.sql")
_OF_CLIENT = Statement(__package__, "sql/orders_of_client.sql")
_OF_BUYER = Statement(__package__, "sql/orders_of_buyer.sql")
_REFUND_FAILED = Statement(__package__, "sql/orders_refund_failed.sql")
_NUMBER_OF_BUYER = Statement(__package__, "sql/number_of_buyer.sql")
_CLAIMABLE = Statement(__package__, "sql/claimable.sql")
_TRUST = Statement(__package__, "sql/trust.sql")
_SOLD_TO_OTHERS = Statement(__package__, "sql/sold_to_others.sql")
_PAID_BY_OTHERS = Statement(__package__, "sql/paid_by_others.sql")
MAX_PAGE = 200


def delivered_page(after: UUID, until: UUID, most: int) -> list[tuple[UUID, UUID]]:
    """Delivered orders of buyers of all shops, by ids between: (shop, order). For a platform job."""
    return list(_DELIVERED_PAGE.rows({"after": after, "until": until, "most": most}))


def order_view(shop_id: UUID, order_id: UUID) -> OrderView:
    """An order by id, for those who have proved that it is theirs. Raises OrderNotFound."""
    return _one(_BY_ID.row({"shop_id": shop_id, "order_id": order_id}))


def order_by_number(shop_id: UUID, number: str) -> OrderView:
    """An order by its number, for the staff. Raises OrderNotFound."""
    return _one(_BY_NUMBER.row({"shop_id": shop_id, "number": number, "client_id": None}))


def order_for_guest(shop_id: UUID, number: str, secret: str) -> OrderView:
    """An order by number and secret. Unknown number, wrong secret and no secret: the same OrderNotFound."""
    row = _BY_NUMBER.row({"shop_id": shop_id, "number": number, "client_id": None})
    stored = bytes(row[17]) if row is not None and row[17] is not None else bytes(32)
    # Compared even for an unknown number, so that the time taken tells nothing.
    if not owns_order(secret, stored) or row is None:
        raise OrderNotFound
    return store.view(row)


def order_of_client(shop_id: UUID, client_id: UUID, number: str) -> OrderView:
    """An API client's own order. Raises OrderNotFound."""
    return _one(_BY_NUMBER.row({"shop_id": shop_id, "number": number, "client_id": client_id}))


def orders_of_client(
    shop_id: UUID, client_id: UUID, after: UUID | None = None, limit: int = 50, external_ref: str | None = None
) -> list[OrderView]:
    """An API client's orders, latest first, those before `after`; with `external_ref` the one that has it, if any."""
    params = {
        "shop_id": shop_id, "client_id": client_id, "after": after, "limit": min(limit, MAX_PAGE + 1),
        "external_ref": external_ref,
    }  # fmt: skip
    return [store.view(row) for row in _OF_CLIENT.rows(params)]


def orders_of_buyer(shop_id: UUID, buyer_ref: str, after: UUID | None = None, limit: int = 50) -> list[OrderView]:
    """A buyer's orders, latest first."""
    params = {"shop_id": shop_id, "buyer_ref": buyer_key(buyer_ref), "after": after, "limit": min(limit, MAX_PAGE + 1)}
    return [store.view(row) for row in _OF_BUYER.rows(params)]


def order_of_buyer(shop_id: UUID, buyer_ref: str, number: str) -> OrderView:
    """A buyer's own order by its number. Raises OrderNotFound, the same for a stranger's."""
    row = _NUMBER_OF_BUYER.row({"shop_id": shop_id, "buyer_ref": buyer_ref, "number": number})
    if row is None:
        raise OrderNotFound
    return order_view(shop_id, row[0])


def claimable_orders(shop_id: UUID, buyer_id: UUID, proved_ids: Sequence[UUID], limit: int = 50) -> list[OrderView]:
    """Guests' orders that a buyer may take into the account: placed with a proven contact, or proved otherwise.

    `proved_ids` are orders whose secret this browser has shown. Latest first.
    """
    found = _CLAIMABLE.rows(
        {
            "shop_id": shop_id,
            "order_ids": list(proved_ids),
            "indexes": identity.contact_indexes(shop_id, buyer_id),
            "limit": limit,
        }
    )
    return [order_view(shop_id, row[0]) for row in found]


def refund_of_client(shop_id: UUID, client_id: UUID, refund_id: UUID) -> RefundView:
    """The refund of an API client's own order. Raises OrderNotFound."""
    try:
        refund = payments.refund(shop_id, refund_id)
        order = order_view(shop_id, payments.payment(shop_id, refund.payment_id).source_id)
    except RefundNotFound:
        raise OrderNotFound from None
    if order.client_id != client_id:
        raise OrderNotFound
    return store.refund_view(order.number, refund)


def refund_of_order(shop_id: UUID, order_id: UUID, payment_id: UUID | None) -> PaymentRefund | None:
    """The latest refund of an order's price, or None; what goes back of a payment too many is not the order's."""
    if payment_id is None:
        return None
    own = f"order:{order_id}"
    refunds = [r for r in payments.refunds_of(shop_id, payment_id) if r.business_key.partition("#")[0] == own]
    return refunds[-1] if refunds else None


def orders_with_failed_refund(shop_id: UUID, limit: int = 50) -> list[OrderView]:
    """Orders whose channel refused the refund for good, longest first: the staff decides (`retry_refund`)."""
    return [store.view(row) for row in _REFUND_FAILED.rows({"shop_id": shop_id, "limit": min(limit, MAX_PAGE)})]


def refundable(shop_id: UUID, order_id: UUID) -> Money:
    """What may still be given back of an order's price; nothing unless it is paid for. Raises OrderNotFound."""
    order = order_view(shop_id, order_id)
    if order.payment_id is None or order.state not in (states.PAID, states.DELIVERED):
        return Money.zero(order.currency)
    return given_back.left(order.id, order.total, payments.refunds_of(shop_id, order.payment_id))


def sold_to_others(
    shop_id: UUID, sku_ids: Sequence[UUID], client_ids: Sequence[UUID], limit: int
) -> list[tuple[UUID, UUID]]:
    """(SKU, payment) of paid orders of these SKUs by anybody but these clients; at most `limit`."""
    params = {"shop_id": shop_id, "sku_ids": list(sku_ids), "client_ids": list(client_ids), "limit": limit}
    return [(row[0], row[1]) for row in _SOLD_TO_OTHERS.rows(params)]


def paid_by_others(shop_id: UUID, client_ids: Sequence[UUID], limit: int) -> list[UUID]:
    """Payments of the latest paid orders of anybody but these clients; at most `limit`."""
    params = {"shop_id": shop_id, "client_ids": list(client_ids), "limit": limit}
    return [row[0] for row in _PAID_BY_OTHERS.rows(params)]


def payment_methods(
    shop_id: UUID,
    amount: Money,
    *,
    device: str = "pc",
    may_ask: bool = False,
    script: bool = True,
    now: datetime | None = None,
) -> list[Method]:
    """Ways to pay this amount from this device; `code` goes into start_payment.

    `may_ask`: the buyer's browser may be sent to a channel that must know who pays (`payer_question`). `script` False:
    only what works without one.
    """
    found = payments.brands(shop_id, Paying(amount, device, may_ask=may_ask, script=script), now or utc_now())
    return [Method(brand) for brand in found]


def paying_of(amount: Money, payer: Payer) -> Paying:
    """What the routing is told of a payment."""
    known = frozenset(app for app, channel_id in payer.known.items() if app and channel_id)
    return Paying(amount, payer.device or "pc", payer_known=bool(payer.channel_id), apps=known, script=payer.script)


def payer_question(shop_id: UUID, amount: Money, method: str, payer: Payer, now: datetime) -> tuple[UUID, str] | None:
    """(account, its method) that would serve best, but must be told who pays: ask the buyer's browser first."""
    found = payments.unknown_payer(shop_id, method, paying_of(amount, payer), now)
    return (found.account_id, found.method) if found else None


def refunds_shown(shop_id: UUID, order: OrderView) -> list[PaymentRefund]:
    """What was given back of an order, or is on its way, oldest first; of a try that failed only the next one."""
    if order.payment_id is None:
        return []
    found = given_back.of_order(order.id, payments.refunds_of(shop_id, order.payment_id))
    return [refund for refund in found if refund.state != given_back.FAILED]


def takes_balance(shop_id: UUID, currency: str) -> bool:
    """True where the shop takes payment from balances."""
    return payments.balance_enabled(shop_id, currency, utc_now())


def paid_by_credit(shop_id: UUID, order: OrderView) -> bool:
    """Whether a card, a subscription or points paid it: what comes back goes there, and into no balance."""
    return order.payment_id is not None and payments.payment(shop_id, order.payment_id).by_credit


def buyer_balance(shop_id: UUID, buyer_id: UUID, currency: str) -> Money:
    """What a buyer's own balance holds."""
    return Money(ledger.balance(shop_id, accounts.buyer_wallet(buyer_id), currency), currency)


def available(shop_id: UUID, sku_ids: Sequence[UUID], channel: str = "storefront") -> dict[UUID, int]:
    """How many of each SKU can be ordered now: own stock, and what suppliers offer. Absent: nothing."""
    levels = vault.stock(shop_id, sku_ids)
    found = {sku_id: level.available for sku_id, level in levels.items() if level.available > 0}
    for sku_id, offered in supply.buyable(shop_id, sku_ids, utc_now(), channel=channel).items():
        # An order is filled from stock or bought, not both: what one order can have is the larger of the two.
        found[sku_id] = max(found.get(sku_id, 0), offered.units)
    return found


def trust_figures(shop_id: UUID) -> dict[str, Any]:
    """Live figures: codes sold; median seconds to delivery and of refunds, a minute old at most; None without data."""
    levels = vault.stock(shop_id, catalog.sku_ids(shop_id))
    counted = trust_view(shop_id)
    return {
        "sold_codes": sum(level.sold for level in levels.values()),
        "delivered_p50_seconds": counted.delivered_p50_seconds,
        "refund_p50_seconds": counted.refund_p50_seconds,
    }


def trust_view(shop_id: UUID) -> TrustView:
    """What the loop counted last of a shop: one row, a minute old at most."""
    row = _TRUST.row({"shop_id": shop_id})
    return TrustView(*row) if row else TrustView()


def _one(row: Row | None) -> OrderView:
    if row is None:
        raise OrderNotFound
    return store.view(row)
