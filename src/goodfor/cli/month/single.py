"""What buyers do at the database. Each is a whole act of plain data, in a process of its own (`hands`), at its moment;
what follows from it is for whoever asked."""

from datetime import datetime
from uuid import UUID

from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.delivery.errors import CodeNotHeld
from goodfor.orders.errors import ClaimExists, WrongState
from goodfor.orders.operations import buy_with_balance, reveal_codes
from goodfor.orders.types import LineRequest
from goodfor.vault.errors import OutOfStock


def buy(shop_id: UUID, client_id: UUID, wallet: str, sku_id: UUID, at: datetime) -> tuple[UUID, UUID] | None:
    """Order and line; None where nothing is left of it."""
    try:
        order = buy_with_balance(
            shop_id=shop_id, client_id=client_id, wallet_account=wallet, currency="CNY",
            lines=[LineRequest(sku_id, 1)], external_ref=None, now=at,
        )  # fmt: skip
    except OutOfStock:
        return None
    return order.id, order.lines[0].line_id


def look(shop_id: UUID, client_id: UUID, order_id: UUID, line_id: UUID, at: datetime) -> str | None:
    """The code; None where it was pulled meanwhile, or given back."""
    try:
        shown = reveal_codes(
            shop_id=shop_id, order_id=order_id, line_id=line_id, actor=f"client:{client_id}", ip="192.0.2.7", now=at
        )
    except (WrongState, CodeNotHeld):
        return None
    return shown[-1].secret


def claim(shop_id: UUID, client_id: UUID, order_id: UUID, line_id: UUID, reason: str, at: datetime) -> UUID | None:
    """The case of one tap; None where the shop was faster: a recall, or a refund of the order."""
    try:
        made = make_claim(
            shop_id=shop_id, order_id=order_id, line_id=line_id, reason=reason, fresh=True,
            actor=f"client:{client_id}", now=at,
        )  # fmt: skip
    except (ClaimExists, WrongState):
        return None
    return made.case.id
