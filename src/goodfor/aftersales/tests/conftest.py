"""A shop that sold codes, whose buyers claim; and a supplier who can be asked, whose answers the test gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.aftersales import queries
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.types import CaseView
from goodfor.delivery import queries as delivery
from goodfor.kernel.ids import uuid7
from goodfor.orders import queries as orders
from goodfor.orders.operations import apply_payment_fact, place_order, reveal_codes
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, fact, open_till, relay_all, sql
from goodfor.orders.types import Buyer, LineRequest, OrderView
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.supply.inquiry_models import BoughtCode, Inquiry
from goodfor.supply.models import Supplier
from goodfor.supply.operations.settle_inquiry import End, settle_inquiry
from goodfor.supply.purchase_models import Attempt, Want

shop, now = of_orders.shop, of_orders.now


@dataclass(frozen=True)
class Scene:
    """A shop with an open till; what tests do in it."""

    shop: Shop
    till: Till

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def sell(self, now: datetime, quantity: int = 1, ref: str = "guest:a") -> OrderView:
        """A delivered order."""
        placed = place_order(
            shop_id=self.shop_id, lines=[LineRequest(self.shop.sku_id, quantity)], buyer=Buyer(ref, ip="192.0.2.1"),
            channel="storefront", now=now,
        )  # fmt: skip
        payment = begin(self.till, placed.order_id, now)
        assert pay_trade(shop_id=self.shop_id, number=payment.number, now=now)
        apply_payment_fact(shop_id=self.shop_id, fact=fact(payment, now), now=now)
        return orders.order_view(self.shop_id, placed.order_id)

    def codes(self, order: OrderView) -> list[UUID]:
        """The codes that it holds now."""
        return [one.code_id for one in delivery.masked_codes(self.shop_id, [line.line_id for line in order.lines])]

    def see(self, order: OrderView, now: datetime, *code_ids: UUID) -> None:
        """Its buyer looks."""
        reveal_codes(
            shop_id=self.shop_id, order_id=order.id, code_ids=list(code_ids) or None, actor="guest:x", ip="", now=now
        )

    def claim(self, order: OrderView, now: datetime, reason: str = "invalid", **more: Any) -> CaseView:
        """Its buyer claims."""
        asked = {"fresh": True, "actor": "guest:x", "line_id": order.lines[0].line_id, **more}
        return make_claim(shop_id=self.shop_id, order_id=order.id, reason=reason, now=now, **asked).case

    def bought(self, order: OrderView, now: datetime, protocol: str = "kayixin") -> UUID:
        """Its codes came from a supplier (who can be asked and takes back); the supplier's id."""
        supplier = Supplier.objects.create(
            shop_id=self.shop_id, code=f"s{uuid4().hex[:8]}", name="甲供货", protocol=protocol, currency="CNY",
            hook=uuid4().hex, created_at=now,
        )  # fmt: skip
        codes = self.codes(order)
        want = Want.objects.create(
            shop_id=self.shop_id, order_id=order.id, line_id=uuid7(), sku_id=self.shop.sku_id, kind="code",
            quantity=len(codes), delivered=0, price_minor=1, currency="CNY", channel="api", state="open",
            deadline_at=now, created_at=now,
        )  # fmt: skip
        attempt = Attempt.objects.create(
            shop_id=self.shop_id, want=want, supplier_id=supplier.id, item_ref=uuid4(), number=f"G{uuid4().hex[:16]}",
            item_id="1", quantity=len(codes), max_cost=8, currency="CNY", state="delivered", ref="R1", got=len(codes),
            sent_at=now, ended_at=now,
        )  # fmt: skip
        # What came is counted by the rows of purchases; then nothing is wanted any more.
        Want.objects.filter(shop_id=self.shop_id, id=want.id).update(state="supplied", closed_at=now)
        for code in codes:
            BoughtCode.objects.create(
                code_id=code, shop_id=self.shop_id, attempt_id=attempt.id, supplier_id=supplier.id,
                code_ref=code.hex, voidable=True, at=now,
            )  # fmt: skip
        return supplier.id

    def asked(self, case: CaseView, kind: str = "ask") -> list[Inquiry]:
        """What waits for an answer."""
        rows = Inquiry.objects.filter(shop_id=self.shop_id, subject=case.id, kind=kind, said="")
        return list(rows.order_by("id"))

    def answers(
        self, case: CaseView, said: str, now: datetime, *, kind: str = "ask", used_at: datetime | None = None
    ) -> CaseView:
        """The supplier answers all that waits, and it is heard."""
        rows = self.asked(case, kind)
        assert rows
        for row in rows:
            settle_inquiry(shop_id=self.shop_id, inquiry_id=row.id, step=End(said, used_at), now=now)
        relay_all(now)
        return self.case(case)

    def case(self, case: CaseView) -> CaseView:
        """As it is now."""
        return queries.case(self.shop_id, case.id)

    def decided(self, case: CaseView) -> list[tuple[str, str, str]]:
        """Its decisions: by whom, what, why."""
        return [(one.by, one.action, one.why) for one in queries.decisions(self.shop_id, case.id)]

    def told(self, name: str) -> int:
        """How many events of this name there are."""
        return int(sql("SELECT count(*) FROM kernel_event WHERE name = %s", [name])[0][0])

    def faults(self, now: datetime) -> dict[str, Any]:
        """What the audit says, but for supply, whose purchases this scene has invented."""
        return {name: found for name, found in broken(now).items() if not name.startswith("supply_")}


@pytest.fixture
def scene(shop: Shop, now: datetime) -> Scene:
    return Scene(shop, open_till(shop.demo.shop_id, now))
