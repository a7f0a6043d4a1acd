"""The statements of orders, as functions. Only operations/ and queries call them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.kernel.sql import Row, Statement
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.forms import Filled
from goodfor.orders.states import PAID
from goodfor.orders.types import LineRow, LineView, OrderView, RefundView
from goodfor.payments.types import RefundView as PaymentRefund

INSERT_ORDER = Statement(__package__, "sql/insert_order.sql")
_LOCK = Statement(__package__, "sql/lock_order.sql")
_LINES = Statement(__package__, "sql/lines.sql")
_DISCOUNTS = Statement(__package__, "sql/discounts.sql")
_MOVE = Statement(__package__, "sql/move_order.sql")
_PUT_OFF = Statement(__package__, "sql/put_off.sql")
_REFUND_FAILED = Statement(__package__, "sql/mark_refund_failed.sql")
_NOTE_REFUNDED = Statement(__package__, "sql/note_refunded.sql")


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """An order whose row is locked for the rest of the transaction."""

    id: UUID
    number: str
    state: str
    total: Money
    payment_id: UUID | None
    paid_at: datetime | None
    deliver_by: datetime | None
    pay_by: datetime
    client_id: UUID | None
    delivered_at: datetime | None
    closed_at: datetime | None
    placed_at: datetime
    channel: str
    discount_minor: int = 0


def lock_order(shop_id: UUID, order_id: UUID) -> LockedOrder:
    """Lock an order. Raises OrderNotFound."""
    row = _LOCK.row({"shop_id": shop_id, "order_id": order_id})
    if row is None:
        raise OrderNotFound
    return LockedOrder(row[0], row[1], row[2], Money(row[3], row[4]), *row[5:15])


def lines_of(shop_id: UUID, order_id: UUID) -> list[LineRow]:
    """The lines of an order in their order."""
    return [LineRow(*row) for row in _LINES.rows({"shop_id": shop_id, "order_id": order_id})]


def discounts_of(shop_id: UUID, order_id: UUID) -> dict[UUID, dict[UUID, int]]:
    """Line -> campaign -> what it took off, in minor units; lines at their list price are not in it."""
    found: dict[UUID, dict[UUID, int]] = {}
    for line_id, campaign_id, minor, _loss in _DISCOUNTS.rows({"shop_id": shop_id, "order_id": order_id}):
        found.setdefault(line_id, {})[campaign_id] = minor
    return found


def losses_of(shop_id: UUID, order_id: UUID) -> dict[UUID, int]:
    """Line -> what of its discounts lies below the floor: what the shop wished to lose on it, in minor units."""
    found: dict[UUID, int] = {}
    for line_id, _campaign, _minor, loss in _DISCOUNTS.rows({"shop_id": shop_id, "order_id": order_id}):
        found[line_id] = found.get(line_id, 0) + loss
    return found


def move(shop_id: UUID, order_id: UUID, from_state: str, to_state: str, **stamps: Any) -> None:
    """Change the state if it still is `from_state`; stamps are paid_at, deliver_by, payment_id, paid_minor,
    delivered_at, closed_at, refunded_at, refunded_minor. The caller holds the row's lock, so it must hit."""
    params: dict[str, Any] = dict.fromkeys(
        (
            "paid_at",
            "deliver_by",
            "payment_id",
            "paid_minor",
            "delivered_at",
            "closed_at",
            "refunded_at",
            "refunded_minor",
        )
    )
    params.update(stamps, shop_id=shop_id, order_id=order_id, from_state=from_state, to_state=to_state)
    if _MOVE.run(params) != 1:
        raise RuntimeError("a locked order changed under its lock")


def put_off(shop_id: UUID, order_id: UUID, deliver_by: datetime) -> None:
    """Another deadline of a paid order, whose row the caller holds."""
    if _PUT_OFF.run({"shop_id": shop_id, "order_id": order_id, "deliver_by": deliver_by}) != 1:
        raise RuntimeError("a locked order changed under its lock")


