"""Buy from a prepaid balance: claimed, paid, booked and delivered in one transaction. The hottest path of the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import SkuForSale
from goodfor.delivery import operations as delivery
from goodfor.delivery.types import Delivered, ToDeliver
from goodfor.kernel.events import payload_text, publish
from goodfor.kernel.ids import order_number, uuid7, uuid7_batch
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, states, store
from goodfor.orders.errors import ExternalRefUsed
from goodfor.orders.events import OrderDelivered
from goodfor.orders.forms import check_forms
from goodfor.orders.offer_types import Offer
from goodfor.orders.offers import wish_of_client
from goodfor.orders.operations.check_buyer_limit import check_buyer_limit
from goodfor.orders.operations.check_tier import check_tier
from goodfor.orders.operations.keep_offer import keep_paid_offer
from goodfor.orders.operations.order_with_balance import order_with_balance
from goodfor.orders.operations.take_offer import take_offer
from goodfor.orders.pricing import check_requests, price_lines
from goodfor.orders.types import DIRECT, HoldOrder, LineRequest, LineView, OrderView
from goodfor.payments.operations.pay_by_balance import pay_by_balance
from goodfor.supply import queries as supply
from goodfor.vault.errors import OutOfStock

_INSERT_BOUGHT = Statement("goodfor.orders", "sql/insert_bought.sql")
_MOVES: list[tuple[str | None, str]] = [
    (None, states.PLACED),
    (states.PLACED, states.PAID),
    (states.PAID, states.DELIVERED),
]


@transaction.atomic(savepoint=False)
def buy_with_balance(
    *,
    shop_id: UUID,
    client_id: UUID,
    wallet_account: str,
    currency: str,
    lines: Sequence[LineRequest],
    external_ref: str | None,
    hold: HoldOrder | None = None,
    order_id: UUID | None = None,
    coupons: Sequence[UUID] = (),
    expect_minor: int | None = None,
    now: datetime,
) -> OrderView:
    """Sell to an API client from its wallet; the codes are the client's when this returns.

    What is not in stock and suppliers offer, every top-up, and what is on `hold`, is paid now and delivered later: the
    order is `paid`.

    The client is the buyer of whom a SKU's `per_buyer_limit` speaks, together with what it ordered for itself.
    Campaigns count as for any buyer (`coupons`, and `expect_minor`: the total that was shown).
    Raises InvalidOrder, SkuUnknown, NotOnSale, OrderLimit, BuyerLimit, TierNeeded, OutOfStock, InsufficientFunds,
    ExternalRefUsed, FormInvalid, PriceChanged, LimitGone, CouponGone; then nothing at all has changed.
    """
    check_requests(lines)
    skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
    check_forms(lines, skus)
    check_tier(shop_id=shop_id, buyer_ref=f"client:{client_id}", skus=skus)
    listed, total = price_lines(lines, skus, uuid7_batch(len(lines)), currency)
    limited = _limited(shop_id, client_id, listed, skus)
    order_id, number = order_id or uuid7(), order_number(now)
    wish = wish_of_client(client_id, coupons, expect_minor)
    offer = take_offer(shop_id=shop_id, order_id=order_id, lines=listed, total=total, skus=skus, wish=wish, now=now)
    priced, total = offer.lines, offer.total
    delivered = None if hold else _deliver(shop_id, priced, now)
    if delivered is None:
        return order_with_balance(
            shop_id=shop_id, client_id=client_id, wallet_account=wallet_account, wanted=lines, offer=offer,
            limited=limited, external_ref=external_ref, hold=hold, order_id=order_id, now=now,
        )  # fmt: skip
    payment = pay_by_balance(
        shop_id=shop_id, source_type="order", source_id=order_id, amount=total, wallet_account=wallet_account, now=now
    )
    event = OrderDelivered(
        order_id, number, payment.payment_id, total.amount_minor, currency, sum(line.quantity for line in priced)
    )
    _write(shop_id, client_id, external_ref, priced, limited, event, now)
    keep_paid_offer(shop_id=shop_id, order_id=order_id, offer=offer, now=now)
    # The ledger is last: the wallet's row is the hottest lock.
    ledger.post(
        shop_id=shop_id,
        currency=currency,
        entries=(
            payment.entry(now=now, order_id=order_id),
            _delivery_entry(order_id, offer, delivered, now),
        ),
        now=now,
    )
    return _view(shop_id, client_id, external_ref, priced, event, now)


def _deliver(shop_id: UUID, lines: Sequence[LineView], now: datetime) -> list[Delivered] | None:
    """From own stock; None, and nothing done, where suppliers have it instead. Raises OutOfStock."""
    if lines[0].kind == DIRECT:
        return None
    wanted = [ToDeliver(line.line_id, line.sku_id, line.quantity) for line in lines]
    try:
        if len(lines) == 1:
            # One claim takes all or nothing: no savepoint on the hottest path.
            return delivery.deliver_now(shop_id=shop_id, lines=wanted, now=now)
        with transaction.atomic():
            return delivery.deliver_now(shop_id=shop_id, lines=wanted, now=now)
    except OutOfStock:
        if not supply.buyable(shop_id, [line.sku_id for line in lines], now):
            raise
        return None


def _delivery_entry(order_id: UUID, offer: Offer, delivered: Sequence[Delivered], now: datetime) -> Entry:
    return accounts.delivery_entry(
        order_id=order_id, total_minor=offer.total.amount_minor,
        prices={line.line_id: line.net.amount_minor for line in offer.lines}, delivered=delivered, channel="api",
        discounts=offer.discounts, now=now,
    )  # fmt: skip


def _limited(
    shop_id: UUID, client_id: UUID, lines: Sequence[LineView], skus: Mapping[UUID, SkuForSale]
) -> dict[UUID, str]:
    """SKU -> buyer where a limit applies, checked under the buyer's lock; else neither lock nor statement."""
    if not any(sku.per_buyer_limit for sku in skus.values()):
        return {}
    buyer_ref = f"client:{client_id}"
    advisory_xact_lock(("buyer", shop_id, buyer_ref))
    return check_buyer_limit(shop_id=shop_id, buyer_ref=buyer_ref, lines=lines, skus=skus)


