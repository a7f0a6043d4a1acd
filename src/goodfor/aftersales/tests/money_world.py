"""Cases that were proven, and suppliers of what was bad, for the tests of money beyond the price."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from goodfor.aftersales import states
from goodfor.aftersales.models import Case
from goodfor.aftersales.money_invariants import MONEY
from goodfor.aftersales.operations.accrue_reserve import accrue_reserve, days_due
from goodfor.aftersales.operations.set_reserve import set_reserve
from goodfor.aftersales.types import Compensation
from goodfor.identity.tests.buyers import make_buyer
from goodfor.kernel import invariants
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as books
from goodfor.ledger.types import Entry, Line
from goodfor.orders import queries as orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, pay, place
from goodfor.orders.types import OrderView
from goodfor.supply import states as supply_states
from goodfor.supply.inquiry_models import BoughtCode
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.vault import queries as vault

#: Ten times the price, at most 1,000 a claim and 5,000 a day.
TENFOLD = Compensation(multiple=10, claim_cap_minor=100_000, day_cap_minor=500_000)


def terms_of(compensation: Compensation = TENFOLD, **goodwill: int) -> dict[str, Any]:
    return {"compensation": {**asdict(compensation), "reasons": list(compensation.reasons)}, **goodwill}


def bought_by(shop: Shop, till: Till, now: datetime, buyer: UUID | None = None, quantity: int = 1) -> OrderView:
    """A delivered order of a guest, or of an account."""
    ref = f"buyer:{buyer.hex}" if buyer else f"guest:{uuid4().hex}"
    placed = place(shop, now, quantity, ref=ref, ip=f"2001:db8:{uuid4().hex[:4]}::1")
    pay(begin(till, placed.order_id, now), now)
    order = orders.order_view(shop.demo.shop_id, placed.order_id)
    assert order.state == "delivered"
    return order


def account(shop: Shop, now: datetime, contact: str = "lin@example.com") -> UUID:
    return make_buyer(shop.demo.shop_id, now, contact).buyer_id


def proven(
    order: OrderView, now: datetime, *, units: int = 1, reason: str = "invalid", terms: dict[str, Any] | None = None,
    is_proven: bool = True,
) -> UUID:  # fmt: skip
    """A case of the order's first line that is decided and closed, with the history that leads there."""
    line = order.lines[0]
    case = Case.objects.create(
        id=uuid7(), shop_id=order.shop_id, order_id=order.id, line_id=line.line_id, sku_id=line.sku_id,
        number=order.number, buyer=orders.buyer_of(order.shop_id, order.id), reason=reason, units=units,
        amount_minor=line.unit_price.amount_minor * units, currency=order.currency, state=states.CLOSED,
        terms=terms if terms is not None else terms_of(), opened_at=now, answer_by=now + timedelta(hours=1),
        decide_by=now + timedelta(days=1), answered_at=now, decided_at=now, closed_at=now, action=states.REFUND,
        rule="r", why="w", by="system", proven=is_proven,
    )  # fmt: skip
    record_history(
        shop_id=order.shop_id, machine=states.CASE, subject_id=case.id,
        moves=[(None, states.CHECKING), (states.CHECKING, states.CLOSED)], actor="system", cause="test", now=now,
    )  # fmt: skip
    return case.id


def sold(shop: Shop, amount_minor: int, at: datetime) -> None:
    """Sales in the books, without orders."""
    lines = (Line("1002:bank:manual", amount_minor), Line("5001:sales:codes", -amount_minor))
    if amount_minor < 0:
        lines = (Line("5001:sales:codes", -amount_minor), Line("1002:bank:manual", amount_minor))
    books.post(shop_id=shop.demo.shop_id, currency="CNY", entries=(Entry(f"t:{uuid4()}", "t", lines, at),), now=at)


def set_aside(shop: Shop, amount_minor: int, now: datetime) -> None:
    """A reserve of so much: ten times that was sold yesterday, a tenth of it goes in."""
    before = now - timedelta(days=1)
    set_reserve(shop_id=shop.demo.shop_id, basis_points=1000, actor="test", now=before)
    sold(shop, amount_minor * 10, before)
    for day in days_due(shop.demo.shop_id, now):
        accrue_reserve(shop_id=shop.demo.shop_id, day=day, now=now)


def supplier(shop: Shop, now: datetime, code: str = "kss") -> UUID:
    """A supplier that nobody calls."""
    wanted = Connection(
        "kasushou", code, "云梯供货", "CNY", {"base_url": "https://supplier.example", "user_id": "1001"},
        {"key": "0123456789abcdef"},
    )  # fmt: skip
    return connect_supplier(
        shop_id=shop.demo.shop_id, wanted=wanted, contract=Contract(), shop_currency="CNY", actor="test", now=now
    ).id


def came_from(order: OrderView, supplier_id: UUID, now: datetime, *, cost: str = "8.00", got: int = 1) -> Attempt:
    """As if the codes of the order's line had been bought there: the purchase, and that they came by it."""
    line = order.lines[0]
    want = Want.objects.create(
        shop_id=order.shop_id, order_id=order.id, line_id=line.line_id, sku_id=line.sku_id, kind="code",
        quantity=got, delivered=0, price_minor=4850, currency="CNY", channel="storefront", state=supply_states.OPEN,
        deadline_at=now + timedelta(days=30), next_at=now + timedelta(days=30), created_at=now,
    )  # fmt: skip
    attempt = Attempt.objects.create(
        shop_id=order.shop_id, want=want, supplier_id=supplier_id, item_ref=uuid4(),
        number=str(uuid4().int)[:18], item_id="1", quantity=got, got=got, max_cost=cost, charged=cost, currency="CNY",
        state=supply_states.DELIVERED, sent_at=now, ended_at=now,
    )  # fmt: skip
    ended = {"state": supply_states.SUPPLIED, "closed_at": now, "next_at": None}
    Want.objects.filter(shop_id=order.shop_id, id=want.id).update(**ended)
    BoughtCode.objects.bulk_create(
        BoughtCode(code_id=code.code_id, shop_id=order.shop_id, attempt_id=attempt.id, supplier_id=supplier_id, at=now)
        for code in vault.held(order.shop_id, line.line_id)
    )
    attempt.charged = Decimal(cost)
    return attempt


def money_broken(now: datetime) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the audit says about money, here and in the ledger; these cases have no claims, so nothing about those."""
    names = {one.name for one in MONEY}
    return {
        r.invariant.name: r.violations
        for r in invariants.run_all(now)
        if not r.ok and (r.invariant.name in names or r.invariant.room == "ledger")
    }


__all__ = [
    "TENFOLD", "account", "bought_by", "broken", "came_from", "money_broken", "proven", "replace", "set_aside", "sold",
    "supplier", "terms_of",
]  # fmt: skip