def mark_refund_failed(shop_id: UUID, order_id: UUID, at: datetime | None) -> bool:
    """Note since when the refund of a refunding order has failed, or None: no longer; False when it says so already."""
    return _REFUND_FAILED.run({"shop_id": shop_id, "order_id": order_id, "at": at}) == 1


def note_refunded(shop_id: UUID, order_id: UUID, refunded_minor: int) -> bool:
    """Note what is back of a delivered order's price; False when that was known."""
    params = {"shop_id": shop_id, "order_id": order_id, "refunded_minor": refunded_minor}
    return _NOTE_REFUNDED.run(params) == 1


def line_params(lines: Sequence[LineView], limited: Mapping[UUID, str], forms: Mapping[UUID, Filled]) -> dict[str, Any]:
    """Parallel arrays for insert_order.sql, and their discount in all."""
    kept = [forms.get(line.line_id) for line in lines]
    return {
        "line_ids": [line.line_id for line in lines],
        "sku_ids": [line.sku_id for line in lines],
        "titles": [line.title for line in lines],
        "quantities": [line.quantity for line in lines],
        "unit_prices": [line.unit_price.amount_minor for line in lines],
        "limited_buyers": [None if line.gift else limited.get(line.sku_id) for line in lines],
        "kinds": [line.kind for line in lines],
        "form_keys": [one.sealed.key_id if one and one.sealed else None for one in kept],
        "form_blobs": [one.sealed.blob if one and one.sealed else None for one in kept],
        "accounts": [one.account if one else "" for one in kept],
        "discounts": [line.discount_minor for line in lines],
        "gifts": [line.gift for line in lines],
        "bundle_ids": [line.bundle_id for line in lines],
        "bundle_revisions": [line.bundle_revision_id for line in lines],
        "bundle_titles": [line.bundle_title for line in lines],
        "discount_minor": sum(line.discount_minor for line in lines),
    }


def special_lines(found: Any) -> dict[str, tuple[Any, ...]]:
    """Line -> what follows its price in a LineView, of those lines of which an order's statements tell more.

    Top-ups, and what is of a bundle, was sold for less than its list price or came back in part.
    """
    rows = json.loads(found) if isinstance(found, str) else found or ()
    more: dict[str, tuple[Any, ...]] = {}
    for line_id, kind, account, topped, discount, gift, bundle, revision, title, returned in rows:
        ids = (UUID(bundle), UUID(revision)) if bundle else (None, None)
        more[line_id] = (kind, account, topped, discount, gift, *ids, title, returned)
    return more


def view(row: Row) -> OrderView:
    """An OrderView from a row of views.sql."""
    currency, more = row[6], special_lines(row[25])
    held_until, released_at = row[26] or (None, None)
    lines = tuple(
        LineView(line_id, sku_id, title, quantity, Money(price, currency), *more.get(str(line_id), ()))
        for line_id, sku_id, title, quantity, price in zip(*row[18:23], strict=True)
    )
    return OrderView(
        id=row[0],
        shop_id=row[1],
        number=row[2],
        state=row[3],
        channel=row[4],
        total=Money(row[5], currency),
        placed_at=row[7],
        pay_by=row[8],
        paid_at=row[9],
        deliver_by=row[10],
        delivered_at=row[11],
        closed_at=row[12],
        refunded_at=row[13],
        external_ref=row[14],
        client_id=row[15],
        payment_id=row[16],
        lines=lines,
        refund_failed_at=row[23],
        refunded=Money(row[24], currency),
        held_until=held_until if row[3] == PAID and released_at is None else None,
        released_at=released_at,
    )


def refund_view(order_number: str, refund: PaymentRefund) -> RefundView:
    """A refund as the order's owner sees it; one that failed did not succeed at any time."""
    succeeded_at = refund.finished_at if refund.done else None
    return RefundView(
        refund.id, refund.number, order_number, refund.amount, refund.state, refund.created_at, succeeded_at
    )
