"""Real orders through the books: told apart, shared, refunded, added up; once, whatever happens."""

import json
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goodfor.cli import world
from goodfor.delivery import queries as delivery
from goodfor.finance import queries, tasks
from goodfor.finance.errors import OrderNotFollowed
from goodfor.finance.operations import end_orders, end_party, follow_books, follow_orders, set_fee_rate
from goodfor.finance.planning import plan
from goodfor.finance.tests.conftest import LONG, Scene
from goodfor.finance.tests.world import counts
from goodfor.finance.types import Terms, Tier
from goodfor.ledger import queries as ledger
from goodfor.orders.operations import buy_with_balance, open_claim, refund_order, release_delivery
from goodfor.orders.tests.factories import PRICE, begin, pay, place, refund_all, relay_all, sql
from goodfor.orders.types import HoldOrder, LineRequest
from goodfor.vault.operations import fold_stock

pytestmark = pytest.mark.django_db(transaction=True)
LI = "2206:distributor:li"
VAT = "2221:vat:output"
TENTH = Terms("percent", bp=1000)
COST = 800


def test_a_principal_with_a_distributor(scene: Scene) -> None:
    scene.taxed(1300)
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    scene.follow()
    assert (scene.booked("5001:sales:codes"), scene.booked(VAT)) == (PRICE - 558, 558)
    assert (scene.booked(LI), scene.booked("6601:commission")) == (485, 485)
    row = scene.row(order)
    assert row["profit_minor"] == PRICE - 558 - COST - 485 == row["estimate_minor"]
    assert (row["stage"], row["tax_minor"], row["cost_minor"]) == ("billed", 558, COST)
    scene.part(order, 1000)
    scene.follow()
    assert (scene.booked(VAT), scene.booked(LI)) == (558 - 115, 385)
    assert scene.booked("5001:sales:codes") == PRICE - 1000 - 443
    scene.refund(order)
    scene.follow()
    assert [scene.booked(one) for one in ("5001:sales:codes", VAT, LI, "6601:commission")] == [0, 0, 0, 0]
    row = scene.row(order)
    assert (row["profit_minor"], row["cost_minor"], row["estimate_minor"]) == (0, 0, PRICE - 558 - COST - 485)
    assert not scene.faults()


def test_an_agent_has_its_fee_only(scene: Scene) -> None:
    scene.taxed(1300)
    scene.contract("agent", tax_class="goods")
    order = scene.buy(2)
    scene.follow()
    margin = 2 * (PRICE - COST)
    vat = 932  # 8100 * 13 / 113
    assert scene.booked("5001:sales:codes") == 0
    assert scene.booked("5401:cogs:codes") == 0
    assert (scene.booked("5001:fee:agency"), scene.booked(VAT)) == (margin - vat, vat)
    assert scene.row(order)["profit_minor"] == margin - vat
    scene.refund(order)
    scene.follow()
    assert {code: scene.booked(code) for code in ("5001:sales:codes", "5401:cogs:codes", "5001:fee:agency", VAT)} == {
        "5001:sales:codes": 0, "5401:cogs:codes": 0, "5001:fee:agency": 0, VAT: 0,
    }  # fmt: skip
    assert not scene.faults()


def test_input_vat_goes_and_comes_with_the_goods(scene: Scene) -> None:
    scene.contract(input_bp=1300)
    order = scene.buy(2)
    scene.follow()
    assert (scene.booked("2221:vat:input"), scene.booked("5401:cogs:codes")) == (184, 1600 - 184)
    [code, _other] = scene.codes(order)
    open_claim(
        shop_id=scene.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="changed_mind",
        code_ids=[code], actor="guest:x", now=scene.now,
    )  # fmt: skip
    scene.follow()
    assert (scene.booked("2221:vat:input"), scene.booked("5401:cogs:codes")) == (92, 708)
    scene.refund(order)
    assert not scene.faults()
    assert (scene.booked("2221:vat:input"), scene.booked("5401:cogs:codes")) == (0, 0)


def test_a_card_is_taxed_when_it_is_redeemed(scene: Scene) -> None:
    scene.taxed(600, card=True)
    order = scene.buy()
    scene.follow()
    assert scene.booked(VAT) == 0
    assert scene.row(order)["profit_minor"] == PRICE - COST
    known = queries.rates_of(scene.shop_id, scene.shop.sku_id, scene.now)
    assert (known.tax_class, known.rate_bp, known.card_sale) == ("goods", 0, True)


