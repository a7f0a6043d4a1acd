"""Steps of claims, for their tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.delivery import queries as delivery
from goodfor.orders import queries
from goodfor.orders.operations import open_claim, reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, open_till, pay, place, sql
from goodfor.orders.types import ClaimView, OrderView

#: What a claim may change; one that is refused leaves each row as it was.
TABLES = (
    "orders_claim", "orders_claim_unit", "orders_order", "orders_line", "orders_refund_count", "vault_code",
    "payments_refund", "ledger_posting", "supply_want", "kernel_event", "kernel_audit", "kernel_history",
)  # fmt: skip


def everything() -> dict[str, list[Any]]:
    return {table: sorted(row[0] for row in sql(f"SELECT t::text FROM {table} t")) for table in TABLES}


def sell(shop: Shop, now: datetime, quantity: int = 3, ref: str = "guest:a") -> OrderView:
    """A delivered order, paid through a channel."""
    placed = place(shop, now, quantity, ref=ref)
    pay(begin(till_of(shop, now), placed.order_id, now), now)
    return queries.order_view(shop.demo.shop_id, placed.order_id)


def till_of(shop: Shop, now: datetime) -> Till:
    """The shop's till, opened once."""
    known = sql("SELECT id FROM payments_account WHERE shop_id = %s AND code = 'till'", [shop.demo.shop_id])
    return Till(shop.demo.shop_id, known[0][0]) if known else open_till(shop.demo.shop_id, now)


def codes_of(order: OrderView) -> list[UUID]:
    return [code.code_id for code in delivery.masked_codes(order.shop_id, [line.line_id for line in order.lines])]


def see(order: OrderView, now: datetime, *code_ids: UUID) -> None:
    reveal_codes(
        shop_id=order.shop_id, order_id=order.id, code_ids=list(code_ids) or None, actor="guest:x", ip="", now=now
    )


def claim(
    order: OrderView, now: datetime, code_ids: Sequence[UUID] = (), *, reason: str = "invalid", **more: Any
) -> ClaimView:
    """A claim that waits: nobody has proved lately who asks."""
    asked: dict[str, Any] = {"line_id": order.lines[0].line_id, "actor": "guest:x", "may_refund": False, **more}
    return open_claim(
        shop_id=order.shop_id, order_id=order.id, reason=reason, code_ids=list(code_ids), now=now, **asked
    )


def units_of(claim: ClaimView, shop_id: UUID) -> list[str]:
    return [unit.state for unit in queries.claim_units(shop_id, claim.id)]


def state_of_codes(*code_ids: UUID) -> list[int]:
    """As the vault stores them: 0 free, 1 reserved, 2 sold, 3 quarantined, 4 void."""
    return [sql("SELECT state FROM vault_code WHERE id = %s", [code_id])[0][0] for code_id in code_ids]
