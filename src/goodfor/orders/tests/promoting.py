"""Campaigns in the demo shop, and sales under them, for the tests of orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.cli import world
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.orders import queries
from goodfor.orders.operations import place_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, open_till, pay, sql
from goodfor.orders.types import Buyer, LineRequest, OrderView, PlacedOrder
from goodfor.promotions.tests.factories import run
from goodfor.promotions.types import Made, Spec

COST = 800


@dataclass(frozen=True)
class Fair:
    """The demo shop with two SKUs in stock, a till, and a person who sets campaigns."""

    shop: Shop
    other_sku: UUID
    till: Till
    actor: str
    now: datetime

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def run(self, spec: Spec, name: str = "活动") -> Made:
        return run(identity.shop_by_id(self.shop_id), spec, self.actor, self.now, name)

    def place(
        self, *lines: tuple[UUID, int] | LineRequest, ref: str = "guest:a", at: datetime | None = None, **more: Any
    ) -> PlacedOrder:  # fmt: skip
        wanted = [one if isinstance(one, LineRequest) else LineRequest(*one) for one in lines]
        buyer = more.pop("buyer", None) or Buyer(ref, ip="192.0.2.1")
        return place_order(
            shop_id=self.shop_id, lines=wanted or [LineRequest(self.shop.sku_id, 1)], buyer=buyer,
            channel="storefront", now=at or self.now, **more,
        )  # fmt: skip

    def sell(self, *lines: tuple[UUID, int] | LineRequest, ref: str = "guest:a", **more: Any) -> OrderView:
        """Placed, paid and delivered."""
        placed = self.place(*lines, ref=ref, **more)
        self.pay(placed.order_id)
        return queries.order_view(self.shop_id, placed.order_id)

    def pay(self, order_id: UUID, at: datetime | None = None) -> None:
        pay(begin(self.till, order_id, at or self.now), at or self.now)

    def books(self, order_id: UUID) -> dict[str, int]:
        """Sums of the order's accounts of the income statement, debit positive."""
        rows = sql(
            "SELECT a.code, sum(p.amount_minor)::bigint FROM ledger_posting p JOIN ledger_account a"
            " ON a.id = p.account_id WHERE p.order_id = %s AND a.code LIKE '5%%' AND p.layer = 0 GROUP BY 1",
            [order_id],
        )
        return {code: amount for code, amount in rows if amount}

    def left(self, made: Made) -> Sequence[tuple[str, str, int]]:
        """What orders hold of a campaign's limits."""
        return sql(
            "SELECT entity, counts, sum(amount - back)::bigint FROM promotions_taking WHERE campaign_id = %s"
            " AND state IN ('reserved', 'used') GROUP BY 1, 2 ORDER BY 1, 2", [made.campaign_id],
        )  # type: ignore[return-value]  # fmt: skip


def fair(shop: Shop, now: datetime) -> Fair:
    shop_id = shop.demo.shop_id
    other = shop.demo.skus["kw-100"]
    world.load_codes(shop_id, other, world.random_codes(20), now, cost_minor=COST)
    staff = make_staff(identity.shop_by_id(shop_id), now)
    return Fair(shop, other, open_till(shop_id, now), staff.actor, now)
