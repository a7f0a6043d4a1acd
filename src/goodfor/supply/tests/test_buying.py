"""Buying at real sites: once, from the next when one says no, never guessed."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from goodfor.kernel.clock import utc_now
from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply import queries
from goodfor.supply.operations.carry_out import buy
from goodfor.supply.operations.close_want import give_up
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier
from goodfor.supply.operations.decide import decide_bought, decide_not_bought
from goodfor.supply.operations.hear_call import hear_call
from goodfor.supply.operations.keep_calls import _stored
from goodfor.supply.operations.set_offers import Terms, set_route
from goodfor.supply.providers.kasushou.connector import CONNECTOR
from goodfor.supply.providers.values import Call, Code
from goodfor.supply.providers.wire import Reply, Wire, masked
from goodfor.supply.tests.market import ITEM, Market, issued, rows, spent
from goodfor.supply.tests.stands import a_wire, request, site_of
from goodfor.vault import operations as vault
from goodfor.vault.reading import clean


def test_a_sale_is_bought_and_its_code_lies_reserved_for_the_line(fair: Market) -> None:
    site = fair.supplier("anna")
    line = fair.want(2)
    assert fair.buy() == 1
    (want,) = fair.wants(line)
    (attempt,) = fair.attempts(line)
    assert (want.state, want.delivered, want.in_flight) == ("supplied", 2, 0)
    assert (attempt.state, attempt.got, attempt.charged) == ("delivered", 2, Decimal("16.000000"))
    assert fair.reserved(line) == 2
    assert spent(site) == Decimal("16.00")
    assert fair.prepaid("anna") == 100_000 - 1_600
    assert rows("SELECT count(*) FROM kernel_event WHERE name = 'supply.line_supplied'") == [(1,)]
    assert attempt.trace["chosen"]
    assert len(attempt.number) == 18


def test_calls_are_kept_without_keys_and_codes(fair: Market) -> None:
    site = fair.supplier("anna")
    fair.want()
    fair.buy()
    kept = " ".join(str(row) for row in rows("SELECT url, request, reply FROM supply_call"))
    assert "/api/v1/order/buy" in kept
    assert site.secrets["key"] not in kept
    assert all(code not in kept for code in issued(site))


def test_a_no_leads_to_the_next_at_once(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("refuse", on="create")
    line = fair.want()
    assert fair.buy() == 2
    assert fair.states(line) == ["rejected", "delivered"]
    sent = [attempt.sent_at for attempt in fair.attempts(line)]
    assert sent[1] - sent[0] < timedelta(seconds=1)
    assert (spent(first), spent(second)) == (0, Decimal("9.00"))
    assert (fair.prepaid("anna"), fair.prepaid("bert")) == (100_000, 99_100)
    assert fair.reserved(line) == 1


def test_a_lost_answer_is_asked_about_and_never_bought_again(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("lost_answer", on="create")
    line = fair.want()
    assert fair.buy() == 1
    assert fair.states(line) == ["unknown"]
    assert fair.buy(utc_now() + timedelta(seconds=30)) == 0
    assert fair.prepaid("anna") == 100_000
    fair.later(6)
    assert fair.states(line) == ["delivered"]
    assert (spent(first), spent(second)) == (Decimal("8.00"), 0)
    assert fair.reserved(line) == 1
    assert fair.prepaid("anna") == 99_200


def test_a_page_of_html_says_nothing(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("html", on="create")
    line = fair.want()
    fair.buy()
    assert fair.states(line) == ["unknown"]


def test_not_found_counts_only_late_and_twice(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("lost_request", on="create")
    line = fair.want()
    fair.buy()
    fair.later(6)
    assert fair.states(line) == ["unknown"]
    # After the time in which it might still come, once: not enough.
    fair.later(200)
    assert fair.states(line) == ["unknown"]
    fair.later(250)
    assert fair.states(line) == ["unknown"]
    fair.later(900)
    assert fair.states(line) == ["rejected", "delivered"]
    assert (spent(first), spent(second)) == (0, Decimal("9.00"))
    assert fair.prepaid("anna") == 100_000


def test_not_found_then_found(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("lost_answer", on="create")
    site.fault("not_found", queries=2)
    line = fair.want()
    fair.buy()
    fair.later(200)
    fair.later(220)
    assert fair.states(line) == ["unknown"]
    fair.later(900)
    assert fair.states(line) == ["delivered"]
    assert spent(site) == Decimal("8.00")


def test_an_unknown_word_is_no_failure(fair: Market) -> None:
    site = fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    site.fault("odd_word")
    site.fault("deliver", queries=3)
    line = fair.want()
    fair.buy()
    assert fair.states(line) == ["accepted"]
    fair.later(2)
    fair.later(10)
    assert fair.states(line) == ["delivered"]


def test_failure_after_acceptance_goes_to_the_next_and_money_is_free_again(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("fail")
    line = fair.want()
    fair.buy()
    fair.later(2)
    assert fair.states(line) == ["failed", "delivered"]
    assert (spent(first), spent(second)) == (0, Decimal("9.00"))
    assert fair.prepaid("anna") == 100_000


def test_a_supplier_never_gets_more_than_was_paid_in_advance(fair: Market) -> None:
    fair.supplier("anna", paid=1_000)
    second = fair.supplier("bert", cost=Decimal("9.00"))
    first_line, second_line = fair.want(), fair.want()
    fair.buy()
    fair.buy()
    assert fair.states(first_line) == ["delivered"]
    assert fair.states(second_line) == ["delivered"]
    assert spent(second) == Decimal("9.00")


def test_no_money_anywhere_waits_then_fails_before_the_deadline(fair: Market) -> None:
    fair.supplier("anna", paid=100)
    line = fair.want(seconds=30)
    fair.buy()
    assert fair.wants(line)[0].state == "open"
    for second in (2, 5, 10, 20, 29):
        fair.later(second)
    (want,) = fair.wants(line)
    assert (want.state, want.reason) == ("failed", "balance")
    assert want.closed_at is not None
    assert want.closed_at <= want.deadline_at
    assert rows("SELECT count(*) FROM kernel_event WHERE name = 'supply.line_failed'") == [(1,)]


def test_nothing_is_bought_below_the_floor(fair: Market) -> None:
    site = fair.supplier("anna", cost=Decimal("48.00"))
    set_route(shop_id=fair.shop, sku_id=fair.sku, floor_minor=100, actor="test", now=fair.now)
    line = fair.want()
    fair.buy()
    assert (fair.wants(line)[0].state, fair.wants(line)[0].reason, fair.states(line)) == ("failed", "loss", [])
    # With a budget for a day it is, as often as there is room.
    set_route(shop_id=fair.shop, sku_id=fair.sku, floor_minor=100, loss_budget_minor=120, actor="test", now=fair.now)
    lines = [fair.want() for _ in range(3)]
    for _ in range(3):
        fair.buy()
    assert sorted(fair.wants(one)[0].state for one in lines) == ["failed", "supplied", "supplied"]
    assert spent(site) == Decimal("96.00")


def test_a_price_that_moved_against_us_is_refused_by_the_guard(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    # The row says 8.00, the site wants 20.00: what is sent along keeps it from being charged.
    first.change(ITEM, cost="20.00")
    line = fair.want()
    fair.buy()
    assert fair.states(line) == ["rejected", "delivered"]
    assert fair.attempts(line)[0].reason == "price"
    assert (spent(first), spent(second)) == (0, Decimal("9.00"))


def test_too_few_codes_and_the_rest_from_another(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("wrong_count", delta=-1)
    line = fair.want(3)
    fair.buy()
    fair.buy()
    assert fair.states(line) == ["partial", "delivered"]
    assert [attempt.got for attempt in fair.attempts(line)] == [2, 1]
    assert fair.reserved(line) == 3
    assert spent(second) == Decimal("9.00")
    assert spent(first) == Decimal("24.00")


def test_too_many_codes_go_on_the_shelf(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("wrong_count", delta=1)
    line = fair.want(2)
    fair.buy()
    assert fair.states(line) == ["delivered"]
    assert fair.reserved(line) == 2
    assert rows(
        "SELECT count(*) FROM vault_code WHERE state = 0 AND shop_id = %s AND sku_id = %s", [fair.shop, fair.sku]
    )
    assert len(issued(site)) == 3


def test_a_code_that_came_before_is_refused_from_any_supplier(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    line = fair.want()
    fair.buy()
    _give_out_again(fair, second, issued(first)[0].lower())
    first.change(ITEM, state="paused")
    again = fair.want()
    fair.buy()
    fair.buy()
    assert fair.states(line) == ["delivered"]
    bad = fair.attempts(again)[-1]
    assert (bad.state, bad.reason, bad.got) == ("failed", "doubles", 0)
    # What was paid for nothing is claimed from the supplier.
    assert fair.balance("1221:supplier:bert:claim") == 900
    assert fair.wants(again)[0].state == "failed"


def _give_out_again(fair: Market, site: StandIn, secret: str) -> None:
    """Somebody else bought that code there before; and it is the one that is given out next."""
    CONNECTOR.purchase.place(site_of(site), a_wire(), request(ITEM))
    with fair.sandbox.house.db.write() as conn:
        conn.execute("UPDATE codes SET secret = ? WHERE site = ?", (secret, site.site.id))
    site.fault("used_code")


def test_dirt_around_a_code_is_not_part_of_it(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("dirty_code", how="spaces")
    line = fair.want()
    fair.buy()
    assert fair.states(line) == ["delivered"]
    vault.sell_reserved(shop_id=fair.shop, holder_id=line, quantity=1, now=fair.now)
    (code,) = vault.reveal(shop_id=fair.shop, holder_id=line, code_ids=None, now=fair.now)
    assert (code.number, code.secret) == ("N" + code.number[1:], clean(issued(site)[0]))


def test_success_after_everybody_gave_up_becomes_stock(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("lost_answer", on="create")
    line = fair.want()
    fair.buy()
    order = fair.wants(line)[0].order_id
    assert give_up(shop_id=fair.shop, order_id=order, reason="deadline", now=utc_now()) == 1
    fair.later(6)
    assert fair.states(line) == ["late"]
    assert fair.reserved(line) == 0
    assert rows("SELECT count(*) FROM vault_code WHERE state = 0") == [(1,)]
    assert fair.prepaid("anna") == 100_000 - 800
    assert spent(site) == Decimal("8.00")


def told(fair: Market, site: StandIn, number: str) -> Call:
    """What the site says of an order now, as it comes."""
    vendor = fair.sandbox.house.vendors[site.site.vendor]
    (sent,) = vendor.order_push(site.order(number), site.site, fair.sandbox.house.now_ms())
    return Call("POST", "/", headers=sent.headers, body=sent.body)


def test_a_call_is_a_hint_forged_ones_are_nothing(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("never")
    line = fair.want()
    fair.buy()
    assert fair.states(line) == ["accepted"]
    (attempt,) = fair.attempts(line)
    hook = queries.supplier(fair.shop, fair.ids["anna"]).hook
    site.act(attempt.number, "finish")
    call = told(fair, site, attempt.number)
    assert hear_call(hook="x" * 43, call=call, now=utc_now()).status == 404
    forged = replace(call, body=call.body.replace(b"0.00", b"8.00"))
    assert hear_call(hook=hook, call=forged, now=utc_now()).status == 404
    assert fair.attempts(line)[0].next_at == attempt.next_at
    for _ in range(3):
        answer = hear_call(hook=hook, call=call, now=utc_now())
        assert (answer.status, answer.body) == (200, b"ok")
    fair.later(0.1)
    assert fair.states(line) == ["delivered"]
    assert fair.reserved(line) == 1


def test_a_call_whose_answer_is_empty_gets_204(fair: Market) -> None:
    secrets = {"api_key": "0123456789abcdef0123456789abcdef", "event_secret": "a-word-of-ours"}
    made = connect_supplier(
        shop_id=fair.shop, wanted=Connection("kinguin", "keys", "keys", "EUR", {}, secrets),
        contract=Contract(rate=Decimal("7.8")), shop_currency="CNY", actor="test", now=fair.now,
    )  # fmt: skip
    headers = {"x-event-secret": "a-word-of-ours", "x-event-name": "product.update"}
    call = Call("POST", "/", b"", headers, b'{"kinguinId": 1234567890123}')
    answer = hear_call(hook=queries.supplier(fair.shop, made.id).hook, call=call, now=utc_now())
    assert (answer.status, answer.body) == (204, b"")


def test_money_that_comes_back_later_is_found_by_a_question(fair: Market) -> None:
    site = fair.supplier("anna")
    line = fair.want(2)
    fair.buy()
    (attempt,) = fair.attempts(line)
    site.act(attempt.number, "refund", amount="8.00")
    hook = queries.supplier(fair.shop, fair.ids["anna"]).hook
    assert hear_call(hook=hook, call=told(fair, site, attempt.number), now=utc_now()).status == 200
    fair.later(0.1)
    fair.later(0.2)
    assert fair.attempts(line)[0].refunded == Decimal("8.00")
    assert fair.prepaid("anna") == 100_000 - 800
    assert fair.balance("6711:recovery") == -800
    assert fair.states(line) == ["delivered"]
    # Asked once: nothing is left to be asked again and again.
    assert fair.attempts(line)[0].next_at is None


def test_large_orders_are_shared(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    rows_changed = rows("UPDATE supply_item SET stock = 3 WHERE supplier_id = %s RETURNING 1", [fair.ids["anna"]])
    assert rows_changed
    rows("UPDATE supply_item SET stock = 4 WHERE supplier_id = %s RETURNING 1", [fair.ids["bert"]])
    line = fair.want(7)
    fair.buy()
    fair.buy()
    assert sorted((want.quantity, want.state) for want in fair.wants(line)) == [(3, "supplied"), (4, "supplied")]
    assert fair.reserved(line) == 7
    assert (spent(first), spent(second)) == (Decimal("24.00"), Decimal("36.00"))
    assert rows("SELECT count(*) FROM kernel_event WHERE name = 'supply.line_supplied'") == [(1,)]


def test_a_dead_supplier_is_left_alone_and_tried_again(fair: Market) -> None:
    first = fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("dead", how="503", times=None)
    lines = [fair.want() for _ in range(3)]
    fair.buy()
    assert [fair.states(line) for line in lines] == [["unknown"]] * 3
    assert rows("SELECT reason FROM supply_breaker WHERE opened_at IS NOT NULL") == [("unknown",)]
    line = fair.want()
    fair.buy()
    (attempt,) = fair.attempts(line)
    assert (attempt.state, attempt.supplier_id) == ("delivered", fair.ids["bert"])
    assert "breaker" in attempt.trace["why_not"].values()
    # A while later it is well again: one purchase tries, and it is the cheaper one once more.
    fair.sandbox.reset_faults()
    fair.to(61)
    again = fair.want()
    fair.buy()
    assert fair.attempts(again)[0].supplier_id == fair.ids["anna"]
    assert rows("SELECT 1 FROM supply_breaker") == []


def test_twenty_threads_buy_one_want_once(fair: Market) -> None:
    site = fair.supplier("anna")
    line = fair.want(2)
    (want,) = fair.wants(line)

    def work(_n: int) -> int:
        try:
            return buy(shop_id=fair.shop, want_id=want.id, now=utc_now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(work, range(20))) == 1
    assert spent(site) == Decimal("16.00")
    assert fair.states(line) == ["delivered"]


def test_the_table_refuses_a_second_purchase_under_way_and_too_much(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("lost_answer", on="create")
    line = fair.want()
    fair.buy()
    (attempt,) = fair.attempts(line)
    columns = "id, shop_id, want_id, supplier_id, item_ref, number, item_id, variant, quantity, multiple, max_cost, currency, state, ref, got, refunded, reason, word, trace, asked, sent_at"  # noqa: E501
    chosen = columns.replace("id, shop_id", "%s, shop_id", 1).replace(" number,", " %s,")
    for state in ("'unknown'", "'sending'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO supply_attempt ({columns}) SELECT {chosen.replace(' state,', f' {state},')} FROM supply_attempt",  # noqa: E501
                [uuid4(), "1" * 18],
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        rows("UPDATE supply_want SET delivered = 1, in_flight = 1 RETURNING 1")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows("UPDATE supply_attempt SET number = '2' RETURNING 1")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows("DELETE FROM supply_attempt RETURNING 1")
    assert fair.attempts(line)[0].number == attempt.number


def test_a_person_decides_what_nobody_can_say(fair: Market) -> None:
    site = fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    site.fault("lost_request", on="create", times=2)
    first, second = fair.want(), fair.want()
    fair.buy()
    rows("UPDATE supply_attempt SET asked = 90 RETURNING 1")
    site.fault("html", times=None)
    fair.later(10)
    assert (fair.states(first), fair.states(second)) == (["manual"], ["manual"])
    assert len(queries.desk(fair.shop)) == 2
    now = utc_now()
    decide_not_bought(shop_id=fair.shop, attempt_id=fair.attempts(first)[0].id, actor="staff:1", now=now)
    fair.buy()
    assert fair.states(first) == ["failed", "delivered"]
    decide_bought(
        shop_id=fair.shop, attempt_id=fair.attempts(second)[0].id, codes=[Code("", "BY-PHONE-1")], ref="call",
        actor="staff:1", now=now,
    )  # fmt: skip
    assert fair.states(second) == ["delivered"]
    assert fair.reserved(second) == 1


def test_weights_quota_and_channels_are_kept(fair: Market) -> None:
    fair.supplier("anna", terms=Terms(daily_quota=1))
    fair.supplier("bert", cost=Decimal("9.00"), terms=Terms(channels=("api",)))
    fair.supplier("carl", cost=Decimal("10.00"))
    one, two = fair.want(), fair.want()
    fair.buy()
    fair.buy()
    # Anna may be sold anywhere: only once her day is used up is it Bert's turn.
    api = fair.want(channel="api")
    fair.buy()
    by_line = {line: fair.attempts(line)[0].supplier_id for line in (one, two, api)}
    assert sorted((by_line[one], by_line[two])) == sorted((fair.ids["anna"], fair.ids["carl"]))
    assert by_line[api] == fair.ids["bert"]


@pytest.mark.parametrize(
    "written",
    ['a/b"c é', 'a\\/b\\"c é', 'a\\/b\\"c \\u00e9', "a%2Fb%22c%20%C3%A9", "a%2Fb%22c+%C3%A9"],
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    assert masked(f"x={written}&y", ['a/b"c é']) == "x=•••&y"


def test_a_code_at_the_edge_of_what_is_kept_is_not_kept_in_part() -> None:
    wire = Wire(0.0, time.monotonic)
    reply = Reply(200, b"x" * 15_995 + b"SECRET-CODE-0001" + b"y" * 100)
    wire._keep("query", "GET", "https://s.example.com", b"", reply, "", 1)
    wire.conceal(["SECRET-CODE-0001"])
    assert "SECRE" not in _stored(wire.exchanges[0].reply)