def test_two_suppliers_in_one_line(scene: Scene) -> None:
    """One code was bought at a supplier as an agent, the other is the shop's own; only the first has a partner."""
    order = scene.buy(2)
    scene.bought(order, "jia", scene.codes(order)[:1])
    scene.contract("agent", "jia")
    party = scene.party("jia", "supplier", supplier_code="jia", cycle="t1")
    scene.agree(party, TENTH, scope="supplier", scope_ref="jia")
    scene.follow()
    parts = sql("SELECT supplier_code, model, gross_minor, cost_minor, fee_minor FROM finance_sold ORDER BY 1")
    assert parts == [("", "principal", PRICE, COST, 0), ("jia", "agent", PRICE, COST, PRICE - COST)]
    assert scene.booked("2202:supplier:jia:t1:accrued") == 485
    assert scene.booked("5001:sales:codes") == PRICE
    assert scene.booked("5001:fee:agency") == PRICE - COST
    scene.refund(order)
    assert not scene.faults()
    assert scene.booked("2202:supplier:jia:t1:accrued") == 0


def test_following_again_changes_nothing(scene: Scene) -> None:
    scene.taxed()
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    scene.part(order, 100)
    scene.follow()
    before, row = counts(), scene.row(order)
    for _ in range(2):
        assert follow_orders(shop_id=scene.shop_id, order_ids=[order.id], now=scene.now) == 1
    sql("UPDATE finance_cursor SET upto_xid = 0")
    scene.follow()
    assert counts() == before
    assert scene.row(order) == row


def test_what_happened_before_finance_was_there_is_followed_from_the_beginning(scene: Scene) -> None:
    scene.taxed()
    scene.agree(scene.party(), TENTH)
    orders = [scene.buy() for _ in range(3)]
    scene.part(orders[0], 1000)
    scene.refund(orders[1])
    scene.follow()
    assert scene.booked(LI) == 385 + 0 + 485
    assert scene.booked(VAT) == 443 + 0 + 558
    assert not scene.faults()


def test_ended_before_it_commits_it_has_done_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    before = counts()

    def end(name: str) -> None:
        raise KeyboardInterrupt(name)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt, match=r"finance\.followed"):
        patched.setattr(sys.modules["goodfor.finance.operations.follow_orders"], "reach", end)
        follow_orders(shop_id=scene.shop_id, order_ids=[order.id], now=scene.now)
    assert counts() == before
    scene.follow()
    assert scene.booked(LI) == 485