def _view(
    shop_id: UUID,
    client_id: UUID,
    external_ref: str | None,
    lines: tuple[LineView, ...],
    event: OrderDelivered,
    now: datetime,
) -> OrderView:
    return OrderView(
        id=event.order_id,
        shop_id=shop_id,
        number=event.number,
        state=states.DELIVERED,
        channel="api",
        total=Money(event.total_minor, event.currency),
        placed_at=now,
        pay_by=now,
        paid_at=now,
        deliver_by=now,
        delivered_at=now,
        closed_at=None,
        refunded_at=None,
        external_ref=external_ref,
        client_id=client_id,
        payment_id=event.payment_id,
        lines=lines,
        refunded=Money(0, event.currency),
    )


def _write(
    shop_id: UUID,
    client_id: UUID,
    external_ref: str | None,
    lines: Sequence[LineView],
    limited: Mapping[UUID, str],
    event: OrderDelivered,
    now: datetime,
) -> None:
    """Order, lines, history and event: one statement for one line without a buyer's limit, several for others."""
    try:
        if len(lines) == 1 and not limited and not lines[0].discount_minor and lines[0].bundle_id is None:
            _write_one(shop_id, client_id, external_ref, lines[0], event, now)
        else:
            _write_many(shop_id, client_id, external_ref, lines, limited, event, now)
    except IntegrityError as error:
        if "orders_order_external" in str(error):
            raise ExternalRefUsed(external_ref=external_ref) from None
        raise


def _write_one(
    shop_id: UUID, client_id: UUID, external_ref: str | None, line: LineView, event: OrderDelivered, now: datetime
) -> None:
    _INSERT_BOUGHT.run(
        {
            "order_id": event.order_id,
            "shop_id": shop_id,
            "number": event.number,
            "client_id": client_id,
            "external_ref": external_ref,
            "total_minor": event.total_minor,
            "currency": event.currency,
            "payment_id": event.payment_id,
            "line_id": line.line_id,
            "sku_id": line.sku_id,
            "title": line.title,
            "quantity": line.quantity,
            "unit_price": line.unit_price.amount_minor,
            "event": payload_text(event),
            "now": now,
        }
    )


def _write_many(
    shop_id: UUID,
    client_id: UUID,
    external_ref: str | None,
    lines: Sequence[LineView],
    limited: Mapping[UUID, str],
    event: OrderDelivered,
    now: datetime,
) -> None:
    store.INSERT_ORDER.run(
        {
            "order_id": event.order_id,
            "shop_id": shop_id,
            "number": event.number,
            "secret_hash": None,
            "state": states.DELIVERED,
            "channel": "api",
            "buyer_ref": None,
            "client_id": client_id,
            "external_ref": external_ref,
            "contact_key_id": None,
            "contact_blob": None,
            "contact_index": None,
            "ip_hash": None,
            "locale": "",
            "total_minor": event.total_minor,
            "paid_minor": event.total_minor,
            "currency": event.currency,
            "payment_id": event.payment_id,
            "now": now,
            "pay_by": now,
            "paid_at": now,
            "deliver_by": now,
            "delivered_at": now,
            **store.line_params(lines, limited, {}),
        }
    )
    record_history(
        shop_id=shop_id,
        machine=states.MACHINE,
        subject_id=event.order_id,
        moves=_MOVES,
        actor=f"client:{client_id}",
        cause="balance",
        now=now,
    )
    publish(shop_id=shop_id, event=event, now=now)
