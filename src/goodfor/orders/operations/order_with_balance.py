"""Pay from a balance for what suppliers deliver, or what is held: paid now, delivered or given back by its deadline. In
the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from goodfor.kernel.events import publish
from goodfor.kernel.ids import order_number
from goodfor.kernel.money import Money
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.orders import states, store
from goodfor.orders.errors import ExternalRefUsed
from goodfor.orders.events import OrderPaid
from goodfor.orders.forms import Filled, fill, with_accounts
from goodfor.orders.offer_types import Offer
from goodfor.orders.operations.ask_suppliers import ask_suppliers
from goodfor.orders.operations.hold_steps import keep_held, put_hold
from goodfor.orders.operations.keep_offer import keep_paid_offer
from goodfor.orders.operations.settle import DELIVER_WITHIN
from goodfor.orders.types import DIRECT, HoldOrder, HoldView, LineRequest, LineView, OrderView
from goodfor.payments.operations.pay_by_balance import pay_by_balance
from goodfor.supply import queries as supply
from goodfor.vault.errors import OutOfStock


def order_with_balance(
    *,
    shop_id: UUID,
    client_id: UUID,
    wallet_account: str,
    wanted: Sequence[LineRequest],
    offer: Offer,
    limited: Mapping[UUID, str],
    external_ref: str | None,
    hold: HoldOrder | None = None,
    order_id: UUID,
    now: datetime,
) -> OrderView:
    """An order that is paid and waits for suppliers, or for the end of its hold.

    Raises OutOfStock, FormInvalid, InsufficientFunds, ExternalRefUsed.
    `offer`: its lines are priced, what is limited of it is taken for `order_id`, and they are within the limits of
    their SKUs and of the client (`limited`).
    """
    lines, total = offer.lines, offer.total
    offered = supply.buyable(shop_id, [line.sku_id for line in lines], now)
    forms = fill(shop_id, wanted, lines)
    payment = pay_by_balance(
        shop_id=shop_id, source_type="order", source_id=order_id, amount=total, wallet_account=wallet_account, now=now
    )
    number = order_number(now)
    _insert(shop_id, client_id, external_ref, order_id, number, payment.payment_id, total, lines, limited, forms, now)
    keep_paid_offer(shop_id=shop_id, order_id=order_id, offer=offer, now=now)
    order = store.lock_order(shop_id, order_id)
    held = _wait(shop_id, order, hold, now, offered=bool(offered))
    actor = f"client:{client_id}"
    record_history(
        shop_id=shop_id, machine=states.MACHINE, subject_id=order_id,
        moves=[(None, states.PLACED), (states.PLACED, states.PAID)], actor=actor, cause="balance", now=now,
    )  # fmt: skip
    event = OrderPaid(order_id, number, payment.payment_id, total.amount_minor, total.currency)
    publish(shop_id=shop_id, event=event, cause=("payment", payment.payment_id), now=now)
    # The ledger is last: the wallet's row is the hottest lock.
    ledger.post(shop_id=shop_id, currency=total.currency, entries=(payment.entry(now=now, order_id=order_id),), now=now)
    return OrderView(
        id=order_id, shop_id=shop_id, number=number, state=states.PAID, channel="api", total=total, placed_at=now,
        pay_by=now, paid_at=now, deliver_by=store.lock_order(shop_id, order_id).deliver_by, delivered_at=None,
        closed_at=None, refunded_at=None, external_ref=external_ref, client_id=client_id,
        payment_id=payment.payment_id, lines=with_accounts(lines, forms), held_until=held.until if held else None,
    )  # fmt: skip


def _wait(
    shop_id: UUID, order: store.LockedOrder, hold: HoldOrder | None, now: datetime, *, offered: bool
) -> HoldView | None:
    """For suppliers, or for the end of the hold, which is answered. Raises OutOfStock where that would be in vain."""
    lines, held = store.lines_of(shop_id, order.id), None
    if hold is None:
        waits = offered and ask_suppliers(shop_id=shop_id, order=order, lines=lines, now=now)
    else:
        put = put_hold(
            shop_id=shop_id, order_id=order.id, number=order.number, hold=hold, actor="system", cause="balance", now=now
        )
        held = keep_held(order, put, until=now + hold.for_, margin=DELIVER_WITHIN, now=now)
        waits = held is not None and (offered or lines[0].kind != DIRECT)
    if not waits:
        raise OutOfStock(sku_id=str(lines[0].sku_id))
    return held


def _insert(
    shop_id: UUID, client_id: UUID, external_ref: str | None, order_id: UUID, number: str, payment_id: UUID,
    total: Money, lines: Sequence[LineView], limited: Mapping[UUID, str], forms: Mapping[UUID, Filled], now: datetime,
) -> None:  # fmt: skip
    params = dict.fromkeys(
        ("secret_hash", "buyer_ref", "contact_key_id", "contact_blob", "contact_index", "ip_hash", "delivered_at")
    )
    try:
        store.INSERT_ORDER.run(
            {
                **params, "order_id": order_id, "shop_id": shop_id, "number": number, "state": states.PAID,
                "channel": "api", "client_id": client_id, "external_ref": external_ref, "locale": "",
                "total_minor": total.amount_minor, "paid_minor": total.amount_minor, "currency": total.currency,
                "payment_id": payment_id, "now": now, "pay_by": now, "paid_at": now, "deliver_by": now,
                **store.line_params(lines, limited, forms),
            }
        )  # fmt: skip
    except IntegrityError as error:
        if "orders_order_external" in str(error):
            raise ExternalRefUsed(external_ref=external_ref) from None
        raise
