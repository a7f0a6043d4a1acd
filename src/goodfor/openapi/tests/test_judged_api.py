"""A program's orders and claims under risk control: refused, held, and done once for one key."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from goodfor.aftersales import queries as aftersales
from goodfor.kernel.clock import utc_now
from goodfor.openapi.tests.conftest import ask_with
from goodfor.orders import queries as orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import sql, stock
from goodfor.risk import review_queries
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.take_review import take
from goodfor.risk.tests.saying import Saying, decided, results, saying
from goodfor.risk.types import Outcome, Result, Scene


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


def order(shop: Shop, payment: str = "balance", **more: Any) -> dict[str, Any]:
    return {"lines": [{"sku_id": str(shop.sku_id), "quantity": 2}], "payment": payment, **more}


def test_allowed_and_written_down(shop: Shop, says: Saying) -> None:
    ask = ask_with(shop.demo.api_key)
    bought = ask("POST", "/orders", json=order(shop), idem="a")
    assert (bought.status_code, bought.json()["state"]) == (201, "delivered")
    facts = says.seen[0][1]
    told = {name: facts[name] for name in ("quantity", "amount_minor", "sku", "sku_liquidity", "unpaid_orders_open")}
    assert told == {
        "quantity": 2, "amount_minor": 9700, "sku": str(shop.sku_id), "sku_liquidity": None, "unpaid_orders_open": None,
    }  # fmt: skip
    assert results(Scene.ORDER) == [Result.GOOD]
    # Its server's address says nothing of its customers.
    assert sql("SELECT address, device FROM risk_event WHERE scene = 5 AND result = 0") == [(None, None)]
    made = orders.order_by_number(shop.demo.shop_id, bought.json()["number"])
    assert sql("SELECT subject_id FROM risk_decision WHERE scene = 5") == [(made.id,)]
    # The same key again is the same answer, and nothing is judged for it.
    again = ask("POST", "/orders", json=order(shop, payment="checkout"), idem="b")
    assert ask("POST", "/orders", json=order(shop, payment="checkout"), idem="b").content == again.content
    assert says.scenes == [Scene.ORDER] * 2


def test_what_stands_in_several_lines_is_counted_in_all(shop: Shop, says: Saying) -> None:
    """Judged before it is looked whether the bundle is one."""
    lines = [{"sku_id": str(shop.sku_id), "quantity": 9}]
    lines.append({"sku_id": str(shop.sku_id), "quantity": 1, "bundle_id": str(UUID(int=1))})
    asked = ask_with(shop.demo.api_key)("POST", "/orders", json=order(shop, lines=lines), idem="a")
    facts = says.seen[0][1]
    assert (asked.status_code, facts["quantity"], facts["amount_minor"]) == (409, 10, 10 * 4850)


def test_a_customer_is_told_of(shop: Shop, says: Saying) -> None:
    ask = ask_with(shop.demo.api_key)
    buyer = {"ref": "player-1", "contact": "lin@example.com", "ip": "203.0.113.9"}
    assert ask("POST", "/orders", json=order(shop, "checkout", buyer=buyer), idem="a").status_code == 201
    facts = says.seen[0][1]
    assert (facts["unpaid_orders_open"], facts["sku_liquidity"]) == (0, 0.9)
    [keys] = sql("SELECT buyer, address, mail FROM risk_event WHERE scene = 5 AND result = 0")
    assert all(keys)


def test_refused_with_few_words_and_nothing_changes(shop: Shop, says: Saying) -> None:
    ask = ask_with(shop.demo.api_key)
    says.says[Scene.ORDER] = Outcome.DENY
    # One that is held and looked at instead is an order, whose answer its key keeps.
    for key in map(str, count()):
        before = stock(shop), sql("SELECT count(*) FROM orders_order")
        refused = ask("POST", "/orders", json=order(shop), idem=key)
        if decided(Scene.ORDER)[-1] == "deny":  # One in seventy is held and looked at instead.
            break
    assert (refused.status_code, refused.json()["code"]) == (403, "not_possible_now")
    assert set(refused.json()) == {"type", "title", "status", "code", "instance"}
    assert (stock(shop), sql("SELECT count(*) FROM orders_order")) == before
    # A refusal is no answer that is kept: what is possible later is done.
    says.says.clear()
    assert ask("POST", "/orders", json=order(shop), idem=key).status_code == 201


@pytest.mark.parametrize("outcome", [Outcome.HOLD, Outcome.REVIEW, Outcome.CHALLENGE])
def test_held_orders_say_until_when(shop: Shop, says: Saying, now: datetime, outcome: Outcome) -> None:
    ask = ask_with(shop.demo.api_key)
    says.says[Scene.ORDER] = outcome
    held = ask("POST", "/orders", json=order(shop), idem="a").json()
    assert (held["state"], held["delivered_at"]) == ("paid", None)
    hours = (datetime.fromisoformat(held["held_until"]) - now).total_seconds() / 3600
    assert round(hours, 1) == {Outcome.HOLD: 1.0, Outcome.REVIEW: 24.0, Outcome.CHALLENGE: 0.5}[outcome]
    hold = orders.hold_of_order(shop.demo.shop_id, orders.order_by_number(shop.demo.shop_id, held["number"]).id)
    assert hold is not None
    assert (hold.then, hold.review) == (("refuse", True) if outcome is Outcome.REVIEW else ("release", False))
    # Also where a customer pays on the shop's page: whether that looks well is another question.
    later = ask("POST", "/orders", json=order(shop, "checkout"), idem="b").json()
    known = orders.hold_of_order(shop.demo.shop_id, orders.order_by_number(shop.demo.shop_id, later["number"]).id)
    assert known is not None
    assert (known.live, known.then, known.review) == (True, hold.then, hold.review)


def test_a_failing_engine_holds(shop: Shop, says: Saying) -> None:
    ask = ask_with(shop.demo.api_key)
    says.fails = True
    held = ask("POST", "/orders", json=order(shop), idem="a").json()
    assert (held["state"], held["held_until"] is not None) == ("paid", True)


def test_a_claim_goes_to_a_person(shop: Shop, says: Saying) -> None:
    ask = ask_with(shop.demo.api_key)
    number = ask("POST", "/orders", json=order(shop), idem="a").json()["number"]
    says.says[Scene.CLAIM] = Outcome.REVIEW
    made = ask("POST", f"/orders/{number}/claims", json={"reason": "changed_mind"}, idem="c")
    assert made.status_code == 201
    found = orders.order_by_number(shop.demo.shop_id, number)
    [case] = aftersales.cases_of_order(shop.demo.shop_id, found.id)
    assert (case.state, found.state) == ("person", "delivered")


@pytest.mark.parametrize("outcome", [Outcome.REVIEW, Outcome.HOLD, Outcome.DENY, None])
def test_money_does_not_come_back_where_a_person_should_look(shop: Shop, says: Saying, outcome: Outcome | None) -> None:
    """Given back at once by nobody's decision: judged like the claim that it is. The claim itself stays possible."""
    ask = ask_with(shop.demo.api_key)
    number = ask("POST", "/orders", json=order(shop), idem="a").json()["number"]
    says.fails = outcome is None
    if outcome:
        says.says[Scene.CLAIM] = outcome
    while True:
        before = sql("SELECT count(*) FROM payments_refund"), sql("SELECT count(*) FROM ledger_tx"), stock(shop)
        refused = ask("POST", f"/orders/{number}/refunds", idem="r")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_possible_now")
        if outcome is not Outcome.DENY or decided(Scene.CLAIM)[-1] == "deny":
            break
    assert (sql("SELECT count(*) FROM payments_refund"), sql("SELECT count(*) FROM ledger_tx"), stock(shop)) == before
    made = ask("POST", f"/orders/{number}/claims", json={"reason": "changed_mind"}, idem="c")
    assert made.status_code == 201
    found = orders.order_by_number(shop.demo.shop_id, number)
    [case] = aftersales.cases_of_order(shop.demo.shop_id, found.id)
    assert (case.state, found.state) == ("person", "delivered")


