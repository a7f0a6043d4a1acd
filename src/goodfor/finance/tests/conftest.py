"""A shop that sells, with parties and agreements; what tests of finance do in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.finance.operations import open_party, set_agreement, set_contract, set_sku_tax, set_tax_rate
from goodfor.finance.tests.world import follow
from goodfor.finance.types import AgreementInput, AgreementView, PartyInput, PartyView, Terms
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations import refund_order, refund_part
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, booked, broken, buy, open_till, pay, place, sql
from goodfor.orders.types import OrderView
from goodfor.supply.inquiry_models import BoughtCode
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt, Want

shop, now = of_orders.shop, of_orders.now
LONG = timedelta(days=400)


@dataclass(frozen=True)
class Scene:
    """A shop; times are those of the test."""

    shop: Shop
    now: datetime

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def taxed(self, rate_bp: int = 1300, *, card: bool = False) -> None:
        """The goods have a class with a rate."""
        since = self.now - LONG
        set_tax_rate(
            shop_id=self.shop_id, tax_class="goods", rate_bp=rate_bp, valid_from=since, actor="staff:1", now=self.now
        )
        set_sku_tax(
            shop_id=self.shop_id, sku_id=self.shop.sku_id, tax_class="goods", card_sale=card, valid_from=since,
            actor="staff:1", now=self.now,
        )  # fmt: skip

    def contract(self, model: str = "principal", supplier_code: str = "", **more: Any) -> Any:
        return set_contract(
            shop_id=self.shop_id, supplier_code=supplier_code, model=model, valid_from=self.now - LONG,
            actor="staff:1", now=self.now, **more,
        )  # fmt: skip

    def party(self, code: str = "li", kind: str = "distributor", **more: Any) -> PartyView:
        return open_party(
            shop_id=self.shop_id, party=PartyInput(kind, code, "李四", **more), actor="staff:1", now=self.now
        )

    def agree(
        self, party: PartyView, terms: Terms, *, code: str = "", since: datetime | None = None,
        at: datetime | None = None, **more: Any,
    ) -> AgreementView:  # fmt: skip
        says = AgreementInput(
            code=code or party.code, party_id=party.id, terms=terms, valid_from=since or self.now - LONG, **more
        )
        return set_agreement(shop_id=self.shop_id, says=says, actor="staff:1", now=at or self.now - LONG)

    def buy(self, quantity: int = 1) -> OrderView:
        """From a balance: paid and delivered at once."""
        return buy(self.shop, self.now, quantity)

    def till(self) -> Till:
        return open_till(self.shop_id, self.now)

    def pay(self, till: Till, quantity: int = 1) -> OrderView:
        """Through a channel."""
        placed = place(self.shop, self.now, quantity)
        pay(begin(till, placed.order_id, self.now), self.now)
        return orders.order_view(self.shop_id, placed.order_id)

    def part(self, order: OrderView, minor: int) -> None:
        refund_part(
            shop_id=self.shop_id, order_id=order.id, amount=Money(minor, "CNY"), reason="r", actor="staff:1",
            now=self.now,
        )  # fmt: skip

    def refund(self, order: OrderView) -> None:
        refund_order(shop_id=self.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=self.now)

    def codes(self, order: OrderView) -> list[UUID]:
        return [one.code_id for one in delivery.masked_codes(self.shop_id, [line.line_id for line in order.lines])]

    def bought(self, order: OrderView, code: str, codes: list[UUID]) -> None:
        """These codes of an order came from a supplier."""
        supplier = Supplier.objects.create(
            shop_id=self.shop_id, code=code, name=code, protocol="kayixin", currency="CNY", hook=uuid4().hex,
            created_at=self.now,
        )  # fmt: skip
        want = Want.objects.create(
            shop_id=self.shop_id, order_id=order.id, line_id=uuid7(), sku_id=self.shop.sku_id, kind="code",
            quantity=len(codes), delivered=0, price_minor=1, currency="CNY", channel="api", state="open",
            deadline_at=self.now, created_at=self.now,
        )  # fmt: skip
        attempt = Attempt.objects.create(
            shop_id=self.shop_id, want=want, supplier_id=supplier.id, item_ref=uuid4(), number=f"G{uuid4().hex[:16]}",
            item_id="1", quantity=len(codes), max_cost=8, currency="CNY", state="delivered", ref="R1", got=len(codes),
            sent_at=self.now, ended_at=self.now,
        )  # fmt: skip
        Want.objects.filter(shop_id=self.shop_id, id=want.id).update(state="supplied", closed_at=self.now)
        for one in codes:
            BoughtCode.objects.create(
                code_id=one, shop_id=self.shop_id, attempt_id=attempt.id, supplier_id=supplier.id, at=self.now
            )

    def follow(self) -> None:
        follow(self.now)

    def booked(self, account: str) -> int:
        return booked(self.shop, account)

    def row(self, order: OrderView) -> dict[str, Any]:
        """What finance keeps of an order."""
        names = ("stage", "revenue_minor", "cost_minor", "fee_minor", "share_minor", "tax_minor", "profit_minor",
                 "estimate_minor", "compensation_minor")  # fmt: skip
        [row] = sql(f"SELECT {', '.join(names)} FROM finance_order WHERE order_id = %s", [order.id])
        return dict(zip(names, row, strict=True))

    def faults(self) -> dict[str, Any]:
        """What the audit says, but for supply, whose purchases this scene has invented."""
        self.follow()
        return {name: found for name, found in broken(self.now).items() if not name.startswith("supply_")}


@pytest.fixture
def scene(shop: Shop, now: datetime) -> Scene:
    return Scene(shop, now)
