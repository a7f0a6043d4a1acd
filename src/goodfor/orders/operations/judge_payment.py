"""Money came for an order: ask risk control whether its goods leave at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import NotOnSale, SkuUnknown
from goodfor.kernel.sql import Row, Statement
from goodfor.orders import states
from goodfor.orders.judging import buyer_facts, first_with, hold_of, liquidity_of, named
from goodfor.orders.types import HoldOrder
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentNotFound
from goodfor.payments.types import Fact, PaymentView
from goodfor.risk.operations import assess
from goodfor.risk.types import Act, Scene, Value

_ORDER: Final = Statement("goodfor.orders", "sql/judged_order.sql")
#: States in which money may still deliver an order; in all others it goes back, whatever is thought of it.
_AWAITING: Final = frozenset({states.PLACED, states.EXPIRED, states.CANCELLED})


def judge_payment(*, shop_id: UUID, fact: Fact, now: datetime) -> HoldOrder | None:
    """How the order is to wait that this money pays; None: it need not, or there is nothing to deliver for it.

    `fact` is the channel's own answer, asked for. Never inside a transaction: the act is written down first, so that of
    any number at once no more pass than limits allow. The subject is the payment ("payment", id).
    """
    try:
        payment = payments.payment_by_number(shop_id, fact.our_ref)
    except PaymentNotFound:
        return None
    if payment.source_type != "order":
        return None
    row = _ORDER.row({"shop_id": shop_id, "order_id": payment.source_id})
    if row is None or row[2] not in _AWAITING:
        return None
    decision = assess(
        Act(
            shop_id=shop_id,
            scene=Scene.PAY,
            at=now,
            buyer=named(row[3], row[4]),
            subject=("payment", payment.id),
            amount_minor=fact.amount.amount_minor,
            currency=fact.amount.currency,
            facts=_facts(shop_id, row, payment, fact, now),
        )
    )
    return hold_of(decision)


def _facts(shop_id: UUID, row: Row, payment: PaymentView, fact: Fact, now: datetime) -> dict[str, Value]:
    _id, _number, state, buyer_ref, client_id, pay_by, closed_at, paid_by, sku_ids, prices, quantity = row
    buyer = named(buyer_ref, client_id)
    known = buyer_facts(shop_id, buyer, now) if buyer else None
    same_currency = fact.amount.currency == payment.amount.currency
    late = (fact.happened_at - pay_by).total_seconds()
    account = fact.account_id == payment.account_id and fact.provider == payment.provider
    ratio = fact.amount.amount_minor / payment.amount.amount_minor if same_currency and payment.amount else None
    return {
        **(known.facts if known else {}),
        "quantity": int(quantity or 0),
        "sku": str(sku_ids[0]) if sku_ids and len(sku_ids) == 1 else None,
        "first_purchase_with_instrument": first_with(shop_id, known, payment.method) if known else None,
        "sku_liquidity": liquidity_of(shop_id, sku_ids) if sku_ids else None,
        "price_ratio": round(ratio, 6) if ratio is not None else None,
        "channel_confirmed": True if fact.source == "query" else None,
        "channel_matches": account,
        "merchant_matches": account,
        "currency_matches": same_currency,
        "price_changed": _price_changed(shop_id, sku_ids or (), prices or ()) if late > 0 or closed_at else None,
        "paid_twice": paid_by is not None or payment.captured_minor > 0,
        "paid_late_seconds": max(late, 0.0),
        "seconds_to_expiry": max(-late, 0.0),
        "cancelled_then_paid": state == states.CANCELLED and (closed_at is None or fact.happened_at > closed_at),
    }


def _price_changed(shop_id: UUID, sku_ids: Sequence[UUID], prices: Sequence[int]) -> bool | None:
    """Since the order was placed; None where something of it is not for sale any more."""
    try:
        skus = catalog.skus_for_sale(shop_id, sku_ids)
    except (NotOnSale, SkuUnknown):
        return None
    return any(skus[sku].price.amount_minor != price for sku, price in zip(sku_ids, prices, strict=True))