@pytest.mark.parametrize("outcome", [Outcome.CHALLENGE, None])
def test_money_comes_back_once(shop: Shop, says: Saying, outcome: Outcome | None) -> None:
    ask = ask_with(shop.demo.api_key)
    number = ask("POST", "/orders", json=order(shop), idem="a").json()["number"]
    says.says = {Scene.CLAIM: outcome} if outcome else {}
    done = ask("POST", f"/orders/{number}/refunds", idem="r")
    assert done.status_code == 201
    # The same key again is the same answer, and what is given back is not judged again.
    assert ask("POST", f"/orders/{number}/refunds", idem="r").content == done.content
    assert ask("POST", f"/orders/{number}/refunds", idem="s").status_code == 201
    assert says.scenes == [Scene.ORDER, Scene.CLAIM]


# -- codes ----------------------------------------------------------------------------------------------


def reveal(shop: Shop, number: str, idem: str = "r") -> Any:
    return ask_with(shop.demo.api_key)("POST", f"/orders/{number}/codes/reveal", idem=idem)


def shown() -> int:
    return int(sql("SELECT count(*) FROM delivery_reveal")[0][0])


@pytest.fixture
def number(shop: Shop, says: Saying) -> str:
    """A delivered order, and nothing seen of what led to it."""
    made = ask_with(shop.demo.api_key)("POST", "/orders", json=order(shop), idem="a").json()["number"]
    says.seen.clear()
    return str(made)


