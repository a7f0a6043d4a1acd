"""A claim's money: once, for its codes alone, which go back on the shelf unseen or out of the buyer's hands."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from goodfor.delivery.errors import CodeNotHeld
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.deciding import BY_ITSELF, Decider
from goodfor.orders.errors import (
    ClaimExists,
    ClaimMoved,
    ClaimNotFound,
    InvalidClaim,
    RefundNeedsProof,
    RefundRunning,
    WrongState,
)
from goodfor.orders.operations import (
    grant_refund,
    refund_order,
    refund_part,
    reject_claim,
    reopen_claim,
    replace_claim,
    reveal_codes,
    withdraw_claim,
)
from goodfor.orders.tests.claiming import (
    claim,
    codes_of,
    everything,
    see,
    sell,
    state_of_codes,
    units_of,
)
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import PRICE, booked, broken, refund_all, relay_all, sql, state_of, stock
from goodfor.orders.types import ClaimView, OrderView, RefundView
from goodfor.vault import operations as vault
from goodfor.vault import queries as codes


@pytest.fixture
def sold(shop: Shop, now: datetime) -> OrderView:
    """A delivered order of three codes."""
    return sell(shop, now)


def grant(order: OrderView, made: ClaimView, now: datetime, by: Decider | None = BY_ITSELF) -> RefundView:
    return grant_refund(
        shop_id=order.shop_id, claim_id=made.id, reason="claim", actor="system", by=by, now=now
    )  # fmt: skip


def kinds() -> list[str]:
    return [kind for (kind,) in sql("SELECT kind FROM orders_refund_count ORDER BY refund_id")]


def test_a_seen_code_leaves_the_buyers_hands_with_its_price(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now)
    cost, on_shelf = booked(shop, "5401:cogs:codes"), booked(shop, f"1405:codes:{shop.sku_id}")
    made = claim(sold, now, [first])
    refund = grant(sold, made, now)
    assert (refund.amount, state_of(shop, sold.id)) == (Money(PRICE, "CNY"), "delivered")
    after = queries.claim(sold.shop_id, made.id)
    assert (after.state, after.refund, after.refund_back) == ("refunded", Money(PRICE, "CNY"), False)
    [unit] = queries.claim_units(sold.shop_id, made.id)
    assert (unit.code_id, unit.state, unit.new_code_id, unit.restocked) == (first, "refunded", None, False)
    assert codes_of(sold) == [second, third]
    assert state_of_codes(first, second) == [3, 2]
    assert codes.origin(sold.shop_id, [first])[first].state == "quarantined"
    with pytest.raises(CodeNotHeld):
        see(sold, now, first)
    # What it had cost stays a cost of sales: nobody buys it again.
    assert (booked(shop, "5401:cogs:codes"), booked(shop, f"1405:codes:{shop.sku_id}")) == (cost, on_shelf)
    assert kinds() == ["auto"]
    again = everything()
    assert grant(sold, made, now).refund_id == refund.refund_id
    assert everything() == again
    refund_all(now)
    assert queries.claim(sold.shop_id, made.id).refund_back
    assert broken(now) == {}


def test_whoever_had_the_money_gets_nothing_else_for_it(sold: OrderView, now: datetime) -> None:
    first = codes_of(sold)[0]
    see(sold, now)
    made = claim(sold, now, [first])
    grant(sold, made, now)
    refund_all(now)
    before = everything()
    with pytest.raises(ClaimMoved):
        replace_claim(shop_id=sold.shop_id, claim_id=made.id, reason="x", actor="system", now=now)
    with pytest.raises(ClaimMoved):
        reject_claim(shop_id=sold.shop_id, claim_id=made.id, cause="x", actor="system", now=now)
    with pytest.raises(ClaimMoved):
        reopen_claim(shop_id=sold.shop_id, claim_id=made.id, actor="guest:x", now=now)
    with pytest.raises(ClaimNotFound):
        withdraw_claim(shop_id=sold.shop_id, order_id=sold.id, claim_id=made.id, actor="guest:x", now=now)
    with pytest.raises(InvalidClaim):
        claim(sold, now, [first])
    assert everything() == before


def test_seen_and_unseen_codes_each_go_where_they_belong(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now, first)
    made = claim(sold, now, [first, second])
    assert grant(sold, made, now).amount == Money(2 * PRICE, "CNY")
    assert state_of_codes(first, second, third) == [3, 0, 2]
    assert sorted((unit.code_id, unit.restocked) for unit in queries.claim_units(sold.shop_id, made.id)) == sorted(
        [(first, False), (second, True)]
    )
    assert sql("SELECT returned FROM orders_line WHERE order_id = %s", [sold.id]) == [(2,)]
    assert booked(shop, "5401:cogs:codes") == 2 * 800
    refund_all(now)
    assert broken(now) == {}


def test_a_code_that_went_back_unseen_has_a_remedy_with_its_next_buyer(
    shop: Shop, sold: OrderView, now: datetime
) -> None:
    first = codes_of(sold)[0]
    grant(sold, claim(sold, now, [first]), now)
    other = sell(shop, now, 1, ref="guest:b")
    assert codes_of(other) == [first]
    see(other, now)
    assert grant(other, claim(other, now), now).amount == Money(PRICE, "CNY")
    assert state_of(shop, other.id) == "refunding"
    refund_all(now)
    assert state_of(shop, other.id) == "refunded"
    assert state_of_codes(first) == [3]
    assert broken(now) == {}


def test_the_last_code_ends_the_order_and_settles_its_other_claims(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now, first, second)
    one, two = claim(sold, now, [first]), claim(sold, now, [second, third])
    grant(sold, one, now)
    before = everything()
    with pytest.raises(RefundRunning):
        grant(sold, two, now)
    assert everything() == before
    refund_all(now)
    assert grant(sold, two, now + timedelta(seconds=5)).amount == Money(2 * PRICE, "CNY")
    refund_all(now + timedelta(seconds=5))
    assert sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [sold.id]) == [("refunded", 3 * PRICE)]
    assert state_of_codes(first, second, third) == [3, 3, 0]
    assert broken(now + timedelta(seconds=5)) == {}


def test_a_refund_of_the_whole_order_takes_the_claimed_codes_away(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now, first)
    made = claim(sold, now, [first, second])
    refund_order(shop_id=sold.shop_id, order_id=sold.id, reason="bad", actor="staff:1", by_staff=True, now=now)
    assert (queries.claim(sold.shop_id, made.id).state, units_of(made, sold.shop_id)) == ("refunded", ["refunded"] * 2)
    assert state_of_codes(first, second, third) == [3, 0, 0]
    assert grant(sold, made, now).amount == Money(3 * PRICE, "CNY"), "the refund that settled it"
    refund_all(now)
    assert broken(now) == {}


def test_who_decides_is_counted_and_bounded(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, _third = codes_of(sold)
    see(sold, now)
    sql(
        "UPDATE identity_shop SET settings = jsonb_build_object('refund_limit_minor', %s::int) WHERE id = %s",
        [PRICE - 1, sold.shop_id],
    )
    one, two = claim(sold, now, [first]), claim(sold, now, [second])
    before = everything()
    with pytest.raises(RefundNeedsProof):
        grant(sold, one, now, by=Decider("staff", "staff:1", by_person=True))
    assert everything() == before
    grant(sold, one, now, by=Decider("staff", "staff:1", proven=True, by_person=True))
    refund_all(now)
    grant(sold, two, now)
    assert kinds() == ["staff", "auto"]
    assert sql("SELECT by_staff FROM orders_part ORDER BY number") == [(True,), (False,)]


def test_what_the_staff_gave_back_already_is_not_given_twice(shop: Shop, sold: OrderView, now: datetime) -> None:
    see(sold, now)
    left = 3 * PRICE - (PRICE + 50)
    refund_part(
        shop_id=sold.shop_id, order_id=sold.id, amount=Money(PRICE + 50, "CNY"), reason="x", actor="staff:1", now=now
    )
    refund_all(now)
    made = claim(sold, now)
    assert grant(sold, made, now + timedelta(seconds=5)).amount == Money(left, "CNY")
    refund_all(now + timedelta(seconds=5))
    assert sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [sold.id]) == [("refunded", 3 * PRICE)]
    assert broken(now + timedelta(seconds=5)) == {}


@pytest.mark.parametrize("voided", [False, True])
def test_a_code_that_was_set_aside_before_is_refunded_all_the_same(
    shop: Shop, sold: OrderView, now: datetime, voided: bool
) -> None:
    first = codes_of(sold)[0]
    told = {"shop_id": sold.shop_id, "code_ids": [first], "reason": "x", "actor": "staff:1", "now": now}
    vault.quarantine_codes(**told)
    if voided:
        vault.void_codes(**told)
    # It is not there for its buyer, who says so; nobody can take it back by itself.
    made = claim(sold, now, [first], reason="not_received", may_refund=True)
    assert made.state == "open"
    assert grant(sold, made, now).amount == Money(PRICE, "CNY")
    assert state_of_codes(first) == [4 if voided else 3]
    refund_all(now)
    assert broken(now) == {}


def test_a_code_let_out_of_quarantine_is_not_shown_again(sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now)
    grant(sold, claim(sold, now, [first]), now)
    assert queries.is_remedied(sold.shop_id, first)
    assert not queries.is_remedied(sold.shop_id, second)
    vault.restore_codes(shop_id=sold.shop_id, code_ids=[first], reason="x", actor="staff:1", now=now)
    with pytest.raises(CodeNotHeld):
        see(sold, now, first)
    shown = reveal_codes(shop_id=sold.shop_id, order_id=sold.id, actor="guest:x", ip="", now=now)
    assert {code.code_id for code in shown} == {second, third}
    assert set(broken(now)) == {"remedied_codes_are_set_aside"}


def test_rejected_and_looked_at_again(sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now)
    made = claim(sold, now, [first, second])
    for _ in range(2):
        reject_claim(shop_id=sold.shop_id, claim_id=made.id, cause="used_by_buyer", actor="system", now=now)
    assert (queries.claim(sold.shop_id, made.id).state, units_of(made, sold.shop_id)) == ("rejected", ["none"] * 2)
    assert sql("SELECT payload->>'state' FROM kernel_event WHERE name = 'orders.claim_closed'") == [("rejected",)]
    other = claim(sold, now, [second])
    before = everything()
    with pytest.raises(ClaimExists):
        reopen_claim(shop_id=sold.shop_id, claim_id=made.id, actor="guest:x", now=now)
    assert everything() == before
    withdraw_claim(shop_id=sold.shop_id, order_id=sold.id, claim_id=other.id, actor="guest:x", now=now)
    for _ in range(2):
        reopen_claim(shop_id=sold.shop_id, claim_id=made.id, actor="guest:x", now=now)
    after = queries.claim(sold.shop_id, made.id)
    assert (after.state, after.closed_at, units_of(made, sold.shop_id)) == ("open", None, ["live"] * 2)
    with pytest.raises(ClaimExists):
        claim(sold, now, [first])
    assert claim(sold, now, [third]).state == "open"
    assert grant(sold, made, now).amount == Money(2 * PRICE, "CNY")
    assert broken(now) == {}


def test_no_objection_after_the_money_is_back(sold: OrderView, now: datetime) -> None:
    first = codes_of(sold)[0]
    see(sold, now)
    made = claim(sold, now, [first])
    reject_claim(shop_id=sold.shop_id, claim_id=made.id, cause="x", actor="system", now=now)
    grant(sold, claim(sold, now, [first]), now)
    with pytest.raises(ClaimExists):
        reopen_claim(shop_id=sold.shop_id, claim_id=made.id, actor="guest:x", now=now)
    refund_all(now)
    refund_order(shop_id=sold.shop_id, order_id=sold.id, reason="x", actor="staff:1", by_staff=True, now=now)
    with pytest.raises(WrongState):
        reopen_claim(shop_id=sold.shop_id, claim_id=made.id, actor="guest:x", now=now)
    assert broken(now) == {}


def test_the_database_keeps_one_remedy_a_code(sold: OrderView, now: datetime) -> None:
    first, second, _third = codes_of(sold)
    see(sold, now)
    made = claim(sold, now, [first])
    other = claim(sold, now, [second])
    grant(sold, made, now)
    for statement, refused in [
        ("UPDATE orders_claim_unit SET state = 'none' WHERE claim_id = %s", "cannot change so"),
        ("UPDATE orders_claim_unit SET at = at WHERE claim_id = %s", "cannot change so"),
        ("DELETE FROM orders_claim_unit WHERE claim_id = %s", "stays"),
        ("UPDATE orders_claim SET state = 'replaced', refund_id = NULL, refund_minor = NULL WHERE id = %s", "another"),
    ]:
        with pytest.raises(IntegrityError, match=refused):
            sql(statement, [made.id])
    with pytest.raises(IntegrityError, match="orders_claim_unit_one_remedy"):
        sql(
            "INSERT INTO orders_claim_unit (id, shop_id, claim_id, order_id, line_id, code_id, state, at)"
            " SELECT gen_random_uuid(), shop_id, %s, order_id, line_id, code_id, 'refunded', at"
            " FROM orders_claim_unit WHERE claim_id = %s",
            [uuid4(), made.id],
        )
    with pytest.raises(IntegrityError, match="another kind"):
        sql(
            "INSERT INTO orders_claim_unit (id, shop_id, claim_id, order_id, line_id, code_id, state, new_code_id, at)"
            " SELECT gen_random_uuid(), shop_id, claim_id, order_id, line_id, %s, 'replaced', %s, at"
            " FROM orders_claim_unit WHERE claim_id = %s",
            [uuid4(), uuid4(), made.id],
        )
    with pytest.raises(IntegrityError, match="orders_claim_unit_replaced"):
        sql("UPDATE orders_claim_unit SET state = 'replaced' WHERE claim_id = %s", [other.id])
    assert broken(now) == {}


@pytest.mark.parametrize("stranger", [True, False])
def test_a_claim_of_nobody_or_of_another_shop(sold: OrderView, now: datetime, stranger: bool) -> None:
    made = claim(sold, now)
    before = everything()
    shop_id: UUID = uuid4() if stranger else sold.shop_id
    claim_id: UUID = made.id if stranger else uuid4()
    for act in (
        lambda: grant_refund(shop_id=shop_id, claim_id=claim_id, reason="x", actor="system", now=now),
        lambda: replace_claim(shop_id=shop_id, claim_id=claim_id, reason="x", actor="system", now=now),
        lambda: reject_claim(shop_id=shop_id, claim_id=claim_id, cause="x", actor="system", now=now),
        lambda: reopen_claim(shop_id=shop_id, claim_id=claim_id, actor="system", now=now),
    ):
        with pytest.raises(ClaimNotFound):
            act()
    with pytest.raises(DomainError):
        queries.claim(shop_id, claim_id)
    assert queries.claim_units(shop_id, claim_id) == []
    assert not queries.replaceable(shop_id, claim_id, now)
    assert everything() == before


def test_what_is_known_of_an_order_for_a_decision(shop: Shop, sold: OrderView, now: datetime) -> None:
    assert queries.buyer_of(sold.shop_id, sold.id) == "guest:a"
    [line] = queries.sold_lines(sold.shop_id, [sold.id])
    assert (line.order_id, line.line_id, line.sku_id, line.quantity) == (
        sold.id, sold.lines[0].line_id, shop.sku_id, 3,
    )  # fmt: skip
    assert (line.unit_price, line.kind, line.returned, line.order_state) == (
        Money(PRICE, "CNY"),
        "code",
        0,
        "delivered",
    )
    assert queries.sold_lines(uuid4(), [sold.id]) == []
    relay_all(now)
    assert stock(shop) == (17, 0, 3)
