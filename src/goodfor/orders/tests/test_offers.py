"""Orders under campaigns: what they cost and why, what is taken, booked and given back of it."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodfor.catalog.operations import change_sku
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement
from goodfor.orders import queries
from goodfor.orders.errors import PriceChanged
from goodfor.orders.operations import (
    buy_with_balance,
    cancel_order,
    expire_order,
    open_claim,
    quote,
    refund_order,
    refund_part,
    reveal_codes,
)
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, pay, refund_all, sql, state_of, stock, together
from goodfor.orders.tests.promoting import COST, Fair, fair
from goodfor.orders.types import Buyer, LineRequest
from goodfor.promotions.errors import CouponGone
from goodfor.promotions.operations.set_floor import set_floor
from goodfor.promotions.tests.factories import EVERYTHING, flash, reduce_by, window
from goodfor.promotions.types import ORDER, PART, Compare, Gift, Limit, Scope, Spec

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND = 4850, 9650


@pytest.fixture
def here(shop: Shop, now: datetime) -> Fair:
    return fair(shop, now)


def gift_of(here: Fair, *limits: Limit, pieces: int = 1) -> Spec:
    return Spec("gift", ORDER, window(here.now), EVERYTHING, Gift(here.other_sku, pieces, 4000), limits=limits)


def test_what_is_taken_off_is_shared_booked_and_told(here: Fair, now: datetime) -> None:
    made = here.run(reduce_by(now, 1000), "满减")
    told = quote(
        shop_id=here.shop_id, lines=[LineRequest(here.shop.sku_id, 2), LineRequest(here.other_sku, 1)],
        buyer=Buyer("guest:a"), now=now,
    )  # fmt: skip
    order = here.sell((here.shop.sku_id, 2), (here.other_sku, 1), expect_minor=2 * FIRST + SECOND - 1000)
    assert order.state == "delivered"
    assert order.total == told.total == Money(2 * FIRST + SECOND - 1000, "CNY")
    assert [line.discount_minor for line in order.lines] == [501, 499] == [line.discount_minor for line in told.lines]
    assert [line.net.amount_minor for line in order.lines] == [2 * FIRST - 501, SECOND - 499]
    assert (order.discount, told.discount) == (Money(1000, "CNY"), Money(1000, "CNY"))
    assert [(one.name, one.minor) for one in told.taken] == [("满减", 501), ("满减", 499)]
    assert [(one.outcome, one.wanted, one.given) for one in told.trace] == [("applied", 1000, 1000)]
    assert here.books(order.id) == {
        "5001:sales:codes": -(2 * FIRST + SECOND), "5002:coupon:campaigns": 1000, "5401:cogs:codes": 3 * COST,
    }  # fmt: skip
    rows = sql("SELECT p.campaign_id, p.order_line_id, p.amount_minor FROM ledger_posting p JOIN ledger_account a"
               " ON a.id = p.account_id AND a.code LIKE '5002:%%' WHERE p.order_id = %s", [order.id])  # fmt: skip
    assert set(rows) == {(made.campaign_id, line.line_id, line.discount_minor) for line in order.lines}
    kept = queries.taken_of_order(here.shop_id, order.id)
    assert [(one.line_id, one.name, one.minor) for one in kept] == [
        (line.line_id, "满减", line.discount_minor) for line in order.lines
    ]
    assert queries.trace_of_order(here.shop_id, order.id) == list(told.trace)
    assert broken(now) == {}


def test_without_campaigns_an_order_costs_one_read_more(
    here: Fair, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    demo, real = here.shop.demo, Statement._execute
    texts: list[str] = []

    def noted(self: Statement, params: Any) -> Any:
        texts.append(self.text)
        return real(self, params)

    monkeypatch.setattr(Statement, "_execute", noted)

    def asked() -> list[str]:
        texts.clear()
        with CaptureQueriesContext(connection) as seen:
            placed = here.place()
            here.pay(placed.order_id)
            buy_with_balance(
                shop_id=demo.shop_id, client_id=demo.client_id, wallet_account=demo.wallet_account, currency="CNY",
                lines=[LineRequest(here.shop.sku_id, 1)], external_ref=None, now=now,
            )  # fmt: skip
        tables = ("promotions_", "orders_discount", "orders_trace")
        said = [*texts, *(one["sql"] for one in seen.captured_queries)]
        return [one for one in said if any(name in one for name in tables)]

    asked()
    found = asked()
    assert len(found) == 2, found
    assert all("FROM promotions_plan" in one for one in found)
    refund_order(shop_id=demo.shop_id, order_id=here.sell().id, reason="r", actor="staff:1", by_staff=True, now=now)


def test_nothing_is_placed_at_another_price_than_was_shown(here: Fair, now: datetime) -> None:
    here.run(reduce_by(now, 1000, Limit("campaign", "uses", "all", 1)))
    seen = quote(shop_id=here.shop_id, lines=[LineRequest(here.shop.sku_id, 1)], buyer=Buyer("guest:b"), now=now)
    here.sell()
    with pytest.raises(PriceChanged) as changed:
        here.place(ref="guest:b", expect_minor=seen.total.amount_minor)
    assert changed.value.quote.total.amount_minor == FIRST
    assert changed.value.data == {"total_minor": FIRST, "currency": "CNY"}
    assert changed.value.quote.trace[0].outcome == "used_up"
    assert sql("SELECT count(*) FROM orders_order") == [(1,)]
    assert stock(here.shop) == (19, 0, 1)
    assert here.place(ref="guest:b", expect_minor=FIRST).total.amount_minor == FIRST


def test_of_many_who_saw_the_last_ones_exactly_so_many_get_them(here: Fair, now: datetime) -> None:
    made = here.run(flash(now, Limit("sku", "units", "all", 3), price=3000))

    def one(number: int) -> str:
        buyer = Buyer(f"guest:{number}", ip=f"192.0.2.{number}")
        return str(here.place(buyer=buyer, expect_minor=3000).total.amount_minor)

    assert Counter(together(one, 9)) == {"3000": 3, "price_changed": 6}
    assert here.left(made) == [("sku", "units", 3)]
    assert sql("SELECT count(*), sum(discount_minor)::bigint FROM orders_order") == [(3, 3 * (FIRST - 3000))]
    assert broken(now) == {}


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_what_was_not_paid_is_free_again_and_late_money_takes_it_once_more(here: Fair, now: datetime, how: str) -> None:
    made = here.run(reduce_by(now, 1000, Limit("campaign", "uses", "all", 1)))
    placed = here.place()
    late = placed.pay_by + timedelta(minutes=1)
    if how == "cancelled":
        cancel_order(shop_id=here.shop_id, order_id=placed.order_id, actor="guest:a", now=now)
    else:
        assert expire_order(shop_id=here.shop_id, order_id=placed.order_id, now=late)
    assert here.left(made) == []
    other = here.place(ref="guest:b")
    assert other.total.amount_minor == FIRST - 1000
    cancel_order(shop_id=here.shop_id, order_id=other.order_id, actor="guest:b", now=now)
    assert here.left(made) == []


def test_late_money_buys_what_it_bought_or_goes_back(here: Fair, now: datetime) -> None:
    made = here.run(reduce_by(now, 1000, Limit("campaign", "uses", "all", 1)))
    first, late = here.place(), now + timedelta(hours=1)
    payment = begin(here.till, first.order_id, now)
    assert expire_order(shop_id=here.shop_id, order_id=first.order_id, now=first.pay_by)
    second = here.place(ref="guest:b", at=late)
    paying = begin(here.till, second.order_id, late)
    assert second.total.amount_minor == FIRST - 1000
    pay(payment, late)
    assert state_of(here.shop, first.order_id) == "refunding"
    assert sql("SELECT reason FROM payments_refund") == [("promotion_gone",)]
    assert expire_order(shop_id=here.shop_id, order_id=second.order_id, now=second.pay_by)
    pay(paying, second.pay_by)
    assert state_of(here.shop, second.order_id) == "delivered"
    assert here.left(made) == [("campaign", "uses", 1)]
    refund_all(second.pay_by)
    assert broken(second.pay_by) == {}


def test_a_gift_is_delivered_costs_nothing_and_goes_with_the_rest(here: Fair, now: datetime) -> None:
    here.run(gift_of(here, pieces=2), "买赠")
    order = here.sell()
    paid_for, gift = order.lines
    assert (order.total.amount_minor, gift.gift, gift.quantity, gift.net.amount_minor) == (FIRST, True, 2, 0)
    assert gift.discount_minor == 2 * SECOND
    assert order.discount == Money(0, "CNY")
    assert here.books(order.id) == {
        "5001:sales:codes": -(FIRST + 2 * SECOND), "5002:coupon:campaigns": 2 * SECOND, "5401:cogs:codes": 3 * COST,
    }  # fmt: skip
    offer = queries.claim_offer(here.shop_id, order, gift.line_id)
    assert (offer.amount.amount_minor, offer.at_once, offer.blocked) == (0, False, True)
    offer = queries.claim_offer(here.shop_id, order, paid_for.line_id)
    assert (offer.amount.amount_minor, offer.at_once, offer.whole) == (FIRST, True, True)
    claim = open_claim(
        shop_id=here.shop_id, order_id=order.id, line_id=paid_for.line_id, reason="changed_mind", actor="guest:a",
        now=now,
    )  # fmt: skip
    assert claim.state == "refunded"
    refund_all(now)
    assert state_of(here.shop, order.id) == "refunded"
    assert here.books(order.id) == {}
    assert broken(now) == {}


def test_who_has_seen_the_gift_asks_a_person(here: Fair, now: datetime) -> None:
    here.run(gift_of(here))
    order = here.sell()
    codes = list(queries.claim_offer(here.shop_id, order, order.lines[1].line_id).codes)
    reveal_codes(shop_id=here.shop_id, order_id=order.id, code_ids=codes, actor="guest:a", ip="", now=now)
    offer = queries.claim_offer(here.shop_id, order, order.lines[0].line_id)
    assert (offer.seen, offer.at_once, offer.blocked) == (0, False, True)


def test_without_the_gift_in_stock_it_is_told_so(here: Fair, now: datetime) -> None:
    here.run(gift_of(here, pieces=21))
    told = quote(shop_id=here.shop_id, lines=[LineRequest(here.shop.sku_id, 1)], now=now)
    assert [line.gift for line in told.lines] == [False]
    assert [one.outcome for one in told.trace] == ["gift_gone"]
    assert here.sell().total.amount_minor == FIRST


def test_no_line_goes_below_what_it_cost(here: Fair, now: datetime) -> None:
    here.run(flash(now, price=1))
    assert here.sell().total.amount_minor == COST
    change_sku(
        shop_id=here.shop_id, sku_id=here.other_sku, price=Money(700, "CNY"), per_order_limit=9, per_buyer_limit=None,
        actor="t", now=now,
    )  # fmt: skip
    assert here.sell((here.other_sku, 1), ref="guest:b").total.amount_minor == 700


def test_a_balance_buys_under_campaigns_too(here: Fair, now: datetime) -> None:
    made = here.run(flash(now, Limit("buyer", "units", "all", 2), price=3000))
    demo = here.shop.demo

    def buy(count: int, expect: int | None = None) -> int:
        return buy_with_balance(
            shop_id=demo.shop_id, client_id=demo.client_id, wallet_account=demo.wallet_account, currency="CNY",
            lines=[LineRequest(here.shop.sku_id, count)], external_ref=None, expect_minor=expect, now=now,
        ).total.amount_minor  # fmt: skip

    assert buy(1, 3000) == 3000
    assert buy(2) == 3000 + FIRST
    with pytest.raises(PriceChanged):
        buy(1, 3000)
    assert buy(1) == FIRST
    assert here.left(made) == [("buyer", "units", 2)]
    assert sql("SELECT DISTINCT state FROM promotions_held") == [("used",)]
    assert broken(now) == {}


def test_new_buyers_are_new_by_any_of_their_names(here: Fair, now: datetime) -> None:
    here.run(flash(now, price=3000, audience=Compare("orders_paid", "eq", 0)))
    mail = "a@example.com"
    assert here.sell(buyer=Buyer("guest:a", contact=mail, ip="192.0.2.1")).total.amount_minor == 3000
    assert here.place(ref="guest:a").total.amount_minor == FIRST
    assert here.place(buyer=Buyer("guest:b", contact=mail, ip="192.0.2.1")).total.amount_minor == FIRST
    assert here.place(buyer=Buyer("guest:c", contact="c@example.com")).total.amount_minor == 3000


def test_refunds_give_limits_back_by_their_policy(here: Fair, now: datetime) -> None:
    made = here.run(
        flash(now, Limit("campaign", "uses", "all", 9), Limit("campaign", "units", "all", 9, PART),
              Limit("buyer", "minor", "all", 99_999, PART), price=3000)
    )  # fmt: skip
    order = here.sell((here.shop.sku_id, 3))
    off = 3 * (FIRST - 3000)
    assert here.left(made) == [("buyer", "minor", off), ("campaign", "units", 3), ("campaign", "uses", 1)]
    code = queries.claim_offer(here.shop_id, order, order.lines[0].line_id).codes[0]
    open_claim(
        shop_id=here.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="changed_mind",
        code_ids=[code], actor="guest:a", now=now,
    )  # fmt: skip
    refund_all(now)
    assert queries.order_view(here.shop_id, order.id).refunded == Money(3000, "CNY")
    assert here.left(made) == [("buyer", "minor", off * 2 // 3), ("campaign", "units", 2), ("campaign", "uses", 1)]
    refund_part(shop_id=here.shop_id, order_id=order.id, amount=Money(10, "CNY"), reason="r", actor="staff:1", now=now)
    refund_all(now)
    refund_order(shop_id=here.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=now)
    refund_all(now)
    assert {amount for *_rest, amount in here.left(made)} == {0}
    assert here.books(order.id) == {}
    assert broken(now) == {}


def test_a_coupon_that_nobody_has_is_refused(here: Fair, now: datetime) -> None:
    here.run(reduce_by(now, 500, coupon=True))
    told = quote(shop_id=here.shop_id, lines=[LineRequest(here.shop.sku_id, 1)], now=now)
    assert (told.total.amount_minor, [one.outcome for one in told.trace]) == (FIRST, ["coupon"])
    with pytest.raises(CouponGone):
        here.place(coupons=[uuid4()])
    assert sql("SELECT count(*) FROM orders_order") == [(0,)]


def test_the_shops_floor_holds_where_a_campaign_says_none(here: Fair, now: datetime) -> None:
    here.run(reduce_by(now, 4000), "满减")

    def costs() -> int:
        lines = [LineRequest(here.shop.sku_id, 1)]
        return quote(shop_id=here.shop_id, lines=lines, buyer=Buyer("guest:a"), now=now).total.amount_minor

    assert costs() == max(FIRST - 4000, COST)
    for floor in (1000, 0, 2000):
        set_floor(shop_id=here.shop_id, floor_minor=floor, actor=here.actor, now=now)
        assert costs() == max(FIRST - 4000, COST + floor), "the very next cart"
    order = here.sell((here.shop.sku_id, 1))
    assert order.total.amount_minor == COST + 2000
    # Who says a floor of his own keeps it, and a budget of losses goes below both.
    here.run(flash(now, price=900, floor=50, scope=Scope(skus=frozenset({here.other_sku}))), "自己的底线")
    lines = [LineRequest(here.other_sku, 1)]
    told = quote(shop_id=here.shop_id, lines=lines, buyer=Buyer("guest:b"), now=now)
    assert told.lines[0].net.amount_minor == 900
    loss = Limit("campaign", "loss", "all", 100_000)
    here.run(
        reduce_by(now, 4500, loss, loss_leader=True, priority=9, scope=Scope(skus=frozenset({here.shop.sku_id}))), "亏"
    )
    assert costs() < COST
    assert broken(now) == {}
