"""Units that a company gave: they come from its account and go back there, by scope; never income, never marketing."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.cli import world
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger_moves
from goodfor.ledger import queries as books
from goodfor.ledger.types import Entry, Line
from goodfor.loyalty import queries
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.invariants import INVARIANTS
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.operations.give_to_many import give_to_many
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.restore_units import restore_by_refund
from goodfor.loyalty.operations.spend_units import spend_units
from goodfor.loyalty.operations.take_all_back import take_all_back
from goodfor.loyalty.operations.take_back_units import take_back_units
from goodfor.loyalty.types import POINTS, WELFARE, Holder, Source

pytestmark = pytest.mark.django_db(transaction=True)
BANK, FEE = "1002:bank:x", "5001:fee:welfare"


def prepaid(shop_id: UUID, company: UUID, minor: int) -> str:
    code = f"2203:welfare:{company}"
    ledger_moves.open_account(shop_id=shop_id, code=code, currency="CNY")
    entry = Entry(f"t:{company}", "welfare_prepaid", (Line(BANK, minor), Line(code, -minor)), utc_now())
    ledger_moves.post(shop_id=shop_id, currency="CNY", entries=(entry,), now=utc_now())
    return code


def sound() -> bool:
    with platform_job("test"):
        return all(invariants.run(one, utc_now()).ok for one in INVARIANTS)


def test_units_of_two_companies_end_and_each_gets_its_own() -> None:
    """By the loop, by a movement that finds them ended, and by taking all back; points of others are income as ever."""
    now = utc_now()
    shop_id = world.make_shop(now).shop_id
    one, two, owners = uuid4(), uuid4(), [uuid4() for _ in range(3)]
    codes = [prepaid(shop_id, company, 1_000) for company in (one, two)]
    told: dict[str, Any] = {"shop_id": shop_id, "currency": "CNY", "now": now}
    soon = now + timedelta(days=1)
    for company, units in ((one, 100), (two, 70)):
        assert give_to_many(
            **told, kind=WELFARE, scope=company, units=dict.fromkeys(owners, units), source=Source("grant", "1"),
            expires_at=soon,
        ) == 3 * units  # fmt: skip
    give_units(**told, holder=Holder(owners[0]), units=50, minor=50, source=Source("t", "1"), expires_at=soon)
    assert [books.balance(shop_id, code) for code in codes] == [700, 790]
    with pytest.raises(IntegrityError), transaction.atomic():
        give_to_many(
            **told, kind=WELFARE, scope=one, units={owners[0]: 1}, source=Source("grant", "1"), expires_at=soon
        )  # fmt: skip
    with pytest.raises(InvalidPoints):
        give_to_many(**told, kind=POINTS, scope=one, units={owners[0]: 1}, source=Source("grant", "2"))
    # One leaves, one is asked for more than is left after the end, the loop finds the rest.
    left = {**told, "kind": WELFARE, "scope": one, "owners": owners[:1], "source": Source("left", "1"), "actor": "t"}
    assert take_all_back(**left) == 100
    assert take_all_back(**{**left, "source": Source("left", "2")}) == 0
    assert books.balance(shop_id, codes[0]) == 800
    late = now + timedelta(days=2)
    told["now"] = late
    take_back_units(
        **told, holder=Holder(owners[1], WELFARE, one), units=100, source=Source("left", "3"), debt=False
    )  # fmt: skip
    while expire_units(now=late):
        pass
    assert [books.balance(shop_id, code) for code in codes] == [1_000, 1_000]
    assert books.balance(shop_id, "2203:points:welfare") == 0
    assert (books.balance(shop_id, "5001:points"), books.balance(shop_id, "6601:marketing")) == (50, 50)
    moves = queries.scope_moves(shop_id, WELFARE, one, now - timedelta(days=1), late + timedelta(days=1))
    assert (moves.opening_units, moves.moved, moves.closing_units) == (
        0, {"earn": (300, 300), "clawback": (-100, -100), "expire": (-200, -200)}, 0,
    )  # fmt: skip
    assert queries.held_in(shop_id, WELFARE, two) == {}
    assert sound()


def test_what_units_are_worth_more_than_they_buy_is_a_fee_and_goes_back_with_them() -> None:
    """103 units pay 100; half of it comes back, then all."""
    now, company, owner, order_id = utc_now(), uuid4(), uuid4(), uuid4()
    shop_id = world.make_shop(now).shop_id
    prepaid(shop_id, company, 1_000)
    told: dict[str, Any] = {"shop_id": shop_id, "currency": "CNY", "now": now}
    give_to_many(**told, kind=WELFARE, scope=company, units={owner: 103}, source=Source("grant", "1"))
    with transaction.atomic():
        moved = spend_units(
            shop_id=shop_id, holder=Holder(owner, WELFARE, company), units=103, order_id=order_id, buys_minor=100,
            actor="t", now=now,
        )  # fmt: skip
        ledger_moves.post(**told, entries=moved.entries)
    assert (books.balance(shop_id, FEE), books.balance(shop_id, "2203:redeemed")) == (3, 100)
    back: dict[str, Any] = {**told, "order_id": order_id, "paid_minor": 100}
    restore_by_refund(**back, refund_id=uuid4(), back_minor=50, minor=50)
    assert queries.held_in(shop_id, WELFARE, company, [owner]) == {owner: 51}
    assert (books.balance(shop_id, FEE), books.balance(shop_id, "2203:redeemed")) == (2, 50)
    restore_by_refund(**back, refund_id=uuid4(), back_minor=100, minor=50)
    assert queries.held_in(shop_id, WELFARE, company, [owner]) == {owner: 103}
    assert (books.balance(shop_id, FEE), books.balance(shop_id, "2203:redeemed")) == (0, 0)
    assert sound()