def test_a_program_that_looks_at_codes_is_counted_as_itself(shop: Shop, says: Saying, number: str) -> None:
    for turn in (1, 2):
        # A repetition shows, and is judged, again.
        assert reveal(shop, number).status_code == 200
        assert says.scenes == [Scene.REVEAL] * turn
        assert says.seen[-1][1]["buyer_reveals_1h"] == turn
    assert results(Scene.REVEAL) == [Result.GOOD] * 2
    assert sql("SELECT DISTINCT address, device FROM risk_event WHERE scene = 7") == [(None, None)]
    # It can be asked for no proof.
    says.says[Scene.REVEAL] = Outcome.CHALLENGE
    assert reveal(shop, number, "c").status_code == 200


@pytest.mark.parametrize("outcome", [Outcome.REVIEW, Outcome.HOLD])
def test_codes_wait_for_a_person(shop: Shop, says: Saying, number: str, now: datetime, outcome: Outcome) -> None:
    says.says[Scene.REVEAL] = outcome
    found = orders.order_by_number(shop.demo.shop_id, number)
    for _turn in range(2):
        answer = reveal(shop, number)
        assert (answer.status_code, answer.json()["code"]) == (409, "under_review")
    assert (shown(), results(Scene.REVEAL)) == (0, [])
    [review] = review_queries.review_queue(shop.demo.shop_id)
    assert review.subject == ("order", found.id)
    told = {"shop_id": shop.demo.shop_id, "review_id": review.id, "actor": "staff:1", "now": utc_now()}
    take(**told)
    decide_review(**told, outcome="release")
    assert reveal(shop, number).status_code == 200
    assert shown() == 2


def test_what_a_person_refused_stays_refused(shop: Shop, says: Saying, number: str) -> None:
    says.says[Scene.REVEAL] = Outcome.REVIEW
    reveal(shop, number)
    [review] = review_queries.review_queue(shop.demo.shop_id)
    told = {"shop_id": shop.demo.shop_id, "review_id": review.id, "actor": "staff:1", "now": utc_now()}
    take(**told)
    decide_review(**told, outcome="deny")
    says.seen.clear()
    answer = reveal(shop, number)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_possible_now")
    assert (says.seen, shown(), review_queries.review_queue(shop.demo.shop_id)) == ([], 0, [])


def test_a_failing_engine_shows_nothing(shop: Shop, says: Saying, number: str) -> None:
    says.fails = True
    assert reveal(shop, number).json()["code"] == "under_review"
    assert shown() == 0
    # An order of somebody else is not found before anything is judged.
    says.seen.clear()
    assert reveal(shop, "G260101ZZZZZZZZZZ").status_code == 404
    assert says.seen == []