def test_one_that_cannot_be_followed_holds_nobody_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.agree(scene.party(), TENTH)
    bad, good = scene.buy(), scene.buy()

    def broken_plan(books: Any, *rest: Any) -> Any:
        if books.head.id == bad.id:
            raise ValueError("no sense")
        return plan(books, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("goodfor.finance.planning.plan", broken_plan)
        scene.follow()
    assert scene.row(good)["share_minor"] == 485
    [(order_id, problem)] = sql("SELECT order_id, problem FROM finance_stuck")
    assert (order_id, problem) == (bad.id, "ValueError")
    follow_books(now=scene.now + timedelta(minutes=2))
    assert sql("SELECT count(*) FROM finance_stuck") == [(0,)]
    assert scene.row(bad)["share_minor"] == 485
    assert not scene.faults()


def test_through_a_channel_with_a_refund_that_hangs(scene: Scene) -> None:
    scene.taxed()
    scene.agree(scene.party(), TENTH)
    order = scene.pay(scene.till())
    scene.follow()
    assert scene.row(order)["stage"] == "delivered"
    scene.part(order, 1000)
    scene.follow()
    # Booked as soon as it is decided, whenever the channel does it.
    assert (scene.booked(LI), scene.booked("2205:refund")) == (385, 1000)
    refund_all(scene.now)
    assert (scene.booked(LI), scene.booked("2205:refund")) == (385, 0)
    assert not scene.faults()


def test_unpaid_orders_are_no_concern(scene: Scene) -> None:
    placed = place(scene.shop, scene.now)
    scene.follow()
    with pytest.raises(OrderNotFollowed):
        queries.order_profit(scene.shop_id, placed.order_id)


def test_every_figure_is_its_postings(scene: Scene) -> None:
    scene.taxed()
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    scene.part(order, 1000)
    scene.follow()
    view = queries.order_profit(scene.shop_id, order.id)
    assert view.profit_minor == scene.row(order)["profit_minor"]
    for name, cell in view.cells.items():
        total = 0
        for tx_id, seq in cell.postings:
            [found] = [one for one in ledger.transaction(scene.shop_id, tx_id).lines if one.seq == seq]
            assert found.order_id == order.id
            total += found.amount_minor
        assert abs(total) == abs(cell.amount_minor), name
    assert view.cells["share"].amount_minor == 385
    [line] = queries.order_profits(
        scene.shop_id, since=scene.now - timedelta(days=1), until=scene.now + timedelta(days=1)
    )
    assert (line.profit_minor, line.order_id) == (view.profit_minor, order.id)


def test_the_profits_of_all_orders_are_the_income_statement(scene: Scene) -> None:
    scene.taxed()
    scene.agree(scene.party(), TENTH)
    for quantity in (1, 2, 3):
        scene.buy(quantity)
    order = scene.buy()
    scene.part(order, 77)
    scene.refund(order)
    scene.follow()
    [(profits,)] = sql("SELECT sum(profit_minor)::bigint FROM finance_order")
    [(income,)] = sql(
        "SELECT -sum(p.amount_minor)::bigint FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.type IN ('income', 'expense') AND p.layer = 0"
    )
    assert profits == income


def test_tiers_and_caps_of_a_month_over_orders(scene: Scene) -> None:
    tiers = Terms("tiers", tiers=(Tier(0, 100), Tier(2, 1000)))
    scene.agree(scene.party("tier"), tiers)
    scene.agree(scene.party("cap"), TENTH, month_cap_minor=700)
    for _ in range(3):
        scene.buy()
        scene.follow()
    assert scene.booked("2206:distributor:tier") == 49 + 49 + 485
    assert scene.booked("2206:distributor:cap") == 700
    assert sql("SELECT units, shared_minor FROM finance_volume ORDER BY agreement_code") == [(3, 700), (3, 583)]


def test_a_party_that_is_gone_gets_no_more_and_keeps_what_it_has(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH)
    scene.buy()
    scene.follow()
    end_party(shop_id=scene.shop_id, party_id=party.id, actor="staff:1", now=scene.now - timedelta(seconds=1))
    scene.buy()
    scene.follow()
    assert scene.booked(LI) == 485


def test_shares_are_told(scene: Scene) -> None:
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    scene.follow()
    [(payload,)] = sql("SELECT payload FROM kernel_event WHERE name = 'finance.shares_booked'")
    told = payload if isinstance(payload, dict) else json.loads(payload)
    assert told == {"order_id": str(order.id), "share_minor": 485, "parties": 1, "currency": "CNY"}
    relay_all(scene.now)


def test_what_is_quiet_for_long_is_final_until_something_moves(scene: Scene) -> None:
    order = scene.buy()
    scene.follow()
    later = scene.now + timedelta(days=46)
    assert end_orders(now=scene.now + timedelta(days=44)) == 0
    assert end_orders(now=later) == 1
    assert end_orders(now=later) == 0
    assert scene.row(order)["stage"] == "final"
    scene.part(order, 5)
    scene.follow()
    assert scene.row(order)["stage"] == "billed"
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'finance.order_profit_final'") == [(1,)]


def test_an_order_of_another_shop_is_none(scene: Scene) -> None:
    order = scene.buy()
    scene.follow()
    assert follow_orders(shop_id=uuid4(), order_ids=[order.id], now=scene.now) == 0
    with pytest.raises(OrderNotFollowed):
        queries.order_profit(uuid4(), order.id)


def test_a_paid_order_that_waits_is_expected_to_earn(scene: Scene) -> None:
    scene.taxed()
    scene.agree(scene.party(), TENTH)
    set_fee_rate(
        shop_id=scene.shop_id, provider="sandbox", account_code="till", millionths=6000, valid_from=scene.now - LONG,
        actor="staff:1", now=scene.now,
    )  # fmt: skip
    placed = place(scene.shop, scene.now, hold=HoldOrder(uuid4(), timedelta(hours=1), reasons=("new_device",)))
    pay(begin(scene.till(), placed.order_id, scene.now), scene.now)
    # What a code costs is known as far as the counts of the stock are folded in.
    fold_stock(now=scene.now)
    scene.follow()
    expected = PRICE - 558 - COST - 485 - 29
    view = queries.order_profit(scene.shop_id, placed.order_id)
    assert (view.stage, view.profit_minor, view.estimate["profit"]) == ("estimated", 0, expected)
    assert scene.booked(LI) == 0
    release_delivery(shop_id=scene.shop_id, order_id=placed.order_id, actor="staff:1", cause="checked", now=scene.now)
    scene.follow()
    view = queries.order_profit(scene.shop_id, placed.order_id)
    assert (view.stage, view.profit_minor, view.estimate["profit"]) == ("delivered", expected + 29, expected)
    assert scene.booked(LI) == 485
    assert not scene.faults()


def test_refunded_before_delivery_nothing_is_shared(scene: Scene) -> None:
    scene.agree(scene.party(), TENTH)
    placed = place(scene.shop, scene.now, hold=HoldOrder(uuid4(), timedelta(hours=1), reasons=("new_device",)))
    pay(begin(scene.till(), placed.order_id, scene.now), scene.now)
    scene.follow()
    refund_order(
        shop_id=scene.shop_id, order_id=placed.order_id, reason="r", actor="staff:1", by_staff=True, now=scene.now
    )
    refund_all(scene.now)
    scene.follow()
    view = queries.order_profit(scene.shop_id, placed.order_id)
    assert (view.stage, view.profit_minor) == ("delivered", 0)
    assert scene.booked(LI) == 0
    assert not scene.faults()


def test_a_claim_on_one_line_takes_nothing_from_the_other(scene: Scene) -> None:
    other = scene.shop.demo.skus["kw-100"]
    codes = world.random_codes(2)
    assert world.load_codes(scene.shop_id, other, codes, scene.now, cost_minor=900) == 2
    first = scene.party()
    scene.agree(first, TENTH, scope="sku", scope_ref=str(scene.shop.sku_id))
    scene.agree(scene.party("wang"), TENTH, scope="sku", scope_ref=str(other))
    order = buy_with_balance(
        shop_id=scene.shop_id, client_id=scene.shop.demo.client_id, wallet_account=scene.shop.demo.wallet_account,
        currency="CNY", lines=[LineRequest(scene.shop.sku_id, 2), LineRequest(other, 1)], external_ref=None,
        now=scene.now,
    )  # fmt: skip
    scene.follow()
    wang = scene.booked("2206:distributor:wang")
    assert (scene.booked(LI), wang > 0) == (970, True)
    line = next(one for one in order.lines if one.sku_id == scene.shop.sku_id)
    code = next(
        one.code_id for one in delivery.masked_codes(scene.shop_id, [line.line_id]) if one.line_id == line.line_id
    )
    open_claim(
        shop_id=scene.shop_id, order_id=order.id, line_id=line.line_id, reason="changed_mind", code_ids=[code],
        actor="guest:x", now=scene.now,
    )  # fmt: skip
    scene.follow()
    assert (scene.booked(LI), scene.booked("2206:distributor:wang")) == (485, wang)
    assert not scene.faults()


def test_books_of_another_cluster_are_read_from_the_beginning(scene: Scene) -> None:
    scene.agree(scene.party(), TENTH)
    scene.buy()
    scene.follow()
    sql("UPDATE finance_cursor SET upto_xid = 4000000000000000")
    scene.buy()
    scene.follow()
    assert scene.booked(LI) == 970
    assert not scene.faults()


def test_loops_do_the_same(scene: Scene) -> None:
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    scene.follow()
    party = queries.parties(scene.shop_id)[0]
    scene.agree(
        party, Terms("percent", bp=2000), since=scene.now - timedelta(days=1), at=scene.now + timedelta(hours=1)
    )
    assert tasks.rebook(scene.now) == 1
    assert tasks.rebook(scene.now) == 0
    assert sql("SELECT lines, changed, done_at IS NOT NULL FROM finance_backdate") == [(1, 1, True)]
    assert (tasks.follow(scene.now), tasks.end(scene.now)) == (0, 0)
    scene.follow()
    assert scene.row(order)["share_minor"] == 970
    assert not scene.faults()
